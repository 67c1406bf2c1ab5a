"""The editor: draw a workflow, set it up, test it, switch it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from flowstudio.errors import NotFound
from flowstudio.ui.components.missing import opened
from flowstudio.ui.editor.desk import EditorDesk
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def register(studio: Studio) -> None:
    """Add the page and the file it offers."""

    @app.get("/workflows/{workflow_id}/file", include_in_schema=False)
    async def file(workflow_id: str, request: Request, draft: bool = False) -> Response:
        actor = request.state.actor
        if actor is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            raw = await studio.exchange.export(actor, workflow_id, draft=draft)
        except NotFound:
            raw = await studio.exchange.export(actor, workflow_id, draft=True)
        headers = {"content-disposition": f'attachment; filename="{workflow_id}.json"'}
        return Response(raw, media_type="application/json", headers=headers)

    @ui.page("/workflows/{workflow_id}", reconnect_timeout=120, response_timeout=PATIENCE)
    async def page(workflow_id: str, run: str = "", point: str = "") -> None:
        actor = current_actor()
        session = await opened(studio, actor, workflow_id)
        if session is not None:
            desk = EditorDesk(studio, actor, session)
            await desk.draw()
            if run and not desk.readonly:
                await desk.deeds.start_trial(run_id=run)
            elif point and not desk.readonly:
                await desk.going_live.lead_by(point)
