"""PgQueuer as the dispatcher: a job says that a run is to be taken up, and goes to one worker.

A job is a wake-up and nothing more. Who holds a run stands in `hold`, what it has done in the journal; so a job that
comes twice, or for a run that somebody holds, is harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from flowstudio.observe import logger
from flowstudio.storage.postgres_lock import connect_args

if TYPE_CHECKING:
    import psycopg
    from pgqueuer.models import Job

log = logger(__name__)
ENTRYPOINT = "run"
BATCH = 10
"""Jobs that a worker takes at once."""
AGAIN = 1.0
"""Seconds between two tries to reach the database."""
LOOK_EVERY = timedelta(seconds=5)
"""How long a worker trusts that it is told of every job."""


async def prepare(url: URL) -> None:
    """Bring PgQueuer's own tables up to its version."""
    from pgqueuer.db import PsycopgDriver
    from pgqueuer.queries import Queries

    async with await _connect(url) as connection:
        queries = Queries(PsycopgDriver(connection))
        if await queries.schema_is_installed():
            await queries.upgrade()
        else:
            await queries.install()


def enqueue(connection: Connection, run_ids: Sequence[str], *, once: bool = False) -> None:
    """Put jobs for runs into the queue, in the caller's transaction; `once`: not where such a job waits already."""
    from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
    from psycopg import RawCursor

    number = len(run_ids)
    if not number:
        return
    keys = [f"lost {run_id}" if once else None for run_id in run_ids]
    raw: Any = connection.connection.driver_connection
    with RawCursor(raw) as cursor:
        cursor.execute(
            QueryQueueBuilder().build_enqueue_query("skip" if once else "raise"),
            (
                [0] * number, [ENTRYPOINT] * number, [run_id.encode() for run_id in run_ids],
                [timedelta()] * number, keys, ["{}"] * number,
            ),
        )  # fmt: skip


def forget_old(connection: Connection) -> None:
    """Remove what PgQueuer notes about jobs that are done."""
    connection.exec_driver_sql("DELETE FROM pgqueuer_log WHERE created < now() - interval '1 day'")
    connection.exec_driver_sql("DELETE FROM pgqueuer_statistics WHERE created < now() - interval '7 days'")


class JobQueue:
    """Hands jobs to whoever takes runs up, as many at once as are wished."""

    def __init__(self, url: URL, most: int, lease: float) -> None:
        self._url = url
        self._most = most
        self._lease = timedelta(seconds=lease)
        self._stopping = asyncio.Event()
        self._shutdown: asyncio.Event | None = None

    async def run(self, take_up: Callable[[str], Awaitable[None]]) -> None:
        """Take runs up until `stop`; a database that is away is waited for."""
        while not self._stopping.is_set():
            try:
                await self._work(take_up)
            except Exception as fault:  # noqa: BLE001  whatever ends it: runs wait for the next try
                log.warning("jobs.lost", reason=str(fault).strip() or type(fault).__name__)
                await asyncio.sleep(AGAIN)

    def stop(self) -> None:
        """Take no more jobs."""
        self._stopping.set()
        if self._shutdown is not None:
            self._shutdown.set()

    async def _work(self, take_up: Callable[[str], Awaitable[None]]) -> None:
        from pgqueuer.qm import QueueManager
        from pgqueuer.queries import Queries

        async with AsyncExitStack() as stack:
            speaking, listening = [await stack.enter_async_context(await _connect(self._url)) for _ in range(2)]
            driver = _driver(speaking, listening)
            manager = QueueManager(Queries(driver))
            self._shutdown = manager.shutdown
            if self._stopping.is_set():
                return

            @manager.entrypoint(ENTRYPOINT)
            async def attend(job: Job) -> None:
                """Stay with a run while it goes on: PgQueuer counts how many do. A lost connection ends only this."""
                going = asyncio.ensure_future(take_up((job.payload or b"").decode()))
                others = [asyncio.ensure_future(event.wait()) for event in (driver.lost, self._stopping)]
                await asyncio.wait((going, *others), return_when=asyncio.FIRST_COMPLETED)
                for one in others:
                    one.cancel()

            ending = asyncio.create_task(_end_when(driver.lost, manager.shutdown))
            try:
                await manager.run(
                    batch_size=min(BATCH, self._most // 2), max_concurrent_tasks=self._most,
                    dequeue_timeout=LOOK_EVERY, heartbeat_timeout=self._lease,
                )  # fmt: skip
            finally:
                ending.cancel()


async def _end_when(lost: asyncio.Event, shutdown: asyncio.Event) -> None:
    """End the taking of jobs when one of its connections is lost: it is begun anew with others."""
    await lost.wait()
    log.warning("jobs.lost", reason="A connection to the database has ended.")
    shutdown.set()


async def _connect(url: URL) -> psycopg.AsyncConnection[Any]:
    import psycopg

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return await psycopg.AsyncConnection.connect(address, autocommit=True, **connect_args())


def _driver(speaking: psycopg.AsyncConnection[Any], listening: psycopg.AsyncConnection[Any]) -> Any:
    """Return a driver of PgQueuer that listens on one connection and speaks on another.

    On a single one, each query would wait until the listening pauses, up to a second.
    """
    import psycopg
    from pgqueuer.db import PsycopgDriver

    lost = asyncio.Event()

    class Watched(PsycopgDriver):
        """Says when its connection is lost."""

        async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
            with _telling(lost, psycopg.OperationalError):
                return await super().fetch(query, *args)

        async def execute(self, query: str, *args: object) -> str:
            with _telling(lost, psycopg.OperationalError):
                return await super().execute(query, *args)

        async def watch_notifies(self) -> None:
            with _telling(lost, psycopg.Error):
                await super().watch_notifies()

    class TwoConnections(Watched):
        def __init__(self) -> None:
            super().__init__(speaking)
            self._ear = Watched(listening)
            self.lost = lost

        async def add_listener(self, channel: str, callback: Any) -> None:
            await self._ear.add_listener(channel, callback)

        async def remove_listener(self, channel: str, callback: Any) -> None:
            await self._ear.remove_listener(channel, callback)

        async def __aenter__(self) -> Any:
            await self._ear.__aenter__()
            return await super().__aenter__()

        async def __aexit__(self, *fault: object) -> None:
            await super().__aexit__(*fault)
            await self._ear.__aexit__(*fault)

    return TwoConnections()


@contextmanager
def _telling(lost: asyncio.Event, fault: type[Exception]) -> Iterator[None]:
    try:
        yield
    except fault:
        lost.set()
        raise
