"""One tick at the next due moment: schedules fire, waiting runs wake.

APScheduler holds two jobs in memory, never more: the tick, moved to whatever is due next, and the housekeeping. Cron
rules are computed by `flowstudio.calendar`, and what is due stands in our own tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.kit.ports import Clock

log = logger(__name__)

LATEST = timedelta(seconds=30)
"""The tick looks at least this often, for what another process may have written."""
TIDY_EVERY = timedelta(hours=1)

Due = Callable[[], Awaitable[datetime | None]]
"""Carries out what is due now and returns when the next thing is due."""


class Ticker:
    """Calls the due sources at the right moments."""

    def __init__(self, clock: Clock, sources: Sequence[Due], tidy: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._sources = sources
        self._tidy = tidy
        self._scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone="UTC")
        self._busy = asyncio.Lock()
        self._again = False
        self._planned: datetime | None = None
        self._ticking: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()
        self._scheduler.add_job(self._tidy, IntervalTrigger(seconds=int(TIDY_EVERY.total_seconds())), id="tidy")
        self._plan(self._clock.now())

    async def stop(self) -> None:
        """End ticking; what a tick is doing is let go."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._ticking:
            task.cancel()
        await asyncio.gather(*self._ticking, return_exceptions=True)

    async def _begin(self) -> None:
        """Let a tick go on by itself: the scheduler only says when."""
        self._planned = None  # here and nowhere else: a tick that finds another one busy has used up its plan too
        task = asyncio.create_task(self._tick())
        self._ticking.add(task)
        task.add_done_callback(self._ticking.discard)

    def expect(self, when: datetime) -> None:
        """Make sure a tick comes at `when` at the latest."""
        if self._planned is None or when < self._planned:
            self._plan(when)

    def look_now(self) -> None:
        """Tick at once: something changed."""
        self.expect(self._clock.now())

    def _plan(self, when: datetime) -> None:
        self._planned = when
        self._scheduler.add_job(
            self._begin,
            DateTrigger(run_date=when),
            id="tick",
            replace_existing=True,
            misfire_grace_time=None,
            max_instances=2,
        )

    async def _tick(self) -> None:
        if self._busy.locked():
            self._again = True
            return
        async with self._busy:
            following = self._clock.now() + LATEST
            for source in self._sources:
                try:
                    due = await source()
                except Exception:
                    log.exception("tick.failed")
                    due = self._clock.now() + timedelta(seconds=1)
                if due is not None and due < following:
                    following = due
            if self._again:
                self._again = False
                following = self._clock.now()
            self.expect(following)
