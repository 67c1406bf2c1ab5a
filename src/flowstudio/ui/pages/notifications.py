"""Notifications: everything that FlowStudio told this person, also what has been seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.ports import Page
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.pager import Pager
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.notices import Notification
    from flowstudio.services.studio import Studio

SIZE = 30
COLUMNS = (Column("News"), Column("", "110px"), Column("When", "190px"), Column("More", since="desk"))


class NotificationPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.number = 1

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/", "Notifications"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Notifications").classes("fs-page__title").props("role=heading aria-level=1")
                button("Home", icon="arrow-left", on_click=lambda: ui.navigate.to("/"))
                self.deed = button("I have seen all", icon="check", on_click=self._seen)
            self.table = RowTable("Notifications", COLUMNS, mark="notification")
            self.nothing = ui.element("div").classes("fs-card")
            with self.nothing:
                empty("Nothing to tell you yet.", note="When something needs you, it stands here and on Home.")
            self.pager = Pager(SIZE, "notification", ("Newer ones", "Older ones"), self._turn)
            await self.fill()

    async def fill(self) -> None:
        """Show what was told."""
        rows, total = await self.studio.notices.page(self.actor, Page(self.number, SIZE))
        when = partial(moment, zone=self.studio.settings.zone(self.actor.workspace), now=self.studio.clock.now())
        self.table.show([_row(row, when) for row in rows])
        self.table.set_visibility(bool(rows))
        self.nothing.set_visibility(not rows)
        self.deed.set_visibility(bool(await self.studio.notices.unread(self.actor)))
        self.pager.show(self.number, total)

    async def _seen(self) -> None:
        with said():
            await self.studio.notices.seen(self.actor)
            await self.fill()

    async def _turn(self, number: int) -> None:
        self.number = number
        await self.fill()


def _row(row: Notification, when: partial[str]) -> Row:
    new = Cell("New", chip="busy") if row.read_at is None else Cell("Seen", quiet=True)
    return Row(row.id, (Cell(row.title), new, Cell(when(row.created_at)), Cell(row.body, quiet=True)), row.link or "/")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/notifications", response_timeout=PATIENCE)
    async def page() -> None:
        await NotificationPage(studio, current_actor()).draw()
