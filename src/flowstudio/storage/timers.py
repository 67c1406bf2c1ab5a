"""When waiting runs wake; the journal writes and removes the timers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from flowstudio.domain.run import Timer
from flowstudio.storage.database import Database
from flowstudio.storage.run_rows import timer_of
from flowstudio.storage.tables import timer as _timer


class SqlTimers:
    """Reads the timers of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, before: datetime, limit: int = 500) -> list[Timer]:
        """List the timers that are due by then, the most overdue first."""
        query = select(_timer).where(_timer.c.due <= before).order_by(_timer.c.due, _timer.c.run_id).limit(limit)
        async with self._database.read() as connection:
            return [timer_of(row) for row in await connection.execute(query)]

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """Return when the next timer is due, or the next one after a moment."""
        query = select(func.min(_timer.c.due))
        if after is not None:
            query = query.where(_timer.c.due > after)
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(query)).scalar()
            return found
