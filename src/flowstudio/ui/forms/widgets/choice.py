"""Closed choices: of the setting itself, or of what there is (record types, connections, workflows, message texts)."""

from collections.abc import Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.kit.words import human
from flowstudio.ui.forms.value_field import ValueField
from flowstudio.ui.forms.widgets.seam import Desk, Widget, takes_variables


def options_of(setting: Setting, desk: Desk) -> Sequence[JsonObject]:
    """List the choices of a setting, in the surroundings' words where they have some."""
    given = desk.context.choices(setting, desk.values)
    return given or [{"value": choice, "label": human(str(choice))} for choice in setting.choices or ()]


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a choice; what depends on other settings follows them."""
    element = ValueField(
        value if value is not None else setting.default,
        kind="choice",
        # events are also sent by programs, under names of their own
        free=setting.widget == "event",
        label=setting.label,
        on_change=desk.changer(setting),
        options=options_of(setting, desk),
        # a closed choice is never filled in from data, what there is may be
        variables=[] if setting.choices else takes_variables(setting),
        **desk.shown(setting),
    )
    desk.follow(lambda: element.set_prop("options", list(options_of(setting, desk))))
    return element
