"""Workflows: `/workflows` and what belongs to one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request, Response

from flowstudio.analysis import difference
from flowstudio.api.answers import Json
from flowstudio.api.asking import Asking, Paging
from flowstudio.api.figures import figures_json
from flowstudio.api.shapes import moment
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import BadRequest
from flowstudio.services.addresses import PLACES, public_address, slug_for
from flowstudio.services.exchange import OnConflict

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import StoredWorkflow, WorkflowRow
    from flowstudio.services.publishing import Cases
    from flowstudio.services.studio import Studio

Document = Annotated[dict[str, Any], Body(description="A workflow document.")]


def problems_json(problems: tuple[Problem, ...]) -> list[JsonObject]:
    """Return problems as JSON."""
    return [one.model_dump(mode="json") for one in problems]


def _cases(asked: JsonObject) -> Cases:
    """Read whether test cases count: `"test_cases": "check"` (they do) or `"ignore"`."""
    match asked.get("test_cases", "check"):
        case "check":
            return "check"
        case "ignore":
            return "ignore"
    raise BadRequest("`test_cases` is check or ignore.")


def _row(row: WorkflowRow) -> JsonObject:
    rate = row.success_rate
    return {
        "id": row.id, "name": row.name, "status": row.status.value, "trigger_type": row.trigger_type or None,
        "last_run": moment(row.last_run_at),
        "last_run_status": row.last_run_status.value if row.last_run_status else None,
        "run_count": row.run_count, "skip_count": row.skip_count,
        "success_rate": None if rate is None else round(rate, 4),
        "published_version": row.published_version, "updated_at": moment(row.updated_at),
        "folder": row.folder or None, "tags": list(row.tags), "owner": row.owner, "next_run": moment(row.next_run),
    }  # fmt: skip


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/workflows", tags=["workflows"])

    def document(stored: StoredWorkflow) -> JsonObject:
        """Return a workflow with its draft, and what else one must know of it."""
        workflow = Workflow.model_validate(stored.draft).model_copy(
            update={"status": stored.status, "version": stored.published_version or stored.draft["version"]}
        )
        data = studio.documents.write(workflow)
        data["published_version"] = stored.published_version
        data["created_at"], data["updated_at"] = moment(stored.created_at), moment(stored.updated_at)
        for place in ("hooks", "forms"):
            data[place] = [
                {"trigger_id": one.id, "url": public_address(studio.base_url, stored.hook_token, one)}
                for one in workflow.triggers
                if PLACES.get(one.type) == place and slug_for(one)
            ]
        return data

    def answered(stored: StoredWorkflow, extra: JsonObject | None = None, status: int = 200) -> Json:
        content = {**document(stored), **(extra or {})}
        return Json(content, status, revision=stored.draft_revision)

    @routes.get("", summary="List workflows")
    async def listed(
        actor: Asking,
        page: Paging,
        search: Annotated[str, Query(max_length=200)] = "",
        status: Annotated[str, Query(max_length=60, description="One or several, with commas between.")] = "",
        trigger_type: Annotated[str, Query(max_length=40)] = "",
        folder: Annotated[str, Query(max_length=60, description="The id of a folder, or `none`.")] = "",
        tag: Annotated[str, Query(max_length=60, description="The id of a tag.")] = "",
    ) -> dict[str, Any]:
        rows, total = await studio.workflows.list(
            actor, page, search=search, status=status or None, trigger_type=trigger_type or None, folder=folder or None,
            tag=tag or None,
        )  # fmt: skip
        return {"workflows": [_row(row) for row in rows], "total": total, "page": page.number, "page_size": page.size}

    @routes.post("", status_code=201, summary="Create a workflow from a document")
    async def create(actor: Asking, data: Document) -> Response:
        made = await studio.exchange.create(actor, data)
        stored = await studio.workflows.get(actor, made.id)
        return answered(stored, {"problems": problems_json(made.problems)}, 201)

    @routes.post("/import", status_code=201, summary="Import a document")
    async def import_(
        actor: Asking,
        request: Request,
        on_conflict: OnConflict = "error",
        activate: bool = False,
    ) -> dict[str, Any]:
        made = await studio.exchange.import_document(
            actor, await request.body(), on_conflict=on_conflict, activate=activate
        )
        return {"id": made.id, "status": made.status.value, "problems": problems_json(made.problems)}

    @routes.post("/validate", summary="Say everything that is wrong with a document")
    async def validate(actor: Asking, request: Request) -> dict[str, Any]:
        return {"problems": problems_json(await studio.exchange.validate(actor, await request.body()))}

    @routes.get("/triggers/types", summary="Kinds of triggers")
    async def trigger_types(actor: Asking) -> dict[str, Any]:
        del actor
        return {"triggers": [_type(one) for one in studio.registry.triggers()]}

    @routes.get("/actions/types", summary="Kinds of actions")
    async def action_types(actor: Asking) -> dict[str, Any]:
        del actor
        return {"actions": [_type(one) for one in studio.registry.actions()]}

    @routes.get("/analytics", summary="Figures over time")
    async def analytics(
        actor: Asking, days: Annotated[int, Query(ge=1, le=366)] = 30, workflow_id: str = ""
    ) -> dict[str, Any]:
        return {
            "days": await studio.runs.per_day(actor, days, workflow_id or None),
            "summary": await studio.runs.summary(actor),
            "figures": figures_json(await studio.analytics.figures(actor, days)),
        }

    @routes.get("/{workflow_id}", summary="One workflow: its draft")
    async def one(actor: Asking, workflow_id: str) -> Response:
        return answered(await studio.workflows.get(actor, workflow_id))

    @routes.patch("/{workflow_id}", summary="Change the draft")
    async def change(
        actor: Asking, workflow_id: str, data: Document, if_match: Annotated[str | None, Header()] = None
    ) -> Response:
        stored, problems = await studio.exchange.replace_draft(actor, workflow_id, data, if_match=if_match)
        return answered(stored, {"problems": problems_json(problems)})

    @routes.delete("/{workflow_id}", status_code=204, summary="Delete; history stays")
    async def delete(actor: Asking, workflow_id: str) -> None:
        await studio.workflows.delete(actor, workflow_id)

    @routes.post("/{workflow_id}/publish", summary="Make the draft the next version")
    async def publish(
        actor: Asking, workflow_id: str, data: Annotated[dict[str, Any] | None, Body()] = None
    ) -> dict[str, Any]:
        asked = data or {}
        done = await studio.publishing.publish(
            actor, workflow_id, name=str(asked.get("name") or ""), waiting_runs=asked.get("waiting_runs") or "stay",
            cases=_cases(asked),
        )  # fmt: skip
        stored = await studio.workflows.get(actor, workflow_id)
        answer = {"id": workflow_id, "version": done.version, "status": stored.status.value, "new": done.new}
        return answer if done.new else {**answer, "detail": f"Nothing has changed since version {done.version}."}

    @routes.patch("/{workflow_id}/toggle", summary="Switch on or off")
    async def toggle(
        actor: Asking, workflow_id: str, data: Annotated[dict[str, Any] | None, Body()] = None
    ) -> dict[str, Any]:
        wanted = (data or {}).get("active")
        status = await studio.publishing.toggle(
            actor, workflow_id, None if wanted is None else bool(wanted), cases=_cases(data or {})
        )
        return {"id": workflow_id, "status": status.value, "active": status.value == "active"}

    @routes.post("/{workflow_id}/execute", status_code=202, summary="Run the published version")
    async def execute(
        actor: Asking,
        workflow_id: str,
        response: Response,
        data: Annotated[dict[str, Any] | None, Body()] = None,
        wait: Annotated[float, Query(ge=0, le=300)] = 0,
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> dict[str, Any]:
        from flowstudio.api.runs import whole_run

        payload = dict((data or {}).get("input_data") or {})
        run_id = await studio.runs.execute(actor, workflow_id, payload, key=idempotency_key)
        if wait:
            finished = await studio.runs.wait(actor, run_id, wait)
            response.status_code = 200 if finished else 202
            return await whole_run(studio, actor, run_id)
        run, _ = await studio.runs.get(actor, run_id)
        return {"execution_id": run_id, "status": run.status.value, "started_at": moment(run.started_at)}

    @routes.post("/{workflow_id}/test", summary="Test-run the draft: nothing leaves")
    async def test(
        actor: Asking, workflow_id: str, sample: Annotated[dict[str, Any] | None, Body()] = None
    ) -> dict[str, Any]:
        workflow = await studio.workflows.draft(actor, workflow_id)
        return await studio.testing.run(actor, workflow, sample or {})

    @routes.get("/{workflow_id}/export", summary="The document of the published version, or of the draft")
    async def export(actor: Asking, workflow_id: str, draft: bool = False) -> Response:
        raw = await studio.exchange.export(actor, workflow_id, draft=draft)
        return Response(raw, media_type="application/json")

    @routes.get("/{workflow_id}/versions", summary="Published versions, newest first")
    async def versions(actor: Asking, workflow_id: str) -> dict[str, Any]:
        rows = await studio.publishing.versions(actor, workflow_id)
        return {
            "versions": [
                {
                    "version": row.version,
                    "name": row.name,
                    "published_at": moment(row.published_at),
                    "published_by": row.published_by,
                }
                for row in rows
            ]
        }

    @routes.post("/{workflow_id}/versions/{version}/restore", summary="Make an old version the draft again")
    async def restore(actor: Asking, workflow_id: str, version: int) -> Response:
        await studio.publishing.restore(actor, workflow_id, version)
        return answered(await studio.workflows.get(actor, workflow_id))

    @routes.get("/{workflow_id}/versions/{first}/diff/{second}", summary="What differs between two versions")
    async def diff(actor: Asking, workflow_id: str, first: int, second: int) -> dict[str, Any]:
        before = await studio.workflows.published(actor, workflow_id, first)
        after = await studio.workflows.published(actor, workflow_id, second)
        found = difference(before, after, studio.registry)
        return {"text": found.text, "moved": found.moved, "changes": [asdict(one) for one in found.changes]}

    return routes


def _type(found: Any) -> JsonObject:
    outputs = found.Output.model_json_schema().get("properties", {}) if found.Output is not None else {}
    return {
        "name": found.key, "title": found.title, "category": found.category, "schema": found.schema(),
        "outputs": outputs, "aliases": list(found.aliases), "help": (found.__doc__ or "").strip(),
        "available": getattr(found, "available", True),
    }  # fmt: skip
