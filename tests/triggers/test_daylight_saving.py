"""A whole simulated year in six zones: every slot exactly once, in the right local hour, through Firing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flowstudio.domain.run import Run
from flowstudio.domain.workflow import Workflow
from flowstudio.services.firing import Firing
from flowstudio.services.ports import VersionRow
from flowstudio.services.starting import PublishedVersions, Starter
from flowstudio.services.timetable import Schedule, after
from tests.support.databases import StillClock

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Santiago",
    "Africa/Casablanca",
)
RULES: dict[str, dict[str, Any]] = {
    "half_two": {"cron": "30 2 * * *"},
    "nine": {"time": "09:00"},
    "monday": {"day": "monday", "time": "01:30"},
    "last": {"day": "last", "time": "23:45"},
    "quarter_day": {"every": "6 hours"},
}
DOCUMENT = {
    "id": "wf_dst", "name": "W", "triggers": [{"id": "trigger", "type": "schedule", "config": {"time": "09:00"}}],
    "nodes": [{"id": "t", "type": "transform", "config": {"set": {"a": "{{ 1 }}"}}}],
}  # fmt: skip


class Noted:
    """An engine that only notes which runs begin."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    async def start(self, run: Run, workflow: Workflow) -> str:
        self.runs.append(run)
        return run.id

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str]:
        return [await self.start(*one) for one in starts]

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        del workspace, workflow


class Kept:
    """Schedules, the one version and no runs, in memory: a year would keep a file busy for long."""

    def __init__(self, zone: str) -> None:
        self.schedules: dict[str, Schedule] = {}
        for name, rule in RULES.items():
            first = Schedule("main", "wf_dst", name, 1, rule, zone, START)
            due = after(first, START)
            assert due is not None
            self.schedules[name] = replace(first, next_fire=due)

    async def due(self, before: datetime, limit: int = 500) -> list[Schedule]:
        return [one for one in self.schedules.values() if one.next_fire <= before][:limit]

    async def documents(self, schedules: list[Schedule]) -> dict[tuple[str, int], dict[str, Any]]:
        return {("wf_dst", 1): DOCUMENT}

    async def next_due(self) -> datetime:
        return min(one.next_fire for one in self.schedules.values())

    async def moved_all(self, moves: Sequence[tuple[Schedule, datetime | None, datetime | None]]) -> None:
        for schedule, following, fired in moves:
            assert following is not None
            assert fired == schedule.next_fire
            self.schedules[schedule.trigger_id] = replace(schedule, next_fire=following)

    async def version(self, workspace: str, workflow_id: str, version: int) -> VersionRow:
        return VersionRow(version, "", DOCUMENT, START, "Ada")

    async def by_event(self, workspace: str, workflow_id: str, event_id: str) -> None:
        return None


@pytest.mark.parametrize("zone", ZONES)
async def test_every_slot_of_a_year_comes_once_in_the_right_local_hour(zone: str) -> None:
    clock, engine, store = StillClock(START), Noted(), Kept(zone)
    starter = Starter(engine, PublishedVersions(store), store, clock)
    firing = Firing(store, starter, store, clock, lambda _: ZoneInfo("UTC"))
    while (due := await store.next_due()) < END:
        clock.moment = due
        await firing.fire_due()
    slots = _slots(engine, zone)
    assert Counter(run.event_id for run in engine.runs).most_common(1)[0][1] == 1
    days = [START.astimezone(ZoneInfo(zone)).date() + timedelta(days=n) for n in range(366)]
    for name, clock_time in (("half_two", "02:30"), ("nine", "09:00")):
        counted = Counter(slot.date() for slot in slots[name])
        assert set(counted.values()) == {1}
        assert set(days[1:364]) <= set(counted)
        odd = [slot for slot in slots[name] if f"{slot:%H:%M}" != clock_time]
        assert all(_skipped(slot, clock_time, zone) for slot in odd), odd
    assert {slot.weekday() for slot in slots["monday"]} == {0}
    assert len(slots["monday"]) in (52, 53)
    assert [(slot + timedelta(days=1)).day for slot in slots["last"]] == [1] * len(slots["last"])
    assert len(slots["last"]) == 12
    assert max(Counter((slot.date(), slot.hour) for slot in slots["quarter_day"]).values()) == 1
    assert len(slots["quarter_day"]) in range(1458, 1463)


def _slots(engine: Noted, zone: str) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {name: [] for name in RULES}
    for run in engine.runs:
        slot = datetime.fromisoformat(str(run.event_id).split(":", 2)[2])
        found[run.trigger_id].append(slot.astimezone(ZoneInfo(zone)))
    return found


def _skipped(slot: datetime, clock_time: str, zone: str) -> bool:
    """Say whether the wished time does not exist on that day, and the slot is the first instant after the gap."""
    wished = datetime.fromisoformat(f"{slot.date()}T{clock_time}").replace(tzinfo=ZoneInfo(zone))
    exists = wished.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wished.replace(tzinfo=None)
    before = (slot.astimezone(UTC) - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    return not exists and before.utcoffset() != slot.utcoffset()
