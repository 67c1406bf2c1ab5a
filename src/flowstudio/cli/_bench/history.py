"""history: 100,000 runs in the database: what the list of runs costs the server, and what a step costs the disk."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from flowstudio.cli._bench.figures import Size, exponent, median, percentile, rounded
from flowstudio.cli._bench.rows import copies
from flowstudio.cli._bench.servers import App, app, folder, load
from flowstudio.cli._bench.workflows import BODY, webhook
from flowstudio.domain.json import JsonObject

LISTS = {
    "first_page": "/api/v1/workflows/wf_bench_4/runs?page_size=25",
    "middle_page": "/api/v1/workflows/wf_bench_4/runs?page_size=25&page={middle}",
    "failed_only": "/api/v1/workflows/wf_bench_4/runs?page_size=25&status=failed",
    "history_page": "/runs",
}


def measure(size: Size) -> JsonObject:
    """Ask for lists of runs at three sizes, beside an answer of the same server that reads nothing."""
    counts = size.counts((1_000, 10_000, 100_000), (100, 500))
    with folder() as data:
        with app(data) as studio:
            path = studio.publish(webhook(3, "wf_bench_4"))
            load(studio.port, path, BODY, 5, size.pick(1, 0.3))
        before, there = _file(data), _count(data, "run")
        steps_before = _count(data, "step")
        rows = []
        for count in counts:
            copies(data, there, count)
            there = count
            with app(data) as studio:
                rows.append({"runs": count, **_times(studio, count, size.count(15, 3))})
        steps = _count(data, "step") - steps_before
        grown = _file(data) - before
    return {
        "what": "server time of lists of runs (median; the client's share included), bytes of the file per step",
        "rows": rows,
        "grows_with_runs": {
            name: exponent({row["runs"]: row[name]["p50_ms"] for row in rows if name in row}) for name in LISTS
        },
        "file_bytes_per_step": rounded(grown / steps) if steps else None,
        "file_bytes_per_run_of_3_steps": rounded(grown / steps * 3) if steps else None,
        "goals": {"history_page_ms": 100, "file_bytes_per_step": 1000},
    }


def _times(studio: App, count: int, times: int) -> JsonObject:
    found: JsonObject = {}
    for name, path in {**LISTS, "reference_health": "/api/v1/health"}.items():
        address = path.format(middle=max(1, count // 50))
        took = []
        for _ in range(times + 1):
            began = time.perf_counter()
            answer = studio.client.get(address)
            took.append((time.perf_counter() - began) * 1000)
        if answer.status_code == 200:  # a page may ask for a session where a key is not enough
            found[name] = {"p50_ms": rounded(median(took[1:])), "p99_ms": rounded(percentile(took[1:], 0.99))}
    return found


def _file(data: Path) -> int:
    """Return the size of the database once its log is written back."""
    connection = sqlite3.connect(data / "flowstudio.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return (data / "flowstudio.db").stat().st_size


def _count(data: Path, table: str) -> int:
    connection = sqlite3.connect(data / "flowstudio.db")
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  our own two tables
    connection.close()
    return int(found)
