"""Moving between databases: a data directory with work under way, a file with odd rows in every table, and a look at both."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.states import RunStatus
from flowstudio.storage.columns import Json, Moment, RowJson
from flowstudio.storage.database import Database
from flowstudio.storage.engines import read_url, writing_engine
from flowstudio.storage.tables import metadata
from tests.support.databases import StillClock

SECRET = "s3cret 🔑"
FIRST = {"id": "first", "type": "transform", "config": {"set": {"a": "{{ 41 }}"}}}
LAST = {"id": "last", "type": "transform", "config": {"set": {"sum": "{{ a + 1 }}"}}}
WORKFLOWS = [
    {
        "id": "adds", "name": "Adds 😀", "trigger": {"type": "manual", "config": {}}, "nodes": [FIRST, LAST],
        "edges": [{"from": "trigger", "to": "first"}, {"from": "first", "to": "last"}],
    },
    {
        "id": "sleeps", "name": "Sleeps", "trigger": {"type": "manual", "config": {}},
        "nodes": [FIRST, {"id": "nap", "type": "delay", "config": {"for": "2 seconds"}}, LAST],
        "edges": [{"from": "trigger", "to": "first"}, {"from": "first", "to": "nap"}, {"from": "nap", "to": "last"}],
    },
    {
        "id": "asks", "name": "Asks", "trigger": {"type": "manual", "config": {}},
        "nodes": [
            FIRST, {"id": "ask", "type": "approval", "config": {"subject": "Pay", "approvers": ["a@x.example"]}}, LAST,
        ],
        "edges": [
            {"from": "trigger", "to": "first"}, {"from": "first", "to": "ask"},
            {"from": "ask", "to": "last", "condition": "approved"},
        ],
    },
    {
        "id": "daily", "name": "Daily",
        "trigger": {"type": "schedule", "config": {"cron": "0 9 * * *", "timezone": "UTC"}}, "nodes": [FIRST],
        "edges": [{"from": "trigger", "to": "first"}],
    },
]  # fmt: skip
"""The sum is 42 where what a run knew before it waited has come along."""
_TEXTS = (
    "plain", "é ß 漢字 😀", "back\\slash \\N \\. \\\\", "tab\tnew\nline\rback", "", "'one' \"two\" {} %s ?",
    "\u2028\ufeff\x01\x7f", "long " * 20_000,
)  # fmt: skip
_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 7, 42, 100_000)
_LARGE = (0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1, 1_772_438_400_000_001, 5)
_BYTES = (b"", bytes(range(256)), b"\\x41", b"\0\0", b"\n\t\\.", "é".encode(), b"x" * 300_000, b"1")


@dataclass(frozen=True)
class Furnished:
    """Runs in a data directory: one that is over, one that waits for a moment, one for a person."""

    over: str
    asleep: str
    asking: str


async def furnish(folder: Path, clock: StillClock | None = None) -> Furnished:
    """Let a FlowStudio on SQLite come to have published workflows, runs in each state, a connection and a file."""
    house = House(load_settings(data_dir=folder), clock=clock)
    await house.open()
    try:
        actor, studio = await house.owner("test"), house.studio
        for document in WORKFLOWS:
            await studio.exchange.import_document(actor, document, activate=True)
        await studio.credentials.save(actor, "their_api", "api_key", SECRET)
        await studio.settings.set(actor, "company_name", "Ärger & Söhne")
        runs = [await studio.runs.execute(actor, id_, {}) for id_ in ("adds", "sleeps", "asks")]
        await studio.runs.wait(actor, runs[0], 20)
        for waiting in runs[1:]:
            async with asyncio.timeout(20):
                while (await studio.runs.get(actor, waiting))[0].status is not RunStatus.WAITING:
                    await asyncio.sleep(0.01)  # whoever looks from outside can only look again
        return Furnished(*runs)
    finally:
        await house.close()


async def odd_file(folder: Path) -> Path:
    """Return an SQLite database with eight rows in each table, of values that are easily spoilt on the way."""
    file = folder / "flowstudio.db"
    database = Database(f"sqlite:///{file}", StillClock())
    await database.open()
    await database.close()
    with sqlite3.connect(file) as connection:
        for table in metadata.sorted_tables:
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", _odd_rows(file, table))
    connection.close()
    return file


def _odd_rows(file: Path, table: Any) -> Iterator[list[Any]]:
    with sqlite3.connect(file) as connection:
        order = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table.name})")]
    connection.close()
    for number in range(8):
        yield [_odd(table.columns[name], number) for name in order]


def _odd(column: Column[Any], number: int) -> Any:
    place = number + len(column.name)  # so that the same odd value meets others elsewhere
    if column.foreign_keys or column.name == "id" or column.unique:
        return f"{number} {_TEXTS[number][:40]}"
    if column.nullable and place % 3 == 0:
        return None
    if isinstance(column.type, Boolean):
        return place % 2
    if isinstance(column.type, (Moment, BigInteger)):
        return _LARGE[place % 8]
    if isinstance(column.type, Integer):
        return number if column.primary_key else _NUMBERS[place % 8]
    if isinstance(column.type, LargeBinary):
        return _BYTES[place % 8]
    if isinstance(column.type, (Json, RowJson)):
        odd = {_TEXTS[place % 7] or "empty": [_TEXTS[number], 0.1, 1.0, 1e16, -1.5e300, 2**63 - 1, None, True, {}]}
        return orjson.dumps(odd).decode()
    return f"{number} {_TEXTS[number][:40]}" if column.primary_key or column.index else _TEXTS[place % 8]


def sqlite_rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, as PostgreSQL would hold it."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        found = {
            table.name: _sorted(table, connection.execute(_all_of(table)).fetchall())
            for table in metadata.sorted_tables
        }
    connection.close()
    return found


def postgres_rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    engine = writing_engine(read_url(url))
    with engine.connect() as connection:
        found = {
            table.name: _sorted(table, [tuple(row) for row in connection.exec_driver_sql(_all_of(table))])
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def postgres_tables(url: str) -> list[str]:
    """List the tables of a schema."""
    engine = writing_engine(read_url(url))
    with engine.connect() as connection:
        query = (
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1"
        )
        found = list(connection.exec_driver_sql(query).scalars())
    engine.dispose()
    return found


def _all_of(table: Any) -> str:
    columns = ", ".join(f'{table.name}."{column.name}"' for column in table.columns)
    return f"SELECT {columns} FROM {table.name}"


def _sorted(table: Any, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    kinds = [column.type for column in table.columns]
    return sorted((tuple(map(_comparable, kinds, row)) for row in rows), key=repr)


def _comparable(kind: Any, value: Any) -> Any:
    """JSON that PostgreSQL has read is compared as what it says, everything else as it stands."""
    if value is None:
        return None
    if isinstance(kind, RowJson):
        content = orjson.loads(value) if isinstance(value, str) else value
        return orjson.dumps(_as_number(content), option=orjson.OPT_SORT_KEYS)
    if isinstance(kind, Boolean):
        assert value in (0, 1)
        return bool(value)
    return bytes(value) if isinstance(kind, LargeBinary) else value


def _as_number(value: Any) -> Any:
    """1e16 and 10000000000000000 are one number."""
    if isinstance(value, dict):
        return {key: _as_number(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_number(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 else value


def every(rows: dict[str, list[tuple[Any, ...]]]) -> int:
    """Count the rows of all tables."""
    return len(list(itertools.chain(*rows.values())))
