"""The journal in memory: the twin of the database's, for test runs and tests. Same rules, same answers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Intent, Iteration, Run, Step, Timer
from flowstudio.domain.states import SETTLED_STEP, RunStatus, StepStatus, WaitingFor
from flowstudio.errors import Conflict, NotFound
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.ports import Batch, RunHistory


@dataclass(slots=True)
class _Kept:
    run: Run
    epoch: int = 0
    steps: list[Step] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    waits: list[JsonObject] = field(default_factory=list)


class MemoryJournal:
    """A Journal over lists; writes of steps go to a MemoryRecords in the same breath."""

    def __init__(self, records: MemoryRecords | None = None) -> None:
        self.records = records
        self.appended = 0
        """Durable points so far."""
        self.events: list[JsonObject] = []
        self.notices: dict[str, Delivery] = {}
        self._runs: dict[str, _Kept] = {}
        self._by_event: set[tuple[str, str, str]] = set()

    async def append(self, batch: Batch) -> bool:
        """Write a batch whole or not at all; False when another owner has taken the run over."""
        kept = self._runs.get(batch.run_id)
        if kept is not None and kept.epoch != batch.epoch:
            return False
        if kept is None:
            kept = self._new(batch)
        if batch.writes:
            if self.records is None:
                raise NotFound("There are no records here.")
            self.records.apply(batch.writes)
        if batch.new_run is not None:
            self._add(kept)
        self._take(kept, batch)
        self.appended += 1
        return True

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take a run over and return its history."""
        kept = self._runs.get(run_id)
        if kept is None:
            return None
        kept.epoch += 1
        run = replace(kept.run, event=copy.deepcopy(kept.run.event))
        steps = copy.deepcopy(kept.steps)
        return RunHistory(run, kept.epoch, steps, list(kept.intents), list(kept.timers), copy.deepcopy(kept.waits))

    async def unfinished(self, workspace: str | None = None) -> Sequence[str]:
        """List the runs that were queued or under way."""
        return [
            run_id
            for run_id, kept in self._runs.items()
            if kept.run.status in (RunStatus.QUEUED, RunStatus.RUNNING) and workspace in (None, kept.run.workspace)
        ]

    # -- what a test run asks ----------------------------------------------------------------------------------------

    def run(self, run_id: str) -> Run:
        """Return a run as it is on disk."""
        return self._runs[run_id].run

    def steps(self, run_id: str) -> list[Step]:
        """Return the steps of a run in their order."""
        return list(self._runs[run_id].steps)

    def intents(self, run_id: str) -> list[Intent]:
        """Return the intents of a run without a settled step after them."""
        return list(self._runs[run_id].intents)

    def timers(self) -> list[Timer]:
        """Return all timers, the next one first."""
        return sorted((timer for kept in self._runs.values() for timer in kept.timers), key=lambda timer: timer.due)

    def take(self, timer: Timer) -> None:
        """Take a timer that is due."""
        kept = self._runs.get(timer.run_id)
        if kept is not None and timer in kept.timers:
            kept.timers.remove(timer)

    def waits(self) -> list[tuple[str, JsonObject]]:
        """Return what is waited for, with the run that waits."""
        return [(run_id, wait) for run_id, kept in self._runs.items() for wait in kept.waits]

    def _new(self, batch: Batch) -> _Kept:
        run = batch.new_run
        if run is None:
            raise NotFound(f"There is no run {batch.run_id}.")
        if run.event_id is not None and (run.workspace, run.workflow_id, run.event_id) in self._by_event:
            raise Conflict("There is a run of this workflow for the same event already.")
        return _Kept(replace(run, steps_total=0, steps_completed=0), batch.epoch)

    def _add(self, kept: _Kept) -> None:
        run = kept.run
        self._runs[run.id] = kept
        if run.event_id is not None:
            self._by_event.add((run.workspace, run.workflow_id, run.event_id))

    def _take(self, kept: _Kept, batch: Batch) -> None:
        done = set(batch.timers_done)
        kept.timers = [timer for timer in kept.timers if (timer.node_id, timer.iteration) not in done]
        for timer in batch.timers:
            holder = kept if timer.run_id == batch.run_id else self._runs.get(timer.run_id)
            if holder is not None:
                holder.timers.append(timer)
        kept.waits = [wait for wait in kept.waits if wait["token"] not in batch.waits_done]
        kept.waits.extend(copy.deepcopy(batch.waits))
        kept.intents.extend(batch.intents)
        for step in batch.steps:
            kept.steps.append(replace(step))
            kept.run.steps_total += step.status in SETTLED_STEP
            kept.run.steps_completed += step.status in (StepStatus.COMPLETED, StepStatus.SKIPPED)
            if step.status.value not in ("waiting", "running", "pending"):
                place: tuple[str, Iteration] = (step.node_id, step.iteration)
                kept.intents = [one for one in kept.intents if (one.node_id, one.iteration) != place]
        self.events.extend(batch.events)
        for notice in batch.notices:
            self.notices.setdefault(notice.id, notice)
        for name, value in (batch.patch or {}).items():
            setattr(kept.run, name, _read(name, value))


def _read(name: str, value: object) -> object:
    if value is not None and name == "status":
        return RunStatus(str(value))
    if value is not None and name == "waiting_for":
        return WaitingFor(str(value))
    return value
