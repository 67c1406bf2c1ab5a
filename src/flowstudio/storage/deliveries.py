"""Notices of steps on their way: what is to be delivered, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from flowstudio.domain.delivery import Delivery
from flowstudio.storage.database import Database
from flowstudio.storage.delivery_table import INSERT_DELIVERY, delivery, delivery_values
from flowstudio.storage.statements import Statements


class SqlDeliveries:
    """The DeliveryStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, rows: list[Delivery]) -> None:
        """Keep new deliveries; one whose id is there already stays as it is."""
        if rows:
            await self._database.writer.run(lambda c: _add(c, rows))

    async def address(self, rows: list[Delivery]) -> None:
        """Put one row for each recipient in the place of a noted one, which the first of them was, all or none."""
        first, *others = rows

        def write(connection: Connection) -> None:
            connection.execute(update(delivery).where(delivery.c.id == first.id).values(_values(first)))
            if others:
                _add(connection, others)

        await self._database.writer.run(write)

    async def note(self, row: Delivery) -> None:
        """Write what became of a delivery."""
        changed = update(delivery).where(delivery.c.id == row.id).values(_values(row))
        await self._database.writer.run(lambda c: c.execute(changed).rowcount)

    async def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Return the deliveries that are to be tried now, the oldest first."""
        query = select(delivery).where(delivery.c.next_try_at <= now).order_by(delivery.c.next_try_at).limit(limit)
        return await self._rows(query)

    async def next_due(self, after: datetime) -> datetime | None:
        """Return when the next delivery is to be tried after a moment: what was due until then is under way."""
        query = select(func.min(delivery.c.next_try_at)).where(delivery.c.next_try_at > after)
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(query)).scalar()
        return found

    async def begun(self) -> list[Delivery]:
        """Return the deliveries whose sending had begun, or was about to, when the product stopped."""
        about_to = and_(delivery.c.status == "waiting", delivery.c.attempts == 0)
        return await self._rows(select(delivery).where(or_(delivery.c.status == "sending", about_to)))

    async def one(self, workspace: str, key: str) -> Delivery | None:
        """Return one delivery, or None."""
        found = await self._rows(select(delivery).where(delivery.c.workspace == workspace, delivery.c.id == key))
        return found[0] if found else None

    async def listed(self, workspace: str, *, run_id: str = "", status: str = "", limit: int = 200) -> list[Delivery]:
        """List deliveries, the newest first."""
        query = select(delivery).where(delivery.c.workspace == workspace)
        query = query.where(delivery.c.run_id == run_id) if run_id else query
        query = query.where(delivery.c.status == status) if status else query
        return await self._rows(query.order_by(delivery.c.created_at.desc(), delivery.c.id).limit(limit))

    async def told(self, workspace: str, node_id: str, reason: str) -> datetime | None:
        """Return when this was last told, or is about to be told, and not left out."""
        told = delivery.c.status.not_in(("noted", "left_out"))
        query = select(func.max(delivery.c.created_at)).where(*_about(workspace, node_id, reason), told)
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(query)).scalar()
        return found

    async def left_out(self, workspace: str, node_id: str, reason: str, since: datetime) -> int:
        """Count what was left out after a moment."""
        where = (*_about(workspace, node_id, reason), delivery.c.status == "left_out", delivery.c.created_at > since)
        async with self._database.read() as connection:
            return int((await connection.execute(select(func.count()).where(*where))).scalar_one())

    async def forget(self, before: datetime) -> int:
        """Delete what was done before then; return how many."""
        gone = delete(delivery).where(delivery.c.done_at < before)
        return await self._database.writer.run(lambda c: c.execute(gone).rowcount)

    async def _rows(self, query: Any) -> list[Delivery]:
        async with self._database.read() as connection:
            return [_delivery(row) for row in await connection.execute(query)]


def _about(workspace: str, node_id: str, reason: str) -> tuple[ColumnElement[bool], ...]:
    return delivery.c.workspace == workspace, delivery.c.node_id == node_id, delivery.c.reason == reason


def _add(connection: Connection, rows: list[Delivery]) -> None:
    Statements(connection).many(INSERT_DELIVERY, [delivery_values(row) for row in rows])


def _values(row: Delivery) -> dict[str, Any]:
    return {name: getattr(row, name) for name in delivery.c.keys()}  # noqa: SIM118  a collection of columns


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)  # noqa: SLF001  SQLAlchemy's name for it
