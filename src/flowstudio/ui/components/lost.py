"""What a visitor sees at an address that leads nowhere, or when a page could not be drawn: where to go from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import Client, ui
from starlette.exceptions import HTTPException

from flowstudio.errors import NotFound
from flowstudio.observe import logger
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.shell import brand, look, shell
from flowstudio.web.identity import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nicegui import App
    from starlette.requests import Request
    from starlette.responses import Response

log = logger(__name__)


def install(app: App) -> None:
    """Answer for all pages; what programs call (files of the interface) keeps its own answers."""
    others: Callable[[Request, Exception], Awaitable[Response]] = app.exception_handlers[404]  # type: ignore[assignment]
    faults: Callable[[Request, Exception], Awaitable[Response]] = app.exception_handlers[Exception]  # type: ignore[assignment]

    async def nowhere(request: Request, error: Exception) -> Response:
        endpoint = request.scope.get("endpoint")
        if endpoint is not None and endpoint is not app and isinstance(error, HTTPException):
            return await others(request, error)
        if request.url.path.startswith("/api/"):
            return problem(404, "The API has no such address.", NotFound.code, "All of them stand under /api/v1/docs.")
        with Client(ui.page(""), request=request) as client:
            _say(request, "There is no page at this address.", "Not found")
        return client.build_response(request, 404)

    async def failed(request: Request, error: Exception) -> Response:
        if not request.scope.get("nicegui_page_path"):
            return await faults(request, error)
        log.error(str(error), exc_info=error)
        with Client(ui.page(""), request=request) as client:
            _say(request, "This page could not be drawn.", "Not drawn", "What went wrong stands in the log.")
        return client.build_response(request, 500)

    app.add_exception_handler(404, nowhere)
    app.add_exception_handler(Exception, failed)


def _say(request: Request, question: str, title: str, note: str = "") -> None:
    actor = getattr(request.state, "actor", None)
    if actor is not None:
        with shell(actor, "", title):
            empty(question, [("Home", "home", lambda: ui.navigate.to("/"))], note)
        return
    ui.page_title(f"{title} · FlowStudio")
    look()
    with ui.element("main").classes("fs-page"):
        brand()
        empty(question, note="Ask whoever gave you this address for a new one.")
