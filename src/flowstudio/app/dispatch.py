"""Who carries runs on: this process, or workers on the same PostgreSQL database; and what a server needs for them."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flowstudio import __version__
from flowstudio.config import secret_keys
from flowstudio.errors import BadSetting
from flowstudio.services.dispatch_ports import Me
from flowstudio.storage import jobs, worker_schema
from flowstudio.storage.held_journal import HeldJournal
from flowstudio.storage.holds import SqlFleet, require_alone
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.notes import Ear
from flowstudio.storage.sent_journal import SentJournal
from flowstudio.workers.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flowstudio.config import Settings
    from flowstudio.storage.database import Database
    from flowstudio.workers.far_engine import FarEngine
    from flowstudio.workers.far_news import FarNews

LOST_EVERY = 30.0
"""Seconds between two looks for runs that nobody goes on with."""
TIDY_EVERY = 3_600.0


def dispatched(settings: Settings, *, worker: bool) -> bool:
    """Say whether workers carry on what this process starts; raise BadSetting where there can be none."""
    if settings.dispatcher == "process" and not worker:
        return False
    if not settings.uses_postgres:
        raise BadSetting(
            "Workers need PostgreSQL.", hint="Set FLOWSTUDIO_DATABASE_URL to an address that begins with postgresql://."
        )
    if find_spec("pgqueuer") is None:
        raise BadSetting("Workers need the package pgqueuer.", hint="Install FlowStudio with its extra `postgres`.")
    return not worker


def me_of(settings: Settings, *, worker: bool) -> Me:
    """Return this process as the others see it."""
    name = settings.worker_name if worker else "server"
    marks = hashlib.sha256("/".join(("flowstudio worker", *secret_keys(settings))).encode()).hexdigest()[:16]
    return Me(
        name=name or f"{socket.gethostname()[:30]}-{os.getpid()}", server=not worker, version=__version__, keys=marks,
        most=settings.worker_runs if worker else 0, lease=float(settings.worker_lease),
    )  # fmt: skip


def journal_of(database: Database, me: Me, *, far: bool, worker: bool) -> SqlJournal:
    """Return the journal that fits."""
    if worker:
        return HeldJournal(database, me)
    return SentJournal(database) if far else SqlJournal(database)


async def require_no_workers(database: Database) -> None:
    """Raise BadSetting where workers use the database of a server that carries runs on itself."""
    if database.is_postgres:
        await database.writer.run(require_alone)


class Dispatch:
    """What a server has beside itself where workers carry runs on."""

    def __init__(self, database: Database, me: Me, news: FarNews, engine: FarEngine) -> None:
        self._database = database
        self.news = news
        self._fleet = SqlFleet(database, me)
        self._ear = Ear(database.url, news.hear, news.missed)
        self._pulse = Pulse(self._fleet, me, lambda: 0, _nothing)
        self._pulse.each += [_every(LOST_EVERY, engine.recover), _every(TIDY_EVERY, self._fleet.tidy)]

    async def prepare(self) -> None:
        """Make what server and workers share."""
        await self._database.writer.run(worker_schema.prepare)
        await jobs.prepare(self._database.url)

    async def open(self) -> None:
        """Take the server's place, and listen."""
        await self._pulse.start()
        await self._ear.open()

    async def close(self) -> None:
        """Listen no more. The server keeps its place: workers go on without it."""
        await self._ear.close()
        await self._pulse.stop()
        await self.news.close()


async def _nothing() -> None:
    """Do nothing: a server holds no runs."""


def _every(seconds: float, call: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """Return what calls now and then only, however often it is called itself."""
    last = time.monotonic()

    async def now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            await call()

    return now_and_then
