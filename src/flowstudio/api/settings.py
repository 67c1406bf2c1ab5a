"""Workspace settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body

from flowstudio.api.asking import Asking

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/settings", tags=["settings"])

    @routes.get("", summary="All settings of the workspace, and what it uses of its limits of runs")
    async def every(actor: Asking) -> dict[str, Any]:
        return {"settings": await studio.settings.all(actor), "limits": await studio.quotas.told(actor)}

    @routes.patch("", summary="Change settings of the workspace")
    async def change(actor: Asking, values: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        for key, value in values.items():
            await studio.settings.set(actor, key, value)
        return {"settings": await studio.settings.all(actor), "limits": await studio.quotas.told(actor)}

    return routes
