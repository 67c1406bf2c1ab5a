"""Test runs: nothing leaves, time is virtual, records are rolled back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.sample import Sample
from flowstudio.engine.test_run import TestRun, Twins, run_virtually
from flowstudio.errors import BadRequest
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.services.rows_then import rows_then

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import RecordType
    from flowstudio.domain.run import Step
    from flowstudio.engine.past import Past
    from flowstudio.kit import Registry
    from flowstudio.kit.ports import MessageTexts, Outside
    from flowstudio.services.ports import WorkflowStore
    from flowstudio.services.rows_then import Aged, AgedRow

MOST_ROWS = 2000
"""Records per type that a test run on the workspace's own records starts from."""


class WorkspaceSettings(Protocol):
    """What a test run takes over from the workspace."""

    def settings(self, workspace: str) -> JsonObject: ...

    def zone(self, workspace: str) -> ZoneInfo: ...


class AllRows(Protocol):
    """Reads a workspace's records whole."""

    def record_types(self, workspace: str) -> Mapping[str, RecordType]: ...

    async def rows(self, workspace: str, limit: int) -> dict[str, list[JsonObject]]: ...

    async def aged(self, workspace: str, limit: int) -> dict[str, list[AgedRow]]: ...


class TestingService:
    """Runs drafts without consequences."""

    __test__ = False  # a name that pytest would collect

    def __init__(
        self,
        registry: Registry,
        messages: MessageTexts,
        workspaces: WorkspaceSettings,
        records: AllRows,
        outside: Callable[[], Outside],
        workflows: WorkflowStore,
    ) -> None:
        """`outside` makes the twins of mail, HTTP and secrets."""
        self._registry = registry
        self._messages = messages
        self._workspaces = workspaces
        self._records = records
        self._outside = outside
        self._workflows = workflows

    async def run(self, actor: Actor, workflow: Workflow, sample: JsonObject) -> JsonObject:
        """Test-run a workflow on a sample, from the shipped sample rows; return what `run --json` prints."""
        return (await self.whole(actor, workflow, sample, own_types=True)).result()

    async def whole(self, actor: Actor, workflow: Workflow, sample: JsonObject, *, own_types: bool = False) -> TestRun:
        """Test-run a workflow as `run` does; return the finished test run with its steps.

        `own_types`: with the record types of the workspace in the place of the shipped ones.
        """
        actor.require(Role.BUILDER)
        types = self._records.record_types(actor.workspace) if own_types else shipped_record_types()
        return await run_virtually(workflow, self._registry, sample, self._twins(actor.workspace, types, None))

    async def begin(self, actor: Actor, workflow: Workflow, sample: JsonObject) -> TestRun:
        """Return a test run on a copy of the workspace's records as they are now, to be gone through step by step."""
        actor.require(Role.BUILDER)
        types = self._records.record_types(actor.workspace)
        rows = await self._records.rows(actor.workspace, MOST_ROWS)
        return TestRun(workflow, self._registry, Sample.read(sample), self._twins(actor.workspace, types, rows))

    def again(
        self,
        actor: Actor,
        workflow: Workflow,
        past: Past,
        steps: Sequence[Step],
        aged: Aged,
        pinned: Mapping[str, JsonObject] | None = None,
    ) -> TestRun:
        """Return a test run that goes through a past run again: its payload, its moment, its records as it saw them."""
        actor.require(Role.BUILDER)
        types = self._records.record_types(actor.workspace)
        run = past.run
        known = workflow.trigger(run.trigger_id)
        if known is None and not workflow.triggers:
            raise BadRequest("Nothing starts this workflow yet.", hint="Give it a trigger.")
        sample = Sample(
            now=run.started_at.isoformat() if run.started_at is not None else None,
            trigger={name: value for name, value in run.event.items() if not name.startswith("$")},
            trigger_id=run.trigger_id if known is not None else None,
            pinned=dict(pinned or {}),
            **past.answers(),
        )
        twins = self._twins(actor.workspace, types, rows_then(aged, types, run, steps))
        return TestRun(workflow, self._registry, sample, twins, past)

    def virtual(
        self,
        actor: Actor,
        workflow: Workflow,
        trigger_id: str,
        moment: datetime,
        payload: JsonObject,
        rows: Mapping[str, Sequence[JsonObject]],
    ) -> TestRun:
        """Return a test run that begins at a moment, by one trigger, on these rows."""
        actor.require(Role.BUILDER)
        sample = Sample(now=moment.isoformat(), trigger=payload, trigger_id=trigger_id)
        return TestRun(workflow, self._registry, sample, self._twins(actor.workspace, self.types(actor), rows))

    def types(self, actor: Actor) -> Mapping[str, RecordType]:
        """Return the workspace's record types."""
        return self._records.record_types(actor.workspace)

    def settings(self, actor: Actor) -> JsonObject:
        """Return the workspace's settings, as `settings.*` shows them."""
        return self._workspaces.settings(actor.workspace)

    async def aged(self, actor: Actor) -> Aged:
        """Return the workspace's records with their age: what passages through the past start from."""
        actor.require(Role.BUILDER)
        return await self._records.aged(actor.workspace, MOST_ROWS)

    def zone(self, actor: Actor) -> ZoneInfo:
        """Return the workspace's time zone."""
        return self._workspaces.zone(actor.workspace)

    def _twins(
        self, workspace: str, types: Mapping[str, RecordType], rows: Mapping[str, Sequence[JsonObject]] | None
    ) -> Twins:
        return Twins(
            types=types,
            zone=self._workspaces.zone(workspace),
            settings=self._workspaces.settings(workspace),
            messages=self._messages,
            rows=rows,
            workflow_of=partial(self._called, workspace),
            **self._outside(),
        )

    async def _called(self, workspace: str, workflow_id: str) -> Workflow | None:
        """Return a workflow that is called: what is published, else its draft, so that a test can come before that."""
        stored = await self._workflows.get(workspace, workflow_id)
        if stored is None:
            return None
        if stored.published_version is not None:
            version = await self._workflows.version(workspace, workflow_id, stored.published_version)
            if version is not None:
                return Workflow.model_validate(version.document)
        return Workflow.model_validate(stored.draft)
