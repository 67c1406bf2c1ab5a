"""Lists of texts: recipients, choices, names."""

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.list_editor import ListEditor
from flowstudio.ui.forms.widgets import data, text
from flowstudio.ui.forms.widgets.seam import Desk, Widget, allows, placeholder_of, takes_variables


def render_list(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a list of texts; a list of objects is written as data."""
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return data.render(setting, value, desk)
    return _entries(setting, value, desk, "entry")


def render_recipients(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw recipients: addresses, people, teams, or variables that hold them; one line where only one is taken."""
    if not allows(setting.annotation, list) and not isinstance(value, list):
        return text.render_text(setting, value, desk)
    return _entries(setting, value, desk, "recipient")


def _entries(setting: Setting, value: JsonValue, desk: Desk, noun: str) -> Widget:
    return ListEditor(
        value,
        label=setting.label,
        on_change=desk.changer(setting),
        noun=noun,
        single=allows(setting.annotation, str),
        placeholder=placeholder_of(setting),
        variables=takes_variables(setting),
        **desk.shown(setting),
    )
