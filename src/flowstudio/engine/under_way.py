"""Runs that are in memory: compiled, taken up from disk, driven, told what happens, and let go of."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run, Timer
from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.board import Ended
from flowstudio.engine.driving import drive as go_on
from flowstudio.engine.durable import TakenOver
from flowstudio.engine.ending import WHOLE_RUN, count, end
from flowstudio.engine.kept import KeptVersions
from flowstudio.engine.live import Gate, Given, LiveRun, Watch
from flowstudio.engine.messages import Message
from flowstudio.engine.past import Past
from flowstudio.engine.payload import Gone, recheck, take_payload
from flowstudio.engine.plan import Plan, compile_workflow
from flowstudio.engine.recovery import fresh, recover
from flowstudio.engine.world import World
from flowstudio.errors import Conflict, FlowStudioError, StorageFailed
from flowstudio.kit import Registry
from flowstudio.kit.ports import Workflows
from flowstudio.observe.metrics import runs_active, runs_started

_log = structlog.get_logger(__name__)

_started = cache(runs_started.labels)
"""Counters by type of trigger, looked up once."""


class UnderWay:
    """The runs that one engine holds, and the plans they follow."""

    def __init__(self, world: World, registry: Registry, workflows: Workflows, *, serial: bool = False) -> None:
        """Make an engine; `serial` (test runs): one step at a time in the written order, waiting runs are kept."""
        self.world = world
        self.registry = registry
        self._workflows = workflows
        self._serial = serial
        self.gate: Gate | None = None
        self.watch: Watch | None = None
        self.given: Given | None = None
        self._let_go: dict[str, None] = {}
        """Runs that the database failed under; they stand as they were last written."""
        self.past: Past | None = None
        """The run that is gone through again, where this engine does that."""
        self._plans: KeptVersions[Plan] = KeptVersions()
        self._lives: dict[str, LiveRun] = {}
        self._drivers: dict[str, asyncio.Task[Any]] = {}
        self._loading: dict[str, asyncio.Task[LiveRun | None]] = {}
        self._waiters: dict[str, list[asyncio.Future[Run]]] = {}
        self._leaving = False

    def live(self, run_id: str) -> LiveRun | None:
        """Return a run that is in memory, for test runs and figures."""
        return self._lives.get(run_id)

    def driver(self, run_id: str) -> asyncio.Task[Any] | None:
        """Return the task that goes on with a run now, None when none does."""
        return self._drivers.get(run_id)

    async def idle(self) -> None:
        """Return when no run goes on: all have ended or rest."""
        while self._drivers:
            await asyncio.wait(list(self._drivers.values()))

    def leave(self) -> None:
        """Let what is under way come to its end and start nothing more; all runs are let go of where they stand."""
        self._leaving = True
        for live in self._lives.values():
            live.leave()

    def compiled(self, workspace: str, workflow: Workflow) -> Plan:
        """Return the plan of a version, compiled once while it is in use."""
        key = (workspace, workflow.id, workflow.version)
        plan = self._plans.get(key)
        if plan is None or plan.workflow is not workflow:
            plan = compile_workflow(workflow, self.registry)
            self._plans.put(key, plan, len(workflow.nodes))
        return plan

    async def admit(self, run: Run, workflow: Workflow) -> LiveRun:
        """Bring a new run to its first steps."""
        plan = self.compiled(run.workspace, workflow)
        live = fresh(run, plan, self.world)
        live.gate, live.watch, live.given, live.past = self.gate, self.watch, self.given, self.past
        await _begin(live, self.world.clock.now())
        self._lives[run.id] = live
        return live

    async def load(self, run_id: str) -> LiveRun | None:
        """Take a run over from its journal; two callers at once get the same one."""
        task = self._loading.get(run_id)
        if task is None:
            task = self._loading[run_id] = asyncio.create_task(self._claim(run_id))
            task.add_done_callback(lambda _: self._loading.pop(run_id, None))
        return await asyncio.shield(task)

    async def _claim(self, run_id: str) -> LiveRun | None:
        history = await self.world.journal.claim(run_id)
        if history is None:
            return None
        run = history.run
        plan = await self.plan(run.workspace, run.workflow_id, run.version)
        begun = run.status is not RunStatus.QUEUED or bool(history.steps)
        live = recover(history, plan, self.world)
        if run.status in FINISHED_RUN:
            return live
        if not begun:
            await _begin(live, self.world.clock.now(), recovered=True)
        self._lives[run_id] = live
        return live

    async def plan(self, workspace: str, workflow_id: str, version: int) -> Plan:
        """Return the plan of a published version."""
        found = self._plans.get((workspace, workflow_id, version))
        if found is not None:
            return found
        return self.compiled(workspace, await self._workflows.version(workspace, workflow_id, version))

    async def tell(self, run_id: str, message: Message) -> bool:
        """Put a message into a run's inbox, taking the run up where it is not in memory."""
        live = self._lives.get(run_id) or await self.load(run_id)
        if live is None or live.run.status in FINISHED_RUN:
            return False
        live.send(message)
        if run_id not in self._drivers:
            self.launch(live)
        return True

    async def ask(self, run_id: str, message: Message, reply: asyncio.Future[bool]) -> bool:
        """Put a message into a run's inbox and return its reply; False when the run had ended."""
        if not await self.tell(run_id, message):
            return False
        driver = self._drivers.get(run_id)
        if driver is not None:
            await asyncio.wait((reply, driver), return_when=asyncio.FIRST_COMPLETED)
            if not reply.done() and not driver.cancelled():
                driver.result()
        return reply.done() and reply.result()

    def launch(self, live: LiveRun) -> asyncio.Task[None]:
        """Let a run go on by itself."""
        driver = asyncio.create_task(self.drive(live))
        driver.add_done_callback(lambda done: _report(live.run.id, done))
        self._drivers[live.run.id] = driver
        return driver

    async def drive(self, live: LiveRun) -> None:
        """Drive a run until it ends or rests, and let go of it then."""
        run_id = live.run.id
        live.leaving = self._leaving
        runs_active.inc()
        try:
            await go_on(live, serial=self._serial)
            if live.state.ended is not None:
                await end(live, live.state.ended)
                count(live.run)
        except TakenOver:
            self._drop(live)
        except Conflict as conflict:
            self._drop(live)
            raise conflict from None
        except FlowStudioError as fault:
            self._drop(live)
            if isinstance(fault, StorageFailed):
                self._let_go[run_id] = None
            raise
        finally:
            runs_active.dec()
            self._drivers.pop(run_id, None)
            if live.state.ended is not None or live.lost or not self._serial:
                self._lives.pop(run_id, None)
            if live.state.ended is not None:
                live.state.let_go()
                for waiter in self._waiters.pop(run_id, ()):
                    if not waiter.done():
                        waiter.set_result(live.run)

    async def take_up_again(self) -> bool:
        """Take up the runs that were let go of because the database failed; say whether there were any.

        While it fails still, they are kept for the next time.
        """
        waiting = list(self._let_go)
        for run_id in waiting:
            try:
                live = self._lives.get(run_id) or await self.load(run_id)
            except StorageFailed:
                break
            self._let_go.pop(run_id, None)  # a run that was never written has told its caller
            if live is not None and live.run.status not in FINISHED_RUN and run_id not in self._drivers:
                self.launch(live)
        return bool(waiting)

    def _drop(self, live: LiveRun) -> None:
        for task in live.tasks.values():
            task.cancel()
        live.tasks.clear()
        live.lost = True


