"""What a person sees of each workflow and in which order: the menu, and clicks on the titles of columns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.shelf import COLUMNS, ShelfView
from flowstudio.ui.components.shelf_rows import ORDERS, TITLES
from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from nicegui.events import ValueChangeEventArguments

    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio


class ViewMenu:
    """The button View with its menu; what is chosen there is kept for the person."""

    def __init__(self, studio: Studio, actor: Actor, changed: Callable[[], Awaitable[None]]) -> None:
        """Draw nothing yet; `changed` shows the workflows anew."""
        self._studio, self._actor, self._changed = studio, actor, changed
        self.view = ShelfView()

    async def load(self) -> None:
        """Read what this person chose."""
        self.view = await self._studio.shelf.view(self._actor)

    def draw(self) -> None:
        """Draw button and menu."""
        with (
            button("View", icon="adjustments-horizontal"),
            ui.menu().classes("fs-menu"),
            ui.element("div").classes("fs-shelf-view").on("click.stop", lambda: None),
        ):
            ui.label("Sorted by").classes("fs-field-label")
            self._order = ui.select(ORDERS, value=self.view.sort, on_change=self._sorted)
            self._order.props('outlined dense options-dense aria-label="Sorted by"')
            ui.label("Columns").classes("fs-field-label")
            for key in COLUMNS:
                shown = key in self.view.columns
                ui.checkbox(TITLES[key], value=shown, on_change=partial(self._column, key)).props("dense")

    def sort_by(self, key: str) -> None:
        """Sort by a column; a second click turns it round. Names begin with A, dates and figures with the latest."""
        first = key if key in ("name", "status", "owner", "next_run") else f"-{key}"
        turned = key if first.startswith("-") else f"-{key}"
        self._order.set_value(turned if self.view.sort == first else first)

    async def _sorted(self, event: ValueChangeEventArguments[str | None]) -> None:
        await self._see(replace(self.view, sort=str(event.value)))

    async def _column(self, key: str, event: ValueChangeEventArguments[bool | None]) -> None:
        columns = {*self.view.columns, key} if event.value else {*self.view.columns} - {key}
        await self._see(replace(self.view, columns=tuple(one for one in COLUMNS if one in columns)))

    async def _see(self, view: ShelfView) -> None:
        self.view = view
        await self._studio.shelf.keep_view(self._actor, view)
        await self._changed()
