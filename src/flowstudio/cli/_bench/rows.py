"""Many rows of the past: real runs copied under other ids, so that a database is large without hours of work."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DAY = 86_400_000_000
"""Microseconds."""
_SPREAD = 30 * DAY


@contextmanager
def database(data: Path) -> Iterator[sqlite3.Connection]:
    """Open the database of a data directory, in one transaction."""
    connection = sqlite3.connect(data / "flowstudio.db", timeout=30)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def copies(data: Path, there: int, wanted: int) -> None:
    """Copy the oldest finished runs with their steps until `wanted` are there, spread over the past month."""
    with database(data) as connection:
        models = rows(connection, "SELECT * FROM run WHERE status = 'completed' ORDER BY id LIMIT 200")
        steps = {
            run["id"]: rows(connection, "SELECT * FROM step WHERE run_id = ? ORDER BY seq", run["id"]) for run in models
        }
        new_runs, new_steps = [], []
        first = time.time_ns() // 1000 - _SPREAD
        for number in range(there, wanted):
            model = models[number % len(models)]
            moment = first + _SPREAD * number // max(1, wanted)
            run = {**model, "id": _id(moment, number)}
            shift = moment - (model["started_at"] or moment)
            _move(run, shift, ("queued_at", "started_at", "completed_at"))
            new_runs.append(run)
            for step in steps[model["id"]]:
                new_steps.append({**step, "run_id": run["id"]})
                _move(new_steps[-1], shift, ("started_at", "completed_at"))
        insert(connection, "run", new_runs)
        insert(connection, "step", new_steps)


def sleepers(data: Path, there: int, wanted: int) -> None:
    """Add runs that sleep for a month, until `wanted` are there."""
    now = time.time_ns() // 1000
    runs, steps, timers = [], [], []
    for number in range(there, wanted):
        run_id = _id(now, number)
        runs.append({
            "id": run_id, "workspace": "main", "workflow_id": "wf_asleep", "version": 1, "status": "waiting",
            "trigger_id": "trigger", "event": "{}", "test": 0, "priority": 0, "epoch": 0, "waiting_for": "timer",
            "queued_at": now, "started_at": now, "steps_total": 0, "steps_completed": 0,
        })  # fmt: skip
        steps.append({
            "run_id": run_id, "seq": 1, "workspace": "main", "node_id": "wait", "iteration": "", "status": "waiting",
            "attempt": 1, "ways": "", "body": '{"detail":{"wait":"timer"}}', "started_at": now,
        })  # fmt: skip
        timers.append({
            "workspace": "main", "run_id": run_id, "node_id": "wait", "iteration": "", "kind": "delay",
            "due": now + 30 * DAY,
        })  # fmt: skip
    with database(data) as connection:
        insert(connection, "run", runs)
        insert(connection, "step", steps)
        insert(connection, "timer", timers)


def _id(moment: int, number: int) -> str:
    return f"run_{moment // 1000:012x}{number:014x}"


def _move(row: dict[str, Any], shift: int, columns: tuple[str, ...]) -> None:
    for column in columns:
        if row.get(column) is not None:
            row[column] += shift


def rows(connection: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """Return what a query finds, by column."""
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def insert(connection: sqlite3.Connection, table: str, found: list[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    if not found:
        return
    columns = list(found[0])
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608  names from our own tables
        [tuple(row.values()) for row in found],
    )
