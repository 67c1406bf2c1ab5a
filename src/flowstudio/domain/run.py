"""A run, its steps, and what they did, as the engine, the journal and the pages know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.states import RunStatus, StepStatus, WaitingFor

Iteration = tuple[int, ...]
"""Index of each loop around a step, outermost first, from 0; empty outside loops."""


def iteration_value(iteration: Iteration) -> int | list[int] | None:
    """Write an iteration as people and programs read it: null outside loops, a number in one loop, else a list."""
    if not iteration:
        return None
    return iteration[0] if len(iteration) == 1 else list(iteration)


EffectKind = Literal["created", "updated", "deleted", "message", "call"]


@dataclass(frozen=True, slots=True)
class Effect:
    """Something a step wrote or sent (or would have, in a test run); `content` is whole."""

    kind: EffectKind
    content: JsonObject
    """created: entity, id, fields · updated: entity, id, set · deleted: entity, id ·
    message: channel, to, text, and for mail subject, body, html, cc, bcc, from, attachments ·
    call: call, target, and method, url, headers, body, answer."""


@dataclass(frozen=True, slots=True)
class Write:
    """A change of one record of ours; it commits in the transaction of the step that made it."""

    kind: Literal["create", "update", "delete"]
    entity: str
    id: str
    fields: JsonObject
    """create: the whole row; update: the changed fields; delete: nothing."""
    revision: int | None = None
    """The revision the step saw; None = do not care (create)."""


@dataclass(slots=True)
class Step:
    """One node's turn in a run: append-only, numbered by `seq` in the order in which steps settled.

    A step that waits or retries has a record for that too, with a later one of the same node and iteration settling it;
    the last record of a (node, iteration) is the truth.
    """

    seq: int
    node_id: str
    iteration: Iteration
    status: StepStatus
    attempt: int = 1
    ways: tuple[str, ...] = ()
    """The ways out that were taken."""
    input: JsonValue = None
    """The rendered settings."""
    output: JsonObject = field(default_factory=dict)
    assigned: JsonObject = field(default_factory=dict)
    """Names the step set as variables, with their values."""
    effects: tuple[Effect, ...] = ()
    error: JsonObject | None = None
    """`{"code", "message", "hint", "answer"?}`."""
    detail: JsonObject = field(default_factory=dict)
    """What explains the step: a condition's rows, a loop's number of items, what a wait waits for, preview line."""
    started_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def sent(self) -> int:
        """Return how many messages and calls left in it."""
        return sum(effect.kind in ("message", "call") for effect in self.effects)


@dataclass(slots=True)
class Run:
    """One passage of an event through a workflow."""

    id: str
    workspace: str
    workflow_id: str
    version: int
    status: RunStatus
    trigger_id: str = "trigger"
    event: JsonObject = field(default_factory=dict)
    """The payload, as `trigger.*` shows it: frozen."""
    event_id: str | None = None
    """One run per workflow and event id."""
    test: bool = False
    priority: int = 0
    outcome: str | None = None
    reason: str | None = None
    waiting_for: WaitingFor | None = None
    error: JsonObject | None = None
    parent_run: str | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    steps_total: int = 0
    steps_completed: int = 0


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run stands among those of its workflow, the oldest first."""

    number: int
    total: int
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """When a waiting step wakes."""

    run_id: str
    node_id: str
    iteration: Iteration
    kind: Literal["delay", "retry", "deadline", "timeout"]
    due: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """Written before an outward effect: after a crash it tells that the effect may have happened."""

    run_id: str
    node_id: str
    iteration: Iteration
    attempt: int
    key: str
    """The idempotency key: run / node / iteration / n (contracts section 4)."""
    input: JsonValue = None
    """The rendered settings: a repeat under the same key sends the same."""
