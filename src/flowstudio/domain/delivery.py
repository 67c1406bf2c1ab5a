"""A notice on its way to one person: that a step is ready, done or failed."""

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
    node_id: str
    reason: str
    """ready, completed or failed."""
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
