"""What a flow node may answer when its turn comes. Waiting, stopping and skipping are answers, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import OUT


@dataclass(slots=True)  # the answer of nearly every step: a frozen one takes twice as long to make
class Go:
    """Settle now and leave by these ways."""

    ways: tuple[str, ...] = (OUT,)
    output: JsonObject = field(default_factory=dict)
    assign: JsonObject = field(default_factory=dict)
    """Names to set as variables."""
    detail: JsonObject = field(default_factory=dict)
    """What explains the answer (a condition's rows)."""


@dataclass(frozen=True, slots=True)
class Each:
    """Run the body once per item."""

    items: list[JsonValue]
    item_variable: str
    concurrency: int = 1
    on_item_error: Literal["stop", "continue"] = "stop"
    collect: str | None = None
    """Template whose value per iteration makes the list `results`."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Hold the branch until a moment (aware, UTC or zoned); then go by `out`."""

    until: datetime
    detail: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """Wait for a person's decision; ways `approved`, `rejected`, `expired`."""

    subject: str
    approvers: tuple[str, ...]
    mode: Literal["any", "all"] = "any"
    deadline: datetime | None = None
    on_timeout: Literal["reject", "escalate"] = "reject"
    escalate_to: str | None = None
    message: str = ""
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Wait for an event or a webhook call; ways `received`, `expired`."""

    event: str | None = None
    webhook: str | None = None
    match: JsonObject = field(default_factory=dict)
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Start another workflow, and wait for its end where `wait`."""

    workflow: str
    input: JsonObject
    wait: bool = True


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer the caller of a webhook, then go by `out`."""

    status: int
    headers: dict[str, str]
    body: JsonValue


@dataclass(frozen=True, slots=True)
class Finish:
    """End the run, or with scope `branch` only this branch or iteration."""

    outcome: Literal["completed", "stopped", "failed"] = "completed"
    reason: str | None = None
    scope: Literal["run", "branch"] = "run"


Decision = Go | Each | Sleep | Ask | Await | Call | Respond | Finish
