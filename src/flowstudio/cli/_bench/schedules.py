"""schedules: 10,000 are loaded, 1,000 are due in the same second: how late their runs begin and end."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flowstudio.cli._bench.figures import Size, exponent, percentile, rounded
from flowstudio.cli._bench.rows import database, insert, rows
from flowstudio.cli._bench.servers import app, folder
from flowstudio.cli._bench.workflows import chain
from flowstudio.domain.json import JsonObject

PATIENCE = 20.0
"""Seconds after the due moment that late runs are waited for."""


def measure(size: Size) -> JsonObject:
    """Let 10, 100 and 1,000 schedules of many be due in one second."""
    loaded = size.count(10_000, 50)
    found = []
    with folder() as data:
        with app(data) as studio:
            studio.publish(_document())
            ready = studio.ready_after
        _copy(data, loaded)
        for due in size.counts((10, 100, 1_000), (5, 10)):
            moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=min(30.0, 1.5 * ready + 4))
            _set_due(data, due, moment)
            with app(data) as studio:
                ready = studio.ready_after
                _wait_until(data, due, moment)
            found.append({"due_at_once": due, "start_seconds": rounded(ready), **_lateness(data, moment)})
    return {
        "what": "lateness of the runs of schedules that are due in the same second, from that second on",
        "schedules_loaded": loaded,
        "rows": found,
        "p99_grows_with_due": exponent({row["due_at_once"]: row["begun_p99_ms"] for row in found}),
        "reference_timer_late_ms": rounded(asyncio.run(_timer()) * 1000),
        "goals": {"begun_p99_ms": 100},
    }


def _document() -> JsonObject:
    document = chain(3, "wf_bench_0")
    document["nodes"][0]["condition"] = {"field": "trigger.fired_at", "operator": "exists"}
    document["nodes"][1]["config"] = {"set": {"total": 84}}
    cron = {"cron": "0 3 1 1 *", "timezone": "UTC"}
    return {**document, "status": "active", "trigger": {"type": "schedule", "config": cron}}


def _copy(data: Path, wanted: int) -> None:
    """Copy the workflow with its version and schedule until `wanted` are there."""
    with database(data) as connection:
        for table, key in (("workflow", "id"), ("workflow_version", "workflow_id"), ("schedule", "workflow_id")):
            model = rows(connection, f"SELECT * FROM {table} WHERE {key} = 'wf_bench_0'")[0]  # noqa: S608
            made = []
            for number in range(1, wanted):
                row = {**model, key: f"wf_bench_{number}"}
                if row.get("hook_token"):
                    row["hook_token"] = f"{row['hook_token']}{number}"
                if "document" in row:
                    row["document"] = json.dumps({**json.loads(row["document"]), "id": row[key]})
                made.append(row)
            insert(connection, table, made)


def _set_due(data: Path, count: int, moment: datetime) -> None:
    with database(data) as connection:
        connection.execute("DELETE FROM step")
        connection.execute("DELETE FROM run")
        connection.execute(
            "UPDATE schedule SET next_fire = ? WHERE workflow_id IN"
            " (SELECT workflow_id FROM schedule ORDER BY workflow_id LIMIT ?)",
            (int(moment.timestamp() * 1_000_000), count),
        )


def _wait_until(data: Path, count: int, moment: datetime) -> None:
    """Return when all runs have ended, or patience has."""
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with database(data) as connection:
            done = connection.execute("SELECT count(*) FROM run WHERE completed_at IS NOT NULL").fetchone()[0]
        if done >= count:
            return
        time.sleep(0.2)


def _lateness(data: Path, moment: datetime) -> JsonObject:
    at = int(moment.timestamp() * 1_000_000)
    with database(data) as connection:
        runs = connection.execute("SELECT started_at, completed_at FROM run").fetchall()
    begun = [(start - at) / 1000 for start, _ in runs]
    ended = [(end - at) / 1000 for _, end in runs if end is not None]
    return {
        "runs": len(runs), "begun_p50_ms": rounded(percentile(begun, 0.5)),
        "begun_p99_ms": rounded(percentile(begun, 0.99)), "ended_p50_ms": rounded(percentile(ended, 0.5)),
        "ended_p99_ms": rounded(percentile(ended, 0.99)),
    }  # fmt: skip


async def _timer() -> float:
    """Return how late a plain timer of an idle event loop is, at the 99th percentile."""
    late = []
    for _ in range(50):
        wanted = time.perf_counter() + 0.01
        await asyncio.sleep(0.01)
        late.append(time.perf_counter() - wanted)
    return percentile(late, 0.99)
