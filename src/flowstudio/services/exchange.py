"""Documents in and out of a workspace: import, export, change by the API, run once from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flowstudio.config import ASSETS
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.problem import Problem, has_errors
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Workflow, plain
from flowstudio.engine.result import result_of
from flowstudio.errors import BadRequest, Conflict, InvalidWorkflow, NotFound, UnreadableDocument
from flowstudio.services.ports import StoredWorkflow
from flowstudio.services.workflows import free_copy_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.documents import Documents
    from flowstudio.services.editing.session import Sessions
    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.publishing import Publishing
    from flowstudio.services.runs import RunService
    from flowstudio.services.workflows import WorkflowService

OnConflict = Literal["error", "copy", "replace"]
RESERVED_IDS = frozenset(
    {
        "import", "validate", "analytics", "triggers", "actions", "runs", "instances", "schema", "templates", "new",
        "versions", "executions", "run-file",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an imported document."""

    id: str
    status: WorkflowStatus
    problems: tuple[Problem, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Secrets that were made for its webhooks, by the last part of the address; they are told this once."""


class Exchange:
    """The verbs of documents."""

    def __init__(
        self,
        store: WorkflowStore,
        workflows: WorkflowService,
        publishing: Publishing,
        sessions: Sessions,
        documents: Documents,
        runs: RunService,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._publishing = publishing
        self._sessions = sessions
        self._documents = documents
        self._runs = runs
        self._audit = audit

    async def validate(self, actor: Actor, raw: bytes) -> tuple[Problem, ...]:
        """Return every problem of a document; raise BadRequest for what is no JSON."""
        actor.require(Role.VIEWER)
        data = self._documents.parse(raw)
        result = self._documents.read(data)
        if result.workflow is None:
            return tuple(result.problems)
        return await self._documents.check(actor.workspace, result.workflow, result.problems)

    async def create(self, actor: Actor, data: JsonObject) -> Imported:
        """Make a workflow from a document that the API gives: it may have no id yet, and may ask to be switched on."""
        given = {"id": new_id("wf"), **data} if not data.get("id") else data
        return await self.import_document(actor, given, created=True)

    async def run_file(self, actor: Actor, data: JsonObject, payload: JsonObject, seconds: float) -> JsonObject:
        """Run a document for real, once, as a workflow of its own that is put away afterwards."""
        actor.require(Role.BUILDER)
        made = await self.import_document(actor, {**data, "id": new_id("file"), "status": "paused"})
        try:
            run_id = await self._runs.execute(actor, made.id, payload)
            await self._runs.wait(actor, run_id, seconds)
            run, steps = await self._runs.get(actor, run_id)
            return result_of(run, steps, await self._workflows.published(actor, made.id))
        finally:
            await self._store.set_status(actor.workspace, made.id, WorkflowStatus.ARCHIVED)

    async def import_document(
        self,
        actor: Actor,
        raw: bytes | JsonObject,
        *,
        on_conflict: OnConflict = "error",
        activate: bool = False,
        created: bool = False,
    ) -> Imported:
        """Take a document in, by the rule of contracts 3.2 (Import); `created` follows the rule of POST /workflows.

        Raises UnreadableDocument (nothing saved), InvalidWorkflow (asked to be active, but has errors), Conflict.
        """
        actor.require(Role.BUILDER)
        result = self._documents.read(self._documents.parse(raw) if isinstance(raw, bytes) else raw)
        if result.workflow is None:
            raise UnreadableDocument(result.problems)
        workflow = result.workflow
        problems = await self._documents.check(actor.workspace, workflow, result.problems)
        active_wanted = activate or (created and workflow.status is WorkflowStatus.ACTIVE)
        publish = active_wanted or workflow.status in (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED)
        if has_errors(problems) and publish:
            if active_wanted or workflow.status is WorkflowStatus.ACTIVE:
                raise InvalidWorkflow(problems)
            publish = False
        workflow = await self._with_free_id(actor, workflow, on_conflict)
        await self._keep_imported(actor, workflow)
        status = WorkflowStatus.DRAFT
        if publish:
            status = WorkflowStatus.ACTIVE if active_wanted else WorkflowStatus.PAUSED
            await self._publishing.publish_document(actor, workflow, workflow.version or 1, name="")
            await self._publishing.switch(actor, workflow.id, status)
        elif workflow.status is WorkflowStatus.ARCHIVED:
            status = WorkflowStatus.ARCHIVED
            await self._store.set_status(actor.workspace, workflow.id, status)
        await self._audit.note(actor.workspace, actor.name, "workflow.imported", workflow.id)
        return Imported(workflow.id, status, problems)

    async def _with_free_id(self, actor: Actor, workflow: Workflow, on_conflict: OnConflict) -> Workflow:
        if workflow.id in RESERVED_IDS:
            raise BadRequest(f'The id "{workflow.id}" is reserved.', hint="Choose another id.")
        if not workflow.id:
            return workflow.model_copy(update={"id": new_id("wf")})
        state = await self._store.exists(actor.workspace, workflow.id)
        if state in (None, "deleted"):
            return workflow
        if on_conflict == "replace" and state == "live":
            return workflow
        if on_conflict == "copy" or state == "foreign":
            return workflow.model_copy(update={"id": await free_copy_id(self._store, actor.workspace, workflow.id)})
        raise Conflict(
            f'There is a workflow "{workflow.id}" already.',
            hint="Import it as a copy, or let it replace the one there is.",
        )

    async def _keep_imported(self, actor: Actor, workflow: Workflow) -> None:
        draft = plain(workflow)
        if await self._store.exists(actor.workspace, workflow.id) == "live":
            revision = await self._store.save_draft(actor.workspace, workflow.id, draft, revision=None)
            session = self._sessions.find(actor.workspace, workflow.id)
            if session is not None:
                session.replaced(workflow, revision)
            return
        self._sessions.drop(actor.workspace, workflow.id)
        await self._store.create(actor.workspace, workflow.id, draft, actor=actor.name)

    async def replace_draft(
        self, actor: Actor, workflow_id: str, data: JsonObject, *, if_match: str | None = None
    ) -> tuple[StoredWorkflow, tuple[Problem, ...]]:
        """Change the draft by a (partial) document: the blocks that it names are replaced."""
        actor.require(Role.BUILDER)
        stored = await self._workflows.get(actor, workflow_id)
        if if_match is not None and if_match.strip('W/"') not in ("*", str(stored.draft_revision)):
            raise Conflict("The workflow was changed meanwhile.", hint="Read it again, then send your change.")
        current = self._documents.write(Workflow.model_validate(stored.draft))
        if "triggers" in data:
            current.pop("trigger", None)
        elif "trigger" in data:
            current.pop("triggers", None)
        result = self._documents.read({**current, **data, "id": workflow_id})
        if result.workflow is None:
            raise UnreadableDocument(result.problems)
        workflow = result.workflow
        problems = await self._documents.check(actor.workspace, workflow, result.problems)
        if data.get("status") == "active" and has_errors(problems):
            raise InvalidWorkflow(problems)
        session = await self._sessions.open(actor.workspace, workflow_id)
        await session.edit(
            "Change by the API", lambda _: workflow.model_copy(update={"version": session.workflow.version}), actor
        )
        return await self._workflows.get(actor, workflow_id), problems

    async def export(self, actor: Actor, workflow_id: str, *, draft: bool = False) -> bytes:
        """Return the document of the published version, or of the draft, in its one fixed form."""
        stored = await self._workflows.get(actor, workflow_id)
        if draft or stored.published_version is None:
            if not draft:
                raise NotFound(
                    "This workflow has not been published yet.", hint="Export the draft instead (draft=true)."
                )
            workflow = await self._workflows.draft(actor, workflow_id)
        else:
            workflow = await self._workflows.published(actor, workflow_id)
        return self._documents.dump(workflow.model_copy(update={"status": stored.status}))

    async def import_example(self, actor: Actor) -> Imported:
        """Take in the Invoice Reminder, as a first workflow to look at; a copy where it is there already."""
        raw = (ASSETS / "examples" / "invoice_reminder.json").read_bytes()
        return await self.import_document(actor, raw, on_conflict="copy")
