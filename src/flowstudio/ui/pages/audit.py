"""The audit: who did what, when. Lines are written once and never changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.kit.words import human
from flowstudio.services.ports import Page
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.pager import Pager
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import moment, printed
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.studio import Studio

SIZE = 50
COLUMNS = (
    Column("What"), Column("Of what"), Column("Who", "170px", since="tablet"), Column("When", "190px"),
    Column("More", since="desk"),
)  # fmt: skip
_PLACES = {"workflow": "/workflows/{}/overview", "run": "/runs/{}", "step": "/runs/{}"}
"""Where the thing stands that a line is about, by the first part of its action."""


class AuditPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.search = ""
        self.number = 1
        self.names: dict[str, str] = {}

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/settings", "Audit"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Audit").classes("fs-page__title").props("role=heading aria-level=1")
                button("Settings", icon="arrow-left", on_click=lambda: ui.navigate.to("/settings"))
            if not self.studio.audit.may_read(self.actor):
                with ui.element("div").classes("fs-card"):
                    empty("Only admins and owners read the audit.")
                return
            self.names = await self.studio.workflows.names(self.actor)
            with ui.element("div").classes("fs-toolbar"):
                ui.label("Who did what. Nobody can change or remove a line.").classes("fs-text-2")
                ui.element("div").classes("fs-bar__gap")
                search_field("Find a line", "Find a line", self._find).classes("fs-toolbar__search")
            self.table = RowTable("Audit", COLUMNS, mark="audit")
            self.nothing = ui.element("div").classes("fs-card")
            with self.nothing:
                empty("No line fits.")
            self.pager = Pager(SIZE, "line", ("Newer lines", "Older lines"), self._turn)
            await self.fill()

    async def fill(self) -> None:
        """Show the lines that are asked for."""
        lines, total = await self.studio.audit.page(self.actor, Page(self.number, SIZE), self.search)
        when = partial(moment, zone=self.studio.settings.zone(self.actor.workspace), now=self.studio.clock.now())
        self.table.show([self._row(line, when) for line in lines])
        self.table.set_visibility(bool(lines))
        self.nothing.set_visibility(not lines)
        self.pager.show(self.number, total)

    def _row(self, line: JsonObject, when: partial[str]) -> Row:
        kind, _, deed = str(line["action"]).partition(".")
        subject = str(line["subject"])
        detail = line["detail"] or {}
        told = ", ".join(
            f"{human(name).lower()}: {printed(value, 60)}" for name, value in detail.items() if name != "name"
        )
        return Row(
            str(line["id"]),
            (
                Cell(f"{human(kind)} {human(deed).lower()}"),
                Cell(str(detail.get("name") or self.names.get(subject, subject))),
                Cell(str(line["actor"])),
                Cell(when(line["at"])),
                Cell(told, quiet=True),
            ),
            href=_PLACES.get(kind, "/settings").format(subject),
        )

    async def _find(self, text: str) -> None:
        self.search, self.number = text, 1
        await self.fill()

    async def _turn(self, number: int) -> None:
        self.number = number
        await self.fill()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/audit", response_timeout=PATIENCE)
    async def page() -> None:
        await AuditPage(studio, current_actor()).draw()
