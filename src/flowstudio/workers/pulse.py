"""The pulse of a process among those on its database: it says that it lives, and takes note of those that do not."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from flowstudio.errors import StorageFailed
from flowstudio.observe import logger
from flowstudio.observe.metrics import worker_runs, workers_alive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flowstudio.services.dispatch_ports import Fleet, Me

log = logger(__name__)
SLOWEST = 3.0
"""Seconds between two beats at most: what a dead worker held is taken over so soon after its lease."""


class Pulse:
    """Beats a few times within a lease. A process that cannot say that it lives takes itself for given up."""

    def __init__(
        self, fleet: Fleet, me: Me, number: Callable[[], int], given_up: Callable[[], Awaitable[None]]
    ) -> None:
        self._fleet = fleet
        self._me = me
        self._number = number
        self._given_up = given_up
        self._every = min(SLOWEST, me.lease / 4)
        self._task: asyncio.Task[None] | None = None
        self.each: list[Callable[[], Awaitable[object]]] = []
        """Called after each beat."""

    async def start(self) -> None:
        """Take a place among the others; raise BadSetting where this process does not fit them."""
        await self._fleet.register()
        self._task = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _beat(self) -> None:
        heard = time.monotonic()
        lost = False
        while True:
            await asyncio.sleep(self._every)
            try:
                began = time.monotonic()
                async with asyncio.timeout(self._me.lease):
                    alive = not lost and await self._fleet.beat(self._number())
                    if not alive:
                        await self._begin_anew(lost=lost)
                    lost, heard = False, began
                    if buried := await self._fleet.bury():
                        log.warning("workers.buried", runs=buried)
                    await self._note()
                    for call in self.each:
                        await call()
            except (StorageFailed, TimeoutError) as fault:
                log.warning("pulse.unheard", reason=str(fault) or "The database does not answer.")
                if not lost and time.monotonic() - heard > self._me.lease:
                    lost = True
                    log.error("pulse.given_up", worker=self._me.name)
                    await self._given_up()
            except Exception:
                log.exception("pulse.failed")

    async def _begin_anew(self, *, lost: bool) -> None:
        if not lost:
            log.error("pulse.given_up", worker=self._me.name)
            await self._given_up()
        self._me.begin_anew()
        await self._fleet.register()

    async def _note(self) -> None:
        """Keep the figures of all: any process can tell them."""
        found = [one for one in await self._fleet.all() if not one.server and one.silent_for <= self._me.lease]
        workers_alive.set(len(found))
        worker_runs.clear()
        for one in found:
            worker_runs.labels(one.name).set(one.runs)
