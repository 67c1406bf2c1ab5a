"""The tick goes on whatever comes in between."""

from __future__ import annotations

import asyncio
from datetime import datetime

from flowstudio.scheduling.clock import RealClock
from flowstudio.scheduling.ticker import Ticker


async def test_a_wish_to_tick_during_a_tick_does_not_stop_the_clock() -> None:
    """A tick that found another one busy left its moment behind: no later one was planned, and nothing woke any more."""
    began, go_on = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def source() -> datetime | None:
        began.release()
        await go_on.acquire()
        return None

    async def nothing() -> None:
        return None

    ticker = Ticker(RealClock(), [source], nothing)
    ticker.start()
    await asyncio.wait_for(began.acquire(), 30)
    ticker.look_now()
    while not ticker._again:  # the scheduler lets the second tick begin, which meets the first
        await asyncio.sleep(0.001)
    for _ in range(3):
        go_on.release()
        await asyncio.wait_for(began.acquire(), 20)
        ticker.look_now()
        while not ticker._again:
            await asyncio.sleep(0.001)
    for _ in range(10):
        go_on.release()
    await ticker.stop()
