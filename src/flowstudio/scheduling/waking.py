"""Timers that are due: waiting runs wake."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from flowstudio.domain.run import Timer
    from flowstudio.kit.ports import Clock

BATCH = 500
SOON = timedelta(milliseconds=20)
"""When to look again where more is due than is told at once."""


class Wakes(Protocol):
    """The part of the engine that takes timers."""

    async def wake(self, timer: Timer) -> bool: ...

    async def take_up_again(self) -> bool: ...


class TimerStore(Protocol):
    """Kept timers."""

    async def due(self, before: datetime, limit: int = 500) -> list[Timer]: ...

    async def next_due(self, after: datetime) -> datetime | None: ...


class Waking:
    """Wakes what is due."""

    def __init__(self, engine: Wakes, timers: TimerStore, clock: Clock) -> None:
        self._engine = engine
        self._timers = timers
        self._clock = clock
        self._woken: set[Timer] = set()

    async def wake_due(self) -> datetime | None:
        """Wake every run whose timer is due; return when the next one is.

        A timer is removed by the run it woke; until then it is not told twice, and not waited for.
        """
        again = await self._engine.take_up_again()
        if again:
            self._woken.clear()  # what they were told before the database failed is lost
        due = await self._timers.due(self._clock.now(), BATCH)
        self._woken &= set(due)
        for timer in due:
            if timer not in self._woken:
                self._woken.add(timer)
                await self._engine.wake(timer)
        if again or len(due) == BATCH:
            return self._clock.now() + SOON
        return await self._timers.next_due(self._clock.now())
