"""From the settings of a node type to its form: one field per setting, the rarely used ones folded away."""

from collections.abc import Callable, Collection, Mapping, Sequence

from nicegui import ui

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.condition_builder import ConditionBuilder
from flowstudio.ui.forms.context import FormContext, Groups, Known
from flowstudio.ui.forms.form_scope import FormScope
from flowstudio.ui.forms.tray import Tray
from flowstudio.ui.forms.widgets import WIDGETS, Desk, Widget
from flowstudio.ui.theme import icon_url

MORE = "More settings"


class Form:
    """A form on the page: what it holds, and how to bring it up to date without drawing it anew."""

    def __init__(
        self, scope: FormScope, desk: Desk, settings: Sequence[Setting], fields: dict[str, Widget], tray: Tray
    ) -> None:
        self.element = scope
        self.fields = fields
        self._tray = tray
        self._desk = desk
        self._settings = tuple(settings)

    @property
    def values(self) -> JsonObject:
        """The values as they stand in the form."""
        return dict(self._desk.values)

    def set_values(self, values: Mapping[str, JsonValue], only: Collection[str] | None = None) -> None:
        """Show other values: after undo, or when another person changed them. Reports nothing.

        `only` leaves the other settings as they stand: somebody may be writing in them.
        """
        kept = {} if only is None else {key: one for key, one in self._desk.values.items() if key not in only}
        given = values if only is None else {key: one for key, one in values.items() if key in only}
        self._desk.values.clear()
        self._desk.values.update({**kept, **given})
        shown = self.fields if only is None else {self._desk.claimed.get(key, key) for key in only}
        for setting in self._settings:
            if setting.key in self.fields and setting.key in shown:
                self.fields[setting.key].set_value(values.get(setting.key, setting.default))
        self._desk.refresh()

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Show these sentences under their fields, and none under the others."""
        shown = {self._desk.claimed.get(key, key): sentence for key, sentence in reversed(list(errors.items()))}
        for key, widget in self.fields.items():
            widget.set_error(shown.get(key))

    def set_warnings(self, warnings: Mapping[str, Mapping[str, str]]) -> None:
        """Show these sentences at the single rules, and none at the others."""
        for key, widget in self.fields.items():
            if isinstance(widget, ConditionBuilder):
                widget.warn(warnings.get(key, {}))

    def set_now(self, now: Mapping[str, str]) -> None:
        """Show what each field gives with the sample."""
        for key, widget in self.fields.items():
            widget.set_now(now.get(key))

    def set_variables(self, variables: Groups, known: Known | None = None) -> None:
        """Offer other variables, or the same with newer samples."""
        self.element.set_variables(variables)
        self._tray.set_variables(variables, known)


def render_form(
    schema: Sequence[Setting],
    values: Mapping[str, JsonValue],
    *,
    context: FormContext,
    on_change: Callable[[str, JsonValue], None],
) -> Form:
    """Draw a form into the current slot; `on_change` gets the key and the value of each change."""
    desk = Desk(context, dict(values), on_change)
    fields: dict[str, Widget] = {}
    tray = Tray(() if context.readonly else context.variables, context.known)
    with FormScope(context.variables, context.formatters, context.operators) as scope:
        for setting in schema:
            if not setting.advanced and setting.key not in desk.claimed:
                fields[setting.key] = _field(setting, desk)
        folded = [setting for setting in schema if setting.advanced and setting.key not in desk.claimed]
        if folded:
            # a setting that has been used, or is wrong, is not hidden
            used = any(setting.key in values or setting.key in context.errors for setting in folded)
            with _fold(open_first=used):
                for setting in folded:
                    fields[setting.key] = _field(setting, desk)
    _hide_what_does_not_apply(schema, desk, fields)
    return Form(scope, desk, schema, fields, tray)


def _field(setting: Setting, desk: Desk) -> Widget:
    renderer = WIDGETS.get(setting.widget, WIDGETS["text"])
    return renderer(setting, desk.values.get(setting.key, setting.default), desk)


def _fold(*, open_first: bool) -> ui.expansion:
    return (
        ui.expansion(MORE, value=open_first)
        .props(f'dense switch-toggle-side expand-icon="{icon_url("chevron-down")}"')
        .classes("fsf-more")
    )


def _hide_what_does_not_apply(schema: Sequence[Setting], desk: Desk, fields: Mapping[str, Widget]) -> None:
    """Follow `show_if`: a setting stands there only while the others have the values it names."""
    defaults = {setting.key: setting.default for setting in schema}

    def applies(wanted: JsonObject) -> bool:
        return all(_fits(desk.values.get(key, defaults.get(key)), value) for key, value in wanted.items())

    def refresh() -> None:
        for setting in schema:
            if setting.show_if is not None and setting.key in fields:
                fields[setting.key].set_visibility(applies(setting.show_if))

    desk.follow(refresh)
    refresh()


def _fits(value: JsonValue, wanted: JsonValue) -> bool:
    return bool(value in wanted) if isinstance(wanted, list) else bool(value == wanted)
