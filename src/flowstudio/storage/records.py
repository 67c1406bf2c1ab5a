"""Records of the database: read by filters, changed by people and programs; the engine's steps write by the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection, func, select

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import RecordType
from flowstudio.services.ports import Page
from flowstudio.storage import record_changes
from flowstudio.storage.database import Database
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.record_reading import RecordReading
from flowstudio.storage.tables import record

T = TypeVar("T")


class SqlRecords:
    """The RecordStore and the RecordKeeper over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raised = RaisedEvents(database.memory)

    def type_of(self, entity: str) -> RecordType:
        """Return the record type, by name or alias; raise NotFound with the names nearby."""
        return self._database.memory.any_type(entity)

    async def types(self, workspace: str) -> list[tuple[RecordType, int]]:
        """List the record types by name, with their number of records."""
        query = (
            select(record.c.entity, func.count().label("number"))
            .where(record.c.workspace == workspace)
            .group_by(record.c.entity)
        )
        async with self._database.read() as connection:
            numbers = {row.entity: row.number for row in await connection.execute(query)}
        types = self._database.memory.types(workspace)
        return [(types[name], numbers.get(name, 0)) for name in sorted(types)]

    async def get(self, workspace: str, entity: str, record_id: str) -> JsonObject | None:
        """Return the record with `$entity`, `$revision` and its computed fields, or None."""
        async with self._reading(workspace, entity) as reading:
            return await reading.get(record_id)

    async def query(
        self,
        workspace: str,
        entity: str,
        where: JsonObject | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> list[JsonObject]:
        """Return the records that fit, in order of creation unless sorted."""
        async with self._reading(workspace, entity) as reading:
            return (await reading.fitting(where, sort, limit, counted=False))[0]

    async def page(
        self, workspace: str, entity: str, page: Page, *, where: JsonObject | None = None, search: str = ""
    ) -> tuple[list[JsonObject], int]:
        """Return one page and the total; `search` is looked for in every field that is no list."""
        size = max(1, page.size)
        async with self._reading(workspace, entity) as reading:
            return await reading.fitting(where, page.sort or None, size, (max(1, page.number) - 1) * size, search)

    async def create(self, workspace: str, entity: str, fields: JsonObject, *, actor: str) -> JsonObject:
        """Create a record; raise ConfigRejected for a wrong field, Conflict where its id is taken."""
        del actor
        return await self._change(workspace, entity, lambda change: change.create(fields))

    async def update(
        self,
        workspace: str,
        entity: str,
        record_id: str,
        fields: JsonObject,
        *,
        actor: str,
        revision: int | None = None,
    ) -> JsonObject:
        """Change fields; raise NotFound, ConfigRejected, or Conflict where the revision is another one."""
        del actor
        return await self._change(workspace, entity, lambda change: change.update(record_id, fields, revision))

    async def delete(self, workspace: str, entity: str, record_id: str, *, actor: str) -> bool:
        """Delete a record; say whether it was there."""
        del actor
        return await self._change(workspace, entity, lambda change: change.delete(record_id))

    def is_shipped(self, name: str) -> bool:
        """Say whether the product ships a record type of that name or alias."""
        return self._database.memory.shipped(name)

    async def save_type(self, workspace: str, own: RecordType) -> None:
        """Keep a record type of the workspace's own; raise Conflict where a shipped one has that name."""
        now = self._database.clock.now()
        shipped = self._database.memory.shipped(own.name)
        await self._database.writer.run(lambda c: record_changes.save_type(c, workspace, own, now, shipped=shipped))
        self._database.memory.set_type(workspace, own.name, own)

    async def delete_type(self, workspace: str, name: str) -> bool:
        """Delete a record type of the workspace's own; raise Conflict while it has records."""
        there = await self._database.writer.run(lambda c: record_changes.delete_type(c, workspace, name))
        self._database.memory.set_type(workspace, name, None)
        return there

    async def _change(self, workspace: str, entity: str, job: Callable[[record_changes.RecordChange], T]) -> T:
        memory = self._database.memory
        types = memory.types(workspace)
        record_type = types.find(entity)
        now, zone = self._database.clock.now(), memory.zone(workspace)

        def carry_out(connection: Connection) -> T:
            return job(record_changes.RecordChange(connection, workspace, record_type, types, now, zone, self._raised))

        return await self._database.writer.run(carry_out)

    @asynccontextmanager
    async def _reading(self, workspace: str, entity: str) -> AsyncIterator[RecordReading]:
        memory = self._database.memory
        types = memory.types(workspace)
        record_type = types.find(entity)
        async with self._database.read() as connection:
            yield RecordReading(
                connection, workspace, record_type, types, self._database.clock.now(), memory.zone(workspace)
            )
