"""Past runs: told in plain English, and gone through again on another version; nothing is sent, nothing is kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.analysis import RunStory, explain_run
from flowstudio.analysis.run_difference import RunDifference, compare_runs
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.problem import has_errors
from flowstudio.domain.states import RunStatus
from flowstudio.engine.past import Past
from flowstudio.errors import BadRequest, Conflict, FlowStudioError, InvalidWorkflow, NotFound
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Run, Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.engine.test_run import TestRun
    from flowstudio.kit import Registry
    from flowstudio.services.ports import RunRow
    from flowstudio.services.rows_then import Aged
    from flowstudio.services.runs import RunService
    from flowstudio.services.testing import TestingService
    from flowstudio.services.workflows import WorkflowService

MOST_RUNS = 100
MOST_SECONDS = 120.0
"""How long a passage through the last runs may take; what is done by then counts."""
ENDED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.REJECTED, RunStatus.SKIPPED)
"""Runs that came to an end of their own: a cancelled one was cut short by a person."""
Progress = Callable[[int, int], None]
"""Told how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One run gone through again."""

    run: Run
    again: TestRun
    difference: RunDifference

    def as_json(self) -> JsonObject:
        """Return it as the API gives it."""
        found = self.difference
        return {
            "run_id": self.run.id, "was": self.run.status.value, "status": self.again.run.status.value,
            "other_way": found.other_way, "sentences": list(found.sentences), "notes": list(self.again.notes),
            "steps": [one.as_json() for one in found.steps], "result": self.again.result(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one of the last runs."""

    run_id: str
    started_at: datetime | None
    was: str
    status: str
    other_way: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replays:
    """The last runs gone through again."""

    differing: tuple[Replayed, ...]
    """Those that differ, the newest first."""
    done: int
    total: int
    left_out: int
    """Runs that were cancelled or are not at their end."""
    faults: int = 0
    """Runs that could not be gone through."""

    @property
    def other_way(self) -> int:
        """Return how many would go another way."""
        return sum(one.other_way for one in self.differing)

    @property
    def sentence(self) -> str:
        """Say it: `3 of the last 100 runs would go another way, 2 would do the same with other content`."""
        if not self.done:
            return "There is no finished run to go through yet."
        runs = "the last run" if self.done == 1 else f"the last {self.done} runs"
        other, rest = self.other_way, len(self.differing) - self.other_way
        if not self.differing:
            return f"{runs[:1].upper()}{runs[1:]} would go just as {'it' if self.done == 1 else 'they'} went."
        parts = [f"{other} of {runs} would go another way"] if other else []
        parts += [f"{rest}{'' if other else f' of {runs}'} would go the same way with other content"] if rest else []
        return f"{', '.join(parts)}."

    def as_json(self) -> JsonObject:
        """Return it as the API gives it."""
        return {
            "sentence": self.sentence, "done": self.done, "total": self.total, "other_way": self.other_way,
            "differing": len(self.differing), "left_out": self.left_out, "faults": self.faults,
            "runs": [
                {
                    "run_id": one.run_id, "started_at": one.started_at.isoformat() if one.started_at else None,
                    "was": one.was, "status": one.status, "other_way": one.other_way, "sentences": list(one.sentences),
                }
                for one in self.differing
            ],
        }  # fmt: skip


