"""Notifications: what FlowStudio told the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from flowstudio.services.notices import Notification
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/notifications", tags=["notifications"])

    @routes.get("", summary="What FlowStudio told you, the newest first")
    async def listed(
        actor: Asking,
        page: Annotated[int, Query(ge=1)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        rows, total = await studio.notices.page(actor, Page(page, page_size))
        unread = await studio.notices.unread(actor)
        return {"notifications": [_shape(row) for row in rows], "total": total, "page": page, "unread": unread}

    @routes.post("/read", status_code=204, summary="Note that all have been seen")
    async def all_read(actor: Asking) -> None:
        await studio.notices.seen(actor)

    @routes.post("/{notification_id}/read", status_code=204, summary="Note that one has been seen")
    async def read(actor: Asking, notification_id: str) -> None:
        await studio.notices.seen(actor, notification_id)

    return routes


def _shape(row: Notification) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "body": row.body, "link": row.link, "created_at": moment(row.created_at),
        "read_at": moment(row.read_at),
    }  # fmt: skip
