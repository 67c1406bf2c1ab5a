"""A workspace's records whole: what a test run copies."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import RecordType
from flowstudio.services.rows_then import AgedRow
from flowstudio.storage.database import Database
from flowstudio.storage.tables import record


class SqlAllRows:
    """Reads records by type, a bounded number of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_types(self, workspace: str) -> Mapping[str, RecordType]:
        """Return the record types of a workspace by name."""
        return self._database.memory.types(workspace)

    async def rows(self, workspace: str, limit: int) -> dict[str, list[JsonObject]]:
        """Return the rows of every record type in order of creation, at most `limit` of each."""
        return {entity: [one.row for one in rows] for entity, rows in (await self.aged(workspace, limit)).items()}

    async def aged(self, workspace: str, limit: int) -> dict[str, list[AgedRow]]:
        """Return the rows as `rows` does, each with the moment since when it is there."""
        query = (
            select(record.c.entity, record.c.id, record.c.data, record.c.created_at)
            .where(record.c.workspace == workspace)
            .order_by(record.c.entity, record.c.position)
        )
        found: dict[str, list[AgedRow]] = {name: [] for name in self.record_types(workspace)}
        async with self._database.read() as connection:
            for entity, record_id, data, created_at in await connection.execute(query):
                rows = found.setdefault(entity, [])
                if len(rows) < limit:
                    rows.append(AgedRow(created_at, {**data, "id": record_id}))
        return found
