"""Analytics: how many runs there were, how they ended, and which workflows they were of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.kit.csv_text import cell_of, write_csv
from flowstudio.ui.components.analytics_parts import (
    analytics_tiles,
    going_line,
    percent,
    steps_about,
    tally_table,
)
from flowstudio.ui.components.bars import WORDS, Figures, by_day, by_workflow, day_chart, last_days, legend
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, segments
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.studio import Studio

SPANS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"}
COLUMNS = (
    Column("Workflow"), Column("Runs", "84px", figure=True, since="tablet"),
    Column("Completed", "112px", figure=True), Column("Failed", "96px", figure=True, since="tablet"),
    Column("Ended otherwise", "150px", figure=True, since="desk"),
)  # fmt: skip


class AnalyticsPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.span = "30"
        self.rows: Sequence[JsonObject] = ()
        self.names: dict[str, str] = {}

    async def draw(self) -> None:
        """Draw the page."""
        self.names = await self.studio.workflows.names(self.actor)
        with shell(self.actor, "/analytics", "Analytics"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Analytics").classes("fs-page__title").props("role=heading aria-level=1")
                ui.element("div").classes("fs-bar__gap")
                button("Alerts", icon="alert-triangle", on_click=lambda: ui.navigate.to("/alerts"))
                button("Download as CSV", icon="download", on_click=self._download)
            with ui.element("div").classes("fs-toolbar"):
                segments(SPANS, self.span, self._choose)
            await self.content()

    @ui.refreshable_method
    async def content(self) -> None:
        """Draw the figures of the chosen days."""
        days = int(self.span)
        self.rows = await self.studio.runs.per_day(self.actor, days)
        figures = by_day(self.rows)
        ui.label(told(figures, SPANS[self.span])).classes("fs-voice fs-voice--large").props("data-analytics-voice")
        if not figures:
            with ui.element("div").classes("fs-card"):
                empty("No run has ended in these days.", [("See the workflows", "route", _to_workflows)])
            return
        found = await self.studio.analytics.figures(self.actor, days)
        analytics_tiles(found)
        zone = self.studio.settings.zone(self.actor.workspace)
        today = self.studio.clock.now().astimezone(zone).date()
        with ui.element("section").classes("fs-card").props('aria-label="Runs per day"'):
            with ui.element("div").classes("fs-toolbar"):
                ui.label("Runs per day").classes("fs-title").props("role=heading aria-level=2")
                ui.element("div").classes("fs-bar__gap")
                legend()
            day_chart(figures, last_days(today, days), "Runs per day")
        table = RowTable("Workflows", COLUMNS, mark="workflow")
        table.show([self._row(*one) for one in by_workflow(self.rows).items()])
        tally_table("What started them", "Trigger", "Runs", found.triggers, "trigger")
        tally_table("What their steps did", "Action", "Steps", found.steps, "step-kind", steps_about(found))
        ui.label(going_line(found.going, found.active)).classes("fs-caption").props("data-going")

    def _row(self, workflow_id: str, figures: Figures) -> Row:
        runs = sum(figures.values())
        share = figures["completed"] / runs if runs else 0
        failed = figures["failed"]
        return Row(
            workflow_id,
            (
                Cell(self.names.get(workflow_id, "A deleted workflow"), icon="route", tile="flow"),
                Cell(f"{runs:,}"),
                Cell(percent(share)),
                Cell(f"{failed:,}", quiet=not failed),
                Cell(f"{figures['other']:,}", quiet=not figures["other"]),
            ),
            href=f"/workflows/{workflow_id}/overview" if workflow_id in self.names else f"/runs?workflow={workflow_id}",
        )

    def _choose(self, span: str) -> None:
        self.span = span
        self.content.refresh()

    def _download(self) -> None:
        rows = (
            [str(row["day"]), str(row["workflow_id"]), cell_of(self.names.get(row["workflow_id"], ""), None),
             *(str(row[kind]) for kind in WORDS)]
            for row in self.rows
        )  # fmt: skip
        sheet = b"".join(write_csv(["day", "workflow", "name", *WORDS], rows))
        ui.download.content(sheet, f"runs-{self.span}-days.csv", "text/csv")


def told(figures: dict[str, Figures], span: str) -> str:
    """Say how the runs of these days ended."""
    totals = {kind: sum(day[kind] for day in figures.values()) for kind in WORDS}
    runs = sum(totals.values())
    during = "In a year" if span.startswith("A ") else f"In {span}"
    if not runs:
        return f"{during} no run has ended."
    failed = f"{totals['failed']:,}" if totals["failed"] else "none"
    said = f"{during} {count_of(runs, 'run')} ended: {totals['completed']:,} completed, {failed} failed."
    most = max(sum(day.values()) for day in figures.values())
    return f"{said} The busiest day had {most:,}." if len(figures) > 1 else said


def _to_workflows() -> None:
    ui.navigate.to("/workflows")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/analytics", response_timeout=PATIENCE)
    async def page() -> None:
        await AnalyticsPage(studio, current_actor()).draw()
