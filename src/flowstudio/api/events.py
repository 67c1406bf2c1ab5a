"""Events from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flowstudio.api.asking import Asking

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


class EventIn(BaseModel):
    """Something happened."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[str, Field(min_length=1, max_length=200, examples=["invoice.created"])]
    data: dict[str, Any] = Field(default_factory=dict)
    id: Annotated[str | None, Field(max_length=200)] = None
    """The same id never starts a workflow twice."""


def router(studio: Studio) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/events", tags=["events"])

    @routes.post("", status_code=202, summary="Raise an event")
    async def raise_event(actor: Asking, event: EventIn) -> dict[str, Any]:
        runs = await studio.events.raise_event(actor, event.type, event.data, event_id=event.id)
        return {"runs": [{"workflow_id": workflow_id, "run_id": run_id} for workflow_id, run_id in runs]}

    return routes
