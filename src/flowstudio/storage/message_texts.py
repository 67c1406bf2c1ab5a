"""Message texts that a workspace has written itself; they come before those that the product ships."""

from __future__ import annotations

from sqlalchemy import Connection, Delete, delete, insert, select

from flowstudio.domain.json import JsonObject
from flowstudio.storage.database import Database
from flowstudio.storage.tables import message_text


class SqlMessageTexts:
    """Message texts of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, workspace: str) -> dict[str, JsonObject]:
        """Return the workspace's own texts by name."""
        query = select(message_text.c.name, message_text.c.document).where(message_text.c.workspace == workspace)
        async with self._database.read() as connection:
            return {row.name: row.document for row in await connection.execute(query.order_by(message_text.c.name))}

    async def save(self, workspace: str, name: str, document: JsonObject) -> None:
        """Keep a text under its name."""
        now = self._database.clock.now()

        def keep(connection: Connection) -> None:
            connection.execute(_of(workspace, name))
            connection.execute(
                insert(message_text).values(workspace=workspace, name=name, document=document, updated_at=now)
            )

        await self._database.writer.run(keep)

    async def delete(self, workspace: str, name: str) -> bool:
        """Delete a text (a shipped one of that name counts again); say whether it was there."""
        return await self._database.writer.run(lambda c: c.execute(_of(workspace, name)).rowcount) > 0


def _of(workspace: str, name: str) -> Delete:
    return delete(message_text).where(message_text.c.workspace == workspace, message_text.c.name == name)
