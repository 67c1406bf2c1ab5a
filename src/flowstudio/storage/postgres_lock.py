"""One server per PostgreSQL database: advisory locks, which the database lifts when their connection ends.

A connection of its own says which server the database belongs to, and is watched. The writing connection holds a second
lock: as long as it lives, no other server can write, even before this one has noticed that it lost the first.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.observe import logger

log = logger(__name__)
SERVER, WRITER = 7163843, 7163844
"""The first numbers of the two locks; the second number stands for the schema."""
PATIENCE = "3s"
"""For how long a lock is waited for: a server that was killed a moment ago may still hold it."""
LOOK_EVERY = 5.0
"""Seconds between two looks at a connection that says nothing."""
TRY_EVERY = 1.0
"""Seconds between two tries to have a lost lock again."""
_OURS = "hashtext(coalesce(current_schema(), ''))"
_TAKE = f"SELECT pg_advisory_lock(%s, {_OURS})"
_HOLDER = (
    "SELECT a.application_name, host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"  # noqa: S608
    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND l.objsubid = 2"
    f" AND l.objid = ({_OURS}::bigint & 4294967295)::oid AND a.datname = current_database()"
    " AND a.pid <> pg_backend_pid()"
)
_KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""A connection that leads nowhere any more is noticed within some ten seconds."""


def our_name() -> str:
    """Return the name under which this process is known to PostgreSQL."""
    return f"FlowStudio on {socket.gethostname()[:30]}, process {os.getpid()}"


def connect_args() -> dict[str, Any]:
    """Return what each connection to PostgreSQL is made with."""
    return {"application_name": our_name(), "connect_timeout": 10, **_KEEPALIVES}


def fence(engine: Engine) -> None:
    """Let every connection of an engine hold the lock of the writer; one that cannot have it is not made."""

    @event.listens_for(engine, "connect")
    def take(connection: Any, record: Any) -> None:
        del record
        holder = _take(connection, WRITER)
        if holder is not None:
            raise StorageFailed("Another FlowStudio writes to this database.", hint=f"Stop it: {holder}.")


class PostgresLock:
    """Held while a server uses the database; lost with its connection, and taken again when nobody else has it."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT",
            connect_args=connect_args(),
        )  # fmt: skip
        self._bell: socket.socket
        self._ear: socket.socket
        self._connection: Any = None
        self._holder = ""
        self._closing = False
        self._thread: threading.Thread | None = None
        self.regained: list[Callable[[], object]] = []
        """Called, on a thread of its own, when the lock is held again after it was lost."""

    def acquire(self) -> None:
        """Take the lock; raise BadSetting when another server holds it, StorageFailed when there is no database."""
        if not self._try():
            raise BadSetting(
                "Another FlowStudio already uses this database.",
                hint=f"Stop it ({self._holder}), or choose another database with FLOWSTUDIO_DATABASE_URL.",
            )
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="flowstudio-lock", daemon=True)
        self._thread.start()

    def require(self) -> None:
        """Raise StorageFailed while the lock is not held."""
        if self._thread is None or self._connection is not None:
            return
        who = f"{self._holder} uses it now." if self._holder else "The connection to it is lost."
        raise StorageFailed(
            "FlowStudio does not hold its database at the moment, so nothing is changed.",
            hint=f"{who} Work goes on by itself once the database is held again.",
        )

    def release(self) -> None:
        """Give the lock back."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closing = True
            self._bell.send(b".")
            thread.join()
            self._bell.close()
            self._ear.close()
        self._drop()
        self._engine.dispose()

    def _watch(self) -> None:
        """See that the lock is held; where it is lost, have it again."""
        while not self._closing:
            if self._connection is not None:
                if self._alive():
                    continue
                self._drop()
                log.error("database.lost", reason="The connection that holds the database has ended.")
            if self._taken_again():
                log.warning("database.held_again")
                for told in self.regained:
                    told()
            elif not self._closing:
                select.select([self._ear], [], [], TRY_EVERY)

    def _alive(self) -> bool:
        """Wait until the connection says something, or for a while; then see whether it still answers."""
        connection = self._connection
        try:
            heard, _, _ = select.select([connection, self._ear], [], [], LOOK_EVERY)
            if self._ear not in heard:
                connection.execute("SELECT 1")
        except (OSError, ValueError, self._engine.dialect.loaded_dbapi.Error):
            return False
        return True

    def _taken_again(self) -> bool:
        before = self._holder
        try:
            taken = self._try()
        except StorageFailed:
            return False
        if not taken and self._holder != before:
            log.error("database.held_by_another", holder=self._holder)
        return taken

    def _try(self) -> bool:
        try:
            raw = self._engine.raw_connection()
            connection: Any = raw.driver_connection
            raw.detach()
            holder = _take(connection, SERVER)
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as fault:
            raise StorageFailed("The database cannot be opened.", hint=str(getattr(fault, "orig", fault))) from fault
        if holder is not None:
            self._holder = holder
            connection.close()
            return False
        self._holder = ""
        self._connection = connection
        return True

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _take(connection: Any, lock: int) -> str | None:
    """Take a lock on a connection; return who has it where it cannot be had."""
    from psycopg.errors import LockNotAvailable  # where there is no PostgreSQL, there need be no driver

    before = connection.autocommit
    connection.autocommit = True
    try:
        connection.execute(f"SET lock_timeout = '{PATIENCE}'")
        connection.execute(_TAKE, (lock,))
    except LockNotAvailable:
        holder = connection.execute(_HOLDER, (lock,)).fetchone()
        name, address = holder if holder is not None else ("another server", None)
        return f"{name or 'another server'}{f', at {address}' if address else ''}"
    finally:
        if not connection.closed:
            connection.execute("RESET lock_timeout")
            connection.autocommit = before
    return None
