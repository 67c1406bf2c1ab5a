"""All runs: what happened, newest first, live."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import NotFound
from flowstudio.services.ports import Page, RunRow
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.missing import missing_workflow
from flowstudio.ui.components.pager import Pager
from flowstudio.ui.components.period import Period
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import lasted, moment, state_words
from flowstudio.ui.theme import button, segments
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

SIZE = 30
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("All", ()),
    "going": ("Going on", ("queued", "running", "waiting")),
    "failed": ("Failed", ("failed", "rejected")),
    "completed": ("Completed", ("completed", "skipped")),
    "cancelled": ("Cancelled", ("cancelled",)),
}
COLUMNS = (
    Column("Workflow"), Column("State", "150px"), Column("Started", "190px", since="tablet"),
    Column("Took", "116px", figure=True, since="desk"), Column("Steps", "112px", figure=True, since="desk"),
    Column("Outcome", since="desk"),
)  # fmt: skip
WAITING_WORDS = {
    "timer": "for its time", "approval": "for a decision", "event": "for an answer", "limit": "for its turn",
    "retry": "to try again", "decision": "for you to say what happened", "paused": "until somebody resumes it",
}  # fmt: skip


class RunList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, workflow_id: str | None, status: str) -> None:
        self.studio = studio
        self.actor = actor
        self.workflow_id = workflow_id
        self.status = status if status in FILTERS else ""
        self.search = ""
        self.number = 1
        self.title = "Runs"

    async def find(self) -> None:
        """Look up the workflow whose runs are asked for; raise NotFound."""
        if self.workflow_id:
            row = await self.studio.workflows.row(self.actor, self.workflow_id)
            self.title = f"Runs of {row.name}"

    async def draw(self) -> None:
        """Draw the whole page."""
        with shell(self.actor, "/runs", "Runs"):
            with ui.element("header").classes("fs-page__head"):
                ui.label(self.title).classes("fs-page__title").props("role=heading aria-level=1")
                if self.workflow_id:
                    button("All runs", "quiet", on_click=lambda: ui.navigate.to("/runs"))
                    button("Open the workflow", on_click=lambda: ui.navigate.to(f"/workflows/{self.workflow_id}"))
            with ui.element("div").classes("fs-toolbar"):
                segments({key: word for key, (word, _) in FILTERS.items()}, self.status, self._filter)
                zone = self.studio.settings.zone(self.actor.workspace)
                self.period = Period(zone, self.studio.clock.now, self._first_page)
                ui.element("div").classes("fs-bar__gap")
                search_field("Find a run", "Find a run", self._find).classes("fs-toolbar__search")
            self.table = RowTable("Runs", COLUMNS, mark="run")
            self.nothing = ui.element("div").classes("fs-card")
            self.pager = Pager(SIZE, "run", ("Newer runs", "Older runs"), self._turn)
            await self.fill()

    async def fill(self) -> None:
        """Show the runs that are asked for, as they stand now."""
        since, until = self.period.span
        rows, total = await self.studio.runs.list(
            self.actor, Page(self.number, SIZE, "-started_at"), workflow_id=self.workflow_id,
            status=FILTERS[self.status][1], search=self.search, since=since, until=until,
        )  # fmt: skip
        zone = self.studio.settings.zone(self.actor.workspace)
        when = partial(moment, zone=zone, now=self.studio.clock.now())
        self.table.show([self._row(row, when) for row in rows])
        self.table.set_visibility(bool(rows))
        self.pager.show(self.number, total)
        self._say_nothing(shown=not rows)

    def _row(self, row: RunRow, when: partial[str]) -> Row:
        word, colour, symbol = state_words(row.status)
        trigger = self.studio.registry.find(f"trigger.{row.trigger_type}")
        plain = row.status.value == "completed"
        return Row(
            row.id,
            (
                Cell(row.workflow_name, icon=trigger.icon if trigger else "bolt", tile="trigger"),
                Cell(word) if plain else Cell(word, icon=symbol, chip=colour),
                Cell(when(row.started_at)),
                Cell(lasted(row.started_at, row.completed_at)),
                Cell(f"{row.steps_completed} of {row.steps_total}"),
                Cell(outcome_words(row), quiet=True),
            ),
            href=f"/runs/{row.id}",
        )

    def _say_nothing(self, *, shown: bool) -> None:
        """Say why no run stands there, where none does."""
        self.nothing.set_visibility(shown)
        self.nothing.clear()
        if not shown:
            return
        with self.nothing:
            if self.status or self.search or self.number > 1 or not self.period.any:
                empty("No run fits.")
            else:
                empty("Nothing has run yet.", [("See the workflows", "route", lambda: ui.navigate.to("/workflows"))],
                      "Switch a workflow on, or press Run now in it.")  # fmt: skip

    async def _turn(self, number: int) -> None:
        self.number = number
        await self.fill()

    async def _first_page(self) -> None:
        self.number = 1
        await self.fill()

    async def _filter(self, status: str) -> None:
        self.status = status
        await self._first_page()

    async def _find(self, text: str) -> None:
        self.search = text
        await self._first_page()


def outcome_words(row: RunRow) -> str:
    """Say in a few words how a run stands or ended."""
    if row.error:
        return str(row.error.get("message", ""))
    if row.status.value == "waiting":
        return f"Waits {WAITING_WORDS.get(row.waiting_for or '', '')}".strip()
    return row.reason or ""


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/runs", response_timeout=PATIENCE)
    async def page(workflow: str = "", status: str = "") -> None:
        actor = current_actor()
        shown = RunList(studio, actor, workflow or None, status)
        try:
            await shown.find()
        except NotFound:
            missing_workflow(actor)
            return
        await shown.draw()
        keep_fresh(studio, actor, shown.fill)
