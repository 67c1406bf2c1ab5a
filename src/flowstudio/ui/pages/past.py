"""A draft tried on the past: the last runs gone through again, and a backtest over the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import NotFound
from flowstudio.services.past_runs import MOST_RUNS
from flowstudio.ui.components.missing import missing_workflow
from flowstudio.ui.components.running_job import RunningJob
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment
from flowstudio.ui.theme import button, chip, icon
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.backtested import Backtested
    from flowstudio.services.past_runs import Replayed, Replays
    from flowstudio.services.ports import StoredWorkflow
    from flowstudio.services.studio import Studio

DAYS = {7: "7 days", 30: "30 days", 90: "90 days"}
MOST_TOLD = 3
"""Sentences shown of each run that differs; its own page has them all."""


class PastPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, stored: StoredWorkflow) -> None:
        self.studio = studio
        self.actor = actor
        self.stored = stored
        self._days = 30

    def draw(self) -> None:
        """Draw both ways to try the draft."""
        with shell(self.actor, "/workflows", f"{self.stored.name} on past data"):
            with ui.element("header").classes("fs-page__head"):
                with ui.element("a").props(f'href="/workflows/{self.stored.id}"').classes("fs-bar__crumb"):
                    ui.label(self.stored.name)
                icon("chevron-right", 16)
                ui.label("Try it on past data").classes("fs-page__title").props("role=heading aria-level=1")
                ui.element("div").classes("fs-bar__gap")
                button("Back to the canvas", on_click=lambda: ui.navigate.to(f"/workflows/{self.stored.id}"))
            ui.label(
                "The draft as it is now. Nothing is sent and nothing kept: mails and calls are simulated, so is time."
            ).classes("fs-text-2")
            with ui.element("div").classes("fs-past"):
                self._last_runs()
                self._last_days()

    # the last runs

    def _last_runs(self) -> None:
        with ui.element("section").classes("fs-card fs-past__card").props('aria-label="The last runs"'):
            ui.label("The last runs").classes("fs-title").props("role=heading aria-level=2")
            ui.label(
                f"Up to {MOST_RUNS} runs go through the draft again, with the data they had, and are compared."
            ).classes("fs-text-2")
            job = RunningJob("Replay the last runs", lambda: self._replay(job, found))
            found = ui.element("div").classes("fs-past__card")

    async def _replay(self, job: RunningJob, place: ui.element) -> None:
        place.clear()
        result = await job.wait_for(
            self.studio.past_runs.replay_last(self.actor, self.stored.id, progress=job.told)
        )  # fmt: skip
        if result is not None:
            with place:
                self._replays(result)

    def _replays(self, found: Replays) -> None:
        ui.label(found.sentence).classes("fs-voice fs-voice--large").props("data-replayed")
        if found.left_out:
            was = "was" if found.left_out == 1 else "were"
            ui.label(
                f"{count_of(found.left_out, 'run')} {was} left out: cancelled, or not at the end yet."
            ).classes("fs-caption")  # fmt: skip
        if found.faults or found.done < found.total:
            ui.label(
                f"{count_of(found.faults + found.total - found.done, 'run')} could not be gone through."
            ).classes("fs-caption")  # fmt: skip
        if found.differing:
            with ui.element("ul").classes("fs-past__runs").props('aria-label="Runs that differ"'):
                for one in found.differing:
                    self._replayed(one)

    def _replayed(self, one: Replayed) -> None:
        zone = self.studio.settings.zone(self.actor.workspace)
        with ui.element("li").classes("fs-past__run"):
            with ui.element("a").props(f'href="/runs/{one.run_id}/replay"').classes("fs-link"):
                ui.label(moment(one.started_at, zone, self.studio.clock.now()))
            with ui.element("ul"):
                for sentence in one.sentences[:MOST_TOLD]:
                    with ui.element("li"):
                        ui.label(sentence)
                if len(one.sentences) > MOST_TOLD:
                    with ui.element("li"):
                        ui.label(f"And {count_of(len(one.sentences) - MOST_TOLD, 'more difference')}.").classes(
                            "fs-caption"
                        )
            chip("Another way" if one.other_way else "Other content", "warn" if one.other_way else "idle")

    # the last days

    def _last_days(self) -> None:
        with ui.element("section").classes("fs-card fs-past__card").props('aria-label="The last days"'):
            ui.label("The last days").classes("fs-title").props("role=heading aria-level=2")
            ui.label(
                "How often it would have run, and whom it would have written to, had it been on: by the times of its "
                "schedule, by events and records that are kept, by what started its runs."
            ).classes("fs-text-2")
            with ui.element("div").classes("fs-past__deeds"):
                ui.label("Over the last")
                days = ui.select(DAYS, value=self._days).bind_value(self, "_days")
                days.props('outlined dense aria-label="Over the last"').style("width: 120px")
            job = RunningJob("Try the last days", lambda: self._try(job, found))
            found = ui.element("div").classes("fs-past__card")

    async def _try(self, job: RunningJob, place: ui.element) -> None:
        place.clear()
        result = await job.wait_for(
            self.studio.backtesting.run(self.actor, self.stored.id, days=self._days, progress=job.told)
        )
        if result is not None:
            with place:
                _figures(result)


def _figures(found: Backtested) -> None:
    ui.label(found.sentence).classes("fs-voice fs-voice--large").props("data-backtested")
    if found.runs:
        _bars(found)
    if found.further:
        with ui.element("ul").classes("fs-past__facts").props('aria-label="What else"'):
            for sentence in found.further:
                with ui.element("li"):
                    ui.label(sentence)
    for note in found.notes:
        ui.label(note).classes("fs-caption")


def _bars(found: Backtested) -> None:
    """Draw a bar for each day: its messages, or its runs where nothing would have been sent."""
    what = "message" if found.messages else "run"
    numbers = [one.messages if found.messages else one.runs for one in found.days]
    most = max([*numbers, 1])
    told = "; ".join(
        f"{one.day.day} {one.day:%B}: {number}" for one, number in zip(found.days, numbers, strict=True) if number
    )
    ui.label(f"{what.capitalize()}s per day").classes("fs-field-label")
    with ui.element("div").classes("fs-past__bars").props("role=img") as bars:
        bars.props["aria-label"] = f"{what.capitalize()}s per day: {told}"
        for one, number in zip(found.days, numbers, strict=True):
            peak = " fs-past__bar--peak" if number == most else ""
            height = max(3, round(100 * number / most)) if number else 0
            bar = ui.element("span").classes(f"fs-past__bar{peak}").style(f"height:{height}%")
            bar.props["title"] = f"{one.day:%A}, {one.day.day} {one.day:%B}: {count_of(number, what)}"
    with ui.element("div").classes("fs-past__axis"):
        ui.label(f"{found.days[0].day.day} {found.days[0].day:%b}")
        ui.label(f"most on one day: {most:,}")
        ui.label("today")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows/{workflow_id}/past", response_timeout=PATIENCE)
    async def page(workflow_id: str) -> None:
        actor = current_actor()
        try:
            stored = await studio.workflows.get(actor, workflow_id)
        except NotFound:
            missing_workflow(actor)
            return
        PastPage(studio, actor, stored).draw()
