"""Presets: single steps that people keep with their settings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from flowstudio.errors import Conflict
from flowstudio.services.presets import Preset
from flowstudio.storage.database import Database
from flowstudio.storage.tables import preset as _table

_COLUMNS = (_table.c.id, _table.c.name, _table.c.key, _table.c.part, _table.c.created_by, _table.c.created_at)


class SqlPresets:
    """Presets of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, workspace: str) -> Sequence[Preset]:
        """List the presets of a workspace by name."""
        query = select(*_COLUMNS).where(_table.c.workspace == workspace).order_by(_table.c.name, _table.c.id)
        async with self._database.read() as connection:
            return [Preset(**row) for row in (await connection.execute(query)).mappings()]

    async def get(self, workspace: str, preset_id: str) -> Preset | None:
        """Return a preset, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(_one(workspace, preset_id)))).mappings().first()
            return Preset(**row) if row is not None else None

    async def add(self, workspace: str, preset: Preset, *, most: int) -> None:
        """Keep a new preset; raise Conflict when the workspace has `most` already."""

        def keep(connection: Connection) -> None:
            held = select(func.count()).select_from(_table).where(_table.c.workspace == workspace)
            if connection.execute(held).scalar_one() >= most:
                raise Conflict(f"A workspace keeps {most:,} presets.", hint="Delete some, then try again.")
            connection.execute(
                insert(_table).values(
                    workspace=workspace, id=preset.id, name=preset.name, key=preset.key, part=preset.part,
                    created_by=preset.created_by, created_at=preset.created_at,
                )
            )  # fmt: skip

        await self._database.writer.run(keep)

    async def rename(self, workspace: str, preset_id: str, name: str) -> bool:
        """Give a preset another name; say whether it was there."""
        changed = update(_table).where(_one(workspace, preset_id)).values(name=name)
        return await self._database.writer.run(lambda c: c.execute(changed).rowcount) > 0

    async def delete(self, workspace: str, preset_id: str) -> bool:
        """Delete a preset; say whether it was there."""
        gone = delete(_table).where(_one(workspace, preset_id))
        return await self._database.writer.run(lambda c: c.execute(gone).rowcount) > 0


def _one(workspace: str, preset_id: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.id == preset_id)
