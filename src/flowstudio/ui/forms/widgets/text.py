"""Texts: one line, several lines, addresses, names; with variables where the setting is filled in."""

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.widgets import data
from flowstudio.ui.forms.widgets.seam import Desk, Widget, placeholder_of, takes_variables, text_of


def render_text(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a text in one line; what is no text, as data, so that nothing of it is lost."""
    if isinstance(value, dict | list):
        return data.render(setting, value, desk)
    return _text(setting, value, desk)


def render_longtext(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a text of several lines."""
    return _text(setting, value, desk, multiline=True)


def render_code(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a script."""
    return _text(setting, value, desk, multiline=True, mono=True)


def render_record(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw the choice of a record: one variable that holds it, or its id."""
    return _text(setting, value, desk, wanted="record")


def _text(
    setting: Setting, value: JsonValue, desk: Desk, *, multiline: bool = False, mono: bool = False, wanted: str = ""
) -> Widget:
    return ExpressionField(
        text_of(value),
        label=setting.label,
        on_change=desk.changer(setting),
        multiline=multiline,
        mono=mono,
        wanted=wanted,
        placeholder=placeholder_of(setting),
        variables=takes_variables(setting),
        **desk.shown(setting),
    )
