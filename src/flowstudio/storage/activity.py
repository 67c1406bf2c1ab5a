"""When something last happened around records: their own changes, and the records of contact that name them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, func, select

from flowstudio.kit.words import singular
from flowstudio.storage.columns import from_micros
from flowstudio.storage.database import Database
from flowstudio.storage.tables import record as _record

CONTACTS = ("communications", "tasks", "tickets")
"""Record types whose rows are activity of the record that they name."""


class SqlActivity:
    """The Activity over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, workspace: str, entity: str, record_id: str | None = None) -> dict[str, datetime]:
        """Return by record id when the record, or a communication, task or ticket that names it, last changed."""
        reference = f"{singular(entity).replace(' ', '_')}_id"
        named = (
            func.jsonb_extract_path_text(_record.c.data, reference, type_=Text())
            if self._database.is_postgres
            else func.json_extract(_record.c.data, f'$."{reference}"', type_=Text())
        )
        at = func.max(_record.c.updated_at, type_=_record.c.updated_at.type)
        own = select(_record.c.id, _record.c.updated_at).where(
            _record.c.workspace == workspace, _record.c.entity == entity
        )
        contacts = (
            select(named.label("id"), at.label("updated_at"))
            .where(_record.c.workspace == workspace, _record.c.entity.in_(CONTACTS), named.is_not(None))
            .group_by(named)
        )
        if record_id is not None:
            own = own.where(_record.c.id == record_id)
            contacts = contacts.where(named == record_id)
        found: dict[str, datetime] = {}
        async with self._database.read() as connection:
            for query in (own, contacts):
                for row in await connection.execute(query):
                    moment = from_micros(row.updated_at) if isinstance(row.updated_at, int) else row.updated_at
                    if moment is not None and (row.id not in found or moment > found[row.id]):
                        found[row.id] = moment
        return found
