"""All routes of the API, under `/api/v1` and, for workflows, under the short form `/api`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response

from flowstudio import __version__
from flowstudio.api import (
    alerts,
    approvals,
    audit,
    credentials,
    events,
    members,
    messages,
    notices,
    notifications,
    past_runs,
    presets,
    problems,
    records,
    runs,
    schedules,
    settings,
    shelf,
    templates,
    workflows,
)
from flowstudio.api.asking import Asking
from flowstudio.domain.actor import Role
from flowstudio.interchange import workflow_schema
from flowstudio.observe.metrics import CONTENT_TYPE, exposition
from flowstudio.web import papers
from flowstudio.web.bodies import JsonBodies

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio

BASE = "/api/v1"
SHORT = "/api"


def install(app: FastAPI, studio: Studio) -> None:
    """Add every route to the app."""
    app.add_middleware(JsonBodies)
    problems.install(app)
    # Runs first: `/workflows/runs/…` must not be read as a workflow of the id `runs`.
    routers = [runs.router(studio), past_runs.router(studio), workflows.router(studio)]
    for one in routers:
        app.include_router(one, prefix=BASE)
        app.include_router(one, prefix=SHORT, include_in_schema=False)
    for one in (
        alerts.router(studio),
        records.router(studio),
        approvals.router(studio),
        credentials.router(studio),
        messages.router(studio),
        notices.router(studio),
        notifications.router(studio),
        members.router(studio),
        audit.router(studio),
        events.router(studio),
        schedules.router(studio),
        settings.router(studio),
        shelf.router(studio),
        templates.router(studio),
        presets.router(studio),
    ):
        app.include_router(one, prefix=BASE)
    app.include_router(_own(app), prefix=BASE)
    papers.install(app, studio.papers, studio.files)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(actor: Asking) -> Response:
        actor.require(Role.VIEWER)
        return Response(exposition(), headers={"content-type": CONTENT_TYPE})


def _own(app: FastAPI) -> APIRouter:
    routes = APIRouter(tags=["product"])

    @routes.get("/health", summary="Is it alive?")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "version": __version__}

    @routes.get("/schema/workflow", summary="JSON Schema of the workflow document")
    async def schema() -> dict[str, Any]:
        return workflow_schema()

    @routes.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return openapi_of(app)

    @routes.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        from flowstudio.api.reference import reference_page

        return HTMLResponse(reference_page(openapi_of(app)))

    return routes


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of our own routes."""
    found = get_openapi(
        title="FlowStudio",
        version=__version__,
        routes=app.routes,
        summary="Workflows, runs, records and events of FlowStudio.",
    )
    found["paths"] = {path: deeds for path, deeds in found["paths"].items() if path.startswith(BASE)}
    found.setdefault("components", {})["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"key": []}]
    return found
