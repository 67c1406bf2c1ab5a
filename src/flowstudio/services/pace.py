"""How often somebody may do a thing from outside, before anybody has signed in."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from flowstudio.errors import TooMany

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from flowstudio.kit.ports import Clock

MOST_KEPT = 10_000
"""Doers that are kept in mind, the latest."""


class Pace:
    """Counts deeds by whoever does them, in memory: a restart begins anew."""

    def __init__(self, clock: Clock, most: int, within: timedelta, message: str) -> None:
        """Allow `most` deeds `within` a time; `message` says what was one too many."""
        self._clock = clock
        self._most = most
        self._within = within
        self._message = message
        self._done: OrderedDict[tuple[str, ...], deque[datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._done)

    def check(self, *doer: str) -> None:
        """Raise TooMany where one more deed is one too many; count nothing."""
        now, done = self._clock.now(), self._done.get(doer, deque())
        while done and done[0] <= now - self._within:
            done.popleft()
        if len(done) >= self._most:
            wait = done[0] + self._within - now
            raise TooMany(self._message, hint="Try again in some minutes.", after=wait.total_seconds())

    def count(self, *doer: str) -> None:
        """Count a deed."""
        self._done.setdefault(doer, deque(maxlen=self._most)).append(self._clock.now())
        self._done.move_to_end(doer)
        while len(self._done) > MOST_KEPT:
            self._done.popitem(last=False)
