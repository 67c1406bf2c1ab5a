"""A workflow at a glance: what it does in words, how it stands, how it ran, and the ways on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import NotFound
from flowstudio.services.addresses import public_address
from flowstudio.services.ports import Page
from flowstudio.ui.components.bars import by_day, day_chart, last_days, legend
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.live_list import TITLE, is_put_away, live_list, points_of, put_away
from flowstudio.ui.components.missing import missing_workflow
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.voice import sentence_html
from flowstudio.ui.components.words import count_of, lasted, moment, state_words
from flowstudio.ui.pages.runs import outcome_words
from flowstudio.ui.theme import button, chip
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.services.going_live import LivePoint
    from flowstudio.services.ports import RunRow, StoredWorkflow, WorkflowRow
    from flowstudio.services.studio import Studio

DAYS = 30
LATEST = 10
COLUMNS = (
    Column("Started"), Column("State", "150px"), Column("Took", "116px", figure=True, since="tablet"),
    Column("Outcome", since="desk"),
)  # fmt: skip
STATES: dict[WorkflowStatus, tuple[str, str, str]] = {
    WorkflowStatus.ACTIVE: ("Switched on", "ok", "check"),
    WorkflowStatus.PAUSED: ("Switched off", "idle", "player-pause"),
    WorkflowStatus.DRAFT: ("Draft", "idle", "pencil"),
}


class OverviewPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, workflow_id: str) -> None:
        self.studio = studio
        self.actor = actor
        self.workflow_id = workflow_id

    async def draw(self) -> None:
        """Draw the page; raise NotFound."""
        stored = await self.studio.workflows.get(self.actor, self.workflow_id)
        with shell(self.actor, "/workflows", stored.name):
            with ui.element("header").classes("fs-page__head"):
                ui.label(stored.name).classes("fs-page__title").props("role=heading aria-level=1")
                button("Versions", icon="history", on_click=partial(self._go, "/versions"))
                word = "Edit" if self.actor.may(Role.BUILDER) else "Open"
                button(word, "primary", icon="pencil", on_click=partial(self._go, ""))
            await self.content()

    @ui.refreshable_method
    async def content(self) -> None:
        """Draw everything that changes."""
        stored = await self.studio.workflows.get(self.actor, self.workflow_id)
        row = await self.studio.workflows.row(self.actor, self.workflow_id)
        workflow = await self._shown(stored)
        why = (await self.studio.workflows.switched_off_because(self.actor, [self.workflow_id])).get(self.workflow_id)
        self._standing(stored, row, why)
        self._words(workflow)
        self._points(await points_of(self.studio, self.actor, self.workflow_id))
        self._addresses(workflow, stored)
        await self._figures()
        await self._latest()

    async def _shown(self, stored: StoredWorkflow) -> Workflow:
        """Return what runs: the published version, or the draft of one that has none."""
        try:
            return await self.studio.workflows.published(self.actor, self.workflow_id)
        except NotFound:
            return Workflow.model_validate(stored.draft)

    def _standing(self, stored: StoredWorkflow, row: WorkflowRow, why: str | None) -> None:
        word, colour, symbol = STATES.get(stored.status, (stored.status.value.capitalize(), "idle", "circle"))
        when = partial(moment, zone=self.studio.settings.zone(self.actor.workspace), now=self.studio.clock.now())
        parts = [f"Version {stored.published_version}" if stored.published_version else "Not published yet"]
        if row.next_run is not None and stored.status is WorkflowStatus.ACTIVE:
            parts.append(f"starts next {when(row.next_run)}")
        parts.append(count_of(row.run_count, "run") + " so far")
        if row.success_rate is not None:
            parts.append(f"{row.success_rate:.0%} of those that ended were completed")
        if row.skip_count:
            parts.append(f"{row.skip_count:,} passed over")
        with ui.element("div").classes("fs-toolbar").props("data-standing"):
            chip(word, colour, icon=symbol)  # type: ignore[arg-type]
            ui.label(", ".join(parts)).classes("fs-text-2")
        if why:
            ui.label(why).classes("fs-field-error")

    def _words(self, workflow: Workflow) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="What it does"'):
            if workflow.description:
                ui.label(workflow.description).classes("fs-text")
            explanation = self.studio.documents.explain(workflow)
            ui.html(sentence_html(explanation), sanitize=False).classes("fs-voice")

    def _points(self, points: Sequence[LivePoint]) -> None:
        """Show what is worth a look before it works unattended; open where something is, unless it was put away."""
        if not points:
            return
        open_ = sum(not one.done for one in points)
        with ui.element("section").classes("fs-card").props(f'aria-label="{TITLE}"'), ui.element("details") as box:
            if open_ and not is_put_away(self.workflow_id):
                box.props("open")
            with ui.element("summary").classes("fs-live__head"):
                ui.label(TITLE).classes("fs-title")
                ui.label(f"{open_} open" if open_ else "All done").classes("fs-caption")
            builds = self.actor.may(Role.BUILDER)
            live_list(self.studio, self.actor, points, self._lead_to if builds else None)
            if open_ and not is_put_away(self.workflow_id):
                button("Put it away", "quiet", on_click=partial(self._put_away, box))

    def _put_away(self, box: ui.element) -> None:
        put_away(self.workflow_id)
        box.props(remove="open")

    def _lead_to(self, point: LivePoint) -> None:
        if point.topic in ("connections", "mail"):
            ui.navigate.to("/credentials")
        else:
            self._go(f"?point={point.topic}")

    def _addresses(self, workflow: Workflow, stored: StoredWorkflow) -> None:
        """Show where people and programs reach it from outside."""
        known = [public_address(self.studio.base_url, stored.hook_token, one) for one in workflow.triggers]
        found = [one for one in known if one]
        if not found:
            return
        with ui.element("section").classes("fs-card").props('aria-label="Its addresses"'):
            ui.label("Its addresses").classes("fs-title").props("role=heading aria-level=2")
            for address in found:
                ui.label(address).classes("fs-mono fs-well").style("overflow-wrap:anywhere;user-select:all")

    async def _figures(self) -> None:
        rows = await self.studio.runs.per_day(self.actor, DAYS, self.workflow_id)
        zone = self.studio.settings.zone(self.actor.workspace)
        with ui.element("section").classes("fs-card").props('aria-label="Runs of 30 days"'):
            with ui.element("div").classes("fs-toolbar"):
                ui.label(f"Runs of {DAYS} days").classes("fs-title").props("role=heading aria-level=2")
                ui.element("div").classes("fs-bar__gap")
                if rows:
                    legend()
            if rows:
                today = self.studio.clock.now().astimezone(zone).date()
                day_chart(by_day(rows), last_days(today, DAYS), "Runs per day")
            else:
                ui.label("No run has ended in these days.").classes("fs-caption")

    async def _latest(self) -> None:
        runs, total = await self.studio.runs.list(
            self.actor, Page(1, LATEST, "-started_at"), workflow_id=self.workflow_id
        )
        with ui.element("div").classes("fs-toolbar"):
            ui.label("Latest runs").classes("fs-title").props("role=heading aria-level=2")
            ui.element("div").classes("fs-bar__gap")
            if total > len(runs):
                with ui.element("a").props(f'href="/runs?workflow={self.workflow_id}"').classes("fs-link"):
                    ui.label(f"All {total:,} runs")
        if not runs:
            with ui.element("div").classes("fs-card"):
                empty("It has not run yet.", note="Switch it on, or press Run now in the editor.")
            return
        table = RowTable("Latest runs", COLUMNS, mark="run")
        table.show([self._row(run) for run in runs])

    def _row(self, run: RunRow) -> Row:
        word, colour, symbol = state_words(run.status)
        state = Cell(word) if run.status.value == "completed" else Cell(word, icon=symbol, chip=colour)
        when = moment(run.started_at, self.studio.settings.zone(self.actor.workspace), self.studio.clock.now())
        cells = (
            Cell(when),
            state,
            Cell(lasted(run.started_at, run.completed_at)),
            Cell(outcome_words(run), quiet=True),
        )
        return Row(run.id, cells, f"/runs/{run.id}")

    def _go(self, rest: str) -> None:
        ui.navigate.to(f"/workflows/{self.workflow_id}{rest}")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows/{workflow_id}/overview", response_timeout=PATIENCE)
    async def page(workflow_id: str) -> None:
        actor = current_actor()
        try:
            shown = OverviewPage(studio, actor, workflow_id)
            await shown.draw()
        except NotFound:
            missing_workflow(actor)
            return
        keep_fresh(studio, actor, shown.content.refresh)
