"""Admission: which runs of a workflow may go now, which wait for their turn, and which are passed over.

The queue is the table of runs: a run that waits for its turn is on disk as `queued`, waiting for `limit`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.engine.children import PARENT, timer_of_parent
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.kit.ports import Batch
from flowstudio.observe import logger
from flowstudio.services.intake import Intake
from flowstudio.services.quotas import Shares
from flowstudio.services.turns import (
    EVERY,
    NO_LIMITS,
    WAITS_FOR_ROOM,
    WAITS_FOR_RUN,
    WAITS_FOR_SHARE,
    Limits,
    Passed,
    Place,
    Verdict,
    limits_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Run
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit.ports import Clock, Journal
    from flowstudio.services.intake import Writes
    from flowstudio.services.ports import RunStore, WorkflowStore
    from flowstudio.services.quotas import Quota
    from flowstudio.services.starting import PublishedVersions
    from flowstudio.services.watching import RunNews, RunWatch

log = logger(__name__)

PRIORITIES = {"high": 1, "normal": 0, "low": -1}
_REPLACED = "A newer start of this workflow took its place."


class AdmissionStore(Protocol):
    """The queue on disk."""

    async def decide(self, place: Place, limits: Limits) -> Verdict:
        """Decide, in one transaction, about the runs that wait for their turn; admitted ones no longer do."""

    async def share_out(self, workspace: str, quota: Quota, limits: Mapping[str, Limits], shares: Shares) -> Verdict:
        """Decide, in one transaction, about all that wait in these workflows; the quota's room is dealt by shares."""

    async def held(self) -> list[Place]:
        """List the workflows with runs that wait for their turn."""


class Takes(Protocol):
    """The part of the engine that runs are handed to."""

    async def start(self, run: Run, workflow: Workflow) -> str: ...

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]: ...

    def prepare(self, workspace: str, workflow: Workflow) -> None: ...

    async def advance(self, run_id: str) -> Run | None: ...

    async def cancel(self, run_id: str, *, reason: str = "", by: str = "") -> bool: ...


