"""Records, as people and programs see and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.record import RecordType
from flowstudio.errors import NotAllowed, NotFound
from flowstudio.kit.words import human
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import RecordKeeper


class RecordService:
    """The verbs of records."""

    def __init__(self, keeper: RecordKeeper) -> None:
        self._keeper = keeper

    async def types(self, actor: Actor) -> list[tuple[RecordType, int]]:
        """List the record types with their number of records."""
        actor.require(Role.VIEWER)
        return await self._keeper.types(actor.workspace)

    def type_of(self, actor: Actor, entity: str) -> RecordType:
        """Return a record type by name or alias; raise NotFound."""
        actor.require(Role.VIEWER)
        return self._keeper.type_of(entity)

    async def page(
        self, actor: Actor, entity: str, page: Page, *, where: JsonObject | None = None, search: str = ""
    ) -> tuple[list[JsonObject], int]:
        """Return one page of records and how many there are."""
        record_type = self.type_of(actor, entity)
        return await self._keeper.page(actor.workspace, record_type.name, page, where=where, search=search)

    async def get(self, actor: Actor, entity: str, record_id: str) -> JsonObject:
        """Return one record; raise NotFound."""
        record_type = self.type_of(actor, entity)
        found = await self._keeper.get(actor.workspace, record_type.name, record_id)
        if found is None:
            raise NotFound(f'There is no record "{record_id}" in {record_type.name}.')
        return found

    async def create(self, actor: Actor, entity: str, fields: JsonObject) -> JsonObject:
        """Create a record."""
        record_type = self._writable(actor, entity)
        return await self._keeper.create(actor.workspace, record_type.name, fields, actor=actor.name)

    async def update(
        self, actor: Actor, entity: str, record_id: str, fields: JsonObject, *, revision: int | None = None
    ) -> JsonObject:
        """Change fields of a record."""
        record_type = self._writable(actor, entity)
        await self.get(actor, entity, record_id)
        return await self._keeper.update(
            actor.workspace, record_type.name, record_id, fields, actor=actor.name, revision=revision
        )

    async def delete(self, actor: Actor, entity: str, record_id: str) -> None:
        """Delete a record; raise NotFound."""
        record_type = self._writable(actor, entity)
        if not await self._keeper.delete(actor.workspace, record_type.name, record_id, actor=actor.name):
            raise NotFound(f'There is no record "{record_id}" in {record_type.name}.')

    def _writable(self, actor: Actor, entity: str) -> RecordType:
        actor.require(Role.OPERATOR)
        record_type = self.type_of(actor, entity)
        if record_type.system:
            raise NotAllowed(f"{human(record_type.name)} are written by FlowStudio itself.")
        return record_type
