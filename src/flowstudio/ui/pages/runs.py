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
from flowstudio.ui.components.rows import OPEN_ROW
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import lasted, moment, state_words
from flowstudio.ui.theme import button, chip, segments, tile
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
                ui.element("div").classes("fs-bar__gap")
                search_field("Find a run", "Find a run", self._find).classes("fs-toolbar__search")
            await self.rows()

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw the list."""
        rows, total = await self.studio.runs.list(
            self.actor, Page(self.number, SIZE, "-started_at"), workflow_id=self.workflow_id,
            status=FILTERS[self.status][1], search=self.search,
        )  # fmt: skip
        if not rows:
            with ui.element("div").classes("fs-card"):
                if self.status or self.search:
                    empty("No run fits.")
                else:
                    empty("Nothing has run yet.",
                          [("See the workflows", "route", lambda: ui.navigate.to("/workflows"))],
                          "Switch a workflow on, or press Run now in it.")  # fmt: skip
            return
        zone = self.studio.settings.zone(self.actor.workspace)
        when = partial(moment, zone=zone, now=self.studio.clock.now())
        with ui.element("div").classes("fs-rows").props('role=table aria-label="Runs"'):
            with ui.element("div").classes("fs-row fs-row--head fs-grid-runs").props("role=row"):
                for word in ("Workflow", "State", "Started", "Took", "Steps", "Outcome"):
                    ui.label(word).props("role=columnheader")
            for row in rows:
                self._row(row, when)
        self._pager(total)

    def _row(self, row: RunRow, when: partial[str]) -> None:
        word, colour, symbol = state_words(row.status)
        with (
            ui.element("div")
            .classes("fs-row fs-row--link fs-grid-runs")
            .props(f'role=row data-run="{row.id}"')
            .on("click", js_handler=OPEN_ROW)
        ):
            with ui.element("div").props("role=cell").classes("fs-cell-icon"):
                found = self.studio.registry.find(f"trigger.{row.trigger_type}")
                tile("trigger", found.icon if found else "bolt", tint=True)
                with ui.element("a").props(f'href="/runs/{row.id}"').classes("fs-row__main"):
                    ui.label(row.workflow_name).classes("fs-row__name fs-ellipsis")
            with ui.element("span").props("role=cell"):
                if row.status.value == "completed":
                    ui.label("Completed")
                else:
                    chip(word, colour, icon=symbol)  # type: ignore[arg-type]
            ui.label(when(row.started_at)).props("role=cell")
            ui.label(lasted(row.started_at, row.completed_at)).props("role=cell").classes("fs-num")
            ui.label(f"{row.steps_completed} of {row.steps_total}").props("role=cell").classes("fs-num")
            ui.label(outcome_words(row)).props("role=cell").classes("fs-caption fs-ellipsis")

    def _pager(self, total: int) -> None:
        pages = (total + SIZE - 1) // SIZE
        if pages <= 1:
            return
        with ui.element("div").classes("fs-toolbar"):
            earlier = button("", icon="chevron-left", label="Newer runs", on_click=lambda: self._turn(-1))
            earlier.set_enabled(self.number > 1)
            ui.label(f"Page {self.number} of {pages}, {total:,} runs").classes("fs-caption")
            later = button("", icon="chevron-right", label="Older runs", on_click=lambda: self._turn(1))
            later.set_enabled(self.number < pages)

    def _turn(self, by: int) -> None:
        self.number += by
        self.rows.refresh()

    def _filter(self, status: str) -> None:
        self.status, self.number = status, 1
        self.rows.refresh()

    def _find(self, text: str) -> None:
        self.search, self.number = text, 1
        self.rows.refresh()


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
        keep_fresh(studio, actor, shown.rows.refresh)
