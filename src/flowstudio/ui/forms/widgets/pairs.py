"""Names with values: what a record gets, what a message text fills in, headers."""

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.fields_editor import FieldsEditor
from flowstudio.ui.forms.widgets.seam import Desk, Widget


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw pairs; the names that are known follow the other settings."""
    names = desk.context.names(setting, desk.values)
    element = FieldsEditor(
        value if isinstance(value, dict) else None,
        label=setting.label,
        on_change=desk.changer(setting),
        names=names,
        noun="variable" if setting.widget == "assignments" else "field",
        **desk.shown(setting),
    )

    def follow() -> None:
        known = desk.context.names(setting, desk.values)
        element.set_prop("names", None if known is None else list(known))

    desk.follow(follow)
    return element