class PastRuns:
    """The verbs of runs that have been."""

    def __init__(
        self, registry: Registry, runs: RunService, workflows: WorkflowService, testing: TestingService
    ) -> None:
        self._registry = registry
        self._runs = runs
        self._workflows = workflows
        self._testing = testing

    async def explain(self, actor: Actor, run_id: str) -> RunStory:
        """Tell a run in plain English; raise NotFound."""
        run, steps = await self._runs.get(actor, run_id)
        workflow = await self._went_through(actor, run)
        return explain_run(run, steps, workflow, self._registry, self._testing.zone(actor))

    async def begin(
        self, actor: Actor, run_id: str, workflow: Workflow, pinned: Mapping[str, JsonObject] | None = None
    ) -> TestRun:
        """Return a test run of a workflow with what a past run saw, to be gone through step by step.

        Steps in `pinned` give what stands there.
        """
        run, steps = await self._ended(actor, run_id, workflow.id)
        aged = await self._testing.aged(actor)
        return self._testing.again(actor, workflow, Past(run, steps), steps, aged, pinned)

    async def replay(self, actor: Actor, run_id: str, *, version: int | None = None) -> Replay:
        """Go through a finished run again on the draft, or on a version, and compare."""
        actor.require(Role.BUILDER)
        run, steps = await self._ended(actor, run_id)
        workflow = await self._target(actor, run.workflow_id, version)
        return await self._again(actor, run, steps, workflow, await self._testing.aged(actor))

    async def replay_last(
        self,
        actor: Actor,
        workflow_id: str,
        *,
        most: int = MOST_RUNS,
        version: int | None = None,
        progress: Progress | None = None,
    ) -> Replays:
        """Go through the last finished runs again, the newest first; to stop it, cancel the task."""
        actor.require(Role.BUILDER)
        if not 1 <= most <= MOST_RUNS:
            raise BadRequest(f"Between 1 and {MOST_RUNS} runs can be gone through again.")
        workflow = await self._target(actor, workflow_id, version)
        rows, _ = await self._runs.list(actor, Page(1, most), workflow_id=workflow_id, status=ENDED)
        _, every = await self._runs.list(actor, Page(1, 1), workflow_id=workflow_id)
        _, ended = await self._runs.list(actor, Page(1, 1), workflow_id=workflow_id, status=ENDED)
        aged = await self._testing.aged(actor)
        differing, done, faults, until = list[Replayed](), 0, 0, time.monotonic() + MOST_SECONDS
        for row in rows:
            if time.monotonic() > until:
                break
            try:
                one = await self._one(actor, row, workflow, aged)
            except FlowStudioError:
                faults += 1
            else:
                differing += [one] if one.sentences else []
            done += 1
            if progress is not None:
                progress(done, len(rows))
            await asyncio.sleep(0)  # others have their turn between two runs
        return Replays(tuple(differing), done, len(rows), every - ended, faults)

    async def _one(self, actor: Actor, row: RunRow, workflow: Workflow, aged: Aged) -> Replayed:
        run, steps = await self._runs.get(actor, row.id)
        found = await self._again(actor, run, steps, workflow, aged)
        difference, status = found.difference, found.again.run.status.value
        return Replayed(run.id, run.started_at, run.status.value, status, difference.other_way, difference.sentences)

    async def _again(self, actor: Actor, run: Run, steps: Sequence[Step], workflow: Workflow, aged: Aged) -> Replay:
        again = self._testing.again(actor, workflow, Past(run, steps), steps, aged)
        try:
            await again.run_all()
        finally:
            await again.close()
        went_through = await self._went_through(actor, run)
        difference = compare_runs(
            (run, steps, went_through), (again.run, again.steps, workflow), self._registry, self._testing.zone(actor)
        )
        return Replay(run, again, difference)

    async def _ended(self, actor: Actor, run_id: str, workflow_id: str | None = None) -> tuple[Run, Sequence[Step]]:
        run, steps = await self._runs.get(actor, run_id)
        if workflow_id not in (None, run.workflow_id):
            raise NotFound(f'"{run_id}" is no run of this workflow.')
        if run.status not in ENDED:
            raise Conflict(
                f"This run is {run.status.value}; only one that came to its end can be gone through again.",
                hint="Wait until it has ended.",
            )
        return run, steps

    async def _target(self, actor: Actor, workflow_id: str, version: int | None) -> Workflow:
        if version is not None:
            return await self._workflows.published(actor, workflow_id, version)
        draft = await self._workflows.draft(actor, workflow_id)
        problems = await self._workflows.problems(actor, draft)
        if has_errors(problems):
            raise InvalidWorkflow(problems, hint="Correct the draft first.")
        return draft

    async def _went_through(self, actor: Actor, run: Run) -> Workflow | None:
        try:
            return await self._workflows.published(actor, run.workflow_id, run.version)
        except NotFound:
            return None  # deleted meanwhile: its steps keep their ids
