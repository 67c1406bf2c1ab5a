"""Schedules as people see them: when each fires next, a calendar of all of them, and what was missed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.calendar import BadTime, next_fires, read_schedule, schedule_sentence
from flowstudio.calendar.changes import slot_note
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.firing import MISSED
from flowstudio.services.happening import Note
from flowstudio.services.timetable import rule_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.firing import Firing
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.timetable import Schedule, ScheduleStore

MOST_TIMES = 100
MOST_PER_SCHEDULE = 200
"""Slots of one schedule in a calendar; one that fires more often is said to do so."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment at which a schedule fires."""

    at: datetime
    note: str = ""
    """What a change of the clocks does to it."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One schedule of an active workflow."""

    workflow_id: str
    workflow_name: str
    trigger_id: str
    sentence: str
    zone: str
    rule: JsonObject
    missed_policy: str
    last_fire: datetime | None
    next: tuple[Slot, ...]
    missed: tuple[datetime, ...] = ()
    """Slots that went by while FlowStudio was not running and started no run."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A slot in the calendar."""

    at: datetime
    note: str
    workflow_id: str
    workflow_name: str
    trigger_id: str
    often: bool = field(default=False)
    """The schedule fires more often than the calendar shows."""


class ScheduleService:
    """The verbs of schedules."""

    def __init__(
        self, store: ScheduleStore, workflows: WorkflowStore, firing: Firing, watches: WatchStore, audit: AuditLog,
        clock: Clock, zone_of: Callable[[str], ZoneInfo],
    ) -> None:  # fmt: skip
        self._store = store
        self._workflows = workflows
        self._firing = firing
        self._watches = watches
        self._audit = audit
        self._clock = clock
        self._zone_of = zone_of

    async def list(self, actor: Actor, *, times: int = 10) -> Sequence[ScheduleRow]:
        """List the schedules of all active workflows, the one that fires next first."""
        actor.require(Role.VIEWER)
        names = await self._workflows.names(actor.workspace)
        return [
            await self._row(one, names.get(one.workflow_id, one.workflow_id), min(times, MOST_TIMES))
            for one in await self._store.all(actor.workspace)
        ]

    async def calendar(self, actor: Actor, start: datetime, end: datetime) -> Sequence[Occurrence]:
        """List what fires from `start` to `end`, at most a year, in order."""
        actor.require(Role.VIEWER)
        if not start < end <= start + timedelta(days=366):
            raise BadRequest("A calendar shows at most a year.")
        names = await self._workflows.names(actor.workspace)
        found = []
        for one in await self._store.all(actor.workspace):
            zone = ZoneInfo(one.zone)
            first = max(start, one.next_fire)
            slots = _slots(one, first - timedelta(microseconds=1), MOST_PER_SCHEDULE + 1)
            shown = list(takewhile(lambda slot: slot < end, slots))
            often = len(shown) > MOST_PER_SCHEDULE
            name = names.get(one.workflow_id, one.workflow_id)
            found += [
                Occurrence(slot, slot_note(slot, zone), one.workflow_id, name, one.trigger_id, often)
                for slot in shown[:MOST_PER_SCHEDULE]
            ]
        return sorted(found, key=lambda one: (one.at, one.workflow_name))

    def preview(self, actor: Actor, rule: JsonObject, times: int = 10) -> tuple[str, str, tuple[Slot, ...]]:
        """Return a rule in words, its zone, and its next times; raise BadRequest with what is wrong with it."""
        actor.require(Role.VIEWER)
        workspace_zone = self._zone_of(actor.workspace)
        try:
            read = read_schedule(rule)
            zone = rule_zone(rule, workspace_zone)
            slots = next_fires(read, self._clock.now(), workspace_zone, min(times, MOST_TIMES))
        except BadTime as error:
            raise BadRequest(str(error)) from error
        return schedule_sentence(read), str(zone), tuple(Slot(slot, slot_note(slot, zone)) for slot in slots)

    async def catch_up(self, actor: Actor, workflow_id: str, trigger_id: str) -> Sequence[str]:
        """Start a run for every slot that was missed; return their ids. A slot that has a run keeps it."""
        actor.require(Role.OPERATOR)
        schedule = next(
            (
                one
                for one in await self._store.all(actor.workspace)
                if (one.workflow_id, one.trigger_id) == (workflow_id, trigger_id)
            ),
            None,
        )
        if schedule is None:
            raise NotFound("There is no such schedule.", hint="It may have been switched off.")
        runs = []
        for slot in await self._missed(schedule):
            runs.append(await self._firing.start(schedule, slot))
            key = f"{MISSED}{slot.isoformat()}"
            await self._watches.note([Note(actor.workspace, workflow_id, trigger_id, key, None)])
        await self._audit.note(
            actor.workspace, actor.name, "schedule.caught_up", workflow_id, {"trigger": trigger_id, "runs": len(runs)}
        )
        return runs

    async def _row(self, one: Schedule, name: str, times: int) -> ScheduleRow:
        zone = ZoneInfo(one.zone)
        slots = [one.next_fire, *_slots(one, one.next_fire, max(0, times - 1))]
        read = replace(read_schedule(one.rule), zone=None)
        return ScheduleRow(
            workflow_id=one.workflow_id,
            workflow_name=name,
            trigger_id=one.trigger_id,
            sentence=schedule_sentence(read),
            zone=one.zone,
            rule=one.rule,
            missed_policy=str(one.rule.get("missed") or "once"),
            last_fire=one.last_fire,
            next=tuple(Slot(slot, slot_note(slot, zone)) for slot in slots[:times]),
            missed=tuple(await self._missed(one)),
        )

    async def _missed(self, one: Schedule) -> Sequence[datetime]:
        known = await self._watches.all(one.workspace, one.workflow_id, one.trigger_id)
        keys = (key.removeprefix(MISSED) for key in known if key.startswith(MISSED))
        return sorted(datetime.fromisoformat(key) for key in keys)


def _slots(one: Schedule, since: datetime, count: int) -> list[datetime]:
    rule, zone = read_schedule(one.rule), ZoneInfo(one.zone)
    return next_fires(rule, since, zone, count, active_since=one.next_fire) if count else []
