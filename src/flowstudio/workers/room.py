"""The engine, here or in workers, as services see it: start, steer, wait for the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.engine.resume import Resume
from flowstudio.errors import Conflict
from flowstudio.kit.ports import Batch
from flowstudio.workers.news import Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Iteration, Run
    from flowstudio.domain.workflow import Workflow
    from flowstudio.engine.engine import Engine
    from flowstudio.services.ports import RunStore
    from flowstudio.workers.far_engine import FarEngine
    from flowstudio.workers.news import NewsJournal

LOOK_EVERY = 5.0
"""Seconds after which a waiter looks into the database, in case another process ended the run."""


class EngineRoom:
    """Implements what services ask of the engine (`RunControl`, `Starts`, `Answers`)."""

    def __init__(self, engine: Engine | FarEngine, journal: NewsJournal, runs: RunStore, workspace: str) -> None:
        self._engine = engine
        self._journal = journal
        self._runs = runs
        self._workspace = workspace

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Write the run durably and carry it on."""
        return await self._engine.start(run, workflow)

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """Write runs durably and carry them on; return for each its id, or what `start` would have raised."""
        return await self._engine.start_all(starts)

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        """Get a version ready that is needed soon."""
        self._engine.prepare(workspace, workflow)

    async def cancel(self, run_id: str, reason: str = "") -> None:
        """End a run now."""
        await self._engine.cancel(run_id, reason=reason)

    async def pause(self, run_id: str) -> None:
        """Hold a run; raise Conflict for one that has not had its turn."""
        if await self._status(run_id) is RunStatus.QUEUED:
            raise Conflict("This run waits for its turn and has not begun.")
        await self._engine.pause(run_id)

    async def resume(
        self,
        run_id: str,
        *,
        from_step: str | None = None,
        iteration: Iteration | None = None,
        version: int | None = None,
        input: JsonObject | None = None,
        how: Literal["repeat", "skip", "output"] = "repeat",
        output: JsonObject | None = None,
        by: str = "",
    ) -> None:
        """Go on with a paused run, or take a finished one up again.

        Raise Conflict for one that waits for its turn.
        """
        if await self._status(run_id) is RunStatus.QUEUED:
            raise Conflict("This run waits for its turn and has not begun.")
        await self._engine.resume(run_id, Resume(from_step, iteration or (), how, input, output, by, version))

    async def move(self, run_id: str, version: int) -> bool:
        """Let a waiting run go on in another version; one that waits for its turn begins in it."""
        if await self._status(run_id) is RunStatus.QUEUED:
            return await self._journal.append(Batch(run_id, 0, patch={"version": version}))
        return await self._engine.move(run_id, version)

    async def skip(self, run_id: str, node_id: str, iteration: Iteration = ()) -> None:
        """Pass over a step that failed, waits or is in doubt."""
        found = await self._runs.get(self._workspace, run_id)
        if found is not None and found[0].status in FINISHED_RUN:
            await self._engine.resume(run_id, Resume(node=node_id, iteration=iteration, how="skip"))
        elif not await self._engine.decide_in_doubt(run_id, node_id, iteration, "skip"):
            raise Conflict("This step does not wait for anything.")

    async def decide(
        self, run_id: str, node_id: str, decision: str, *, by: str, comment: str = "", iteration: Iteration = ()
    ) -> None:
        """Take a person's answer to an approval; raise Conflict when it is decided already."""
        given = "approved" if decision == "approved" else "rejected"
        if not await self._engine.decide(run_id, node_id, iteration, given, by=by, comment=comment or None):  # type: ignore[arg-type]
            raise Conflict("This is decided already.")

    async def decide_in_doubt(
        self, run_id: str, node_id: str, choice: str, *, by: str, iteration: Iteration = ()
    ) -> None:
        """Take a person's word on a step in doubt."""
        if not await self._engine.decide_in_doubt(run_id, node_id, iteration, choice, by=by):  # type: ignore[arg-type]
            raise Conflict("This step is not in doubt.")

    def watch(self, run_id: str) -> Watched:
        """Note what becomes of a run that is about to start; end it with `forget`."""
        return self._journal.watched.setdefault(run_id, Watched())

    def forget(self, run_id: str) -> None:
        """Stop noting."""
        self._journal.watched.pop(run_id, None)

    async def until(self, run_id: str, holds: Callable[[Watched], bool], seconds: float) -> bool:
        """Wait until what is noted of a run holds, or it has ended; say whether it came to that in time."""
        watched = self.watch(run_id)
        if holds(watched) or watched.finished:
            return True
        changed = asyncio.Event()
        watched.tell.append(changed.set)
        try:
            async with asyncio.timeout(seconds):
                while not (holds(watched) or watched.finished):
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return False
        finally:
            watched.tell.remove(changed.set)
        return True

    async def wait_finished(self, run_id: str, seconds: float) -> bool:
        """Wait until a run has ended, at most that long; say whether it has."""
        self.watch(run_id)
        try:
            end = asyncio.get_running_loop().time() + seconds
            while True:
                if await self._status(run_id) in FINISHED_RUN:
                    return True
                left = end - asyncio.get_running_loop().time()
                if left <= 0:
                    return False
                await self.until(run_id, lambda _: False, min(left, LOOK_EVERY))
        finally:
            self.forget(run_id)

    async def _status(self, run_id: str) -> RunStatus | None:
        found = await self._runs.get(self._workspace, run_id)
        return found[0].status if found is not None else None
