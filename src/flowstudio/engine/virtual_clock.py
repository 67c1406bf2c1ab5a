"""A clock that jumps: time passes only where somebody waits for it."""

from __future__ import annotations

from datetime import UTC, datetime


class VirtualClock:
    """The Clock of test runs; it never goes back."""

    def __init__(self, now: datetime) -> None:
        """`now` is aware."""
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment that the clock shows, in UTC."""
        return self._now

    async def sleep_until(self, when: datetime) -> None:
        """Jump to that moment."""
        self.advance(when)

    def advance(self, when: datetime) -> None:
        """Show that moment, unless it has passed."""
        self._now = max(self._now, when.astimezone(UTC))
