"""The approval queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment
from flowstudio.domain.run import iteration_value

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import Asked
    from flowstudio.services.studio import Studio


class DecisionIn(BaseModel):
    """A person's answer."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approved", "rejected"]
    comment: str = Field(default="", max_length=2000)


def asked_json(asked: Asked) -> JsonObject:
    """Return an open approval as the API tells it."""
    detail = asked.detail
    return {
        "id": asked.token,
        "run_id": asked.run_id,
        "workflow_id": asked.workflow_id,
        "workflow_name": asked.workflow_name,
        "node_id": asked.node_id,
        "iteration": iteration_value(asked.iteration),
        "subject": detail.get("subject"),
        "message": detail.get("message"),
        "approvers": detail.get("approvers"),
        "mode": detail.get("mode"),
        "amount": detail.get("amount"),
        "asked_at": moment(asked.asked_at),
        "expires_at": moment(asked.expires),
    }


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/approvals", tags=["approvals"])

    @routes.get("", summary="What waits for a decision")
    async def listed(actor: Asking) -> dict[str, Any]:
        rows = await studio.approvals.list(actor)
        return {"approvals": [asked_json(row) for row in rows], "total": len(rows)}

    @routes.post("/{approval_id:path}/decision", summary="Decide")
    async def decide(actor: Asking, approval_id: str, answer: DecisionIn) -> dict[str, Any]:
        await studio.approvals.decide(actor, approval_id, answer.decision, answer.comment)
        return {"id": approval_id, "decision": answer.decision}

    return routes
