"""Hands on what is in the outbox: at once, and after a crash."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from flowstudio.errors import StorageFailed, TooMany
from flowstudio.observe import logger

if TYPE_CHECKING:
    from datetime import datetime

    from flowstudio.kit.ports import Clock
    from flowstudio.services.happening import Happening, Outbox
    from flowstudio.services.reaching import Reaching, Started

BATCH = 200
MOST_ATTEMPTS = 5
log = logger(__name__)


class HandingOn:
    """Takes each event out of the outbox to what listens to it, until that is done."""

    def __init__(self, outbox: Outbox, reaching: Reaching, clock: Clock) -> None:
        self._outbox = outbox
        self._reaching = reaching
        self._clock = clock
        self._failures: Counter[str] = Counter()
        self._claimed: set[str] = set()
        """Events that are being handed on by whoever raised them."""
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()

    def start(self) -> None:
        """Begin to hand on, beginning with what was left when the process ended."""
        self._wake.set()
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Hand nothing more on; what is left is taken up at the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def look(self) -> None:
        """Hand on what is there, soon."""
        self._wake.set()

    async def look_due(self) -> datetime | None:
        """Look now and then, for what another process has written; a source of the ticker."""
        self._wake.set()
        return None

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.drain()
            except Exception:
                log.exception("events.not_handed_on")
                await self._clock.sleep_until(self._clock.now())

    async def drain(self) -> int:
        """Hand on everything that is there; return how many events it was."""
        number = 0
        async with self._busy:
            while happenings := [one for one in await self._outbox.open(BATCH) if one.id not in self._claimed]:
                done = await asyncio.gather(*(self._settled(one) for one in happenings))
                settled = [one for one, is_done in zip(happenings, done, strict=True) if is_done]
                await self._outbox.settle(settled)
                number += len(settled)
                if len(settled) < len(happenings):
                    break
        return number

    async def _settled(self, happening: Happening) -> bool:
        """Hand one event on; say whether it is done with."""
        try:
            await self._reaching.carry_out(happening)
        except (StorageFailed, TooMany):
            return False
        except Exception as fault:
            self._failures[happening.id] += 1
            log.exception("event.failed", type=happening.type, error=str(fault))
            if self._failures[happening.id] < MOST_ATTEMPTS:
                return False
        self._failures.pop(happening.id, None)
        return True

    async def hand_on(self, happening: Happening) -> list[Started]:
        """Write an event and hand it on here and now; what does not come to its end is left to the loop."""
        self._claimed.add(happening.id)
        try:
            await self._outbox.add([happening])
            started = await self._reaching.carry_out(happening)
            await self._outbox.settle([happening])
        finally:
            self._claimed.discard(happening.id)
        return started
