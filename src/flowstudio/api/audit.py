"""The audit: who did what, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/audit", tags=["audit"])

    @routes.get("", summary="Who did what, the newest first")
    async def listed(
        actor: Asking,
        search: Annotated[str, Query(max_length=200)] = "",
        page: Annotated[int, Query(ge=1)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        lines, total = await studio.audit.page(actor, Page(page, page_size), search)
        return {"audit": [{**line, "at": moment(line["at"])} for line in lines], "total": total, "page": page}

    return routes
