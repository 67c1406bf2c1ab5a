"""How each database is opened: for writing by one thread, for reading by many tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from flowstudio.errors import BadSetting
from flowstudio.storage.postgres_lock import connect_args

BUSY_MILLISECONDS = 5_000
_ALL = (f"PRAGMA busy_timeout={BUSY_MILLISECONDS}", "PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON")
_WRITING = (
    "PRAGMA auto_vacuum=INCREMENTAL",  # counts only before the first table
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA temp_store=MEMORY",  # each group commit would else make and remove a file for its savepoints
)
_READING = ("PRAGMA query_only=ON",)
_JSON = orjson.loads
"""Reads `jsonb`, which writes 1e23 out as a whole number: what is larger than 64 bits was a float, and is one again."""


def read_url(url: str) -> URL:
    """Read a database address: `sqlite:///file`, `postgresql://…`, with or without a driver's name."""
    try:
        read = make_url(url)
    except Exception as fault:
        raise BadSetting("FLOWSTUDIO_DATABASE_URL is not an address of a database.") from fault
    kind = read.drivername.partition("+")[0]
    if kind == "sqlite":
        if not read.database or read.database == ":memory:":
            raise BadSetting("FLOWSTUDIO_DATABASE_URL names no file.")
        return read.set(drivername="sqlite")
    if kind in {"postgresql", "postgres"}:
        return read.set(drivername="postgresql")
    raise BadSetting("FLOWSTUDIO_DATABASE_URL must begin with sqlite:/// or postgresql://.")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite address, None for PostgreSQL."""
    return Path(url.database or "") if url.drivername == "sqlite" else None


def writing_engine(url: URL) -> Engine:
    """Open for writing: every transaction takes the write lock when it begins."""
    if url.drivername == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args=connect_args(),
            json_deserializer=_JSON,
        )  # fmt: skip
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), poolclass=NullPool)
    _prepare(engine, (*_ALL, *_WRITING))

    @event.listens_for(engine, "begin")
    def take_the_lock(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        raw.execute("BEGIN IMMEDIATE")

    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """Open for reading, by tasks of an event loop."""
    if url.drivername == "postgresql":
        return create_async_engine(
            url.set(drivername="postgresql+psycopg"), pool_size=5, max_overflow=10, pool_pre_ping=True,
            connect_args=connect_args(), json_deserializer=_JSON,
        )  # fmt: skip
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=5,
        max_overflow=10,
        pool_timeout=60,
    )
    _prepare(engine.sync_engine, (*_ALL, *_READING))

    @event.listens_for(engine.sync_engine, "begin")
    def see_one_state(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _prepare(engine: Engine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None  # transactions are begun by us, not by the driver
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.create_function("casefold", 1, _casefold, deterministic=True)


def _lower(value: Any) -> Any:
    """SQLite's own knows the letters of English alone."""
    return value.lower() if isinstance(value, str) else value


def _casefold(value: Any) -> Any:
    """As the comparisons of conditions fold case."""
    return value.casefold() if isinstance(value, str) else value
