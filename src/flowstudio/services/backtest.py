"""A workflow tried on the past before it is switched on: how often it would have run, and whom it would have told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.problem import has_errors
from flowstudio.domain.record import ENTITY, is_record
from flowstudio.domain.states import RunStatus
from flowstudio.engine.virtual_clock import VirtualClock
from flowstudio.errors import BadRequest, FlowStudioError, InvalidWorkflow, NotFound
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.record_rules import as_record
from flowstudio.services.backtested import Backtested, Day, people_of
from flowstudio.services.listening import Filters, Listening
from flowstudio.services.past_events import MOST
from flowstudio.services.rows_then import rows_at

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.engine.test_run import TestRun
    from flowstudio.kit.ports import Clock
    from flowstudio.services.past_events import PastEvents, StartedThen
    from flowstudio.services.rows_then import Aged
    from flowstudio.services.testing import TestingService
    from flowstudio.services.workflows import WorkflowService

MOST_DAYS = 90
MOST_SECONDS = 120.0
"""How long one may take; what is done by then counts."""
Progress = Callable[[int, int], None]
"""Told how many events are done, and of how many."""


class Backtesting:
    """Tries drafts on the past. Each run sees what the ones before it wrote; in the end everything is forgotten."""

    def __init__(self, workflows: WorkflowService, testing: TestingService, past: PastEvents, clock: Clock) -> None:
        self._workflows = workflows
        self._testing = testing
        self._past = past
        self._clock = clock

    async def run(
        self, actor: Actor, workflow_id: str, *, days: int = 30, progress: Progress | None = None
    ) -> Backtested:
        """Try the draft on the last days; to stop it, cancel the task. Raise InvalidWorkflow where it has errors."""
        actor.require(Role.BUILDER)
        if not 1 <= days <= MOST_DAYS:
            raise BadRequest(f"A backtest goes over 1 to {MOST_DAYS} days.")
        workflow = await self._workflows.draft(actor, workflow_id)
        problems = await self._workflows.problems(actor, workflow)
        if has_errors(problems):
            raise InvalidWorkflow(problems, hint="Correct the draft first.")
        zone, until = self._testing.zone(actor), self._clock.now()
        midnight = until.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        since = midnight - timedelta(days=days - 1)
        aged = await self._testing.aged(actor)
        found = await self._past.of(actor.workspace, workflow, since, until, zone, aged)
        tally = _Tally(zone)
        passage = _Passage(actor, workflow, self._testing, aged, since, zone)
        ending, done = time.monotonic() + MOST_SECONDS, 0
        for event in found.events:
            if time.monotonic() > ending:
                break
            try:
                tally.take(event, await passage.go(event))
            except FlowStudioError as error:
                tally.fault(error)
            done += 1
            if progress is not None:
                progress(done, len(found.events))
            await asyncio.sleep(0)  # others have their turn between two runs
        notes = [*found.notes, "Records are taken as they are today; each run sees what the ones before it changed."]
        if found.dropped:
            notes.append(f"There were {found.dropped + MOST:,} events; the newest {MOST:,} were taken.")
        if done < len(found.events):
            notes.append(f"It took too long: {done:,} of {len(found.events):,} events were gone through.")
        if tally.approvals:
            notes.append("Approvals counted as approved at once.")
        complete = done == len(found.events) and not found.dropped
        return tally.whole([since.date() + timedelta(days=number) for number in range(days)], notes, complete=complete)


class _Passage:
    """The runs of one backtest, one after the other: each sees what the ones before it wrote."""

    def __init__(
        self, actor: Actor, workflow: Workflow, testing: TestingService, aged: Aged, since: datetime, zone: ZoneInfo
    ) -> None:
        self._actor = actor
        self._workflow = workflow
        self._testing = testing
        self._zone = zone
        self._clock = VirtualClock(since)
        self._rows = rows_at(aged, None)
        types = testing.types(actor)
        self._records = MemoryRecords(types, self._rows, self._clock, zone)
        self._filters = Filters(self._records, self._clock, lambda _: zone, lambda _: testing.settings(actor))
        self._listening = {
            one.id: Listening(actor.workspace, workflow.id, 0, one)
            for one in workflow.triggers
            if one.type in ("event", "ticket_created")
        }

    async def go(self, event: StartedThen) -> TestRun | None:
        """Go through the workflow with one event; None where the trigger's filter does not hold or it cannot be."""
        self._clock.advance(event.at)
        payload = self._whole({name: value for name, value in event.event.items() if not name.startswith("$")})
        listening = self._listening.get(event.trigger_id)
        if listening is not None and not await self._filters.hold(listening, payload):
            return None
        test = self._testing.virtual(self._actor, self._workflow, event.trigger_id, event.at, payload, self._rows)
        try:
            await test.run_all()
        finally:
            await test.close()
        for entity in {str(e.content["entity"]) for s in test.steps for e in s.effects if "entity" in e.content}:
            self._rows[entity] = test.records.rows(entity)
            self._records.replace(entity, self._rows[entity])
        return test

    def _whole(self, payload: JsonObject) -> JsonObject:
        """Return the payload with the computed fields of its records, as they were then."""
        return {name: self._shown(value) if is_record(value) else value for name, value in payload.items()}

    def _shown(self, record: JsonObject) -> JsonObject:
        try:
            record_type = self._records.type_of(str(record[ENTITY]))
        except NotFound:
            return record
        shown = as_record(record_type, record, 0, self._clock.now(), self._zone)
        return {name: value for name, value in shown.items() if name != "$revision"}


@dataclass(slots=True)
class _Tally:
    """What the runs did together."""

    zone: ZoneInfo
    runs: Counter[date] = field(default_factory=Counter)
    messages: Counter[date] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    calls: int = 0
    approvals: int = 0
    failed: int = 0
    filtered: int = 0
    why: Counter[str] = field(default_factory=Counter)

    def take(self, event: StartedThen, test: TestRun | None) -> None:
        """Add what came of one event."""
        if test is None:
            self.filtered += 1
            return
        self.runs[event.at.astimezone(self.zone).date()] += 1
        if test.run.status is RunStatus.FAILED:
            self.failed += 1
            self.why[str((test.run.error or {}).get("message") or "no reason is known")] += 1
        for step in test.steps:
            self.approvals += isinstance(step.detail.get("approval"), dict)
            day = (step.completed_at or event.at).astimezone(self.zone).date()
            for effect in step.effects:
                if effect.kind == "message":
                    self.messages[day] += 1
                    self.channels[str(effect.content.get("channel"))] += 1
                    self.people |= people_of(effect.content.get("to"))
                elif effect.kind == "call":
                    self.calls += 1
                else:
                    self.records[effect.kind, str(effect.content.get("entity"))] += 1

    def fault(self, error: FlowStudioError) -> None:
        """Count an event that could not be gone through."""
        self.failed += 1
        self.why[error.message] += 1

    def whole(self, days: list[date], notes: list[str], *, complete: bool) -> Backtested:
        """Return the figures."""
        later = sum(number for day, number in self.messages.items() if day > days[-1])
        if later:
            notes.append(f"{later:,} of the messages would still be to come, after waits.")
        return Backtested(
            tuple(Day(day, self.runs[day], self.messages[day]) for day in days),
            runs=self.runs.total(), filtered=self.filtered, channels=dict(self.channels.most_common()),
            people=len(self.people), records=dict(self.records.most_common()), calls=self.calls,
            approvals=self.approvals, failed=self.failed, why=tuple(text for text, _ in self.why.most_common(3)),
            notes=tuple(dict.fromkeys(notes)), complete=complete,
        )  # fmt: skip
