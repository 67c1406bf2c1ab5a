"""Templates that a workspace has saved itself; lists read their summaries only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from flowstudio.errors import Conflict
from flowstudio.services.ports import OwnTemplate
from flowstudio.storage.database import Database
from flowstudio.storage.tables import own_template as _table

_SUMMARY = (_table.c.id, _table.c.summary, _table.c.created_by, _table.c.created_at, _table.c.updated_at)


class SqlTemplates:
    """Own templates of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def summaries(self, workspace: str) -> Sequence[OwnTemplate]:
        """List the templates of a workspace by id, their documents left out."""
        query = select(*_SUMMARY).where(_table.c.workspace == workspace).order_by(_table.c.id)
        async with self._database.read() as connection:
            return [OwnTemplate(document={}, **row) for row in (await connection.execute(query)).mappings()]

    async def get(self, workspace: str, template_id: str) -> OwnTemplate | None:
        """Return a template whole, or None."""
        query = select(*_SUMMARY, _table.c.document).where(_one(workspace, template_id))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            return OwnTemplate(**row) if row is not None else None

    async def add(self, workspace: str, template: OwnTemplate, *, most: int) -> None:
        """Keep a new template; raise Conflict when its id is taken or the workspace has `most` already."""

        def keep(connection: Connection) -> None:
            held = select(func.count()).select_from(_table).where(_table.c.workspace == workspace)
            if connection.execute(held).scalar_one() >= most:
                raise Conflict(f"A workspace keeps {most:,} templates of its own.", hint="Delete some, then try again.")
            if connection.execute(select(_table.c.id).where(_one(workspace, template.id))).first() is not None:
                raise Conflict(f'There is a template "{template.id}" already.', hint="Choose another name.")
            connection.execute(
                insert(_table).values(
                    workspace=workspace, id=template.id, summary=template.summary, document=template.document,
                    created_by=template.created_by, created_at=template.created_at, updated_at=template.updated_at,
                )
            )  # fmt: skip

        await self._database.writer.run(keep)

    async def change(self, workspace: str, template: OwnTemplate) -> bool:
        """Put summary and document in the place of those before; say whether the template was there."""
        values = {"summary": template.summary, "document": template.document, "updated_at": template.updated_at}
        changed = update(_table).where(_one(workspace, template.id)).values(**values)
        return await self._database.writer.run(lambda c: c.execute(changed).rowcount) > 0

    async def delete(self, workspace: str, template_id: str) -> bool:
        """Delete a template; say whether it was there."""
        gone = delete(_table).where(_one(workspace, template_id))
        return await self._database.writer.run(lambda c: c.execute(gone).rowcount) > 0


def _one(workspace: str, template_id: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.id == template_id)
