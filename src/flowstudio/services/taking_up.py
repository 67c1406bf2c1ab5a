"""When the database is held again after it was lost: what is in memory is read anew, and what was left is taken up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flowstudio.errors import StorageFailed
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

PAUSE = 1.0
"""Seconds before the next try, where the database is lost once more meanwhile."""
log = logger(__name__)


class TakingUp:
    """Goes through the steps of a start once more: another server may have been at work in the meantime."""

    def __init__(self, steps: Sequence[Callable[[], Awaitable[object]]], done: Callable[[], None]) -> None:
        self._steps = steps
        self._done = done
        self._going: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin, or begin again."""
        self.stop()
        self._going = asyncio.create_task(self._go())

    def stop(self) -> None:
        """Let it be."""
        if self._going is not None:
            self._going.cancel()

    async def _go(self) -> None:
        while True:
            try:
                for step in self._steps:
                    await step()
            except StorageFailed as fault:
                log.warning("taking_up.waits", error=fault.message)
                await asyncio.sleep(PAUSE)
            else:
                break
        self._done()
