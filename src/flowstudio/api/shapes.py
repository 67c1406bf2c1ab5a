"""Runs and steps as the API and the command line write them (contracts sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flowstudio.domain.record import visible
from flowstudio.domain.run import Effect, Run, Step, iteration_value

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import RunRow


def moment(when: datetime | None) -> str | None:
    """Return a moment as ISO 8601 with its zone."""
    return when.isoformat() if when is not None else None


def duration_ms(start: datetime | None, end: datetime | None) -> int | None:
    """Return milliseconds from start to end."""
    return round((end - start).total_seconds() * 1000) if start and end else None


def effect_json(step: Step, effect: Effect) -> JsonObject:
    """Return one effect with its place."""
    return {
        "node_id": step.node_id,
        "iteration": iteration_value(step.iteration),
        "kind": effect.kind,
        **visible(effect.content),
    }


def step_json(step: Step, names: dict[str, tuple[str, str]]) -> JsonObject:
    """Return one step; `names` maps node ids to (name, type)."""
    name, node_type = names.get(step.node_id, (step.node_id, ""))
    return {
        "node_id": step.node_id, "node_name": name, "type": node_type, "status": step.status.value,
        "iteration": iteration_value(step.iteration), "attempt": step.attempt, "ways": list(step.ways),
        "input": visible(step.input), "output": visible(step.output), "detail": visible(step.detail),
        "effects": [effect_json(step, one) for one in step.effects], "error": step.error,
        "started_at": moment(step.started_at), "completed_at": moment(step.completed_at),
    }  # fmt: skip


def run_row_json(row: RunRow) -> JsonObject:
    """Return a run as lists show it."""
    return {
        "id": row.id, "workflow_id": row.workflow_id, "version": row.version, "status": row.status.value,
        "outcome": row.outcome, "reason": row.reason, "waiting_for": row.waiting_for,
        "started_at": moment(row.started_at), "completed_at": moment(row.completed_at),
        "duration_ms": duration_ms(row.started_at, row.completed_at),
        "steps_completed": row.steps_completed, "steps_total": row.steps_total,
    }  # fmt: skip


def run_json(run: Run, steps: Sequence[Step], names: dict[str, tuple[str, str]]) -> JsonObject:
    """Return one whole run."""
    variables: JsonObject = {}
    for step in steps:
        variables.update(visible(step.assigned))
    return {
        "id": run.id, "execution_id": run.id, "run_id": run.id, "workflow_id": run.workflow_id, "version": run.version,
        "status": run.status.value, "outcome": run.outcome, "reason": run.reason,
        "waiting_for": run.waiting_for.value if run.waiting_for else None,
        "started_at": moment(run.started_at), "completed_at": moment(run.completed_at),
        "duration_ms": duration_ms(run.started_at, run.completed_at),
        "trigger": visible(run.event), "variables": variables, "error": run.error,
        "steps": [step_json(step, names) for step in steps],
        "logs": [_log_line(step, names) for step in steps],
    }  # fmt: skip


def _log_line(step: Step, names: dict[str, tuple[str, str]]) -> JsonObject:
    name = names.get(step.node_id, (step.node_id, ""))[0]
    text = f"{name}: {step.status.value}"
    if step.error:
        text += f", {step.error.get('message', '')}"
    return {"at": moment(step.completed_at or step.started_at), "node_id": step.node_id, "text": text}
