"""webhook: a call of the real app, answered after its steps are on disk, beside servers that only answer.

The app runs as `flowstudio serve` does, `synchronous=FULL`; the load comes from a process of its own. Another product
on this machine that answers the same call (`tools/peers`) can stand in the same rows.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from flowstudio.cli._bench.figures import Size, exponent, median, ratio, rounded
from flowstudio.cli._bench.machine import cpu_seconds
from flowstudio.cli._bench.servers import App, app, bare, folder, load
from flowstudio.cli._bench.workflows import BODY, webhook
from flowstudio.domain.json import JsonObject

BARE_PATH = "/hooks/bench/bench"
CALLERS = (1, 10, 50)


Way = tuple[int, str]
"""Port on this machine, and path."""


def measure(size: Size, beside: str = "") -> JsonObject:
    """Measure rates, latencies and processor time at 1, 10 and 50 callers, with 4 and 12 nodes.

    `beside` is the address of a peer's webhook on this machine, called in turn with the others; empty: none.
    """
    with ExitStack() as stack:
        data = stack.enter_context(folder())
        studio = stack.enter_context(app(data))
        _, asgi = stack.enter_context(bare("asgi"))
        _, fastapi = stack.enter_context(bare("fastapi"))
        short = studio.publish(webhook(3, "wf_bench_4"))
        long = studio.publish(webhook(11, "wf_bench_12"))
        seconds, rounds = size.pick(1.2, 0.2), size.count(3, 1)
        references: dict[str, Way] = {"bare_asgi": (asgi, BARE_PATH), "bare_fastapi_route": (fastapi, BARE_PATH)}
        if beside:
            references["peer"] = _peer(beside)
        for port, path in (*references.values(), (studio.port, short), (studio.port, long)):
            load(port, path, BODY, 10, seconds)  # warm
        callers = size.counts(CALLERS, (1, 5))
        rows = [_row(studio, {"nodes_4": short, "nodes_12": long}, references, count, seconds, rounds)
                for count in callers]  # fmt: skip
        recorded = _recorded(data)
    answered = sum(row["answered"] for row in rows) + 2
    most = rows[-1]
    return {
        "what": "webhook -> condition -> transform -> answer (and with 10 steps), each call a whole recorded run",
        "durability": "SQLite, WAL, synchronous=FULL; all steps are committed before the answer",
        "rows": rows,
        "runs_recorded": recorded,
        "every_answer_recorded": recorded["completed"] >= answered - 2 and recorded["other"] == 0,
        "share_of_bare_asgi": most["nodes_4"]["share_of_bare_asgi"],
        "cpu_grows_with_nodes": exponent(
            {4: most["nodes_4"]["cpu_ms_per_run"] or 0, 12: most["nodes_12"]["cpu_ms_per_run"] or 0}
        ),
        "goals": {"times_node_red": 1, "times_n8n": 50, "cpu_ms_per_run": 0.4, "p50_ms_at_1_caller": 2},
    }


def _peer(address: str) -> Way:
    """Return port and path of a peer's address; only this machine is called."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or parts.port is None:
        raise ValueError(f"{address!r} is no address on this machine: give it as http://127.0.0.1:PORT/PATH.")
    return parts.port, parts.path or "/"


def _row(
    studio: App, paths: dict[str, str], references: dict[str, Way], callers: int, seconds: float, rounds: int
) -> JsonObject:
    """Measure at one number of callers: all in turn, several rounds, medians."""
    found: dict[str, list[JsonObject]] = {name: [] for name in (*references, *paths)}
    cpu: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(rounds):
        for name, path in paths.items():
            before = cpu_seconds(studio.pid)
            seen = load(studio.port, path, BODY, callers, seconds)
            after = cpu_seconds(studio.pid)
            found[name].append(seen)
            if before is not None and after is not None and seen["calls"]:
                cpu[name].append((after - before) * 1000 / seen["calls"])
        for name, (port, path) in references.items():
            found[name].append(load(port, path, BODY, callers, seconds / 2))
    row: JsonObject = {"callers": callers}
    row |= {name: _together(found[name]) for name in references}
    row |= {name: _together(found[name], cpu[name], row["bare_asgi"]["per_second"]) for name in paths}
    if "peer" in references:
        row["nodes_4"]["times_the_peer"] = ratio(row["nodes_4"]["per_second"], row["peer"]["per_second"])
    row["answered"] = sum(int(one["calls"]) for name in paths for one in found[name])
    return row


def _together(seen: list[JsonObject], cpu: list[float] | None = None, reference: float = 0.0) -> JsonObject:
    """Return medians of several rounds."""
    rate = median([one["per_second"] for one in seen])
    row: JsonObject = {
        "per_second": rate,
        "p50_ms": median([one["p50_ms"] for one in seen]),
        "p99_ms": median([one["p99_ms"] for one in seen]),
        "faults": sum(one["faults"] for one in seen),
    }
    if any(one["problem"] for one in seen):
        row["problem"] = next(one["problem"] for one in seen if one["problem"])
    if cpu is not None:
        row["cpu_ms_per_run"] = rounded(median(cpu)) if cpu else None
        row["share_of_bare_asgi"] = ratio(rate, reference)
    return row


def _recorded(data: Path) -> dict[str, int]:
    """Count the runs in the database, after the load."""
    connection = sqlite3.connect(f"file:{data / 'flowstudio.db'}?mode=ro", uri=True)
    try:
        rows = dict(connection.execute("SELECT status, count(*) FROM run GROUP BY status").fetchall())
        steps = connection.execute("SELECT count(*) FROM step").fetchone()[0]
    finally:
        connection.close()
    completed = int(rows.pop("completed", 0))
    return {"completed": completed, "other": sum(rows.values()), "steps": int(steps)}
