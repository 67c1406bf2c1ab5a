"""A worker: it carries on runs that others start, on the database of a server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flowstudio.app.foundation import Foundation
from flowstudio.engine.engine import Engine
from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.observe import logger
from flowstudio.observe.metrics import watch_load
from flowstudio.storage.held_journal import HeldJournal
from flowstudio.storage.holds import SqlFleet, SqlHolds, require_ready
from flowstudio.storage.jobs import JobQueue
from flowstudio.storage.notes import Ear
from flowstudio.workers.attending import Attending
from flowstudio.workers.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from flowstudio.config import Settings
    from flowstudio.kit.ports import Clock
    from flowstudio.services.dispatch_ports import Note

log = logger(__name__)
PATIENCE = 20.0
"""Seconds that steps have to come to their end when a worker stops."""


class Worker(Foundation):
    """One worker; everything made, nothing started before `open`."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        if settings.secret_key is None and not settings.key_file.is_file():
            raise BadSetting(
                "This worker has no key for secrets.",
                hint="Give it the server's FLOWSTUDIO_SECRET_KEY, or a copy of its key file.",
            )
        super().__init__(settings, clock=clock, worker=True)
        assert isinstance(self.engine, Engine)
        assert isinstance(self._stores.journal, HeldJournal)
        self.name = self._me.name
        self._holds = SqlHolds(self.database, self._me)
        self.attending = Attending(self.engine, self._holds, self._refreshed)
        self.attending.let_go = self._stores.journal.forget
        self._fleet = SqlFleet(self.database, self._me)
        self._ear = Ear(self.database.url, self._hear, self._missed)
        self._pulse = Pulse(self._fleet, self._me, lambda: self.attending.number, self.attending.drop)
        self._pulse.each.append(self._fits)
        self._jobs = JobQueue(self.database.url, self._me.most, self._me.lease)
        self._memory = 0
        self._refreshing = asyncio.Lock()
        self._working: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.stopped = asyncio.Event()
        """Set when this worker is to end, by itself or by whoever started it."""

    async def open(self) -> None:
        """Take a place among the workers and begin to take runs up; raise BadSetting where this one does not fit."""
        try:
            await self.database.join(require_ready)
        except BaseException:
            await self.database.close()
            raise
        try:
            await self._load()
            await self.triggers.load()
            await self._pulse.start()
            await self._ear.open()
        except BaseException:
            await self.close()
            raise
        self._working = asyncio.create_task(self._jobs.run(self.attending.take_up))
        self._begin(watch_load(lambda: self.database.writer.depth))

    async def close(self) -> None:
        """Take no more runs up, let steps come to their end, and hand the runs to other workers."""
        self._jobs.stop()
        if self._working is not None:
            await self.attending.leave(PATIENCE)
            await self._working
        await self._ear.close()
        await self._pulse.stop()
        with suppress(StorageFailed):  # a worker that cannot say that it ends is buried
            await self._fleet.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.admission.close()
        await self._far_engine.close()
        await self._telling.close()
        await self._http.close()
        await self.database.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hear(self, note: Note) -> None:
        if note.told:
            self.attending.told(note.told)
        if note.answered:
            self._far_engine.answered(note.answered)
        if note.memory:
            self._begin(self._refreshed(self._memory + 1))

    def _missed(self) -> None:
        self.attending.look_at_all()
        self._begin(self._refreshed(self._memory + 1))

    async def _refreshed(self, number: int) -> None:
        """See that what is kept in memory is at least in that state of the database."""
        if number <= self._memory:
            return
        async with self._refreshing:
            if number <= self._memory:
                return
            now = await self._fleet.memory()
            await self.database.refresh()
            await self._load()
            await self.triggers.follow()
            self._memory = now

    async def _fits(self) -> None:
        """Stop when the server is of another version now."""
        server = next((one for one in await self._fleet.all() if one.server), None)
        if server is None or server.version == self._me.version:
            return
        log.error("worker.other_version", server=server.version, worker=self._me.version)
        self.stopped.set()
