"""A notice on its way to one person: of a step, a failed run, an unanswered approval, a workflow switched off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryStatus = Literal["noted", "waiting", "sending", "sent", "failed", "unknown", "left_out"]
"""`noted`: as written with its step, its recipients not looked up yet. `unknown`: it may have been sent; a person
decides whether to send it again. `left_out`: the same was told a short while ago, the next one says how often."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to one recipient by one channel."""

    workspace: str
    run_id: str
    """Empty where it is about a workflow."""
    node_id: str
    """The step, the workflow, or the figure."""
    reason: str
    """ready, completed or failed; asked, expired or escalated: an approval; run_failed, switched_off: a workflow;
    alert_raised, alert_over: a figure of the workspace."""
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
        if self.reason in ("alert_raised", "alert_over"):
            return "/alerts"
        return f"/runs/{self.run_id}" if self.run_id else f"/workflows/{self.node_id}"
