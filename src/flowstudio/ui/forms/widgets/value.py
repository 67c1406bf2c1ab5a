"""Numbers, durations, dates and other single values."""

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.value_field import ValueField, ValueKind
from flowstudio.ui.forms.widgets.seam import Desk, Renderer, Widget, placeholder_of, takes_variables


def value_of(kind: ValueKind) -> Renderer:
    """Return the renderer of one kind of value."""

    def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
        return ValueField(
            value,
            kind=kind,
            label=setting.label,
            on_change=desk.changer(setting),
            # an amount alone stands in the field of a duration, its unit beside it
            placeholder=placeholder_of(setting).split(" ")[0] if kind == "duration" else placeholder_of(setting),
            variables=takes_variables(setting),
            **desk.shown(setting),
        )

    return render
