"""Conditions over variables, and filters over the fields of records."""

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import normalise
from flowstudio.kit import Setting
from flowstudio.ui.forms.condition_builder import ConditionBuilder
from flowstudio.ui.forms.widgets.seam import Desk, Widget


class _Rules(ConditionBuilder):
    def set_value(self, value: JsonValue) -> "_Rules":
        super().set_value(tree_of(value))
        return self


def render_condition(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a condition."""
    return _rules(setting, value, desk, over_fields=False)


def render_filter(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a filter: its left side names fields of the record type chosen in the same form."""
    return _rules(setting, value, desk, over_fields=True)


def tree_of(value: JsonValue) -> JsonObject | None:
    """Return a condition as a tree, whatever form it was written in; None where there is none or it cannot be read."""
    if not value:
        return None
    try:
        return dict(normalise(value))
    except FlowStudioError:
        return value if isinstance(value, dict) else None


def _rules(setting: Setting, value: JsonValue, desk: Desk, *, over_fields: bool) -> Widget:
    def changed(tree: JsonValue) -> None:
        desk.change(setting, tree)
        element.show(*desk.context.rules(setting, tree))

    element = _Rules(
        tree_of(value),
        label=setting.label,
        on_change=changed,
        fields=desk.context.fields(setting, desk.values) if over_fields else None,
        **desk.shown(setting),
    )
    if over_fields:
        desk.follow(lambda: element.set_prop("fields", list(desk.context.fields(setting, desk.values))))
    if element.value:
        element.show(*desk.context.rules(setting, element.value))
    element.warn(desk.context.warnings.get(setting.key, {}))
    return element
