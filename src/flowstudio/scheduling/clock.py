"""The real clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class RealClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the present in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, when: datetime) -> None:
        """Return at that moment."""
        await asyncio.sleep(max(0.0, (when - self.now()).total_seconds()))
