"""Timers that are due are told once, and not waited for until they are gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from flowstudio.domain.run import Timer
from flowstudio.scheduling.waking import BATCH, Waking
from tests.support.databases import NOW, StillClock


class Slow:
    """An engine that takes its time: what it was told is not gone at once."""

    def __init__(self) -> None:
        self.told: list[Timer] = []
        self.failed = False

    async def wake(self, timer: Timer) -> bool:
        self.told.append(timer)
        return True

    async def take_up_again(self) -> bool:
        failed, self.failed = self.failed, False
        return failed


class Kept:
    """Kept timers."""

    def __init__(self, timers: list[Timer]) -> None:
        self.timers = timers

    async def due(self, before: datetime, limit: int = 500) -> list[Timer]:
        return [timer for timer in self.timers if timer.due <= before][:limit]

    async def next_due(self, after: datetime) -> datetime | None:
        return min((timer.due for timer in self.timers if timer.due > after), default=None)


def timer(number: int, due: datetime) -> Timer:
    return Timer(f"run_{number}", "d", (), "delay", due)


async def test_a_timer_that_was_told_is_not_waited_for() -> None:
    later = NOW + timedelta(minutes=5)
    engine = Slow()
    waking = Waking(engine, Kept([timer(1, NOW), timer(2, later)]), StillClock())
    assert await waking.wake_due() == later
    assert await waking.wake_due() == later
    assert [one.run_id for one in engine.told] == ["run_1"]


async def test_where_more_is_due_than_is_told_at_once_the_rest_follows_soon() -> None:
    engine, clock = Slow(), StillClock()
    kept = Kept([timer(number, NOW) for number in range(BATCH + 3)])
    waking = Waking(engine, kept, clock)
    following = await waking.wake_due()
    assert following is not None
    assert following - clock.now() < timedelta(seconds=1)
    kept.timers = kept.timers[BATCH:]
    assert await waking.wake_due() is None
    assert len(engine.told) == BATCH + 3


async def test_what_was_told_before_the_database_failed_is_told_again() -> None:
    engine = Slow()
    waking = Waking(engine, Kept([timer(1, NOW)]), StillClock())
    await waking.wake_due()
    engine.failed = True
    await waking.wake_due()
    assert [one.run_id for one in engine.told] == ["run_1", "run_1"]
