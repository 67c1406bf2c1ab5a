"""Schedules that are due: each slot starts one run, also when two processes look at once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.calendar import next_fire, read_schedule
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import FlowStudioError, StorageFailed, TooMany
from flowstudio.observe import logger
from flowstudio.services.happening import Note
from flowstudio.services.listening import at_words
from flowstudio.services.triggers import after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.starting import Starter
    from flowstudio.services.triggers import Schedule, ScheduleStore

BATCH = 2_000
GROUP = 20
GRACE = timedelta(minutes=1)
"""A slot that is carried out within this time was not missed."""
MOST_AT_ONCE = 100
"""Slots that one schedule makes up for in one go."""
AHEAD = timedelta(seconds=45)
MOST_AHEAD = 2_000
MOST_NOTED = 50
"""Missed slots of a schedule that are kept for the catch-up button."""
MISSED = "missed:"
"""Before the slot in the key of the note that it was missed."""
AGAIN = timedelta(seconds=1)
Move = tuple["Schedule", "datetime | None", "datetime | None"]
"""A schedule, its next time, and the slot that started a run."""
log = logger(__name__)


class Firing:
    """Starts what is due."""

    def __init__(
        self,
        schedules: ScheduleStore,
        starter: Starter,
        watches: WatchStore,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
    ) -> None:
        self._schedules = schedules
        self._starter = starter
        self._watches = watches
        self._clock = clock
        self._zone_of = zone_of
        self._ready: dict[tuple[str, int], Workflow] = {}
        """Versions at hand of what is due now or soon."""

    async def fire_due(self) -> datetime | None:
        """Start a run for every schedule that is due; return when the next one is.

        The slot is the event id of its run, so that a crash between starting and moving on never starts it twice. Of
        the slots missed while FlowStudio was not running, `missed` says which are made up for: the last one (`once`),
        every one (`all`) or none (`skip`); the others are noted.
        """
        now = self._clock.now()
        due = await self._schedules.due(now, BATCH)
        await self._warm(due)
        tasks = []
        for number, schedule in enumerate(due, start=1):
            tasks.append(asyncio.create_task(self._carry_out(schedule, now)))
            if number % GROUP == 0:
                await asyncio.sleep(0)  # others have their turn between two groups
        found = await asyncio.gather(*tasks)
        for schedule in due:
            self._ready.pop((schedule.workflow_id, schedule.version), None)
        moves = [move for move in found if move is not None]
        if moves:
            await self._schedules.moved_all(moves)
        following = await self._schedules.next_due()
        await self._warm(await self._schedules.due(self._clock.now() + AHEAD, MOST_AHEAD))
        return following if len(moves) == len(due) else now + AGAIN

    async def _carry_out(self, schedule: Schedule, now: datetime) -> Move | None:
        """Start what is due of one schedule and say where it moves to; None: it is tried again."""
        try:
            fire, skipped = chosen(schedule, now)
            for slot in fire:
                await self.start(schedule, slot)
            if skipped:
                await self._note_missed(schedule, skipped)
        except (StorageFailed, TooMany) as error:
            log.warning("schedule.put_off", workflow=schedule.workflow_id, error=error.message)
            return None
        except (FlowStudioError, ValueError) as error:
            log.error("schedule.failed", workflow=schedule.workflow_id, error=str(error))
            return schedule, _after(schedule, now), None
        all_of_them = schedule.rule.get("missed") == "all"
        return schedule, after(schedule, fire[-1] if all_of_them and fire else now), fire[-1] if fire else None

    async def _warm(self, schedules: list[Schedule]) -> None:
        """Have the versions at hand of what is due soon: many may be due in the same second."""
        keys = {(one.workflow_id, one.version): one for one in schedules}
        self._ready = {key: workflow for key, workflow in self._ready.items() if key in keys}
        missing = [one for key, one in keys.items() if key not in self._ready]
        if missing:
            for key, document in (await self._schedules.documents(missing)).items():
                self._ready[key] = Workflow.model_validate(document)
                await asyncio.sleep(0)

    async def start(self, schedule: Schedule, slot: datetime) -> str:
        """Start the run of a slot and return its id; a slot that has a run keeps it."""
        payload: JsonObject = {"fired_at": at_words(slot, self._zone_of(schedule.workspace))}
        event_id = f"schedule:{schedule.trigger_id}:{slot.isoformat()}"
        workspace, workflow_id, trigger_id = schedule.workspace, schedule.workflow_id, schedule.trigger_id
        workflow = self._ready.get((workflow_id, schedule.version))
        if workflow is not None:
            return await self._starter.start_slot(workflow, workspace, schedule.version, payload, trigger_id, event_id)
        return await self._starter.start(
            workspace, workflow_id, schedule.version, payload, trigger_id=trigger_id, event_id=event_id
        )

    async def _note_missed(self, schedule: Schedule, slots: Iterable[datetime]) -> None:
        place = (schedule.workspace, schedule.workflow_id, schedule.trigger_id)
        await self._watches.note([Note(*place, f"{MISSED}{slot.isoformat()}", {}) for slot in slots])


def chosen(schedule: Schedule, now: datetime) -> tuple[list[datetime], list[datetime]]:
    """Return the slots of a due schedule that start a run now, and the latest of those that do not."""
    policy = schedule.rule.get("missed") or "once"
    if policy == "all":
        return [schedule.next_fire, *_slots(schedule, schedule.next_fire, now, MOST_AT_ONCE - 1)], []
    slots = _latest(schedule, now)
    if policy == "skip" and slots[-1] < now - GRACE:
        return [], slots[-MOST_NOTED:]
    return slots[-1:], slots[:-1][-MOST_NOTED:]


def _latest(schedule: Schedule, now: datetime) -> list[datetime]:
    """Return the latest slots up to now, at least one; of many missed ones not all are counted."""
    window = GRACE
    while True:
        start = max(schedule.next_fire, now - window)
        found = [schedule.next_fire] if start == schedule.next_fire else []
        found += _slots(schedule, start, now, 10 * MOST_NOTED)
        if start == schedule.next_fire or len(found) > MOST_NOTED:
            return found
        window *= 2


def _slots(schedule: Schedule, since: datetime, until: datetime, most: int) -> list[datetime]:
    """Return the slots after `since` up to `until`."""
    rule, zone, found = read_schedule(schedule.rule), ZoneInfo(schedule.zone), list[datetime]()
    while len(found) < most:
        slot = next_fire(rule, since, zone, active_since=schedule.next_fire)
        if slot is None or slot > until:
            break
        found.append(slot)
        since = slot
    return found


def _after(schedule: Schedule, now: datetime) -> datetime | None:
    try:
        return after(schedule, now)
    except ValueError:
        return None
