"""workers: how fast one and two workers carry a backlog on, and how soon one takes over what a killed one held.

It takes PostgreSQL: a schema of its own is made in the database that FLOWSTUDIO_DATABASE_URL names, and dropped again.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from flowstudio.cli._bench.figures import Size, rounded
from flowstudio.cli._bench.servers import App, app, folder, process
from flowstudio.cli._bench.workflows import chain
from flowstudio.domain.json import JsonObject
from flowstudio.errors import BadSetting, Unreachable
from flowstudio.storage.engines import read_url

PATIENCE = 300.0
LEASE = 5
"""Seconds of silence after which others go on with a worker's runs, in this benchmark."""


def measure(size: Size) -> JsonObject:
    """Let one worker, then two, carry the same number of runs on; kill one of two."""
    runs = size.count(4_000, 60)
    before = dict(os.environ)
    try:
        rows = [_rate(runs, workers) for workers in (1, 2)]
        taken_over = _take_over(runs)
        with _schema() as url:
            reference = _commits(url, size.pick(3.0, 0.5))
    finally:
        os.environ.clear()
        os.environ.update(before)
    one, two = (float(row["runs_per_second"]) for row in rows)
    return {
        "what": "runs of three steps that wait, carried on by workers from the moment that all of them are ready",
        "runs": runs,
        "rows": rows,
        "two_workers_to_one": rounded(two / one) if one and two else None,
        "take_over_seconds": rounded(taken_over),
        "lease_seconds": LEASE,
        "reference_commits_per_second": rounded(reference),
        "goals": {"two_workers_to_one": 1.6, "take_over_seconds": LEASE + 5},
    }


@contextmanager
def _schema() -> Iterator[URL]:
    """Lend the address of a schema of its own."""
    address = os.environ.get("FLOWSTUDIO_DATABASE_URL", "")
    if not address.startswith("postgres"):
        raise BadSetting("The benchmark of workers needs PostgreSQL.", hint="Set FLOWSTUDIO_DATABASE_URL.")
    url, name = read_url(address), f"flowstudio_bench_{os.getpid()}"
    url = url.difference_update_query(["options"])  # the schema before this one may stand there
    _ask(url, f"CREATE SCHEMA {name}")
    try:
        yield url.update_query_dict({"options": f"-csearch_path={name}"})
    finally:
        _ask(url, f"DROP SCHEMA {name} CASCADE")


def _ask(url: URL, query: str, *values: Any) -> list[tuple[Any, ...]]:
    import psycopg

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute(query, values or None)
        return list(found.fetchall()) if found.description is not None else []


@contextmanager
def _backlog(runs: int) -> Iterator[tuple[URL, Path]]:
    """Lend the database and the data directory of a server on which so many runs wait for a worker."""
    with _schema() as url, folder() as data:
        _set(url)
        with app(data) as studio:
            studio.publish({**chain(3), "status": "active"})
            for _ in range(runs):
                _start(studio)
            yield url, data


def _set(url: URL) -> None:
    """Let the processes that are started from here on use the schema."""
    os.environ["FLOWSTUDIO_DATABASE_URL"] = url.render_as_string(hide_password=False)
    os.environ["FLOWSTUDIO_DISPATCHER"] = "workers"
    os.environ["FLOWSTUDIO_WORKER_LEASE"] = str(LEASE)


def _start(studio: App) -> None:
    body = {"input_data": {"body": {"amount": 42, "name": "Ada"}}}
    studio.client.post("/api/v1/workflows/wf_bench/execute", json=body).raise_for_status()


@contextmanager
def _worker(data: Path, name: str) -> Iterator[int]:
    command = [sys.executable, "-m", "flowstudio", "worker", "--name", name, "--data", str(data)]
    with process(command) as started:
        assert started.stdout is not None
        if b"is ready" not in started.stdout.readline():
            raise Unreachable("A worker did not start: run `flowstudio worker` to see why.")
        yield started.pid


def _rate(runs: int, workers: int) -> JsonObject:
    with _backlog(runs) as (url, data), ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(_worker(data, f"worker {number + 1}"))
        before, began = _done(url), time.perf_counter()
        total = int(_ask(url, "SELECT count(*) FROM run")[0][0])
        _until(lambda: _done(url) >= total)
        seconds = time.perf_counter() - began
    return {"workers": workers, "runs": total - before, "runs_per_second": rounded((total - before) / seconds)}


def _take_over(runs: int) -> float:
    """Kill a worker that holds runs; return the seconds until another one holds or has ended all of them."""
    with _backlog(runs) as (url, data), _worker(data, "lives"), _worker(data, "dies") as pid:
        dead = str(_ask(url, "SELECT id FROM worker WHERE name = 'dies'")[0][0])
        os.kill(pid, signal.SIGKILL)
        began = time.perf_counter()
        _until(lambda: not _ask(url, "SELECT 1 FROM worker WHERE id = %s", dead))
        _until(lambda: not _ask(url, "SELECT 1 FROM hold WHERE worker = %s LIMIT 1", dead))
        return time.perf_counter() - began


def _done(url: URL) -> int:
    return int(_ask(url, "SELECT count(*) FROM run WHERE completed_at IS NOT NULL")[0][0])


def _until(holds: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise Unreachable("The workers did not come to an end in time.")
        time.sleep(0.05)


def _commits(url: URL, seconds: float) -> float:
    """Return how many small transactions one connection commits in a second."""
    import psycopg

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_commit (number integer)")
        number, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            connection.execute("INSERT INTO bench_commit VALUES (1)")
            number += 1
        return number / (time.perf_counter() - began)
