"""Templates that a workspace saves itself: from a workflow or a file, changed, deleted, brought back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.free_names import free_name
from flowstudio.domain.problem import Problem
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, Conflict, InvalidWorkflow, NotFound, UnreadableDocument
from flowstudio.services.exchange import OnConflict
from flowstudio.services.leaving_out import LeftOut, masked, without_secrets
from flowstudio.services.ports import OwnTemplate, Page
from flowstudio.services.template_file import MOST_BYTES, About, completed, faults_of, own_id
from flowstudio.services.template_library import Template
from flowstudio.services.template_needs import Askable, askable, setup_of
from flowstudio.services.template_rows import TemplateRow, row_from, row_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit.ports import Clock
    from flowstudio.services.documents import Documents
    from flowstudio.services.ports import AuditLog, RunRow, TemplateStore
    from flowstudio.services.runs import RunService
    from flowstudio.services.workflows import WorkflowService

MOST = 500
"""Templates of its own that a workspace keeps."""
RECENT = 20
"""Past runs that are offered as a sample."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a template that was saved or brought in."""

    row: TemplateRow
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...] = ()
    """What its workflow still lacks here, such as a record type that this workspace does not have."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person can choose from when a workflow becomes a template."""

    workflow: Workflow
    asks: tuple[Askable, ...]
    tests: tuple[str, ...]
    """The names of its test cases."""
    runs: tuple[RunRow, ...]
    """Its past runs, newest first."""


