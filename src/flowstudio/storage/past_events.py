"""What happened in the past, for trying a workflow on it: events that are still kept, and what started runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from flowstudio.services.happening import Happening
from flowstudio.services.past_events import StartedThen
from flowstudio.storage.database import Database
from flowstudio.storage.tables import event, run


class SqlPastEvents:
    """The PastEventStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept(self, workspace: str, types: Sequence[str], since: datetime, limit: int) -> list[Happening]:
        """List the events of these types since then that are still kept, oldest first."""
        query = (
            select(event)
            .where(event.c.workspace == workspace, event.c.type.in_(list(types)), event.c.position >= since)
            .order_by(event.c.position, event.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [
                Happening(row.workspace, row.id, row.type, row.data, row.position, row.run_id)
                for row in await connection.execute(query)
            ]

    async def started(self, workspace: str, workflow_id: str, since: datetime, limit: int) -> list[StartedThen]:
        """List what started the runs of a workflow since then, oldest first; the newest ones where there are more."""
        began = func.coalesce(run.c.queued_at, run.c.started_at)
        query = (
            select(run.c.trigger_id, run.c.event, run.c.queued_at, run.c.started_at)
            .where(run.c.workspace == workspace, run.c.workflow_id == workflow_id, ~run.c.test, began >= since)
            .order_by(run.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            found = [
                StartedThen(row.trigger_id, row.queued_at or row.started_at, row.event or {})
                for row in await connection.execute(query)
            ]
        return found[::-1]
