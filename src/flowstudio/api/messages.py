"""Message texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body

from flowstudio.api.asking import Asking
from flowstudio.domain.actor import Role
from flowstudio.errors import NotFound

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/messages", tags=["messages"])

    @routes.get("", summary="All message texts")
    async def listed(actor: Asking) -> dict[str, Any]:
        return {"messages": studio.messages.list(actor)}

    @routes.get("/{name}", summary="One message text")
    async def one(actor: Asking, name: str) -> dict[str, Any]:
        actor.require(Role.VIEWER)
        found = studio.messages.get(name)
        if found is None:
            raise NotFound(f'There is no message text "{name}".')
        return {**found, "own": studio.messages.changed(name)}

    @routes.patch("/{name}", summary="Change or make a message text")
    async def change(actor: Asking, name: str, fields: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return await studio.messages.save(actor, name, fields)

    @routes.delete("/{name}", status_code=204, summary="Go back to the shipped wording")
    async def reset(actor: Asking, name: str) -> None:
        await studio.messages.reset(actor, name)

    return routes
