"""The engine: starts runs, gives them turns, and takes what happens outside to the run it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration, Run, Timer
from flowstudio.domain.states import FINISHED_RUN
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.live import LiveRun
from flowstudio.engine.messages import Cancel, Decide, Deliver, Pause, Settle, Unpause, Wake
from flowstudio.engine.recovery import recover
from flowstudio.engine.resume import Resume, fits, markers
from flowstudio.engine.straight import go_straight
from flowstudio.engine.under_way import UnderWay
from flowstudio.errors import NotFound
from flowstudio.kit.ports import Batch


class Engine(UnderWay):
    """Runs workflows. One per process; everything it does to the world goes through the ports of its `World`."""

    # -- starting ----------------------------------------------------------------------------------------------------

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Begin a new run and return its id once it is on disk; it goes on by itself.

        Raise Conflict when there is a run of this workflow for the same event id already.
        """
        live = await self.admit(run, workflow)
        if not self._serial and go_straight(live):
            await self._drive_here(live)  # only its end is left to write: that takes no task of its own
        else:
            await self._launch_new(live)
        return run.id

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """Begin new runs at once: all are taken in before the first goes on, and share their commits.

        Return for each its id once it is on disk, or what `start` would have raised.
        """
        admitted = [await self._admitted(run, workflow) for run, workflow in starts]
        waiting = [self._launch_new(live) for live in admitted if isinstance(live, LiveRun)]
        faults = iter(await asyncio.gather(*waiting, return_exceptions=True))
        answers: list[str | Exception] = []
        for (run, _), live in zip(starts, admitted, strict=True):
            fault = next(faults) if isinstance(live, LiveRun) else live
            if isinstance(fault, BaseException) and not isinstance(fault, Exception):
                raise fault  # this start itself is being ended
            answers.append(run.id if fault is None else fault)
        return answers

    async def _admitted(self, run: Run, workflow: Workflow) -> LiveRun | Exception:
        try:
            return await self.admit(run, workflow)
        except Exception as fault:  # noqa: BLE001  one workflow that cannot be read does not keep others from starting
            return fault

    def _launch_new(self, live: LiveRun) -> asyncio.Future[None]:
        """Let a new run go on by itself; done when it is on disk."""
        on_disk: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        live.on_disk = on_disk
        self.launch(live).add_done_callback(lambda driver: _not_begun(on_disk, driver))
        return on_disk

    async def execute(self, run: Run, workflow: Workflow) -> Run:
        """Begin a new run and go on with it here until it ends or rests; return it as it then stands."""
        await self._drive_here(await self.admit(run, workflow))
        return run

    async def _drive_here(self, live: LiveRun) -> None:
        here = asyncio.current_task()
        assert here is not None
        self._drivers[live.run.id] = here
        await self.drive(live)

    async def advance(self, run_id: str) -> Run | None:
        """Take a run that is on disk up where it stands, until it ends or rests; None when there is no such run."""
        if run_id in self._drivers:
            return None
        live = self._lives.get(run_id) or await self.load(run_id)
        self._let_go.pop(run_id, None)
        if live is None:
            return None
        if live.run.status not in FINISHED_RUN and run_id not in self._drivers:
            await asyncio.shield(self.launch(live))
        return live.run

    async def recover(self, workspace: str | None = None) -> list[str]:
        """Take up every run that was under way when the process ended, or the database was lost, and does not go on.

        They go on by themselves. Return the ids of all.
        """
        found = list(await self.world.journal.unfinished(workspace))
        for run_id in found:
            if run_id in self._drivers:
                continue
            live = await self.load(run_id)
            if live is not None and live.run.status not in FINISHED_RUN:
                self.launch(live)
        return found

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        """Compile a version that is needed soon."""
        self.compiled(workspace, workflow)

    # -- what happens outside ----------------------------------------------------------------------------------------

    async def wake(self, timer: Timer) -> bool:
        """Tell a run that a timer is due."""
        return await self.tell(timer.run_id, Wake(timer.node_id, timer.iteration, timer.kind))

    async def decide(
        self,
        run_id: str,
        node_id: str,
        iteration: Iteration,
        decision: Literal["approved", "rejected"],
        *,
        by: str = "",
        comment: str | None = None,
    ) -> bool:
        """Take a person's answer to an approval; False when the step waits for none (any more)."""
        reply: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        return await self.ask(run_id, Decide(node_id, iteration, decision, by, comment, reply), reply)

    async def deliver(self, run_id: str, node_id: str, iteration: Iteration, event: JsonValue) -> bool:
        """Hand a waiting step what it may wait for; False when it waits for something else."""
        reply: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        return await self.ask(run_id, Deliver(node_id, iteration, event, reply), reply)

    async def decide_in_doubt(
        self,
        run_id: str,
        node_id: str,
        iteration: Iteration,
        choice: Literal["happened", "repeat", "skip", "fail"],
        *,
        by: str = "",
        output: JsonObject | None = None,
    ) -> bool:
        """Take a person's word on a step in doubt (`skip`: on any waiting step); False when it is not."""
        reply: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        return await self.ask(run_id, Settle(node_id, iteration, choice, by, output, reply), reply)

    async def cancel(self, run_id: str, *, reason: str = "", by: str = "") -> bool:
        """End a run now; what it is doing is stopped. False when it had ended."""
        return await self.tell(run_id, Cancel(reason, by))

    async def pause(self, run_id: str, *, by: str = "") -> bool:
        """Let a run finish what it is doing and start nothing more."""
        return await self.tell(run_id, Pause(by))

    async def resume(self, run_id: str, wish: Resume | None = None) -> bool:
        """Go on with a paused run, or take a finished one up again from where it is wished; it goes on by itself."""
        live = self._lives.get(run_id)
        if live is not None and live.state.ended is None:
            return await self.tell(run_id, Unpause())
        self._lives.pop(run_id, None)
        history = await self.world.journal.claim(run_id)
        if history is None:
            raise NotFound("There is no such run.")
        wish = wish or Resume()
        if history.run.status in FINISHED_RUN:
            version = history.run.version if wish.version is None else wish.version
            plan = await self.plan(history.run.workspace, history.run.workflow_id, version)
            batch = markers(history, plan, wish, self.world.clock.now())
            if not await self.world.journal.append(batch):
                return False
            history.steps.extend(batch.steps)
        plan = await self.plan(history.run.workspace, history.run.workflow_id, history.run.version)
        live = recover(history, plan, self.world)
        live.paused = False
        self.launch(live)
        return True

    async def move(self, run_id: str, version: int) -> bool:
        """Let a run that rests go on in another version, matched by node id.

        False when it does not rest (any more), or rests at a step that stands elsewhere or not at all in that version:
        it stays on its own then.
        """
        if run_id in self._drivers:
            return False
        self._lives.pop(run_id, None)
        history = await self.world.journal.claim(run_id)
        if history is None or history.run.status in FINISHED_RUN or run_id in self._drivers:
            return False
        run = history.run
        before = await self.plan(run.workspace, run.workflow_id, run.version)
        after = await self.plan(run.workspace, run.workflow_id, version)
        if not fits(history, before, after):
            return False
        return await self.world.journal.append(Batch(run_id, history.epoch, patch={"version": version}))

    async def wait_finished(self, run_id: str, seconds: float | None = None) -> Run | None:
        """Return a run of this engine when it has ended or rests for good; None when the time is up before."""
        live = self._lives.get(run_id)
        if live is None:
            return None
        if live.state.ended is not None and run_id not in self._drivers:
            return live.run
        waiter: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(run_id, []).append(waiter)
        try:
            return await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            return None

    async def close(self) -> None:
        """Let go of all runs; what is on disk is taken up again by `recover`."""
        drivers = list(self._drivers.values())
        for driver in drivers:
            driver.cancel()
        for live in self._lives.values():
            for task in live.tasks.values():
                task.cancel()
        await asyncio.gather(*drivers, return_exceptions=True)
        self._lives.clear()


def _not_begun(on_disk: asyncio.Future[None], driver: asyncio.Task[None]) -> None:
    """Tell who waits for a run to be on disk that it never was."""
    if on_disk.done():
        return
    fault = None if driver.cancelled() else driver.exception()
    if fault is None:
        on_disk.cancel()
    else:
        on_disk.set_exception(fault)
