"""A workflow as a list: read on a phone, edited with the keyboard alone, in step with its canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.missing import opened
from flowstudio.ui.editor.outline_desk import OutlineDesk
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows/{workflow_id}/outline", reconnect_timeout=120, response_timeout=PATIENCE)
    async def page(workflow_id: str) -> None:
        actor = current_actor()
        session = await opened(studio, actor, workflow_id)
        if session is not None:
            await OutlineDesk(studio, actor, session).draw()
