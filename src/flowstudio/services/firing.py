"""Schedules that are due: each slot starts one run, also when two processes look at once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from flowstudio.calendar import next_fire, read_schedule
from flowstudio.errors import FlowStudioError, StorageFailed, TooMany
from flowstudio.observe import logger
from flowstudio.services.happening import Note
from flowstudio.services.listening import at_words
from flowstudio.services.starting import Slot
from flowstudio.services.timetable import after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flowstudio.domain.json import JsonObject
    from flowstudio.engine.kept import Key
    from flowstudio.kit.ports import Clock
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.starting import Starter
    from flowstudio.services.timetable import Schedule, ScheduleStore

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
LOOK_EVERY = timedelta(seconds=15)
"""How often it is looked ahead at most."""
log = logger(__name__)


Place = tuple[str, str]
"""A schedule's workflow and trigger."""


class Foreseen(NamedTuple):
    """A schedule that is due now or soon."""

    schedule: Schedule
    following: datetime | None
    """When it is due after its next slot."""


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
        self._ahead: dict[Place, Foreseen] = {}
        """What is due now or soon, by workflow and trigger."""
        self._looked: datetime | None = None
        """When it was last looked ahead."""

    async def fire_due(self) -> datetime | None:
        """Start a run for every schedule that is due; return when the next one is.

        The slot is the event id of its run, so that a crash between starting and moving on never starts it twice. Of
        the slots missed while FlowStudio was not running, `missed` says which are made up for: the last one (`once`),
        every one (`all`) or none (`skip`); the others are noted.
        """
        now = self._clock.now()
        due = await self._schedules.due(now, BATCH)
        foreseen = await self._foresee(due)
        in_time: list[tuple[Foreseen, Slot]] = []
        others: list[Schedule] = []
        for schedule in due:
            start = self._in_time(foreseen.get(_place(schedule)), now)
            if start is not None:
                in_time.append(start)
            else:
                others.append(schedule)
        moves = await self._start_together(in_time) if in_time else []
        tasks = []
        for number, schedule in enumerate(others, start=1):
            tasks.append(asyncio.create_task(self._carry_out(schedule, now)))
            if number % GROUP == 0:
                await asyncio.sleep(0)  # others have their turn between two groups
        moves += [move for move in await asyncio.gather(*tasks) if move is not None]
        if moves:
            await self._schedules.moved_all(moves)
        following = await self._schedules.next_due()
        await self._look_ahead()
        return following if len(moves) == len(due) else now + AGAIN

    async def _look_ahead(self) -> None:
        """Get ready what is due soon: many may be due in one second. What is not foreseen is fired all the same."""
        now = self._clock.now()
        if self._looked is None or not timedelta(0) <= now - self._looked < LOOK_EVERY:
            self._looked = now
            self._ahead = await self._foresee(await self._schedules.due(now + AHEAD, MOST_AHEAD))

    async def _foresee(self, schedules: list[Schedule]) -> dict[Place, Foreseen]:
        """Have at hand what starting these takes: their versions, compiled, and the times after their next ones."""
        await self._prepare(schedules)
        found: dict[Place, Foreseen] = {}
        for number, schedule in enumerate(schedules, start=1):
            place = _place(schedule)
            known = self._ahead.get(place)
            if known is None or known.schedule != schedule:
                try:
                    known = Foreseen(schedule, after(schedule, schedule.next_fire))
                except (ValueError, KeyError):
                    continue  # a rule or zone that cannot be read is told when its time has come
                if number % GROUP == 0:
                    await asyncio.sleep(0)
            found[place] = known
        return found

    async def _prepare(self, schedules: list[Schedule]) -> None:
        versions = {_version_of(one): one for one in schedules}
        missing = [one for key, one in versions.items() if self._starter.at_hand(key) is None]
        documents = await self._schedules.documents(missing) if missing else {}
        for key, schedule in versions.items():
            document = documents.get((schedule.workflow_id, schedule.version))
            try:
                self._starter.prepare(key, document)
            except (FlowStudioError, ValueError) as error:
                log.error("schedule.unreadable", workflow=schedule.workflow_id, error=str(error))
            if document is not None:
                await asyncio.sleep(0)

    def _in_time(self, foreseen: Foreseen | None, now: datetime) -> tuple[Foreseen, Slot] | None:
        """Return how to start a due schedule; None where more than its next slot is due, or that was missed."""
        if foreseen is None:
            return None
        schedule, following = foreseen
        workflow = self._starter.at_hand(_version_of(schedule))
        missed = schedule.next_fire < now - GRACE or (following is not None and following <= now)
        if workflow is None or missed:
            return None
        payload, event_id = self._event(schedule, schedule.next_fire)
        return foreseen, Slot(schedule.workspace, workflow, schedule.version, schedule.trigger_id, payload, event_id)

    async def _start_together(self, starts: list[tuple[Foreseen, Slot]]) -> list[Move]:
        """Start the next slots of schedules at once, and say where they move to; what is put off does not move."""
        answers = await self._starter.start_slots([slot for _, slot in starts])
        moves: list[Move] = []
        for (foreseen, _), answer in zip(starts, answers, strict=True):
            schedule, following = foreseen
            if isinstance(answer, (StorageFailed, TooMany)):
                log.warning("schedule.put_off", workflow=schedule.workflow_id, error=answer.message)
            elif isinstance(answer, (FlowStudioError, ValueError)):
                log.error("schedule.failed", workflow=schedule.workflow_id, error=str(answer))
                moves.append((schedule, following, None))
            elif isinstance(answer, Exception):
                raise answer
            else:
                moves.append((schedule, following, schedule.next_fire))
        return moves

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

    async def start(self, schedule: Schedule, slot: datetime) -> str:
        """Start the run of a slot and return its id; a slot that has a run keeps it."""
        payload, event_id = self._event(schedule, slot)
        return await self._starter.start(
            schedule.workspace, schedule.workflow_id, schedule.version, payload, trigger_id=schedule.trigger_id,
            event_id=event_id,
        )  # fmt: skip

    def _event(self, schedule: Schedule, slot: datetime) -> tuple[JsonObject, str]:
        """Return the payload of a slot's run, and the event id that keeps it the only one."""
        payload: JsonObject = {"fired_at": at_words(slot, self._zone_of(schedule.workspace))}
        return payload, f"schedule:{schedule.trigger_id}:{slot.isoformat()}"

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


def _place(schedule: Schedule) -> Place:
    return schedule.workflow_id, schedule.trigger_id


def _version_of(schedule: Schedule) -> Key:
    return schedule.workspace, schedule.workflow_id, schedule.version


def _after(schedule: Schedule, now: datetime) -> datetime | None:
    try:
        return after(schedule, now)
    except ValueError:
        return None
