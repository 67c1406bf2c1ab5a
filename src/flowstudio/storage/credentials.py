"""Stored secrets, sealed by the caller: this place never sees one open."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from flowstudio.domain.json import JsonObject
from flowstudio.storage.database import Database
from flowstudio.storage.tables import credential


class SqlCredentials:
    """Credentials of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, workspace: str, name: str, kind: str, sealed: bytes) -> None:
        """Keep a sealed secret under its name, in place of the one before."""
        now = self._database.clock.now()

        def keep(connection: Connection) -> None:
            ours = credential.c.workspace == workspace, credential.c.name == name
            values = {"kind": kind, "sealed": sealed, "updated_at": now}
            if not connection.execute(update(credential).where(*ours).values(**values)).rowcount:
                connection.execute(insert(credential).values(workspace=workspace, name=name, created_at=now, **values))

        await self._database.writer.run(keep)

    async def sealed(self, workspace: str) -> dict[str, bytes]:
        """Return the sealed secrets of a workspace by name."""
        query = select(credential.c.name, credential.c.sealed).where(credential.c.workspace == workspace)
        async with self._database.read() as connection:
            return {row.name: bytes(row.sealed) for row in await connection.execute(query)}

    async def list(self, workspace: str) -> list[JsonObject]:
        """List the credentials by name, without their secrets: name, kind, created_at, updated_at."""
        columns = (credential.c.name, credential.c.kind, credential.c.created_at, credential.c.updated_at)
        query = select(*columns).where(credential.c.workspace == workspace).order_by(credential.c.name)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def delete(self, workspace: str, name: str) -> bool:
        """Delete a credential; say whether it was there."""
        gone = delete(credential).where(credential.c.workspace == workspace, credential.c.name == name)
        return await self._database.writer.run(lambda c: c.execute(gone).rowcount) > 0
