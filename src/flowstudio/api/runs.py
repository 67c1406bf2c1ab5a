"""Runs: what happened, and taking a hand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query

from flowstudio.api.asking import Asking, Paging
from flowstudio.api.notices import notice_json
from flowstudio.api.shapes import run_json, run_row_json
from flowstudio.errors import BadRequest, ConfigRejected, NotFound
from flowstudio.kit.moments import moment_of
from flowstudio.services.runs import Again

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Iteration
    from flowstudio.services.ports import Page
    from flowstudio.services.studio import Studio

MOST_WAIT = 300.0
WAYS_ON: tuple[Again, ...] = ("repeat", "skip", "output")

Asked = Annotated[dict[str, Any] | None, Body()]
Words = Annotated[str, Query(max_length=200)]


async def whole_run(studio: Studio, actor: Actor, run_id: str) -> JsonObject:
    """Return a run with its steps, named as its version names them."""
    run, steps = await studio.runs.get(actor, run_id)
    names: dict[str, tuple[str, str]] = {}
    try:
        workflow = await studio.workflows.published(actor, run.workflow_id, run.version)
    except NotFound:
        workflow = None  # deleted meanwhile: the steps keep their ids
    for node in workflow.nodes if workflow else ():
        names[node.id] = (studio.registry.written_name(node), node.type)
    return run_json(run, steps, names)


def _iteration(value: Any) -> Iteration:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, int) and part >= 0 for part in parts):
        raise BadRequest("An iteration is a number from 0, or a list of such.")
    return tuple(parts)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Read a date or a moment of the workspace's zone; None for nothing. Raise BadRequest."""
    try:
        return moment_of(text, zone, "") if text else None
    except ConfigRejected as fault:
        raise BadRequest(fault.message) from None


