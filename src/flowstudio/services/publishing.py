"""Publishing: drafts become versions, versions are switched on and off, old ones come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.problem import has_errors
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Workflow, plain
from flowstudio.errors import InvalidWorkflow
from flowstudio.services.ports import VersionRow
from flowstudio.services.test_cases import broken_promises, run_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.services.documents import Documents
    from flowstudio.services.editing.session import Sessions
    from flowstudio.services.ports import AuditLog, StoredWorkflow, WorkflowStore
    from flowstudio.services.runs import RunService
    from flowstudio.services.testing import TestingService
    from flowstudio.services.triggers import TriggerService
    from flowstudio.services.workflows import WorkflowService

WaitingRuns = Literal["stay", "move", "cancel"]
Cases = Literal["check", "ignore"]
"""Whether the workflow's test cases must come out as promised before it is published."""


@dataclass(frozen=True, slots=True)
class Published:
    """The version that is live after publishing."""

    version: int
    new: bool
    """False: nothing had changed since that version, so there is no new one and runs were left alone."""


class Publishing:
    """The verbs of versions."""

    def __init__(
        self,
        store: WorkflowStore,
        workflows: WorkflowService,
        sessions: Sessions,
        documents: Documents,
        triggers: TriggerService,
        runs: RunService,
        testing: TestingService,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._sessions = sessions
        self._documents = documents
        self._triggers = triggers
        self._runs = runs
        self._testing = testing
        self._audit = audit

    async def publish(
        self,
        actor: Actor,
        workflow_id: str,
        *,
        name: str = "",
        waiting_runs: WaitingRuns = "stay",
        cases: Cases = "check",
    ) -> Published:
        """Make the draft the next version, unless nothing has changed since the last one.

        Raise InvalidWorkflow when the draft has errors, or test cases that do not come out as promised.
        """
        actor.require(Role.BUILDER)
        stored = await self._workflows.get(actor, workflow_id)
        workflow = Workflow.model_validate(stored.draft)
        same = await self._same_as(actor, stored, workflow)
        if same is not None:
            if stored.status is WorkflowStatus.DRAFT:
                await self.switch(actor, workflow_id, WorkflowStatus.PAUSED)
            return Published(same, new=False)
        problems = await self._documents.check(actor.workspace, workflow, ())
        if has_errors(problems):
            raise InvalidWorkflow(problems)
        if cases == "check":
            broken = broken_promises(workflow, await run_cases(self._testing, actor, workflow))
            if broken:
                raise InvalidWorkflow(broken)
        wanted = (stored.published_version or 0) + 1
        version = await self.publish_document(actor, workflow, wanted, name=name)
        if stored.status is WorkflowStatus.DRAFT:
            await self.switch(actor, workflow_id, WorkflowStatus.PAUSED)
        else:
            await self._triggers.sync(actor.workspace, workflow_id)
        if waiting_runs == "cancel":
            await self._runs.cancel_all(actor, workflow_id, reason="A new version was published.")
        elif waiting_runs == "move":
            await self._runs.move_all(actor, workflow_id, version)
        await self._audit.note(actor.workspace, actor.name, "workflow.published", workflow_id, {"version": version})
        return Published(version, new=True)

    async def unchanged_since(self, actor: Actor, workflow_id: str) -> int | None:
        """Return the published version that the draft is, None where publishing would make a new one."""
        actor.require(Role.VIEWER)
        stored = await self._workflows.get(actor, workflow_id)
        return await self._same_as(actor, stored, Workflow.model_validate(stored.draft))

    async def _same_as(self, actor: Actor, stored: StoredWorkflow, draft: Workflow) -> int | None:
        if stored.published_version is None:
            return None
        live = await self._workflows.published(actor, stored.id)
        same = {"version": live.version, "status": live.status}
        return stored.published_version if draft.model_copy(update=same) == live else None

    async def publish_document(self, actor: Actor, workflow: Workflow, version: int, *, name: str) -> int:
        """Keep a document as that version, for services that have checked it; return the number that it got.

        A version never changes: where it exists with another document, the next free number is taken.
        """
        known = {row.version: row.document for row in await self._store.versions(actor.workspace, workflow.id)}
        workflow = workflow.model_copy(update={"status": WorkflowStatus.DRAFT})
        document = plain(workflow.model_copy(update={"version": version}))
        if known.get(version, document) != document:
            version = max(known) + 1
            document = plain(workflow.model_copy(update={"version": version}))
        await self._store.publish(actor.workspace, workflow.id, version, document, name=name, actor=actor.name)
        return version

    async def toggle(
        self, actor: Actor, workflow_id: str, active: bool | None = None, *, cases: Cases = "check"
    ) -> WorkflowStatus:
        """Switch on or off (flip without `active`). A draft that was never published is published first."""
        actor.require(Role.BUILDER)
        stored = await self._workflows.get(actor, workflow_id)
        wanted = (stored.status is not WorkflowStatus.ACTIVE) if active is None else active
        if wanted and stored.published_version is None:
            await self.publish(actor, workflow_id, cases=cases)
        elif not wanted and stored.status is WorkflowStatus.DRAFT:
            return WorkflowStatus.DRAFT
        status = WorkflowStatus.ACTIVE if wanted else WorkflowStatus.PAUSED
        await self.switch(actor, workflow_id, status)
        if stored.status is WorkflowStatus.ACTIVE and not wanted:
            await self._runs.cancel_delayed(actor, workflow_id, reason="The workflow was switched off while it waited.")
        await self._audit.note(
            actor.workspace, actor.name, f"workflow.{'switched_on' if wanted else 'switched_off'}", workflow_id
        )
        return status

    async def switch(self, actor: Actor, workflow_id: str, status: WorkflowStatus) -> None:
        """Set the status and let triggers follow, for services that have checked that it may be."""
        await self._store.set_status(actor.workspace, workflow_id, status)
        await self._triggers.sync(actor.workspace, workflow_id)

    async def versions(self, actor: Actor, workflow_id: str) -> Sequence[VersionRow]:
        """List the published versions, newest first."""
        await self._workflows.get(actor, workflow_id)
        return await self._store.versions(actor.workspace, workflow_id)

    async def restore(self, actor: Actor, workflow_id: str, version: int) -> None:
        """Make an old version the draft again, as one undoable edit."""
        actor.require(Role.BUILDER)
        workflow = await self._workflows.published(actor, workflow_id, version)
        session = await self._sessions.open(actor.workspace, workflow_id)
        await session.edit(f"Restore version {version}", lambda _: workflow, actor)
