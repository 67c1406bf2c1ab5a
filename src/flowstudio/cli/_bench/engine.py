"""engine: runs on the real journal in a SQLite file, `synchronous=FULL`, beside what SQLite and an ORM do alone."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from flowstudio.cli._bench import references
from flowstudio.cli._bench.figures import Size, exponent, ms, percentile, ratio, rounded
from flowstudio.cli._bench.machine import fdatasync
from flowstudio.cli._bench.rows import sleepers
from flowstudio.cli._bench.servers import app, folder
from flowstudio.cli._bench.studio import Studio, memory_of, studio
from flowstudio.cli._bench.workflows import chain, writing
from flowstudio.domain.json import JsonObject
from flowstudio.workers.collector import spare_the_collector

IN_FLIGHT = (1, 10, 100, 1000)


def measure(size: Size) -> JsonObject:
    """Measure rates and latencies by runs in flight, memory of runs, and what sleeping runs cost a start."""
    import uvloop

    spare_the_collector()  # as the server does; what it is measured against has the same
    with folder() as place:
        disk = fdatasync(place)
        raw = references.executemany(place / "raw.db", size.pick(1.0, 0.1))
        naive = asyncio.run(references.orm_commits(place / "naive.db", size.count(100, 10), size.pick(3.0, 0.3)))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            memory = runner.run(_memory(place, size.count(5_000, 200)))  # first: no freed memory that runs could take
            tables = runner.run(_tables(place, size))
        at_100 = next(row for row in tables["steps_3"] if row["in_flight"] == size.count(100, 10))
        return {
            "what": "runs of 3 and 10 steps that compute; `writing` has 3 steps that each change a record (4 commits)",
            **tables,
            "references": {
                "disk": disk, "sqlite3_executemany_of_100_rows_per_second": raw, "one_orm_commit_per_step": naive,
            },
            "share_of_executemany": ratio(at_100["steps_per_second"], raw),
            "times_orm_commits": ratio(at_100["steps_per_second"], naive["steps_per_second"]),
            "step_p99_over_fdatasync_p99": ratio(at_100["step_p99_ms"] / 1000, disk["fdatasync_p99_seconds"]),
            "memory": {**memory, **_sleeping(place / "asleep", size.counts((1_000, 10_000, 100_000), (100, 1_000)))},
            "goals": {
                "share_of_executemany": 0.15, "times_orm_commits": 100, "step_p99_over_fdatasync_p99": 20,
                "kilobytes_per_run_in_flight": 4, "sleeping_megabytes_above_idle": 5, "start_seconds_more": 1,
            },
        }  # fmt: skip


async def _tables(place: Path, size: Size) -> JsonObject:
    counts, seconds = size.counts(IN_FLIGHT, (1, 10)), size.pick(2.0, 0.1)
    found: JsonObject = {}
    for name, document in (("steps_3", chain(3)), ("steps_10", chain(10)), ("writing", writing(3))):
        async with studio(place / f"{name}.db", document) as made:
            await _load(made, 10, 0.1)
            found[name] = [await _load(made, count, seconds) for count in counts]
    per_run = {3: found["steps_3"][-1]["cpu_ms_per_run"], 10: found["steps_10"][-1]["cpu_ms_per_run"]}
    found["cpu_grows_with_steps"] = exponent(per_run)
    found["cpu_per_run_grows_with_runs_in_flight"] = exponent(
        {row["in_flight"]: row["cpu_ms_per_run"] for row in found["steps_3"] if row["in_flight"] >= 10}
    )
    return found


async def _load(made: Studio, in_flight: int, seconds: float) -> JsonObject:
    """Keep so many runs under way for so long."""
    took: list[float] = []
    steps = 0
    until = time.perf_counter() + seconds

    async def go_on() -> None:
        nonlocal steps
        while (began := time.perf_counter()) < until:
            run = await made.run_one()
            took.append(time.perf_counter() - began)
            steps += run.steps_total

    cpu, commits, began = time.process_time(), made.database.writer.commits, time.perf_counter()
    await asyncio.gather(*(go_on() for _ in range(in_flight)))
    passed = time.perf_counter() - began
    each = steps / len(took)
    return {
        "in_flight": in_flight, "runs_per_second": rounded(len(took) / passed),
        "steps_per_second": rounded(steps / passed), **{f"run_{name}": value for name, value in ms(took).items()},
        "step_p50_ms": rounded(percentile(took, 0.5) * 1000 / each),
        "step_p99_ms": rounded(percentile(took, 0.99) * 1000 / each),
        "cpu_ms_per_run": rounded((time.process_time() - cpu) * 1000 / len(took)),
        "runs_per_commit": rounded(len(took) / max(1, made.database.writer.commits - commits)),
    }  # fmt: skip


async def _memory(place: Path, count: int) -> JsonObject:
    """Measure what runs hold that are all under way at once, waiting for the journal."""
    async with studio(place / "memory.db", chain(3)) as made:
        await made.run_one()
        before = memory_of()
        made.journal.hold()
        going = [asyncio.ensure_future(made.run_one()) for _ in range(count)]
        await made.journal.holds(count)
        grown = memory_of() - before
        made.journal.let_go()
        await asyncio.gather(*going)
    return {"runs_in_flight": count, "kilobytes_per_run_in_flight": rounded(grown / count / 1000)}


def _sleeping(data: Path, counts: tuple[int, ...]) -> JsonObject:
    """Start the app with more and more sleeping runs on disk."""
    data.mkdir()
    with app(data):
        pass
    with app(data) as idle:
        ready, memory = idle.ready_after, idle.memory()
    rows, there = [], 0
    for count in counts:
        sleepers(data, there, count)
        there = count
        with app(data) as studio_:
            rows.append({
                "sleeping": count, "megabytes_above_idle": rounded(max(0.0, studio_.memory() - memory)),
                "start_seconds_more": rounded(studio_.ready_after - ready),
            })  # fmt: skip
    return {"idle_megabytes": memory, "idle_start_seconds": rounded(ready), "sleeping_runs": rows}