def router(studio: Studio) -> APIRouter:
    """Return the routes below `/workflows`."""
    routes = APIRouter(prefix="/workflows", tags=["runs"])

    async def found(
        actor: Actor, page: Page, workflow_id: str | None, status: str, since: str, until: str
    ) -> dict[str, Any]:
        zone = studio.settings.zone(actor.workspace)
        rows, total = await studio.runs.list(
            actor, page, workflow_id=workflow_id, status=tuple(part for part in status.split(",") if part),
            since=_moment(since, zone), until=_moment(until, zone),
        )  # fmt: skip
        return {
            "executions": [run_row_json(row) for row in rows],
            "total": total,
            "page": page.number,
            "page_size": page.size,
        }

    async def listed(
        actor: Asking, page: Paging, workflow_id: str, status: Words = "", since: Words = "", until: Words = ""
    ) -> dict[str, Any]:
        await studio.workflows.get(actor, workflow_id)
        return await found(actor, page, workflow_id, status, since, until)

    async def every(
        actor: Asking, page: Paging, status: Words = "", since: Words = "", until: Words = ""
    ) -> dict[str, Any]:
        return await found(actor, page, None, status, since, until)

    async def one(actor: Asking, run_id: str) -> dict[str, Any]:
        return await whole_run(studio, actor, run_id)

    async def retry(actor: Asking, run_id: str, data: Asked = None) -> dict[str, Any]:
        asked = data or {}
        named = asked.get("how") or ("output" if "output" in asked else "repeat")
        how = next((one for one in WAYS_ON if one == named), None)
        if how is None:
            raise BadRequest("Say how to go on: repeat, skip or output.")
        for name in ("input", "output"):
            if not isinstance(asked.get(name), dict | None):
                raise BadRequest(f"`{name}` is an object.")
        if not isinstance(asked.get("from_step"), str | None):
            raise BadRequest("`from_step` is the id of a step.")
        if type(asked.get("version")) not in (int, type(None)):  # true is no version
            raise BadRequest("`version` is the number of a version.")
        await studio.runs.retry(
            actor, run_id, from_step=asked.get("from_step"),
            iteration=_iteration(asked["iteration"]) if "iteration" in asked else None,
            version=asked.get("version"), input=asked.get("input"), how=how, output=asked.get("output"),
        )  # fmt: skip
        return await whole_run(studio, actor, run_id)

    async def cancel(actor: Asking, run_id: str) -> dict[str, Any]:
        await studio.runs.cancel(actor, run_id)
        return await whole_run(studio, actor, run_id)

    async def pause(actor: Asking, run_id: str) -> dict[str, Any]:
        await studio.runs.pause(actor, run_id)
        return await whole_run(studio, actor, run_id)

    async def resume(actor: Asking, run_id: str) -> dict[str, Any]:
        await studio.runs.resume(actor, run_id)
        return await whole_run(studio, actor, run_id)

    async def approve(actor: Asking, run_id: str, data: Asked = None) -> dict[str, Any]:
        asked = data or {}
        await studio.runs.decide(
            actor, run_id, "approved", step_id=asked.get("step_id"), comment=str(asked.get("comment") or "")
        )
        return await whole_run(studio, actor, run_id)

    async def reject(actor: Asking, run_id: str, data: Asked = None) -> dict[str, Any]:
        asked = data or {}
        await studio.runs.decide(
            actor, run_id, "rejected", step_id=asked.get("step_id"), comment=str(asked.get("comment") or "")
        )
        return await whole_run(studio, actor, run_id)

    async def skip(actor: Asking, run_id: str, step_id: str, data: Asked = None) -> dict[str, Any]:
        await studio.runs.skip_step(actor, run_id, step_id, _iteration((data or {}).get("iteration")))
        return await whole_run(studio, actor, run_id)

    async def decide(actor: Asking, run_id: str, step_id: str, data: Asked = None) -> dict[str, Any]:
        asked = data or {}
        choice = str(asked.get("choice") or asked.get("decision") or "")
        if choice not in ("happened", "repeat", "skip", "fail"):
            raise BadRequest("Say what became of it: happened, repeat, skip or fail.")
        await studio.runs.decide_in_doubt(actor, run_id, step_id, choice, _iteration(asked.get("iteration")))
        return await whole_run(studio, actor, run_id)

    async def tell_again(actor: Asking, run_id: str, step_id: str) -> dict[str, Any]:
        return {"notices": [notice_json(row) for row in await studio.telling.replay(actor, run_id, step_id)]}

    async def run_file(actor: Asking, data: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        document = data.get("document")
        if not isinstance(document, dict):
            raise BadRequest("Give the workflow as `document`.")
        seconds = min(float(data.get("wait") or 60), MOST_WAIT)
        return await studio.exchange.run_file(actor, document, dict(data.get("input_data") or {}), seconds)

    routes.add_api_route("/run-file", run_file, methods=["POST"], summary="Run a document for real, once")
    for word in ("runs", "executions"):
        routes.add_api_route(
            f"/{{workflow_id}}/{word}",
            listed,
            methods=["GET"],
            summary="Runs of a workflow",
            include_in_schema=word == "runs",
        )
    for word in ("runs", "instances"):
        shown = word == "runs"
        routes.add_api_route(f"/{word}", every, methods=["GET"], summary="All runs", include_in_schema=shown)
        routes.add_api_route(f"/{word}/{{run_id}}", one, methods=["GET"], summary="One run", include_in_schema=shown)
        for name, deed in (("retry", retry), ("cancel", cancel), ("pause", pause), ("resume", resume),
                           ("approve", approve), ("reject", reject)):  # fmt: skip
            routes.add_api_route(
                f"/{word}/{{run_id}}/{name}", deed, methods=["POST"], summary=name.capitalize(), include_in_schema=shown
            )
        for name, step_deed, summary in (
            ("skip", skip, "Skip a step"),
            ("decide", decide, "Decide a step"),
            ("replay-notifications", tell_again, "Send the notices of a step again"),
        ):
            address = f"/{word}/{{run_id}}/steps/{{step_id}}/{name}"
            routes.add_api_route(address, step_deed, methods=["POST"], summary=summary, include_in_schema=shown)
    return routes
