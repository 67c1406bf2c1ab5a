"""Use case: steps of a workflow become a workflow of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flowstudio.analysis.types.samples import sample_rows, sample_scope
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.record import visible
from flowstudio.domain.workflow import Workflow, plain
from flowstudio.errors import Conflict, FlowStudioError, InvalidWorkflow
from flowstudio.expressions import EvalContext, compile_expression
from flowstudio.kit.words import as_id
from flowstudio.services.editing.extracting import extracted
from flowstudio.services.exchange import RESERVED_IDS
from flowstudio.services.test_cases import EXAMPLE
from flowstudio.services.workflows import free_copy_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.kit.ports import Clock
    from flowstudio.services.documents import Documents
    from flowstudio.services.editing.extracting import Extraction
    from flowstudio.services.editing.session import Sessions
    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.publishing import Publishing
    from flowstudio.services.shelf_ports import ShelfStore
    from flowstudio.services.testing import TestingService


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of it."""

    workflow_id: str
    """Id of the new workflow."""
    name: str
    step: str
    """Id of the step that calls it."""
    published: bool
    problems: tuple[Problem, ...] = ()
    """Why it was not published although that was wished."""


class ExtractingService:
    """The verbs of taking steps out."""

    def __init__(
        self,
        store: WorkflowStore,
        sessions: Sessions,
        documents: Documents,
        publishing: Publishing,
        testing: TestingService,
        shelf: ShelfStore,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._documents = documents
        self._publishing = publishing
        self._testing = testing
        self._shelf = shelf
        self._audit = audit
        self._clock = clock

    async def plan(self, actor: Actor, workflow_id: str, chosen: Sequence[str], name: str = "") -> Extraction:
        """Return what would become of both workflows; raise BadRequest where the steps cannot leave together."""
        actor.require(Role.BUILDER)
        session = await self._sessions.open(actor.workspace, workflow_id)
        facts = await self._documents.facts(actor.workspace)
        named = name or extracted(session.workflow, chosen, "", "", self._documents.registry, facts).called.name
        called_id = await self._free_id(actor.workspace, named)
        plan = extracted(session.workflow, chosen, named, called_id, self._documents.registry, facts)
        return self._with_example(actor, session.workflow, plan)

    async def problems(self, actor: Actor, plan: Extraction) -> tuple[Problem, ...]:
        """Return the errors that would keep the new workflow from being published."""
        actor.require(Role.BUILDER)
        found = await self._documents.check(actor.workspace, plan.called, ())
        return tuple(one for one in found if one.severity == "error")

    async def extract(
        self,
        actor: Actor,
        workflow_id: str,
        chosen: Sequence[str],
        *,
        name: str = "",
        publish: bool = True,
        tab: str = "",
    ) -> Extracted:
        """Make the new workflow and put one step in the place of the chosen ones, as one undoable edit.

        The new workflow stands beside the old one on the shelf; undo brings the steps back and leaves it there.
        """
        plan = await self.plan(actor, workflow_id, chosen, name)
        called = plan.called
        await self._store.create(actor.workspace, called.id, plain(called), actor=actor.name)
        session = await self._sessions.open(actor.workspace, workflow_id)
        facts = await self._documents.facts(actor.workspace)
        registry = self._documents.registry

        def take_out(workflow: Workflow) -> Workflow:
            now = extracted(workflow, chosen, called.name, called.id, registry, facts)
            if now.called.model_copy(update={"tests": called.tests}) != called:
                raise Conflict("The chosen steps were changed meanwhile.", hint="Look at them again.")
            return now.caller

        try:
            await session.edit(f"Take out {called.name}", take_out, actor, tab=tab)
        except FlowStudioError:
            await self._store.delete(actor.workspace, called.id)
            raise
        place = (await self._shelf.places(actor.workspace, [workflow_id])).get(workflow_id)
        if place is not None:
            await self._shelf.place(actor.workspace, {called.id: place})
        detail = {"from": workflow_id, "steps": len(plan.cut.steps)}
        await self._audit.note(actor.workspace, actor.name, "workflow.extracted", called.id, detail)
        problems = await self._publish(actor, called.id) if publish else ()
        return Extracted(called.id, called.name, plan.step, publish and not problems, problems)

    async def _publish(self, actor: Actor, workflow_id: str) -> tuple[Problem, ...]:
        try:
            await self._publishing.toggle(actor, workflow_id, True, cases="ignore")
        except InvalidWorkflow as error:
            return tuple(error.problems)
        return ()

    async def _free_id(self, workspace: str, name: str) -> str:
        """Return an id that reads like the name: where only the id is at hand, people know it again."""
        wanted = as_id(name)
        if not wanted or wanted in RESERVED_IDS:
            return new_id("wf")
        taken = await self._store.exists(workspace, wanted) is not None
        return await free_copy_id(self._store, workspace, wanted) if taken else wanted

    def _with_example(self, actor: Actor, workflow: Workflow, plan: Extraction) -> Extraction:
        example = self._example(actor, workflow, plan)
        if not example:
            return plan
        called = plan.called.model_copy(update={"tests": ({"name": EXAMPLE, "sample": example},)})
        return replace(plan, called=called)

    def _example(self, actor: Actor, workflow: Workflow, plan: Extraction) -> JsonObject:
        """Return a sample for the new workflow: its inputs as the old one's sample has them, and pinned results."""
        sample: JsonObject = next((one["sample"] for one in workflow.tests if isinstance(one.get("sample"), dict)), {})
        trigger, pinned = sample.get("trigger"), sample.get("pinned")
        kept = {key: one for key, one in (pinned or {}).items() if key in plan.cut.steps}
        given = self._given(actor, workflow, plan, trigger) if isinstance(trigger, dict) else {}
        return {**({"trigger": given} if given else {}), **({"pinned": kept} if kept else {})}

    def _given(self, actor: Actor, workflow: Workflow, plan: Extraction, trigger: JsonObject) -> JsonObject:
        zone, now = self._testing.zone(actor), self._clock.now()
        flow = plan.flow
        rows = sample_rows(flow.facts, {}, now, zone)
        scope = sample_scope(workflow, plan.cut.first, flow.registry, flow.facts, trigger, rows)
        found: JsonObject = {}
        for one in plan.inputs:
            try:
                value = compile_expression(one.path).evaluate(EvalContext(scope, now, zone))
            except (FlowStudioError, LookupError):
                continue  # only a run can tell
            if value is not None:
                found[one.name] = visible(value)
        return found
