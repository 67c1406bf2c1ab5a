"""What FlowStudio tells people inside the product."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, or_, select, update

from flowstudio.domain.ids import new_id
from flowstudio.services.notices import Notification
from flowstudio.services.ports import Page
from flowstudio.storage.columns import to_micros
from flowstudio.storage.database import Database
from flowstudio.storage.lists import page_of
from flowstudio.storage.statements import Statements
from flowstudio.storage.tables import notification

_INSERT = (
    "INSERT INTO notification (id, workspace, person_id, title, body, link, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO NOTHING"
)


class SqlNotifications:
    """Notifications of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, workspace: str, title: str, *, body: str = "", link: str | None = None, person_id: str | None = None,
        key: str | None = None,
    ) -> str:  # fmt: skip
        """Keep a notification, once for each `key` where there is one, and return its id."""
        found = key or new_id("ntf")
        row = (found, workspace, person_id, title, body, link, to_micros(self._database.clock.now()))
        await self._database.writer.run(lambda c: Statements(c).one(_INSERT, row))
        return found

    async def page(self, workspace: str, person_id: str, page: Page) -> tuple[list[Notification], int]:
        """Return one page of a person's notifications and the total, the newest first."""
        wanted = Page(page.number, page.size, page.sort or "-created_at")
        sorts = {"created_at": notification.c.created_at}
        query = _for(select(notification), workspace, person_id)
        async with self._database.read() as connection:
            rows, total = await page_of(connection, query, wanted, sorts, notification.c.id)
        return [_notification_of(row) for row in rows], total

    async def unseen(self, workspace: str, person_id: str, limit: int) -> list[Notification]:
        """Return what a person has not read, the newest first."""
        query = _for(select(notification), workspace, person_id).where(notification.c.read_at.is_(None))
        query = query.order_by(notification.c.created_at.desc(), notification.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [_notification_of(row) for row in rows]

    async def unread(self, workspace: str, person_id: str) -> int:
        """Return how many a person has not read."""
        query = _for(select(func.count()), workspace, person_id).where(notification.c.read_at.is_(None))
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def mark_read(self, workspace: str, person_id: str, key: str | None = None) -> None:
        """Note that a person has read one, or all."""
        read = update(notification).where(
            notification.c.workspace == workspace,
            or_(notification.c.person_id == person_id, notification.c.person_id.is_(None)),
            notification.c.read_at.is_(None),
        )
        if key is not None:
            read = read.where(notification.c.id == key)
        now = self._database.clock.now()
        await self._database.writer.run(lambda c: c.execute(read.values(read_at=now)).rowcount)


def _notification_of(row: Row[Any]) -> Notification:
    return Notification(row.id, row.person_id, row.title, row.body, row.link, row.created_at, row.read_at)


def _for(query: Select[Any], workspace: str, person_id: str) -> Select[Any]:
    return query.where(
        notification.c.workspace == workspace,
        or_(notification.c.person_id == person_id, notification.c.person_id.is_(None)),
    )
