"""All schedules: when each fires next, as a list and as a month; days on which the clocks change are marked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.calendar import at_time, clock_words
from flowstudio.domain.actor import Role
from flowstudio.errors import FlowStudioError
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment
from flowstudio.ui.theme import button, chip, segments, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flowstudio.domain.actor import Actor
    from flowstudio.services.schedules import Occurrence, ScheduleRow
    from flowstudio.services.studio import Studio

VIEWS = {"list": "List", "month": "Month"}
TIMES = 10
SHOWN_PER_DAY = 6
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MIDNIGHT = datetime.min.time()


class SchedulePage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, view: str) -> None:
        self.studio = studio
        self.actor = actor
        self.view = view if view in VIEWS else "list"
        self.zone: ZoneInfo = studio.settings.zone(actor.workspace)
        self.first = studio.clock.now().astimezone(self.zone).date().replace(day=1)

    async def draw(self) -> None:
        """Draw the whole page."""
        with shell(self.actor, "/schedules", "Schedules"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Schedules").classes("fs-page__title").props("role=heading aria-level=1")
                ui.label(f"Times are those of {self.zone}").classes("fs-caption")
            with ui.element("div").classes("fs-toolbar"):
                segments(VIEWS, self.view, self._turn_to)
            await self.content()

    @ui.refreshable_method
    async def content(self) -> None:
        """Draw the list or the month."""
        rows = await self.studio.schedules.list(self.actor, times=TIMES)
        if not rows:
            with ui.element("div").classes("fs-card"):
                empty(
                    "No workflow starts by the clock.",
                    [("See the workflows", "route", lambda: ui.navigate.to("/workflows"))],
                    "Switch a workflow with a schedule on, and its times stand here.",
                )
            return
        if self.view == "list":
            self._list(list(rows))
        else:
            await self._month()

    def _list(self, rows: list[ScheduleRow]) -> None:
        with ui.element("div").props('role=list aria-label="Schedules"'):
            for row in rows:
                with (
                    ui.element("div")
                    .classes("fs-card")
                    .props(f'role=listitem data-schedule="{row.workflow_id}"')
                    .style("padding: 16px 20px; margin-bottom: 12px")
                ):
                    self._row(row)

    def _row(self, row: ScheduleRow) -> None:
        now = self.studio.clock.now()
        with ui.element("div").classes("fs-toolbar"):
            ui.link(row.workflow_name, f"/workflows/{row.workflow_id}").classes("fs-strong")
            ui.label(row.sentence)
            if row.zone != str(self.zone):
                chip(row.zone)
            ui.element("div").classes("fs-bar__gap")
            if row.missed and self.actor.role is not Role.VIEWER:
                button(
                    f"Catch up on {count_of(len(row.missed), 'missed time')}",
                    icon="history",
                    on_click=partial(self._catch_up, row.workflow_id, row.trigger_id),
                )
        if row.last_fire is not None:
            ui.label(f"Last started {moment(row.last_fire, self.zone, now)}").classes("fs-caption")
        flow = "display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 8px 0 0; margin: 0"
        with ui.element("ul").style(flow).props(f'aria-label="Next times of {_quoted(row.workflow_name)}"'):
            for slot in row.next:
                with ui.element("li"):
                    ui.label(clock_words(slot.at, self.zone, now))
                    if slot.note:
                        chip(slot.note, "warn", icon="alert-triangle")

    async def _month(self) -> None:
        following = (self.first + timedelta(days=32)).replace(day=1)
        start, end = (at_time(day, _MIDNIGHT, self.zone) for day in (self.first, following))
        slots: defaultdict[date, list[Occurrence]] = defaultdict(list)
        for one in await self.studio.schedules.calendar(self.actor, start, end):
            slots[one.at.astimezone(self.zone).date()].append(one)
        with ui.element("div").classes("fs-toolbar"):
            button("", icon="chevron-left", label="Earlier month", on_click=lambda: self._go(-1))
            ui.label(f"{self.first:%B %Y}").classes("fs-strong").props("aria-live=polite")
            button("", icon="chevron-right", label="Later month", on_click=lambda: self._go(1))
        with ui.element("div").classes("fs-month").props('role=grid aria-label="Calendar of schedules"'):
            for word in WEEK:
                ui.label(word).classes("fs-caption fs-month__blank").props("role=columnheader")
            for _ in range(self.first.weekday()):
                ui.element("div").classes("fs-month__blank").props("role=gridcell")
            for number in range((following - self.first).days):
                day = self.first + timedelta(days=number)
                self._day(day, slots.get(day, []))

    def _day(self, day: date, slots: list[Occurrence]) -> None:
        today = day == self.studio.clock.now().astimezone(self.zone).date()
        with (
            ui.element("div")
            .classes(f"fs-card fs-month__day {'' if slots else 'fs-month__blank'}")
            .props(f'role=gridcell data-day="{day.isoformat()}"{" aria-current=date" if today else ""}')
        ):
            with ui.element("span").classes("fs-caption"):
                ui.label(f"{day:%a} ").classes("fs-month__weekday")
                ui.label(str(day.day)).classes("fs-strong" if today else "")
            notes = dict.fromkeys(one.note for one in slots if one.note)
            for note in notes:
                chip("Clocks change", "warn", icon="alert-triangle").tooltip(note)
            for one in slots[:SHOWN_PER_DAY]:
                local = one.at.astimezone(self.zone)
                ui.link(f"{local:%H:%M} {one.workflow_name}", f"/workflows/{one.workflow_id}").classes(
                    "fs-caption fs-ellipsis"
                ).style("display: block")
            if len(slots) > SHOWN_PER_DAY:
                ui.label(f"and {len(slots) - SHOWN_PER_DAY:,} more").classes("fs-caption")

    async def _catch_up(self, workflow_id: str, trigger_id: str) -> None:
        try:
            runs = await self.studio.schedules.catch_up(self.actor, workflow_id, trigger_id)
        except FlowStudioError as error:
            toast(error.message, wrong=True)
            return
        toast(f"{count_of(len(runs), 'run')} started.")
        self.content.refresh()

    def _go(self, months: int) -> None:
        self.first = (self.first + timedelta(days=32 if months > 0 else -1)).replace(day=1)
        self.content.refresh()

    def _turn_to(self, view: str) -> None:
        self.view = view
        self.content.refresh()


def _quoted(text: str) -> str:
    return text.replace('"', "'")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/schedules", response_timeout=PATIENCE)
    async def page(view: str = "list") -> None:
        await SchedulePage(studio, current_actor(), view).draw()
