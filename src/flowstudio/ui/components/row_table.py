"""A list as one element: a page of fifty rows costs the server what one label costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nicegui import ui
from nicegui.events import GenericEventArguments

from flowstudio.ui.components.canvas import STATIC
from flowstudio.ui.theme import Kind, icon_url

Since = Literal["", "tablet", "desk"]
"""From which width of the window on a column is shown: always, from a tablet, on a desk."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how wide it is, and whether it holds figures."""

    title: str
    width: str = ""
    """As CSS has it; without one a column shares what is left."""
    figure: bool = False
    since: Since = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell: a text, on a chip or beside a tile with an icon."""

    text: str
    icon: str = ""
    tile: Kind | None = None
    chip: str = ""
    """The colour of its state, as `state_words` names it."""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row. The text of its first cell leads to `href`; without one it is a button if the table opens rows."""

    id: str
    cells: Sequence[Cell]
    href: str = ""


class RowTable(ui.element, component=STATIC / "row_table.js"):
    """A table whose rows lead somewhere; the row of the first cell's link or button answers a click as a whole.

    `mark` names the rows for scripts and tests: `run` gives them the attribute `data-run` with their id.
    """

    def __init__(
        self, label: str, columns: Sequence[Column], mark: str, on_open: Callable[[str], object] | None = None
    ) -> None:
        """Draw the heading; `show` brings the rows. `on_open` gets the id of a row without `href`."""
        super().__init__()
        self._props.update(label=label, mark=mark, columns=_columns(columns), rows=(), opens=on_open is not None)
        if on_open is not None:
            self.on("open", lambda event: _opened(event, on_open))

    def show(self, rows: Sequence[Row], columns: Sequence[Column] | None = None) -> None:
        """Show these rows; nothing is sent when they are what is shown already."""
        found: dict[str, Any] = {"rows": tuple(_row(one) for one in rows)}
        if columns is not None:
            found["columns"] = _columns(columns)
        if any(self._props[name] != value for name, value in found.items()):
            self._props.update(found)


def _opened(event: GenericEventArguments, on_open: Callable[[str], object]) -> object:
    return on_open(event.args) if isinstance(event.args, str) else None


# Tuples: a list among the props would be watched for changes, item by item.
def _columns(columns: Sequence[Column]) -> tuple[dict[str, Any], ...]:
    return tuple({"title": one.title, "width": one.width, "figure": one.figure, "since": one.since} for one in columns)


def _row(row: Row) -> dict[str, Any]:
    return {"id": row.id, "href": row.href, "cells": tuple(_cell(cell) for cell in row.cells)}


def _cell(cell: Cell) -> dict[str, Any]:
    told = {"icon": cell.icon and icon_url(cell.icon), "tile": cell.tile, "chip": cell.chip, "quiet": cell.quiet}
    return {"text": cell.text, **{name: value for name, value in told.items() if value}}