def _report(run_id: str, driver: asyncio.Task[None]) -> None:
    """Log why a run was let go of; it is on disk and `recover` takes it up again."""
    fault = None if driver.cancelled() else driver.exception()
    if fault is not None and not isinstance(fault, Conflict):
        _log.error("run_let_go", run_id=run_id, reason=str(fault))


async def _begin(live: LiveRun, now: datetime, *, recovered: bool = False) -> None:
    """Bring a run to its first steps."""
    run = live.run
    run.status = RunStatus.RUNNING
    run.queued_at = run.queued_at or now
    run.started_at = now
    _started(live.plan.trigger_types.get(run.trigger_id, "manual")).inc()
    try:
        await take_payload(live)
        await recheck(live, "start")
    except Gone as gone:
        live.state.ended = gone.ended()
    except StorageFailed:
        raise
    except FlowStudioError as error:
        content: JsonObject = {"code": error.code, "message": error.message, "hint": error.hint}
        live.state.ended = Ended(RunStatus.FAILED, "failed", error.message, content)
    live.renewed = recovered
    if not recovered:
        live.state.start(run.trigger_id)
    if live.plan.timeout is not None:
        live.pending.timers.append(Timer(run.id, *WHOLE_RUN, "timeout", now + timedelta(seconds=live.plan.timeout)))
        live.timers[WHOLE_RUN] = None
