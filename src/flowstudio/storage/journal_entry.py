"""A batch of the engine, turned into values for rows by the task that appends it: the writing thread only writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Run, Write
from flowstudio.domain.states import StepStatus
from flowstudio.errors import StorageFailed
from flowstudio.kit.ports import Batch
from flowstudio.storage.columns import dump, to_micros
from flowstudio.storage.delivery_table import delivery_values
from flowstudio.storage.step_rows import EncodedStep, encode_step, iteration_text

RUN_COLUMNS = (
    "id", "workspace", "workflow_id", "version", "status", "trigger_id", "event", "event_id", "test", "priority",
    "epoch", "outcome", "reason", "waiting_for", "error", "parent_run", "queued_at", "started_at", "completed_at",
    "steps_total", "steps_completed",
)  # fmt: skip
_COUNTED = frozenset({StepStatus.COMPLETED.value, StepStatus.SKIPPED.value})


def _text(value: JsonValue) -> str | None:
    return None if value is None else str(value)


def _json(value: JsonValue) -> str | None:
    return None if value is None else dump(value)


def _moment(value: datetime | str | None) -> int | None:
    return to_micros(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _same(value: JsonValue) -> JsonValue:
    return value


_PATCHES: dict[str, Callable[[Any], Any]] = {
    "status": _text, "outcome": _text, "reason": _text, "waiting_for": _text, "error": _json, "event": _json,
    "queued_at": _moment, "started_at": _moment, "completed_at": _moment, "version": _same, "priority": _same,
    "trigger_id": _text,
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One batch, ready to be written but for the run's workspace, which the writing thread knows.

    Most batches have steps and little else: what there is none of costs nothing.
    """

    run_id: str
    epoch: int
    at: int
    """When it was handed in: microseconds since 1970."""
    new_run: dict[str, Any] | None = None
    """Values of a new run's row by column."""
    patch: dict[str, Any] = field(default_factory=dict)
    steps: Sequence[EncodedStep] = ()
    steps_completed: int = 0
    intents: Sequence[tuple[Any, ...]] = ()
    """node_id, iteration, attempt, key, input."""
    writes: Sequence[Write] = ()
    timers: Sequence[tuple[Any, ...]] = ()
    """run_id, node_id, iteration, kind, due."""
    timers_done: Sequence[tuple[str, str, str]] = ()
    """run_id, node_id, iteration."""
    waits: Sequence[tuple[Any, ...]] = ()
    """token, run_id, node_id, iteration, kind, detail, expires."""
    waits_done: Sequence[str] = ()
    events: Sequence[tuple[str, str, str]] = ()
    """id, type, data."""
    notices: Sequence[tuple[Any, ...]] = ()
    """Values of INSERT_DELIVERY."""
    weight: int = 0
    """Bytes of JSON in it, roughly."""


def encode(batch: Batch, now: datetime) -> Entry:
    """Write a batch as values; raise StorageFailed for a patch of a column that a run does not have."""
    entry = Entry(batch.run_id, batch.epoch, to_micros(now) or 0)
    if batch.new_run is not None:
        entry.new_run = _run_values(batch.new_run, batch.epoch)
    if batch.patch:
        entry.patch = _patch_values(batch.patch)
    if batch.steps:
        entry.steps = [encode_step(step) for step in batch.steps]
    entry.weight = 500
    for step in entry.steps:
        entry.steps_completed += step.status in _COUNTED
        entry.weight += step.weight
    if batch.intents:
        entry.intents = [
            (intent.node_id, iteration_text(intent.iteration), intent.attempt, intent.key, _json(intent.input))
            for intent in batch.intents
        ]
    if batch.writes:
        entry.writes = tuple(batch.writes)
    _encode_waiting(batch, entry)
    if batch.events:
        entry.events = [(str(event["id"]), str(event["type"]), dump(event.get("data", {}))) for event in batch.events]
    if batch.notices:
        entry.notices = [delivery_values(notice) for notice in batch.notices]
    return entry


def _encode_waiting(batch: Batch, entry: Entry) -> None:
    if batch.timers:
        entry.timers = [
            (timer.run_id, timer.node_id, iteration_text(timer.iteration), timer.kind, to_micros(timer.due))
            for timer in batch.timers
        ]
    if batch.timers_done:
        entry.timers_done = [(batch.run_id, node, iteration_text(iteration)) for node, iteration in batch.timers_done]
    if batch.waits:
        entry.waits = [_wait_values(batch.run_id, wait) for wait in batch.waits]
    if batch.waits_done:
        entry.waits_done = tuple(batch.waits_done)


def _run_values(run: Run, epoch: int) -> dict[str, Any]:
    return {
        "id": run.id, "workspace": run.workspace, "workflow_id": run.workflow_id, "version": run.version,
        "status": str(run.status), "trigger_id": run.trigger_id, "event": _json(run.event), "event_id": run.event_id,
        "test": run.test, "priority": run.priority, "epoch": epoch, "outcome": run.outcome, "reason": run.reason,
        "waiting_for": _text(run.waiting_for), "error": _json(run.error), "parent_run": run.parent_run,
        "queued_at": to_micros(run.queued_at), "started_at": to_micros(run.started_at),
        "completed_at": to_micros(run.completed_at), "steps_total": 0, "steps_completed": 0,
    }  # fmt: skip


def _patch_values(patch: JsonObject) -> dict[str, Any]:
    unknown = patch.keys() - _PATCHES.keys()
    if unknown:
        raise StorageFailed(f"A run has no column {', '.join(sorted(unknown))}.")
    return {name: _PATCHES[name](value) for name, value in patch.items()}


def _wait_values(run_id: str, wait: JsonObject) -> tuple[Any, ...]:
    return (
        wait["token"], run_id, wait["node_id"], iteration_text(tuple(wait.get("iteration") or ())), wait["kind"],
        dump(wait.get("detail") or {}), _moment(wait.get("expires")),
    )  # fmt: skip
