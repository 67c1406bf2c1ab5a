"""Starting runs: the one door through which triggers, people and programs come in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.ids import new_id
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.kept import KeptVersions
from flowstudio.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.engine.kept import Key
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import RunStore, WorkflowStore


class Starts(Protocol):
    """The part of the engine that takes new runs in."""

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Write the run durably and carry it on; return its id. Raise Conflict when its event id has a run already."""

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """As `start` for many runs at once; return for each its id, or what it raised."""

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        """Get a version ready that is needed soon."""


class PublishedVersions:
    """Published versions as models, each read once while it is in use: a version never changes."""

    def __init__(self, store: WorkflowStore) -> None:
        self._store = store
        self._kept: KeptVersions[Workflow] = KeptVersions()

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        """Return that version; raise NotFound."""
        key = (workspace, workflow_id, version)
        found = self._kept.get(key)
        if found is None:
            row = await self._store.version(workspace, workflow_id, version)
            if row is None:
                raise NotFound(f'There is no version {version} of "{workflow_id}".')
            found = self.take(key, row.document)
        return found

    def at_hand(self, key: Key) -> Workflow | None:
        """Return that version if it need not be read."""
        return self._kept.get(key)

    def take(self, key: Key, document: JsonObject) -> Workflow:
        """Make a version of a document that was read elsewhere, keep and return it; raise ValueError for a bad one."""
        workflow = Workflow.model_validate(document)
        self._kept.put(key, workflow, len(workflow.nodes))
        return workflow


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that has been seen coming: of a version at hand, by an event that has most surely not started a run."""

    workspace: str
    workflow: Workflow
    version: int
    trigger_id: str
    payload: JsonObject
    event_id: str


class Starter:
    """Makes runs out of events."""

    def __init__(
        self,
        engine: Starts,
        versions: PublishedVersions,
        runs: RunStore,
        clock: Clock,
        require_room: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`require_room`: raises TooMany while nothing should be accepted from outside for a workspace."""
        self._engine = engine
        self._versions = versions
        self._runs = runs
        self._clock = clock
        self.require_room = require_room
        self._starting: dict[tuple[str, str, str], asyncio.Future[str]] = {}

    async def start(
        self,
        workspace: str,
        workflow_id: str,
        version: int,
        payload: JsonObject,
        *,
        trigger_id: str = "trigger",
        event_id: str | None = None,
        parent_run: str | None = None,
        run_id: str | None = None,
    ) -> str:
        """Start a run and return its id; with an `event_id` that has a run already, return that one's id."""
        if event_id is None:
            return await self._begin(workspace, workflow_id, version, payload, trigger_id, None, parent_run, run_id)
        key = (workspace, workflow_id, event_id)
        going = self._starting.get(key)
        if going is not None:
            return await asyncio.shield(going)
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._starting[key] = future
        try:
            try:
                run_id = await self._begin(
                    workspace, workflow_id, version, payload, trigger_id, event_id, parent_run, run_id
                )
            except Conflict:  # asked only now: nearly every event is new, and the journal knows in any case
                known = await self._runs.by_event(workspace, workflow_id, event_id)
                if known is None:
                    raise
                run_id = known.id
            future.set_result(run_id)
        except BaseException as error:
            future.set_exception(error)
            future.exception()
            raise
        else:
            return run_id
        finally:
            del self._starting[key]

    def at_hand(self, key: Key) -> Workflow | None:
        """Return a version that is ready to start, None where it has to be read first."""
        return self._versions.at_hand(key)

    def prepare(self, key: Key, document: JsonObject | None) -> None:
        """Get a version ready that is needed soon, made of its document where it is not at hand.

        Raise ValueError for a document that cannot be read.
        """
        workflow = self._versions.at_hand(key)
        if workflow is None and document is not None:
            workflow = self._versions.take(key, document)
        if workflow is not None:
            self._engine.prepare(key[0], workflow)

    async def start_slots(self, slots: Sequence[Slot]) -> list[str | Exception]:
        """Start runs together; nothing is read beforehand.

        Return for each its id (that of the run there is, where the event has started one already), or what it raised.
        """
        runs = [
            self._run(
                one.workspace, one.workflow.id, one.version, one.payload, one.trigger_id, one.event_id, None, None
            )
            for one in slots
        ]
        answers = await self._engine.start_all([(run, one.workflow) for run, one in zip(runs, slots, strict=True)])
        for at, answer in enumerate(answers):
            if isinstance(answer, Conflict):
                known = await self._runs.by_event(slots[at].workspace, slots[at].workflow.id, slots[at].event_id)
                answers[at] = known.id if known is not None else answer
        return answers

    async def _begin(
        self, workspace: str, workflow_id: str, version: int, payload: JsonObject,
        trigger_id: str, event_id: str | None,
        parent_run: str | None, run_id: str | None,
    ) -> str:  # fmt: skip
        workflow = await self._versions.version(workspace, workflow_id, version)
        run = self._run(workspace, workflow_id, version, payload, trigger_id, event_id, parent_run, run_id)
        return await self._engine.start(run, workflow)

    def _run(
        self, workspace: str, workflow_id: str, version: int, payload: JsonObject,
        trigger_id: str, event_id: str | None, parent_run: str | None, run_id: str | None,
    ) -> Run:  # fmt: skip
        now = self._clock.now()
        return Run(
            id=run_id or new_id("run"),
            workspace=workspace,
            workflow_id=workflow_id,
            version=version,
            status=RunStatus.QUEUED,
            trigger_id=trigger_id,
            event=payload,
            event_id=event_id,
            parent_run=parent_run,
            queued_at=now,
            started_at=now,
        )
