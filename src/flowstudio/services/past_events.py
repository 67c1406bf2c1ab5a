"""What would have started a workflow in the past: times of its schedule, kept events, new records, its own runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from flowstudio.calendar import next_fires, read_schedule
from flowstudio.domain.record import ENTITY
from flowstudio.services.listening import at_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Trigger, Workflow
    from flowstudio.kit import Registry
    from flowstudio.services.happening import Happening
    from flowstudio.services.rows_then import Aged

_JUST_BEFORE = timedelta(microseconds=1)
MOST = 1_000
"""Events that one backtest goes through; where there are more, the newest count."""


@dataclass(frozen=True, slots=True)
class StartedThen:
    """What started a run: its trigger, when, and with what."""

    trigger_id: str
    at: datetime
    event: JsonObject


class PastEventStore(Protocol):
    """Reads what happened."""

    async def kept(self, workspace: str, types: Sequence[str], since: datetime, limit: int) -> list[Happening]: ...

    async def started(self, workspace: str, workflow_id: str, since: datetime, limit: int) -> list[StartedThen]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """The events of a time, oldest first, and what a person should know about where they come from."""

    events: tuple[StartedThen, ...]
    notes: tuple[str, ...]
    dropped: int = 0
    """Older events that were left out because there are too many."""


class PastEvents:
    """Finds what would have started a workflow."""

    def __init__(self, store: PastEventStore, registry: Registry) -> None:
        self._store = store
        self._registry = registry

    async def of(
        self, workspace: str, workflow: Workflow, since: datetime, until: datetime, zone: ZoneInfo, aged: Aged
    ) -> Found:
        """Return what would have started it between two moments, filters aside."""
        runs = await self._store.started(workspace, workflow.id, since, MOST)
        events: list[StartedThen] = []
        notes: list[str] = []
        for trigger in workflow.triggers:
            own = [one for one in runs if one.trigger_id == trigger.id]
            if trigger.type == "schedule":
                events += self._times(trigger, since, until, zone)
            elif trigger.type in ("event", "ticket_created"):
                events += await self._happened(workspace, trigger, since, own, aged, notes)
            else:
                events += own
                notes.append(self._only_runs(trigger, len(own)))
        events.sort(key=lambda one: one.at)
        return Found(tuple(events[-MOST:]), tuple(dict.fromkeys(notes)), max(0, len(events) - MOST))

    @staticmethod
    def _times(trigger: Trigger, since: datetime, until: datetime, zone: ZoneInfo) -> list[StartedThen]:
        rule = read_schedule(trigger.config)
        fires = next_fires(rule, since - _JUST_BEFORE, zone, 50 * MOST, active_since=since)
        slots = takewhile(lambda slot: slot <= until, fires)
        return [StartedThen(trigger.id, slot, {"fired_at": at_words(slot, zone)}) for slot in slots]

    async def _happened(
        self,
        workspace: str,
        trigger: Trigger,
        since: datetime,
        own: Sequence[StartedThen],
        aged: Aged,
        notes: list[str],
    ) -> list[StartedThen]:
        """Return events of one type: those kept; before them new records, where that is the event, else own runs."""
        name = "ticket.created" if trigger.type == "ticket_created" else str(trigger.config.get("event") or "")
        kept = await self._store.kept(workspace, [name], since, MOST)
        events = [StartedThen(trigger.id, one.at, one.data) for one in kept]
        first = kept[0].at if kept else None
        about = self._record_of(trigger)
        if name.endswith(".created") and about is not None:
            key, entity = about
            known = {str(one.data[key].get("id")) for one in kept if isinstance(one.data.get(key), dict)}
            made = [row for row in aged.get(entity, ()) if row.created_at >= since and str(row.row["id"]) not in known]
            events += [StartedThen(trigger.id, row.created_at, {key: {**row.row, ENTITY: entity}}) for row in made]
            notes.append("Records are taken with their values of today, where the event itself is not kept any more.")
        else:
            events += [one for one in own if first is None or one.at < first]
            notes.append("Events are kept for 7 days; what came before is told by the runs it started.")
        return events

    def _record_of(self, trigger: Trigger) -> tuple[str, str] | None:
        """Return the payload's key and record type of an event about a record."""
        payload = getattr(self._registry.find(trigger.key), "payload", None)
        declared: JsonObject = payload(trigger.config) if payload is not None else {}
        for key, kind in declared.items():
            if isinstance(kind, str) and kind.startswith("record:"):
                return key, kind.removeprefix("record:")
        return None

    def _only_runs(self, trigger: Trigger, number: int) -> str:
        name = self._registry.name_of(trigger)
        if not number:
            return f'Nothing is kept by which "{name}" could be tried yet: it has started no run of this workflow.'
        return f'For "{name}", what started its past runs is taken.'
