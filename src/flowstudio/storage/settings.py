"""Workspace settings: read at every turn from memory, written through."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.storage.database import Database
from flowstudio.storage.tables import setting


class SqlSettings:
    """The SettingStore over the database; also what the engine asks of a workspace (`zone`, `settings`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, workspace: str) -> JsonObject:
        """Return all settings of a workspace."""
        return self._database.memory.settings(workspace)

    async def set(self, workspace: str, key: str, value: JsonValue) -> None:
        """Keep a setting; None removes it."""

        def keep(connection: Connection) -> None:
            connection.execute(delete(setting).where(setting.c.workspace == workspace, setting.c.key == key))
            if value is not None:
                connection.execute(insert(setting).values(workspace=workspace, key=key, value=value))

        await self._database.writer.run(keep)
        self._database.memory.set_setting(workspace, key, value)

    def zone(self, workspace: str) -> ZoneInfo:
        """Return the workspace's time zone, at once."""
        return self._database.memory.zone(workspace)

    def settings(self, workspace: str) -> JsonObject:
        """Return the workspace's settings, at once."""
        return self._database.memory.settings(workspace)
