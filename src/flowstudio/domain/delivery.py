"""A notice on its way to one person: of a step, an approval without an answer, a workflow that was switched off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryStatus = Literal["noted", "waiting", "sending", "sent", "failed", "unknown"]
"""`noted`: as written with its step, its recipients not looked up yet. `unknown`: it may have been sent; a person
decides whether to send it again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to one recipient by one channel."""

    workspace: str
    run_id: str
    """Empty where it is about a workflow."""
    node_id: str
    """The step, or the workflow."""
    reason: str
    """ready, completed or failed; expired or escalated: an approval; switched_off: a workflow."""
    channel: str
    recipient: str
    """Of a noted one: as its step says, a team for example."""
    text: str
    message_id: str
    """The same for every try, so that receivers can tell a repeat; empty while noted."""
    created_at: datetime
    id: str = ""
    status: DeliveryStatus = "waiting"
    attempts: int = 0
    error: str = ""
    next_try_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def path(self) -> str:
        """Return the page of what it is about."""
        return f"/runs/{self.run_id}" if self.run_id else f"/workflows/{self.node_id}"
