"""Workflows that a test run calls: gone through within it, on its time and its records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.children import PARENT
from flowstudio.engine.sample import Sample
from flowstudio.engine.world import Child

WorkflowOf = Callable[[str], Awaitable[Workflow | None]]


class Inner(Protocol):
    """A test run inside another one."""

    run: Run
    steps: list[Step]
    notes: list[str]

    async def run_all(self) -> Run: ...

    async def close(self) -> None: ...


class CalledRuns:
    """The called workflows of one test run."""

    def __init__(
        self,
        sample: Sample,
        find: WorkflowOf | None,
        begin: Callable[[Workflow, Sample], Inner],
        note: Callable[[str], None],
    ) -> None:
        """`begin` makes the test run of a called workflow; `note` tells what a person should know."""
        self._sample = sample
        self._find = find
        self._begin = begin
        self._note = note
        self._known: dict[str, Inner] = {}

    async def start(self, child: Child) -> str:
        """Go through a called workflow as far as it goes by itself, where its end is waited for."""
        waited = child.input.get(PARENT, {}).get("waits")
        found = await self._find(child.workflow) if self._find is not None and waited else None
        if found is None or not found.triggers:
            self._note(f'The workflow "{child.workflow}" is not run: a test run goes through one workflow.')
            return f"{child.parent.id}_{child.node_id}"
        start = next((one.id for one in found.triggers if one.type == "manual"), found.triggers[0].id)
        given = {"trigger": child.input, "trigger_id": start, "records": {}}
        inner = self._begin(found, self._sample.model_copy(update=given))
        try:
            await inner.run_all()
        finally:
            await inner.close()
        self._known[inner.run.id] = inner
        for note in inner.notes:
            self._note(note)
        return inner.run.id

    async def read(self, run_id: str) -> tuple[Run, Sequence[Step]]:
        """Return a called run with its steps; one that was not gone through counts as completed."""
        inner = self._known.get(run_id)
        return (inner.run, inner.steps) if inner is not None else (Run(run_id, "test", "", 0, RunStatus.COMPLETED), ())
