"""Workflows: list, read, make, check, copy, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Workflow, plain
from flowstudio.errors import NotFound
from flowstudio.services.editing.ops import empty_workflow
from flowstudio.services.ports import Page, StoredWorkflow, WorkflowRow
from flowstudio.services.switching_off import reasons_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.problem import Problem
    from flowstudio.services.documents import Documents
    from flowstudio.services.editing.session import Sessions
    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.runs import RunService
    from flowstudio.services.shelf_ports import ShelfStore
    from flowstudio.services.shelf_texts import ShelfTexts
    from flowstudio.services.triggers import TriggerService


class WorkflowService:
    """The verbs of workflows."""

    def __init__(
        self,
        store: WorkflowStore,
        sessions: Sessions,
        documents: Documents,
        triggers: TriggerService,
        runs: RunService,
        audit: AuditLog,
        shelf: ShelfStore,
        texts: ShelfTexts,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._documents = documents
        self._triggers = triggers
        self._runs = runs
        self._audit = audit
        self._shelf = shelf
        self._texts = texts

    async def list(
        self,
        actor: Actor,
        page: Page,
        *,
        search: str = "",
        status: str | None = None,
        trigger_type: str | None = None,
        folder: str | None = None,
        tag: str | None = None,
    ) -> tuple[Sequence[WorkflowRow], int]:
        """Return one page of workflows and how many there are.

        A search looks at names, descriptions, steps and the texts in them. `status` may name several, with commas
        between; `folder` is the id of one, with all below it, or `none` for those that stand in no folder.
        """
        actor.require(Role.VIEWER)
        found = await self._texts.find(actor.workspace, search) if search.strip() else {}
        return await self._store.list(
            actor.workspace, page, search=search, status=status, trigger_type=trigger_type, folder=folder, tag=tag,
            ids=found.keys(),
        )  # fmt: skip

    async def names(self, actor: Actor) -> dict[str, str]:
        """Return the names of all workflows by id."""
        actor.require(Role.VIEWER)
        return await self._store.names(actor.workspace)

    async def counts(self, actor: Actor) -> dict[str, int]:
        """Return how many workflows there are per status."""
        actor.require(Role.VIEWER)
        return await self._store.counts(actor.workspace)

    async def get(self, actor: Actor, workflow_id: str) -> StoredWorkflow:
        """Return a workflow; raise NotFound."""
        actor.require(Role.VIEWER)
        stored = await self._store.get(actor.workspace, workflow_id)
        if stored is None:
            raise NotFound(f'There is no workflow "{workflow_id}".')
        return stored

    async def row(self, actor: Actor, workflow_id: str) -> WorkflowRow:
        """Return a workflow as lists show it; raise NotFound."""
        actor.require(Role.VIEWER)
        row = await self._store.row(actor.workspace, workflow_id)
        if row is None:
            raise NotFound(f'There is no workflow "{workflow_id}".')
        return row

    async def switched_off_because(self, actor: Actor, workflow_ids: Sequence[str]) -> dict[str, str]:
        """Return, by workflow, why FlowStudio itself switched it off and nobody switched it on again since."""
        actor.require(Role.VIEWER)
        return await reasons_for(self._audit, actor.workspace, workflow_ids)

    async def draft(self, actor: Actor, workflow_id: str) -> Workflow:
        """Return the draft as a model."""
        return Workflow.model_validate((await self.get(actor, workflow_id)).draft)

    async def published(self, actor: Actor, workflow_id: str, version: int | None = None) -> Workflow:
        """Return a published version (the newest unless named); raise NotFound."""
        stored = await self.get(actor, workflow_id)
        number = version if version is not None else stored.published_version
        found = await self._store.version(actor.workspace, workflow_id, number) if number is not None else None
        if found is None:
            raise NotFound(
                "This workflow has not been published yet." if number is None else f"There is no version {number}."
            )
        return Workflow.model_validate(found.document)

    async def create_empty(self, actor: Actor, name: str) -> StoredWorkflow:
        """Make a workflow with nothing in it."""
        actor.require(Role.BUILDER)
        workflow = empty_workflow(new_id("wf"), name.strip() or "New workflow")
        stored = await self._store.create(actor.workspace, workflow.id, plain(workflow), actor=actor.name)
        await self._audit.note(actor.workspace, actor.name, "workflow.created", workflow.id)
        return stored

    async def problems(self, actor: Actor, workflow: Workflow) -> tuple[Problem, ...]:
        """Check a workflow as it stands."""
        actor.require(Role.VIEWER)
        return await self._documents.check(actor.workspace, workflow, ())

    async def delete(self, actor: Actor, workflow_id: str) -> None:
        """Soft-delete: its pending runs are cancelled, its history stays."""
        actor.require(Role.BUILDER)
        await self.get(actor, workflow_id)
        await self._store.set_status(actor.workspace, workflow_id, WorkflowStatus.PAUSED)
        await self._triggers.sync(actor.workspace, workflow_id)
        await self._runs.cancel_all(actor, workflow_id, reason="The workflow was deleted.")
        await self._store.delete(actor.workspace, workflow_id)
        self._sessions.drop(actor.workspace, workflow_id)
        await self._audit.note(actor.workspace, actor.name, "workflow.deleted", workflow_id)

    async def duplicate(self, actor: Actor, workflow_id: str, *, version: int | None = None) -> str:
        """Make a copy of the draft, or of a published version, as a draft beside it on the shelf; return its id."""
        actor.require(Role.BUILDER)
        workflow = (
            await self.draft(actor, workflow_id)
            if version is None
            else await self.published(actor, workflow_id, version)
        )
        copy_id = await free_copy_id(self._store, actor.workspace, workflow_id)
        copied = workflow.model_copy(
            update={"id": copy_id, "name": f"{workflow.name} copy", "version": 0, "status": WorkflowStatus.DRAFT}
        )
        await self._store.create(actor.workspace, copy_id, plain(copied), actor=actor.name)
        place = (await self._shelf.places(actor.workspace, [workflow_id])).get(workflow_id)
        if place is not None:
            await self._shelf.place(actor.workspace, {copy_id: place})
        return copy_id

    def explain(self, workflow: Workflow) -> str:
        """Say in plain English what the workflow does."""
        return self._documents.explain(workflow).text


async def free_copy_id(store: WorkflowStore, workspace: str, wanted: str) -> str:
    """Return the first of `<wanted>-2`, `<wanted>-3` … that no workflow has or had."""
    number = 2
    while await store.exists(workspace, f"{wanted}-{number}") is not None:
        number += 1
    return f"{wanted}-{number}"
