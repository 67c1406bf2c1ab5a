"""Home: what waits for a person, what failed, what ran, and where to begin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.services.ports import Page
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.rows import OPEN_ROW
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment, state_words
from flowstudio.ui.pages.runs import outcome_words
from flowstudio.ui.theme import button, chip, icon
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.notices import Notification
    from flowstudio.services.ports import Asked, RunRow
    from flowstudio.services.studio import Studio

LATEST = 8
WAITING = 5
"""Lines of each list; the page behind it has them all."""
FAILED = ("failed", "rejected")
Deeds = tuple[tuple[str, Callable[[], object]], ...]
"""Words of buttons and what each does."""


class Home:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/", "Home"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Home").classes("fs-page__title").props("role=heading aria-level=1")
                button("", icon="bell", label="Notifications", on_click=lambda: ui.navigate.to("/notifications"))
                if self.actor.may(Role.BUILDER):
                    button("From a template", icon="layout-grid", on_click=lambda: ui.navigate.to("/templates"))
                    button("New workflow", "primary", icon="plus", on_click=self._make)
            await self.content()

    @ui.refreshable_method
    async def content(self) -> None:
        """Draw everything that changes."""
        counts = await self.studio.workflows.counts(self.actor)
        figures = await self.studio.runs.summary(self.actor)
        waiting = await self.studio.approvals.list(self.actor)
        failed, _ = await self.studio.runs.list(self.actor, Page(1, WAITING, "-started_at"), status=FAILED)
        latest, total = await self.studio.runs.list(self.actor, Page(1, LATEST, "-started_at"))
        flows = sum(count for status, count in counts.items() if status != "archived")
        ui.label(day_in_words(figures, len(waiting))).classes("fs-voice fs-voice--large").props("data-home-voice")
        if self.actor.may(Role.BUILDER) and not (flows and total and counts.get("active")):
            self._first_steps(flows=flows, active=counts.get("active", 0), runs=total)
        self._told(await self.studio.notices.unseen(self.actor))
        with ui.element("div").classes("fs-home"):
            self._waiting(waiting)
            self._failed(failed)
        self._latest(latest)

    def _first_steps(self, *, flows: int, active: int, runs: int) -> None:
        first: Deeds = (("New workflow", self._make), ("Look at an example", self._example))
        steps: tuple[tuple[bool, str, Deeds], ...] = (
            (bool(flows), "Make a first workflow", first),
            (bool(active), "Test it, publish it and switch it on", (("Open the workflows", _to("/workflows")),)),
            (bool(runs), "See its first run here", (("Open the runs", _to("/runs")),)),
        )
        with ui.element("section").classes("fs-card fs-home__first").props('aria-label="First steps"'):
            ui.label("First steps").classes("fs-strong")
            offered = False
            for done, text, deeds in steps:
                with ui.element("div").classes("fs-cell-icon fs-home__step"):
                    icon("circle-check" if done else "circle-dashed").classes("fs-ok" if done else "fs-text-2")
                    ui.label(text)
                    if done:
                        ui.label("done").classes("fs-caption")
                    elif not offered:
                        offered = True
                        for deed, on_click in deeds:
                            makes = on_click == self._make  # a double click makes one
                            button(deed, "primary" if makes else "secondary", on_click=on_click)

    def _when(self) -> partial[str]:
        return partial(moment, zone=self.studio.settings.zone(self.actor.workspace), now=self.studio.clock.now())

    def _told(self, notices: Sequence[Notification]) -> None:
        """Draw what this person was told and has not seen yet."""
        if not notices:
            return
        with ui.element("section").classes("fs-card fs-card--flush").props('aria-label="News for you"'):
            with ui.element("header").classes("fs-home__head"):
                ui.label("News for you").classes("fs-strong").props("role=heading aria-level=2")
                button("Seen", on_click=self._seen)
            with ui.element("div").classes("fs-home__lines"):
                for one in notices:
                    when = self._when()(one.created_at)
                    _line(one.link or "/", one.title, f"{when}, {one.body}" if one.body else when)

    async def _seen(self) -> None:
        with said():
            await self.studio.notices.seen(self.actor)
            self.content.refresh()

    def _waiting(self, waiting: Sequence[Asked]) -> None:
        with _list("Waits for a decision", "/approvals", len(waiting), "See all"):
            if not waiting:
                ui.label("Nobody waits for you.").classes("fs-caption fs-home__none")
            for asked in waiting[:WAITING]:
                subject = str(asked.detail.get("subject") or "May it go on?")
                _line("/approvals", subject, f"{asked.workflow_name}, asked {self._when()(asked.asked_at)}")

    def _failed(self, failed: Sequence[RunRow]) -> None:
        with _list("Failed", "/runs?status=failed", len(failed), "See all"):
            if not failed:
                ui.label("Nothing failed.").classes("fs-caption fs-home__none")
            for run in failed:
                when = self._when()(run.completed_at or run.started_at)
                _line(f"/runs/{run.id}", run.workflow_name, f"{when}, {outcome_words(run) or 'failed'}")

    def _latest(self, latest: Sequence[RunRow]) -> None:
        with _list("What ran", "/runs", len(latest), "See all runs"):
            if not latest:
                empty("Nothing has run yet.", [("See the workflows", "route", _to("/workflows"))])
            for run in latest:
                word, colour, symbol = state_words(run.status)
                told = ", ".join(one for one in (self._when()(run.started_at), outcome_words(run)) if one)
                plain = run.status.value == "completed"
                _line(f"/runs/{run.id}", run.workflow_name, told, None if plain else (word, colour, symbol))

    async def _make(self) -> None:
        with said():
            stored = await self.studio.workflows.create_empty(self.actor, "New workflow")
            ui.navigate.to(f"/workflows/{stored.id}")

    async def _example(self) -> None:
        with said():
            found = await self.studio.exchange.import_example(self.actor)
            ui.navigate.to(f"/workflows/{found.id}")


def day_in_words(figures: JsonObject, waiting: int) -> str:
    """Say how the day goes, in one sentence each."""
    runs, failed = int(figures.get("today", 0)), int(figures.get("failed_open", 0))
    ran = f"{count_of(runs, 'run')} since midnight" if runs else "Nothing has run since midnight"
    needs = []
    if waiting:
        needs.append(f"{count_of(waiting, 'decision')} {'waits' if waiting == 1 else 'wait'} for you")
    if failed:
        needs.append(f"{count_of(failed, 'run')} failed and {'needs' if failed == 1 else 'need'} you")
    return f"{ran}. {', '.join(needs) if needs else 'Nothing needs you'}."


def _to(place: str) -> partial[None]:
    return partial(ui.navigate.to, place)


def _list(title: str, place: str, number: int, more: str) -> ui.element:
    """Open a card with a title, a link to the whole list, and room for its lines."""
    with ui.element("section").classes("fs-card fs-card--flush").props(f'aria-label="{title}"') as card:
        with ui.element("header").classes("fs-home__head"):
            ui.label(title).classes("fs-strong").props("role=heading aria-level=2")
            if number:
                with ui.element("a").props(f'href="{place}" aria-label="{more}: {title}"').classes("fs-link"):
                    ui.label(more)
        lines = ui.element("div").classes("fs-home__lines")
    del card
    return lines


def _line(place: str, name: str, told: str, state: tuple[str, str, str] | None = None) -> None:
    with ui.element("div").classes("fs-row fs-row--link fs-row--slim").on("click", js_handler=OPEN_ROW):
        with ui.element("a").props(f'href="{place}"').classes("fs-row__main"):
            ui.label(name).classes("fs-row__name fs-ellipsis")
            ui.label(told).classes("fs-caption fs-ellipsis")
        if state is not None:
            chip(state[0], state[1], icon=state[2])  # type: ignore[arg-type]


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/", response_timeout=PATIENCE)
    async def page() -> None:
        actor = current_actor()
        shown = Home(studio, actor)
        await shown.draw()
        keep_fresh(studio, actor, shown.content.refresh)
