"""Data of any shape, written as JSON; variables may stand in it."""

import json
from typing import Self

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.widgets.seam import Desk, Widget, takes_variables

NOT_YET = "This is not complete yet. Brackets and quotes must close."


def shown(value: JsonValue) -> str:
    """Show data as text: texts as they are, everything else as indented JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def read(text: str) -> JsonValue:
    """Read what was written: JSON where it is some, else the text itself. Raises ValueError for JSON left open."""
    plain = text.strip()
    if not plain:
        return None
    try:
        return json.loads(plain)
    except ValueError:
        if (plain.startswith("{") and not plain.startswith("{{")) or plain.startswith("["):
            raise
        return text


class DataField(ExpressionField):
    """JSON in several lines of mono."""

    def __init__(self, setting: Setting, value: JsonValue, desk: Desk) -> None:
        super().__init__(
            shown(value),
            label=setting.label,
            on_change=self._read,
            multiline=True,
            mono=True,
            variables=takes_variables(setting),
            placeholder="" if setting.example is None else shown(setting.example),
            **desk.shown(setting, form="json"),
        )
        self._setting = setting
        self._desk = desk

    def set_value(self, value: JsonValue) -> Self:
        """Show other data; the same data in another layout stays as the person wrote it."""
        try:
            if read(self.value or "") == value:
                return self
        except ValueError:
            pass
        super().set_value(shown(value))
        return self

    def _read(self, text: JsonValue) -> None:
        try:
            value = read(text)
        except ValueError:
            self.set_error(NOT_YET)
            return
        self.set_error(None)
        self._desk.change(self._setting, value)


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw data."""
    return DataField(setting, value, desk)
