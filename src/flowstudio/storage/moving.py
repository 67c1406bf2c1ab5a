"""Moving everything from an SQLite file into an empty PostgreSQL database, in one transaction.

Until that transaction ends nobody sees anything of it: a move that is broken off leaves the database as it was, and
can be started again. Rows go one by one from a cursor into COPY, so memory stays flat. No column counts by itself in
this schema, so there is no sequence to set behind the copied rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import Boolean, Connection, Table, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from flowstudio.domain.json import JsonValue
from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.observe import redactor
from flowstudio.storage import alert_table, delivery_table, shelf_tables  # noqa: F401  every table is moved
from flowstudio.storage.columns import RowJson
from flowstudio.storage.engines import BUSY_MILLISECONDS, writing_engine
from flowstudio.storage.lock import ServerLock
from flowstudio.storage.migrate import UPGRADE_LOCK, known_versions, newest_version, schema_version, upgrade
from flowstudio.storage.postgres_lock import PostgresLock
from flowstudio.storage.tables import metadata

Told = Callable[[str, int, int], None]
"""Hears the table that is on its way, how many rows of all tables are copied, and how many there are."""
_TELL_EVERY = 500
"""Rows between two words about how far it is."""
_FRESH = "Give it a database (or a schema) of its own that is empty."


@dataclass(frozen=True)
class Moved:
    """One table that has arrived; in `mended` of its rows a character was left out that PostgreSQL does not take."""

    table: str
    rows: int
    mended: int = 0


def move(file: Path, target: URL, told: Told) -> list[Moved]:
    """Copy all tables of the SQLite database `file` into the PostgreSQL database `target`; return what arrived.

    Neither of them may be in use by a server, and both are kept from servers meanwhile. Raise BadSetting where one of
    them is not as it must be, StorageFailed where the move was broken off: nothing of it is in the database then.
    """
    if not file.is_file():
        raise BadSetting(f"There is no SQLite database {file}.", hint="Name its directory with --data.")
    with ServerLock(file), _reading(file) as source, _held(target), _writing(target) as connection:
        counts = {table.name: _count(source, table) for table in metadata.sorted_tables}
        _require_empty(connection)
        upgrade(connection)
        copy = _Copy(source, connection, told, sum(counts.values()))
        moved = [copy.table(table) for table in metadata.sorted_tables]
        for one in moved:
            arrived = connection.exec_driver_sql(f'SELECT count(*) FROM "{one.table}"').scalar_one()  # noqa: S608
            if not counts[one.table] == one.rows == arrived:
                raise StorageFailed(
                    f"Of {counts[one.table]} rows of {one.table} {arrived} arrived, so nothing was moved."
                )
            connection.exec_driver_sql(f'ANALYZE "{one.table}"')
    return moved


class _Copy:
    """Copies one table after another."""

    def __init__(self, source: sqlite3.Connection, connection: Connection, told: Told, total: int) -> None:
        self._source = source
        self._raw: Any = connection.connection.driver_connection
        self._told = told
        self._done = 0
        self._total = total

    def table(self, table: Table) -> Moved:
        """Copy the rows of a table."""
        names = [column.name for column in table.columns]
        fits = [_fit_of(column.type) for column in table.columns]
        columns = ", ".join(f'"{table.name}"."{name}"' for name in names)  # a name alone could be read as a text
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(name) for name in names)
        )
        rows = mended = 0
        with self._raw.cursor() as cursor, cursor.copy(into) as copy:
            for row in self._source.execute(f'SELECT {columns} FROM "{table.name}"'):  # noqa: S608  our own names
                fitted = [fit(value) for fit, value in zip(fits, row, strict=True)]
                mended += _differs(row, fitted)
                copy.write_row(fitted)
                rows += 1
                if rows % _TELL_EVERY == 0:
                    self._told(table.name, self._done + rows, self._total)
        self._done += rows
        self._told(table.name, self._done, self._total)
        return Moved(table.name, rows, mended)


def _fit_of(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """Return what makes SQLite's value of a column PostgreSQL's."""
    if isinstance(kind, Boolean):
        return _as_boolean
    return _as_jsonb if isinstance(kind, RowJson) else _as_it_is


def _as_boolean(value: Any) -> Any:
    return None if value is None else bool(value)


def _as_it_is(value: Any) -> Any:
    """Numbers, bytes and texts are the same in both; a text of PostgreSQL only holds no character zero."""
    return value.replace("\0", "") if isinstance(value, str) and "\0" in value else value


def _as_jsonb(value: Any) -> Any:
    """Return the JSON of a record, which PostgreSQL reads itself, without the character zero."""
    if not isinstance(value, str) or "\\u0000" not in value:
        return value
    content = orjson.loads(value)
    without = _without_zero(content)
    return value if without == content else orjson.dumps(without).decode()


def _without_zero(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_zero(one) for one in value]
    if isinstance(value, dict):
        return {key.replace("\0", ""): _without_zero(one) for key, one in value.items()}
    return value


def _differs(row: Sequence[Any], fitted: Sequence[Any]) -> bool:
    """Say whether a text is not what it was."""
    return any(isinstance(old, str) and old is not new for old, new in zip(row, fitted, strict=True))


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for reading only, and see one state of it; raise BadSetting unless it has our schema."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as source:
            source.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            source.execute("BEGIN")
            _require_schema(source, file)
            yield source
    except sqlite3.Error as fault:
        raise StorageFailed(f"The SQLite database {file} cannot be read.", hint=str(fault)) from fault


def _require_schema(source: sqlite3.Connection, file: Path) -> None:
    there = source.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    version = source.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    if version is None:
        raise BadSetting(f"{file} is no database of FlowStudio.")
    if version[0] == newest_version():
        return
    if version[0] in known_versions():
        raise BadSetting(
            f"{file} has the schema of an older FlowStudio.",
            hint="Start this version on it once, which brings it up to date, and stop it again.",
        )
    raise BadSetting(f"{file} was written by a newer version of FlowStudio.", hint="Move it with that version.")


@contextmanager
def _held(target: URL) -> Iterator[None]:
    """Keep servers from the PostgreSQL database; raise BadSetting where one is on it, or where it is not reached."""
    lock = PostgresLock(target)
    try:
        try:
            lock.acquire()
        except StorageFailed as fault:
            raise BadSetting("The PostgreSQL database cannot be reached.", hint=_plain(fault.hint)) from fault
        yield
    finally:
        lock.release()


@contextmanager
def _writing(target: URL) -> Iterator[Connection]:
    """Open the one transaction; commands that would open the database wait for its end."""
    engine = writing_engine(target)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
            yield connection
    except (DBAPIError, psycopg.Error) as fault:
        raise StorageFailed(
            "The move was broken off, and PostgreSQL is as it was before. It can be started again.",
            hint=f"PostgreSQL said: {_plain(str(getattr(fault, 'orig', fault)))}",
        ) from fault
    finally:
        engine.dispose()


def _require_empty(connection: Connection) -> None:
    """Raise BadSetting unless there is nothing of ours, or our schema of today without a row."""
    version = schema_version(connection)
    if version is not None and version != newest_version():
        age = "an older" if version in known_versions() else "a newer"
        raise BadSetting(f"The PostgreSQL database has the schema of {age} FlowStudio.", hint=_FRESH)
    found = inspect(connection).get_table_names()
    taken = [table.name for table in metadata.sorted_tables if table.name in found]
    if version is not None:
        taken = [name for name in taken if connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first()]  # noqa: S608
    if taken:
        raise BadSetting(f"The PostgreSQL database is not empty: {', '.join(taken)}.", hint=_FRESH)


def _count(source: sqlite3.Connection, table: Table) -> int:
    return int(source.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608  our own names


def _plain(text: str) -> str:
    """Return what a driver said, on one line and without passwords."""
    return redactor.text(" ".join(text.split()))
