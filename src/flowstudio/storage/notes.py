"""Notifications between the processes on one PostgreSQL database: sent with a transaction, heard by all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from flowstudio.observe import logger
from flowstudio.services.dispatch_ports import Note, WorkerNews
from flowstudio.storage.postgres_lock import connect_args
from flowstudio.storage.worker_schema import CHANNEL

log = logger(__name__)
MOST_BYTES = 7_000
"""A notification has less than 8,000 bytes."""
AGAIN = 1.0
"""Seconds between two tries to listen again."""
_SEND = f"SELECT pg_notify({CHANNEL}, %s)"


def send(connection: Connection, note: Note) -> None:
    """Tell all processes, once the transaction is committed."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        for text in _texts(note):
            cursor.execute(_SEND, (text,))


def _texts(note: Note) -> Iterator[str]:
    """Cut a note into texts that are small enough."""
    flags = {name: True for name in ("events", "memory") if getattr(note, name)}
    parts: list[tuple[str, Any]] = [("news", _packed(one)) for one in note.news]
    parts += [("told", one) for one in note.told] + [("answered", one) for one in note.answered]
    content: dict[str, Any] = dict(flags)
    size = 0
    for name, part in parts:
        length = len(orjson.dumps(part)) + 2
        if size and size + length > MOST_BYTES:
            yield orjson.dumps(content).decode()
            content, size = {}, 0
        content.setdefault(name, []).append(part)
        size += length
    if content:
        yield orjson.dumps(content).decode()


def _packed(news: WorkerNews) -> list[Any]:
    return [
        news.workspace, news.workflow_id, news.run_id, news.status, news.sent, news.steps, news.timers, news.notices,
    ]  # fmt: skip


def read(text: str) -> Note:
    """Read a notification."""
    content = orjson.loads(text)
    return Note(
        [WorkerNews(*one) for one in content.get("news", ())], content.get("told", []), content.get("answered", []),
        bool(content.get("events")), bool(content.get("memory")),
    )  # fmt: skip


class Ear:
    """Listens on a connection of its own, and makes it again when it ends."""

    def __init__(self, url: URL, hear: Callable[[Note], None], missed: Callable[[], None]) -> None:
        """`missed`: called whenever listening begins, for something may have been said before."""
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._hear = hear
        self._missed = missed
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen; return when it does."""
        begun = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._listen(begun))
        await asyncio.wait((begun, self._task), return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self, begun: asyncio.Future[None]) -> None:
        import psycopg
        from psycopg import sql

        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, **connect_args()
                ) as connection:
                    row = await (await connection.execute(f"SELECT {CHANNEL}")).fetchone()
                    assert row is not None
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(row[0])))
                    if not begun.done():
                        begun.set_result(None)
                    self._missed()
                    async for heard in connection.notifies():
                        self._take(heard.payload)
            except psycopg.Error as fault:
                log.warning("notes.lost", reason=str(fault).strip())
            await asyncio.sleep(AGAIN)

    def _take(self, text: str) -> None:
        try:
            self._hear(read(text))
        except Exception:
            log.exception("note.failed")  # one that cannot be read does not end the listening