class Admission:
    """The door in front of the engine: opens at once where a workflow has no limits, else lets in by turns."""

    def __init__(
        self,
        engine: Takes,
        journal: Journal,
        store: AdmissionStore,
        workflows: WorkflowStore,
        versions: PublishedVersions,
        runs: RunStore,
        watch: RunWatch,
        clock: Clock,
        quota_of: Callable[[str], Quota],
        writes: Writes,
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._store = store
        self._workflows = workflows
        self._versions = versions
        self._runs = runs
        self._watch = watch
        self._clock = clock
        self._quota_of = quota_of
        self._intake = Intake(quota_of, writes, clock)
        self._shares: defaultdict[str, Shares] = defaultdict(Shares)
        self._wanted: set[Place] = set()
        self._looking: dict[Place, asyncio.Task[None]] = {}
        self._heard: dict[Place, Callable[[], None]] = {}
        """Workflows with waiting runs, and what ends listening to the news of their runs."""
        self._rooms: dict[Place, datetime] = {}
        self._going: set[asyncio.Task[Run | None]] = set()
        self.expect: Callable[[datetime], None] | None = None
        """Told when to look again."""
        self.decides = True
        """Whether it is decided here; in a worker, runs are only put into the queue."""

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Write a new run durably and return its id; it goes on at once or when its turn comes.

        Raise Conflict when its event has a run already.
        """
        if self._opens_at_once(run, workflow):
            return await self._engine.start(run, workflow)
        limits, quota = limits_of(workflow.settings), self._quota_of(run.workspace)
        if (limits.none and quota.none) or (PARENT in run.event and await self._called_by_its_own(run)):
            return await self._engine.start(run, workflow)
        run.status, run.waiting_for, run.started_at = RunStatus.QUEUED, WaitingFor.LIMIT, None
        own = WAITS_FOR_ROOM if limits.mode == "parallel" else WAITS_FOR_RUN
        run.reason = WAITS_FOR_SHARE if limits.none else own
        await self._journal.append(Batch(run.id, 0, new_run=run))
        unit = self._unit((run.workspace, run.workflow_id))
        if self.decides:
            self._intake.comes(unit)
            self._look(unit)
        return run.id

    def _opens_at_once(self, run: Run, workflow: Workflow) -> bool:
        """Say whether every run of a workflow may go at once, and give the run its priority."""
        settings = workflow.settings
        if settings.priority is not None:
            run.priority = PRIORITIES[settings.priority]
        free = settings.concurrency in _FREE and settings.max_runs_per_hour is None and settings.dedupe_window is None
        return free and self._quota_of(run.workspace).none

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """As `start` for many runs; return for each its id, or what it raised."""
        free = [self._opens_at_once(*one) for one in starts]
        together = [one for one, at_once in zip(starts, free, strict=True) if at_once]
        answers = iter(await self._engine.start_all(together) if together else ())
        return [
            next(answers) if at_once else await self._started(*one) for one, at_once in zip(starts, free, strict=True)
        ]

    async def _started(self, run: Run, workflow: Workflow) -> str | Exception:
        try:
            return await self.start(run, workflow)
        except FlowStudioError as fault:
            return fault

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        """Get a version ready that is needed soon."""
        self._engine.prepare(workspace, workflow)

    def require_room(self, workspace: str) -> None:
        """Raise TooMany while nothing should be accepted from outside for a workspace."""
        self._intake.require_room(workspace, self._rooms)

    async def look_due(self) -> datetime | None:
        """Look at everything that waits for its turn; return when a limit leaves room next. A source of the ticker."""
        units = {self._unit(place): None for place in await self._store.held()}
        if units:
            await asyncio.gather(*(self._look(unit) for unit in units))
        return min(self._rooms.values(), default=None)

    def has_come(self, workspace: str, workflow_id: str) -> None:
        """Take note that another process has put a run into the queue."""
        self._look(self._unit((workspace, workflow_id)))

    async def settled(self) -> None:
        """Return when nothing is being decided."""
        while self._looking:
            await asyncio.gather(*self._looking.values())

    async def close(self) -> None:
        """Stop deciding; what waits is on disk."""
        for end in self._heard.values():
            end()
        self._heard.clear()
        tasks = [*self._looking.values(), *self._going]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _unit(self, place: Place) -> Place:
        """Return what is decided about together: the workflow, or the workspace where a quota holds."""
        return place if self._quota_of(place[0]).none else (place[0], EVERY)

    def _look(self, place: Place) -> asyncio.Task[None]:
        """Decide soon; two looks at once are one, and one more after it."""
        self._wanted.add(place)
        task = self._looking.get(place)
        if task is None:
            task = self._looking[place] = asyncio.create_task(self._decide(place))
        return task

    async def _decide(self, place: Place) -> None:
        try:
            while place in self._wanted:
                self._wanted.discard(place)
                if self._unit(place) != place:  # a quota was set meanwhile
                    self._look(self._unit(place))
                    break
                self._listen(place)  # before it is decided: no end of a run may be missed
                self._intake.deciding(place)
                verdict = await self._verdict(place)
                await self._carry_out(verdict)
                self._intake.decided(place, verdict.left)
                self._note_room(place, verdict.next_room)
                if verdict.more:
                    self._wanted.add(place)
                elif not verdict.left and place not in self._wanted:
                    self._heard.pop(place)()
        except FlowStudioError as error:
            log.error("admission.failed", workflow=place[1], error=error.message)  # the next tick looks again
        finally:
            self._looking.pop(place, None)  # at once: whoever wants a look from now on begins a new one

    async def _verdict(self, place: Place) -> Verdict:
        workspace, workflow_id = place
        if workflow_id != EVERY:
            return await self._store.decide(place, await self._limits(place))
        held = [one for one in await self._store.held() if one[0] == workspace]
        limits = {one[1]: await self._limits(one) for one in held}
        return await self._store.share_out(workspace, self._quota_of(workspace), limits, self._shares[workspace])

    async def _carry_out(self, verdict: Verdict) -> None:
        for run_id in verdict.admitted:
            task = asyncio.create_task(self._engine.advance(run_id))
            self._going.add(task)
            task.add_done_callback(self._gone)
        for passed in verdict.skipped:
            await self._pass(passed, RunStatus.SKIPPED)
        for passed in verdict.replaced:
            await self._pass(passed, RunStatus.CANCELLED)
        for run_id in verdict.stop:
            await self._engine.cancel(run_id, reason=_REPLACED)

    async def _pass(self, passed: Passed, status: RunStatus) -> None:
        now = self._clock.now()
        patch: JsonObject = {
            "status": status.value, "outcome": status.value, "reason": passed.reason or _REPLACED, "waiting_for": None,
            "completed_at": now,
        }  # fmt: skip
        batch = Batch(passed.run.id, passed.epoch, patch=patch)
        woken = timer_of_parent(passed.run, now)
        if woken is not None:
            batch.timers.append(woken)
        await self._journal.append(batch)

    def _gone(self, task: asyncio.Task[Run | None]) -> None:
        self._going.discard(task)
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            log.error("admission.run_let_go", reason=str(fault))

    def _listen(self, place: Place) -> None:
        if place not in self._heard:
            self._heard[place] = self._watch.subscribe(place[0], lambda news: self._hear(place, news))

    def _hear(self, place: Place, news: RunNews) -> None:
        if place[1] == EVERY:
            leaves_room = news.status not in (RunStatus.QUEUED, RunStatus.RUNNING)
        else:
            leaves_room = news.workflow_id == place[1] and news.status not in _OPEN
        if leaves_room:
            self._look(place)

    def _note_room(self, place: Place, room: datetime | None) -> None:
        if room is None:
            self._rooms.pop(place, None)
            return
        self._rooms[place] = room
        if self.expect is not None:
            self.expect(room)

    async def _limits(self, place: Place) -> Limits:
        """Return the limits of the published version: what waits follows a change of the settings."""
        stored = await self._workflows.get(*place)
        if stored is None or stored.published_version is None:
            return NO_LIMITS
        try:
            return limits_of((await self._versions.version(*place, stored.published_version)).settings)
        except NotFound:
            return NO_LIMITS

    async def _called_by_its_own(self, run: Run) -> bool:
        """Say whether a run of the same workflow waits for this one: it would wait for itself in the queue."""
        parent = run.event.get(PARENT)
        while isinstance(parent, dict) and parent.get("waits"):
            found = await self._runs.get(run.workspace, str(parent.get("run")))
            if found is None:
                return False
            if found[0].workflow_id == run.workflow_id:
                return True
            parent = found[0].event.get(PARENT)
        return False


_FREE = (None, "parallel")
_OPEN = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)
