"""What editors of lists of objects share: a label, one block per object, and what stands underneath."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from nicegui import ui

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.entered import Address
from flowstudio.ui.forms.widgets.seam import Desk


class RowsEditor(ui.element, ABC):
    """A list of objects, drawn anew only when objects come or go; typing in one leaves the others alone."""

    def __init__(self, setting: Setting, value: JsonValue, desk: Desk) -> None:
        super().__init__("div")
        self.classes("fsf-field")
        self._setting = setting
        self._desk = desk
        self._rows: list[JsonObject] = _read(value)
        with self:
            ui.label(setting.label).classes("fsf-label")
            self._blocks = ui.element("div").classes("fsf-cases")
            self._error = ui.label().classes("fsf-error")
            if setting.help:
                ui.label(setting.help).classes("fsf-help")
        self.set_error(desk.context.errors.get(setting.key))
        self._draw()

    @abstractmethod
    def row(self, at: int, row: JsonObject) -> None:
        """Draw one object."""

    @abstractmethod
    def adding(self) -> None:
        """Draw the buttons that add one."""

    @property
    def readonly(self) -> bool:
        """Whether people may only look."""
        return self._desk.context.readonly

    def set_value(self, value: JsonValue) -> Self:
        """Show another list."""
        if _read(value) != self._rows:
            self._rows = _read(value)
            self._draw()
        return self

    def set_now(self, text: str | None) -> Self:
        """Objects have no value to show."""
        del text
        return self

    def set_error(self, sentence: str | None) -> Self:
        """Show what is wrong."""
        self._error.set_text(sentence or "")
        self._error.set_visibility(bool(sentence))
        return self

    def add(self, row: JsonObject) -> None:
        """Add an object at the end."""
        self._rows.append(row)
        self._draw()
        self._put()

    def take_out(self, at: int) -> None:
        """Take an object out."""
        del self._rows[at]
        self._draw()
        self._put()

    def setter(self, at: int, key: str) -> Callable[[JsonValue], None]:
        """Return the listener of one key of an object."""

        def change(value: JsonValue) -> None:
            self._rows[at] = {**self._rows[at], key: value}
            self._desk.change(self._setting, self._copied())

        return change

    def address(self, at: int, key: str) -> Address | None:
        """Return the place of one key of an object."""
        return self._desk.context.address(self._setting.key, inside=(at, key))

    def _draw(self) -> None:
        self._blocks.clear()
        with self._blocks:
            for at, row in enumerate(self._rows):
                with ui.element("div").classes("fsf-case"):
                    self.row(at, row)
            if not self.readonly:
                with ui.element("div").classes("fsf-adds fsf-adds--rows"):
                    self.adding()

    def _put(self) -> None:
        self._desk.put(self._setting, self._copied())

    def _copied(self) -> list[JsonValue]:
        return [dict(row) for row in self._rows]


def _read(value: JsonValue) -> list[JsonObject]:
    return [dict(row) for row in value if isinstance(row, dict)] if isinstance(value, list) else []
