"""Presets: single steps that people keep with their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment

if TYPE_CHECKING:
    from flowstudio.services.presets import Preset
    from flowstudio.services.studio import Studio


class PresetIn(BaseModel):
    """Which step of which workflow's draft is kept, and under which name."""

    model_config = ConfigDict(extra="forbid")

    workflow_id: str = Field(max_length=200)
    node_id: str = Field(max_length=200)
    name: str = Field(max_length=500)


class NameIn(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=500)


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/presets", tags=["templates"])

    @routes.get("", summary="All presets with their settings")
    async def listed(actor: Asking) -> dict[str, Any]:
        rows = await studio.presets.list(actor)
        return {"presets": [_told(row) for row in rows], "total": len(rows)}

    @routes.post("", status_code=201, summary="Keep a step as a preset, without its connection and secrets")
    async def save(actor: Asking, wanted: PresetIn) -> dict[str, Any]:
        made, left_out = await studio.presets.save(actor, wanted.workflow_id, wanted.node_id, wanted.name)
        return {**_told(made), "left_out": [one.label for one in left_out]}

    @routes.patch("/{preset_id}", summary="Give a preset another name")
    async def rename(actor: Asking, preset_id: str, wanted: NameIn) -> dict[str, Any]:
        return _told(await studio.presets.rename(actor, preset_id, wanted.name))

    @routes.delete("/{preset_id}", status_code=204, summary="Delete a preset; steps made from it stay")
    async def delete(actor: Asking, preset_id: str) -> None:
        await studio.presets.delete(actor, preset_id)

    return routes


def _told(preset: Preset) -> dict[str, Any]:
    return {
        "id": preset.id, "name": preset.name, "key": preset.key, "part": preset.part,
        "created_by": preset.created_by, "created_at": moment(preset.created_at),
    }  # fmt: skip