class OwnTemplateService:
    """The verbs of own templates."""

    def __init__(
        self,
        store: TemplateStore,
        workflows: WorkflowService,
        runs: RunService,
        documents: Documents,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._runs = runs
        self._documents = documents
        self._audit = audit
        self._clock = clock

    async def rows(self, actor: Actor) -> list[TemplateRow]:
        """List the workspace's own templates; their documents are not read."""
        actor.require(Role.VIEWER)
        return [_row(one) for one in await self._store.summaries(actor.workspace)]

    async def get(self, actor: Actor, template_id: str) -> Template:
        """Return a template with its workflow; raise NotFound."""
        kept = await self.kept(actor, template_id)
        workflow = self._documents.read(kept.document).workflow
        if workflow is None:
            raise UnreadableDocument(self._documents.read(kept.document).problems)
        return Template(_row(kept), workflow, kept.document)

    async def kept(self, actor: Actor, template_id: str) -> OwnTemplate:
        """Return a template as it is kept; raise NotFound."""
        actor.require(Role.VIEWER)
        found = await self._store.get(actor.workspace, template_id)
        if found is None:
            raise NotFound(f'There is no template "{template_id}".')
        return found

    async def choices(self, actor: Actor, workflow_id: str) -> Choices:
        """Return what can be asked for and which samples there are; raise NotFound."""
        actor.require(Role.BUILDER)
        workflow = await self._workflows.draft(actor, workflow_id)
        runs, _ = await self._runs.list(actor, Page(1, RECENT, "-started_at"), workflow_id=workflow_id)
        tests = tuple(str(one["name"]) for one in workflow.tests if one.get("name"))
        return Choices(workflow, tuple(askable(workflow, self._documents.registry)), tests, tuple(runs))

    async def save(
        self,
        actor: Actor,
        workflow_id: str,
        about: About,
        *,
        ask: Sequence[str] = (),
        test: str = "",
        run_id: str = "",
    ) -> Saved:
        """Keep a workflow's draft as a template, without its connections and secrets.

        `ask` names settings as `<step>.<setting>`. The sample is the test case `test` or the input of the run `run_id`.
        Raises InvalidWorkflow for a draft with errors in what is not asked for, UnreadableDocument with every fault of
        what is said about it, NotFound for a test case or run that is not there.
        """
        actor.require(Role.BUILDER)
        draft = await self._workflows.draft(actor, workflow_id)
        await self._require_ready(actor, draft, ask)
        tests = await self._sample(actor, draft, test, run_id)
        workflow, left_out = without_secrets(draft.model_copy(update={"tests": tests}), self._documents.registry)
        setup = setup_of(workflow, self._documents.registry, left_out, ask)
        workflow = workflow.model_copy(
            update={"name": about.name.strip(), "description": about.summary.strip(), "template": about.block(setup)}
        )
        row = await self._add(actor, workflow, await self._free_id(actor, own_id(about.name)))
        return Saved(row, left_out)

    async def change(self, actor: Actor, template_id: str, about: About) -> TemplateRow:
        """Change what is said about a template; raise NotFound, or UnreadableDocument with every fault."""
        actor.require(Role.BUILDER)
        kept = await self.kept(actor, template_id)
        workflow = self._documents.read(kept.document).workflow
        if workflow is None or workflow.template is None:
            raise UnreadableDocument(self._documents.read(kept.document).problems)
        block = {**workflow.template, **about.block(list(workflow.template.get("setup", ())))}
        workflow = workflow.model_copy(
            update={"name": about.name.strip(), "description": about.summary.strip(), "template": block}
        )
        fresh = self._made(workflow, template_id, kept.created_by, kept.created_at)
        if not await self._store.change(actor.workspace, fresh):
            raise NotFound(f'There is no template "{template_id}".')
        await self._audit.note(actor.workspace, actor.name, "template.changed", template_id)
        return _row(fresh)

    async def delete(self, actor: Actor, template_id: str) -> OwnTemplate:
        """Delete a template and return it, so that it can be brought back; raise NotFound."""
        actor.require(Role.BUILDER)
        kept = await self.kept(actor, template_id)
        if not await self._store.delete(actor.workspace, template_id):
            raise NotFound(f'There is no template "{template_id}".')
        await self._audit.note(actor.workspace, actor.name, "template.deleted", template_id)
        return kept

    async def bring_back(self, actor: Actor, template: OwnTemplate) -> None:
        """Undo `delete`."""
        actor.require(Role.BUILDER)
        await self._store.add(actor.workspace, template, most=MOST)
        await self._audit.note(actor.workspace, actor.name, "template.restored", template.id)

    async def import_file(self, actor: Actor, raw: bytes, *, on_conflict: OnConflict = "error") -> Saved:
        """Take a template file in. Raise UnreadableDocument with every fault and its place, Conflict for a taken id."""
        actor.require(Role.BUILDER)
        if len(raw) > MOST_BYTES:
            raise BadRequest(f"A template has at most {MOST_BYTES // 1_000_000} MB.", hint="Give it a smaller sample.")
        result = self._documents.read(self._documents.parse(raw))
        workflow = result.workflow
        if workflow is None:
            raise UnreadableDocument(result.problems)
        if workflow.template is not None:
            workflow = workflow.model_copy(update={"template": completed(workflow.template)})
        if faults := faults_of(workflow, self._documents.registry):
            raise UnreadableDocument(faults)
        workflow, left_out = without_secrets(workflow, self._documents.registry)
        problems = await self._documents.check(actor.workspace, workflow, result.problems)
        template_id = own_id(workflow.id or workflow.name)
        taken = await self._store.get(actor.workspace, template_id)
        if taken is not None and on_conflict == "error":
            raise Conflict(
                f'There is a template "{template_id}" already.', hint="Import it as a copy, or let it replace that one."
            )
        if taken is not None and on_conflict == "replace":
            row = await self._replace(actor, workflow, taken)
        else:
            row = await self._add(actor, workflow, await self._free_id(actor, template_id))
        return Saved(row, left_out, problems)

    async def _require_ready(self, actor: Actor, draft: Workflow, ask: Sequence[str]) -> None:
        """Refuse a draft with errors; a setting that the next person is asked for may still be missing."""
        problems = await self._documents.check(actor.workspace, draft, ())
        errors = [one for one in problems if one.severity == "error" and not _is_asked(one, ask)]
        if errors:
            raise InvalidWorkflow(errors, f"The workflow is not ready yet: {errors[0].message}", hint=errors[0].hint)

    async def _sample(self, actor: Actor, draft: Workflow, test: str, run_id: str) -> tuple[JsonObject, ...]:
        if test:
            found = next((one for one in draft.tests if one.get("name") == test), None)
            if found is None:
                raise NotFound(f'The workflow has no test case "{test}".')
            return (found,)
        if not run_id:
            return ()
        run, _ = await self._runs.get(actor, run_id)
        if run.workflow_id != draft.id:
            raise NotFound(f'The workflow has no run "{run_id}".')
        sample: JsonObject = {"trigger": run.event, "trigger_id": run.trigger_id}
        if run.started_at is not None:
            sample["now"] = run.started_at.isoformat()
        if draft.trigger(run.trigger_id) is None:
            del sample["trigger_id"]
        return (masked({"name": "A past run", "sample": sample}),)

    async def _free_id(self, actor: Actor, wanted: str) -> str:
        taken = {one.id for one in await self._store.summaries(actor.workspace)}
        return free_name(wanted, taken, "-")

    async def _add(self, actor: Actor, workflow: Workflow, template_id: str) -> TemplateRow:
        made = self._made(workflow, template_id, actor.name, self._clock.now())
        await self._store.add(actor.workspace, made, most=MOST)
        await self._audit.note(actor.workspace, actor.name, "template.saved", template_id)
        return _row(made)

    async def _replace(self, actor: Actor, workflow: Workflow, taken: OwnTemplate) -> TemplateRow:
        made = self._made(workflow, taken.id, taken.created_by, taken.created_at)
        await self._store.change(actor.workspace, made)
        await self._audit.note(actor.workspace, actor.name, "template.replaced", taken.id)
        return _row(made)

    def _made(self, workflow: Workflow, template_id: str, created_by: str, created_at: datetime) -> OwnTemplate:
        """Return a workflow as it is kept as a template; raise UnreadableDocument with every fault, BadRequest."""
        template = workflow.model_copy(update={"id": template_id, "version": 1, "status": WorkflowStatus.DRAFT})
        if faults := faults_of(template, self._documents.registry):
            raise UnreadableDocument(faults)
        if len(self._documents.dump(template)) > MOST_BYTES:
            raise BadRequest(f"A template has at most {MOST_BYTES // 1_000_000} MB.", hint="Give it a smaller sample.")
        document = self._documents.write(template)
        summary = summary_of(row_of(document, own=True))
        return OwnTemplate(template_id, summary, document, created_by, created_at, self._clock.now())


def _row(kept: OwnTemplate) -> TemplateRow:
    return replace(row_from(kept.summary), changed=kept.updated_at.isoformat())


def _is_asked(problem: Problem, ask: Sequence[str]) -> bool:
    _, found, rest = problem.path.partition(".config.")
    setting = rest.partition(".")[0].partition("[")[0]
    return bool(found) and f"{problem.node_id}.{setting}" in ask
