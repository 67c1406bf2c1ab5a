"""Approvals: what waits for a person, and the person's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.services.ports import Asked, AuditLog, WaitStore
    from flowstudio.services.runs import RunControl

MAX_COMMENT = 2000


def require_decision(decision: str, comment: str) -> None:
    """Raise BadRequest unless this is an answer that can be given."""
    if decision not in ("approved", "rejected"):
        raise BadRequest("A decision is approved or rejected.")
    if len(comment) > MAX_COMMENT:
        raise BadRequest(f"A comment has at most {MAX_COMMENT} characters.")


class ApprovalService:
    """The verbs of approvals."""

    def __init__(self, store: WaitStore, control: RunControl, audit: AuditLog) -> None:
        self._store = store
        self._control = control
        self._audit = audit

    async def list(self, actor: Actor) -> Sequence[Asked]:
        """List what waits for a decision, the one that ends first at the top."""
        actor.require(Role.VIEWER)
        return await self._store.asked(actor.workspace)

    async def decide(self, actor: Actor, token: str, decision: str, comment: str = "") -> None:
        """Answer; the first answer that settles it counts. Raise NotFound when it is decided or not there."""
        actor.require(Role.OPERATOR)
        require_decision(decision, comment)
        asked = await self._store.one(actor.workspace, token)
        if asked is None:
            raise NotFound("This is decided already, or was never asked.")
        await self._control.decide(
            asked.run_id, asked.node_id, decision, by=actor.name, comment=comment, iteration=asked.iteration
        )
        await self._audit.note(
            actor.workspace, actor.name, f"approval.{decision}", asked.run_id, {"subject": asked.detail.get("subject")}
        )
