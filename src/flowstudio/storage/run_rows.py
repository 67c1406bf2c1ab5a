"""Reading runs and their steps back from their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Intent, Run, Step, Timer
from flowstudio.domain.states import SETTLED_STEP, RunStatus, StepStatus, WaitingFor
from flowstudio.services.ports import RunRow
from flowstudio.storage import tables
from flowstudio.storage.step_rows import decode_step, large_values, read_iteration


def run_of(row: Row[Any]) -> Run:
    """Build a run from its row."""
    return Run(
        id=row.id,
        workspace=row.workspace,
        workflow_id=row.workflow_id,
        version=row.version,
        status=RunStatus(row.status),
        trigger_id=row.trigger_id,
        event=row.event or {},
        event_id=row.event_id,
        test=bool(row.test),
        priority=row.priority,
        outcome=row.outcome,
        reason=row.reason,
        waiting_for=WaitingFor(row.waiting_for) if row.waiting_for else None,
        error=row.error,
        parent_run=row.parent_run,
        queued_at=row.queued_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        steps_total=row.steps_total,
        steps_completed=row.steps_completed,
    )


def row_of(row: Row[Any], trigger_types: Mapping[str, str]) -> RunRow:
    """Build a line of a list; `trigger_types` names the types of the workflow's triggers by their ids."""
    return RunRow(
        id=row.id,
        workflow_id=row.workflow_id,
        workflow_name=row.workflow_name or row.workflow_id,
        version=row.version,
        status=RunStatus(row.status),
        outcome=row.outcome,
        reason=row.reason,
        waiting_for=row.waiting_for,
        error=row.error,
        started_at=row.started_at or row.queued_at,
        completed_at=row.completed_at,
        steps_completed=row.steps_completed,
        steps_total=row.steps_total,
        trigger_type=trigger_types.get(row.trigger_id, ""),
    )


def steps_query(run_id: str) -> Select[Any]:
    """Return the query for a run's steps, in the order in which they settled."""
    return select(tables.step).where(tables.step.c.run_id == run_id).order_by(tables.step.c.seq)


def large_query(workspace: str, rows: Sequence[Row[Any]]) -> Select[Any] | None:
    """Return the query for the large values that these steps need, None when they need none."""
    hashes = large_values(row.body for row in rows)
    if not hashes:
        return None
    return select(tables.blob.c.hash, tables.blob.c.content).where(
        tables.blob.c.workspace == workspace, tables.blob.c.hash.in_(hashes)
    )


def steps_of(rows: Sequence[Row[Any]], large: Iterable[Row[Any]]) -> list[Step]:
    """Build steps from their rows and their large values."""
    contents = {row.hash: row.content for row in large}
    return [decode_step(row, contents) for row in rows]


def timer_of(row: Row[Any]) -> Timer:
    """Build a timer from its row."""
    return Timer(row.run_id, row.node_id, read_iteration(row.iteration), row.kind, row.due)


def wait_of(row: Row[Any]) -> JsonObject:
    """Build a wait from its row: as the engine wrote it, with its run and workspace."""
    return {
        "token": row.token, "kind": row.kind, "node_id": row.node_id, "iteration": list(read_iteration(row.iteration)),
        "detail": row.detail, "expires": row.expires.isoformat() if row.expires else None, "run_id": row.run_id,
        "workspace": row.workspace, "created_at": row.created_at,
    }  # fmt: skip


def unsettled(intents: Iterable[Row[Any]], steps: Sequence[Step]) -> list[Intent]:
    """Return the intents without a settled (or retrying) step of the same attempt or a later one."""
    known: dict[tuple[str, tuple[int, ...]], int] = {}
    for step in steps:
        if step.status in SETTLED_STEP or step.status in (StepStatus.RETRYING, StepStatus.IN_DOUBT):
            key = (step.node_id, step.iteration)
            known[key] = max(known.get(key, 0), step.attempt)
    left = []
    for row in intents:
        iteration = read_iteration(row.iteration)
        if known.get((row.node_id, iteration), 0) < row.attempt:
            left.append(Intent(row.run_id, row.node_id, iteration, row.attempt, row.key, row.input))
    return left
