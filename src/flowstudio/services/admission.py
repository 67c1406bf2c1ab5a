"""Admission: which runs of a workflow may go now, which wait for their turn, and which are passed over.

The queue is the table of runs: a run that waits for its turn is on disk as `queued`, waiting for `limit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.engine.children import PARENT, timer_of_parent
from flowstudio.errors import FlowStudioError, NotFound, TooMany
from flowstudio.kit.ports import Batch
from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Run
    from flowstudio.domain.workflow import Workflow, WorkflowSettings
    from flowstudio.kit.ports import Clock, Journal
    from flowstudio.services.ports import RunStore, WorkflowStore
    from flowstudio.services.starting import PublishedVersions
    from flowstudio.services.watching import RunNews, RunWatch

log = logger(__name__)

PRIORITIES = {"high": 1, "normal": 0, "low": -1}
FEWEST = 200
"""So many writes must be waiting before callers are turned away: a short stall of the disk is no reason."""
RETRY_AFTER = 1.0
_WAITS_FOR_RUN = "It waits until the run before it has ended."
_WAITS_FOR_ROOM = "It waits until the limit of runs an hour leaves room."
_REPLACED = "A newer start of this workflow took its place."

Place = tuple[str, str]
"""Workspace and workflow id."""
Mode = Literal["parallel", "queued", "single", "restart"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workflow's settings say about how its runs start."""

    mode: Mode = "parallel"
    per_hour: int | None = None
    window: timedelta | None = None
    """For how long the same record starts the workflow only once."""

    @property
    def none(self) -> bool:
        """Say whether every run may go at once."""
        return self.mode == "parallel" and self.per_hour is None and self.window is None


NO_LIMITS = Limits()


@dataclass(slots=True)
class Passed:
    """A run that waited for its turn and never gets it."""

    run: Run
    epoch: int
    reason: str


@dataclass(slots=True)
class Verdict:
    """What was decided about the runs of a workflow that wait for their turn."""

    admitted: list[str] = field(default_factory=list)
    skipped: list[Passed] = field(default_factory=list)
    replaced: list[Passed] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    """Runs that are going and have to end first."""
    left: int = 0
    """How many wait on."""
    more: bool = False
    """Whether there is more to decide at once."""
    next_room: datetime | None = None
    """When the limit of runs an hour leaves room again."""


class AdmissionStore(Protocol):
    """The queue on disk."""

    async def decide(self, place: Place, limits: Limits) -> Verdict:
        """Decide, in one transaction, about the runs that wait for their turn; admitted ones no longer do."""

    async def held(self) -> list[Place]:
        """List the workflows with runs that wait for their turn."""


class Takes(Protocol):
    """The part of the engine that runs are handed to."""

    async def start(self, run: Run, workflow: Workflow) -> str: ...

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]: ...

    def prepare(self, workspace: str, workflow: Workflow) -> None: ...

    async def advance(self, run_id: str) -> Run | None: ...

    async def cancel(self, run_id: str, *, reason: str = "", by: str = "") -> bool: ...


class Writes(Protocol):
    """How much waits for the database."""

    @property
    def saturated(self) -> bool: ...

    @property
    def depth(self) -> int: ...


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
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._store = store
        self._workflows = workflows
        self._versions = versions
        self._runs = runs
        self._watch = watch
        self._clock = clock
        self._wanted: set[Place] = set()
        self._looking: dict[Place, asyncio.Task[None]] = {}
        self._heard: dict[Place, Callable[[], None]] = {}
        """Workflows with waiting runs, and what ends listening to the news of their runs."""
        self._rooms: dict[Place, datetime] = {}
        self._going: set[asyncio.Task[Run | None]] = set()
        self.expect: Callable[[datetime], None] | None = None
        """Told when to look again."""

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Write a new run durably and return its id; it goes on at once or when its turn comes.

        Raise Conflict when its event has a run already.
        """
        if _opens_at_once(run, workflow):
            return await self._engine.start(run, workflow)
        limits = limits_of(workflow.settings)
        if limits.none or (PARENT in run.event and await self._called_by_its_own(run)):
            return await self._engine.start(run, workflow)
        run.status, run.waiting_for, run.started_at = RunStatus.QUEUED, WaitingFor.LIMIT, None
        run.reason = _WAITS_FOR_ROOM if limits.mode == "parallel" else _WAITS_FOR_RUN
        await self._journal.append(Batch(run.id, 0, new_run=run))
        self._look((run.workspace, run.workflow_id))
        return run.id

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """As `start` for many runs; return for each its id, or what it raised."""
        free = [_opens_at_once(*one) for one in starts]
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

    async def look_due(self) -> datetime | None:
        """Look at everything that waits for its turn; return when a limit leaves room next. A source of the ticker."""
        places = await self._store.held()
        if places:
            await asyncio.gather(*(self._look(place) for place in places))
        return min(self._rooms.values(), default=None)

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
                self._listen(place)  # before it is decided: no end of a run may be missed
                verdict = await self._store.decide(place, await self._limits(place))
                await self._carry_out(verdict)
                self._note_room(place, verdict.next_room)
                if verdict.more:
                    self._wanted.add(place)
                elif not verdict.left and place not in self._wanted:
                    self._heard.pop(place)()
        except FlowStudioError as error:
            log.error("admission.failed", workflow=place[1], error=error.message)  # the next tick looks again
        finally:
            self._looking.pop(place, None)  # at once: whoever wants a look from now on begins a new one

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
        if news.workflow_id == place[1] and news.status not in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING):
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


def _opens_at_once(run: Run, workflow: Workflow) -> bool:
    """Say whether a workflow lets every run in at once, and give the run its priority."""
    settings = workflow.settings
    if settings.priority is not None:
        run.priority = PRIORITIES[settings.priority]
    return settings.concurrency in _FREE and settings.max_runs_per_hour is None and settings.dedupe_window is None


def limits_of(settings: WorkflowSettings) -> Limits:
    """Return what a workflow's settings limit."""
    window = None
    if settings.dedupe_window is not None:
        try:
            window = parse_duration(settings.dedupe_window)
        except BadDuration as fault:
            log.warning("admission.bad_window", error=str(fault))
    return Limits(settings.concurrency or "parallel", settings.max_runs_per_hour, window or None)


def require_room(writes: Writes) -> None:
    """Raise TooMany while the database is behind: nothing is accepted then, so nothing accepted is dropped."""
    if writes.depth >= FEWEST and writes.saturated:
        raise TooMany("FlowStudio has more to write than it can keep up with.", after=RETRY_AFTER)


def records_in(event: JsonObject) -> frozenset[str]:
    """Return the records that an event is about, each as `name:id`."""
    return frozenset(f"{name}:{found}" for name, value in event.items() if (found := _id_of(name, value)) is not None)


def _id_of(name: str, value: JsonValue) -> str | None:
    if name.startswith("$") or name == "old" or not isinstance(value, dict):
        return None
    found = value.get("id")
    return str(found) if isinstance(found, str | int) else None
