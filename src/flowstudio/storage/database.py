"""The database of one FlowStudio: one thread writes, many tasks read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from flowstudio.errors import BadSetting, InternalError, StorageFailed
from flowstudio.kit.ports import Clock
from flowstudio.storage import alert_table, delivery_table, shelf_tables  # noqa: F401  a database knows all of its tables
from flowstudio.storage.engines import read_url, reading_engine, sqlite_file, writing_engine
from flowstudio.storage.lock import ServerLock
from flowstudio.storage.migrate import UPGRADE_LOCK, upgrade
from flowstudio.storage.postgres_lock import PostgresLock, fence
from flowstudio.storage.workspace_memory import WorkspaceMemory
from flowstudio.storage.writer import Writer


class Database:
    """Opens, migrates and closes; hands out `writer`, `read()` and `memory` (settings, zones, record types).

    `url` is `sqlite:///file` or `postgresql://…`, a driver's name in it does not matter. `clock` gives created_at and
    the like.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = read_url(url)
        self.clock = clock
        self.file = sqlite_file(self.url)
        self._engine: Engine = writing_engine(self.url)
        self._reading = reading_engine(self.url)
        self._lock = ServerLock(self.file) if self.file is not None else PostgresLock(self.url)
        self.regained: list[Callable[[], object]] = []
        """Called, on another thread, when the database is held again after it was lost (PostgreSQL)."""
        self.writer = Writer(self._engine)
        self.memory = WorkspaceMemory()

    @property
    def is_postgres(self) -> bool:
        """Say whether this is PostgreSQL (else SQLite)."""
        return self.file is None

    async def open(self, *, server: bool = True) -> None:
        """Take the lock (as a server), bring the schema up to date, begin to write.

        Commands that work beside a running server pass `server=False`. Raise BadSetting when another server is there,
        when the directory cannot be written, or when the schema is newer than this version.
        """
        if self.file is not None:
            _prepare_directory(self.file)
        if server:
            await asyncio.to_thread(self._hold)
        try:
            await asyncio.to_thread(self._upgrade)
        except BaseException:
            self._release()
            raise
        self.writer.start()

    async def join(self, ready: Callable[[Connection], None]) -> None:
        """Begin to read and write beside the server; `ready` raises BadSetting where that cannot be."""
        await asyncio.to_thread(self._look_in, ready)
        self.writer.start()

    async def close(self) -> None:
        """Carry out what was handed in, then close everything."""
        await self.writer.close()
        await self._reading.dispose()
        self._engine.dispose()
        self._release()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that sees one state of the database.

        Raise StorageFailed where it cannot be read now, InternalError where it does not take what it is asked.
        """
        try:
            async with self._reading.connect() as connection:
                yield connection
        except DBAPIError as fault:
            away = fault.connection_invalidated or isinstance(fault, (OperationalError, InterfaceError))
            failure = StorageFailed if away else InternalError
            raise failure("The database cannot be read.", hint=str(fault.orig)) from fault

    async def tidy(self) -> None:
        """Give freed pages back to the disk, a few at a time (SQLite)."""
        if not self.is_postgres:
            await asyncio.to_thread(self._vacuum)

    async def checkpoint(self) -> None:
        """Bring the write-ahead log into the database and empty it, as far as nobody reads it (SQLite)."""
        if not self.is_postgres:
            await asyncio.to_thread(self._checkpoint)

    async def backup(self, target: Path) -> None:
        """Write a consistent copy of an SQLite database to `target`, while it is in use."""
        if self.is_postgres:
            raise BadSetting("This database is PostgreSQL.", hint="Use pg_dump for a backup.")
        await asyncio.to_thread(self._copy_to, target)

    def _copy_to(self, target: Path) -> None:
        if target.exists():
            raise BadSetting(f"There is a file {target} already.")
        with self._raw() as raw:
            raw.execute("VACUUM INTO ?", (str(target),))

    def _vacuum(self) -> None:
        with self._raw() as raw:
            raw.executescript("PRAGMA incremental_vacuum(2000)")  # `execute` would free a single page

    def _checkpoint(self) -> None:
        with self._raw() as raw:
            raw.execute("PRAGMA busy_timeout=100")  # who reads is not waited for: the next round comes
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _raw(self) -> Iterator[Any]:
        """Lend SQLite's own connection: vacuuming is done outside of transactions."""
        connection = self._engine.raw_connection()
        try:
            yield connection.driver_connection
        finally:
            connection.close()

    def _upgrade(self) -> None:
        try:
            with self._engine.begin() as connection:
                if self.is_postgres:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
                upgrade(connection)
                self.memory.read(connection)
        except DBAPIError as fault:
            raise StorageFailed("The database cannot be opened.", hint=str(fault.orig)) from fault

    def _look_in(self, ready: Callable[[Connection], None]) -> None:
        try:
            with self._engine.begin() as connection:
                ready(connection)
                self.memory.read(connection)
        except DBAPIError as fault:
            raise StorageFailed("The database cannot be opened.", hint=str(fault.orig)) from fault

    async def refresh(self) -> None:
        """Read `memory` anew: another process may have changed what it holds."""
        await self.writer.run(self.memory.read)

    def _hold(self) -> None:
        self._lock.acquire()
        if isinstance(self._lock, PostgresLock):
            self._lock.regained = self.regained
            self.writer.guard = self._lock.require
            fence(self._engine)

    def _release(self) -> None:
        self._lock.release()


def _prepare_directory(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadSetting(f"The directory {file.parent} cannot be made.", hint=str(fault.strerror)) from fault
    if not os.access(file.parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise BadSetting(f"The directory {file.parent} cannot be written.", hint="Choose another one with --data.")
