"""Who did what, when: written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, or_, select

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.services.ports import Page
from flowstudio.storage.database import Database
from flowstudio.storage.lists import page_of
from flowstudio.storage.tables import audit

_SORTS = {"at": audit.c.id, "actor": audit.c.actor, "action": audit.c.action, "subject": audit.c.subject}


class SqlAudit:
    """The AuditLog over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, workspace: str, actor: str, action: str, subject: str, detail: JsonObject | None = None
    ) -> None:
        """Write one line."""
        line = insert(audit).values(
            id=new_id("aud"),
            workspace=workspace,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            at=self._database.clock.now(),
        )
        await self._database.writer.run(lambda c: c.execute(line).rowcount)

    async def newest(self, workspace: str, subjects: Sequence[str], actions: Sequence[str]) -> dict[str, JsonObject]:
        """Return by subject the newest line with one of these actions: `{"actor", "action", "detail", "at"}`."""
        last = (
            select(func.max(audit.c.id))
            .where(audit.c.workspace == workspace, audit.c.subject.in_(subjects), audit.c.action.in_(actions))
            .group_by(audit.c.subject)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(select(audit).where(audit.c.id.in_(last)))).all()
        return {
            row.subject: {"actor": row.actor, "action": row.action, "detail": row.detail, "at": row.at} for row in rows
        }

    async def page(self, workspace: str, page: Page, *, search: str = "") -> tuple[list[JsonObject], int]:
        """Return one page and the total, the newest first unless sorted."""
        query = select(audit).where(audit.c.workspace == workspace)
        if search:
            columns = (audit.c.actor, audit.c.action, audit.c.subject)
            query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
        wanted = Page(page.number, page.size, page.sort or "-at")
        async with self._database.read() as connection:
            rows, total = await page_of(connection, query, wanted, _SORTS, audit.c.id)
        lines: list[JsonObject] = [
            {"id": row.id, "actor": row.actor, "action": row.action, "subject": row.subject, "detail": row.detail,
             "at": row.at}
            for row in rows
        ]  # fmt: skip
        return lines, total
