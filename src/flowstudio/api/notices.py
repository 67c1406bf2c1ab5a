"""Notices of steps: who was told what, and telling again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment

if TYPE_CHECKING:
    from flowstudio.domain.delivery import Delivery
    from flowstudio.services.studio import Studio

Status = Literal["", "noted", "waiting", "sending", "sent", "failed", "unknown"]


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/notices", tags=["notices"])

    @routes.get("", summary="Who was told of steps, the newest first")
    async def listed(
        actor: Asking, run_id: Annotated[str, Query(max_length=100)] = "", status: Annotated[Status, Query()] = ""
    ) -> dict[str, Any]:
        rows = await studio.telling.listed(actor, run_id=run_id, status=status)
        return {"notices": [notice_json(row) for row in rows]}

    @routes.post("/{notice_id}/send", summary="Send a notice again")
    async def again(actor: Asking, notice_id: str) -> dict[str, Any]:
        return notice_json(await studio.telling.send_again(actor, notice_id))

    return routes


def notice_json(row: Delivery) -> dict[str, Any]:
    """Return a notice as the API writes it."""
    return {
        "id": row.id, "run_id": row.run_id, "node_id": row.node_id, "on": row.reason, "channel": row.channel,
        "to": row.recipient, "text": row.text, "status": row.status, "attempts": row.attempts, "error": row.error,
        "next_try_at": moment(row.next_try_at), "created_at": moment(row.created_at), "done_at": moment(row.done_at),
    }  # fmt: skip
