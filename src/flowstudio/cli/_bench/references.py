"""What the engine's journal is measured against: SQLite alone, and one ORM commit per step."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from flowstudio.cli._bench.figures import ms, rounded
from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.scheduling.clock import RealClock
from flowstudio.storage import tables

_INSERT = (
    "INSERT INTO step (run_id, seq, workspace, node_id, iteration, status, attempt, ways, body, started_at,"
    " completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BODY: JsonObject = {"input": {"set": {"total": 84}}, "output": {"value": {"total": 84}}, "assigned": {"total": 84}}


def executemany(file: Path, seconds: float) -> float:
    """Return rows per second of `sqlite3` alone: 100 step rows a transaction, FULL, on the same schema."""
    _schema(file)
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    body, rows = '{"output":{"value":{"total":84}},"assigned":{"total":84}}', 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        run_id = new_id("run")
        batch = [
            (
                run_id,
                seq,
                "bench",
                "set_0",
                "",
                "completed",
                1,
                "out",
                body,
                1_760_000_000_000_000,
                1_760_000_000_000_000,
            )
            for seq in range(100)
        ]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, batch)
        connection.execute("COMMIT")
        rows += 100
    passed = time.perf_counter() - began
    connection.close()
    return rounded(rows / passed)


async def orm_commits(file: Path, in_flight: int, seconds: float) -> JsonObject:
    """Run 3 steps the usual way: an ORM session and a commit for the run, each step and the end; FULL."""
    _schema(file)
    run_row, step_row = _mapped()
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=5, max_overflow=10, pool_timeout=120)
    event.listen(engine.sync_engine, "connect", _pragmas)
    session_of = async_sessionmaker(engine, expire_on_commit=False)
    took: list[float] = []
    began = time.perf_counter()

    async def go_on() -> None:
        while (start := time.perf_counter()) < began + seconds:
            await _one_run(session_of, run_row, step_row)
            took.append(time.perf_counter() - start)

    cpu = time.process_time()
    await asyncio.gather(*(go_on() for _ in range(in_flight)))
    passed = time.perf_counter() - began
    await engine.dispose()
    return {
        "in_flight": in_flight, "steps_per_second": rounded(3 * len(took) / passed),
        **{f"run_{name}": value for name, value in ms(took).items()},
        "cpu_ms_per_run": rounded((time.process_time() - cpu) * 1000 / max(1, len(took))),
    }  # fmt: skip


async def _one_run(session_of: Any, run_row: Any, step_row: Any) -> None:
    now = RealClock().now()
    run = run_row(
        id=new_id("run"), workspace="bench", workflow_id="wf_bench", version=1, status="running", trigger_id="trigger",
        event={"body": {"amount": 42}}, test=False, priority=0, epoch=0, started_at=now, steps_total=0,
        steps_completed=0,
    )  # fmt: skip
    async with session_of() as session:
        session.add(run)
        await session.commit()
    for seq in range(1, 4):
        async with session_of() as session:
            session.add(step_row(
                run_id=run.id, seq=seq, workspace="bench", node_id=f"set_{seq}", iteration="", status="completed",
                attempt=1, ways="out", body=_BODY, started_at=now, completed_at=now,
            ))  # fmt: skip
            await session.commit()
    async with session_of() as session:
        again = await session.get(run_row, run.id)
        again.status, again.completed_at, again.steps_total = "completed", now, 3
        await session.commit()


def _mapped() -> tuple[Any, Any]:
    """Map classes onto our tables, as an ORM program would have them."""
    run_row, step_row = type("RunRow", (), {}), type("StepRow", (), {})
    names = registry()
    names.map_imperatively(run_row, tables.run)
    names.map_imperatively(step_row, tables.step)
    return run_row, step_row


def _schema(file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}")
    tables.metadata.create_all(engine, tables=[tables.run, tables.step])
    engine.dispose()


def _pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
