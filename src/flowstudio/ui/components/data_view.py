"""Data in a panel as fields, as a table or as JSON; which of them is the person's choice, and is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from nicegui import app, ui

from flowstudio.ui.components.data_tables import json_text, json_view, tables
from flowstudio.ui.theme import button, segments, toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue

FIELDS, TABLE, JSON = "fields", "table", "json"
WAYS = {FIELDS: "Fields", TABLE: "Table", JSON: "JSON"}
KEPT = "data_as"
MOST_COPIED = 500_000
"""Characters of JSON that go to the clipboard at once."""
MOST_MISSING = 5
"""Names without a sample that are said; the rest is counted."""


class DataView:
    """Fields | Table | JSON; what is not chosen is not drawn."""

    def __init__(self, label: str, fields: Callable[[], object], data: JsonValue, missing: Sequence[str] = ()) -> None:
        """`fields` draws the first way; `label` names the data for who cannot see where it stands."""
        self._label = label
        self._data = data
        self._missing = tuple(missing)
        kept = app.storage.user.get(KEPT)
        self._way = kept if kept in WAYS else FIELDS
        with ui.element("div").classes("fs-data"):
            with ui.element("div").classes("fs-data__head"):
                segments(WAYS, self._way, self._choose).props(f'role=group aria-label="Show {label.lower()} as"')
                self._copy = button("", "quiet", icon="copy", label="Copy as JSON", on_click=self._to_clipboard)
            with ui.element("div").classes("fs-data__fields") as self._fields:
                fields()
            self._other = ui.html("", sanitize=False).classes("fs-data__other")
            self._note = ui.label().classes("fs-caption")
        self._draw()

    def show(self, data: JsonValue, missing: Sequence[str] = ()) -> Self:
        """Show other data."""
        if data != self._data or tuple(missing) != self._missing:
            self._data, self._missing = data, tuple(missing)
            self._draw()
        return self

    def _choose(self, way: str) -> None:
        self._way = app.storage.user[KEPT] = way
        self._draw()

    def _draw(self) -> None:
        own = self._way == FIELDS
        self._fields.set_visibility(own)
        self._other.set_visibility(not own)
        self._copy.set_visibility(self._way == JSON)
        content = "" if own else tables(self._data) if self._way == TABLE else json_view(self._data, self._label)
        if content != self._other.content:
            self._other.set_content(content)
        self._note.set_text(_missing_words(self._missing))
        self._note.set_visibility(not own and bool(self._missing))

    def _to_clipboard(self) -> None:
        text = json_text(self._data)
        if len(text) > MOST_COPIED:
            toast(f"This is too long to copy: {len(text):,} characters. Select the part that you need.", wrong=True)
            return
        ui.clipboard.write(text)
        toast("Copied.")


def _missing_words(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_MISSING])
    more = f" and {len(names) - MOST_MISSING} more" if len(names) > MOST_MISSING else ""
    return f"The sample does not tell: {shown}{more}. A test run tells more."
