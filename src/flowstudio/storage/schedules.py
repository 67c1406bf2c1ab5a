"""When triggers fire next; each slot is moved on by exactly one process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from flowstudio.domain.json import JsonObject
from flowstudio.services.timetable import Schedule
from flowstudio.storage.columns import to_micros
from flowstudio.storage.database import Database
from flowstudio.storage.statements import Statements
from flowstudio.storage.tables import schedule as _schedule
from flowstudio.storage.tables import workflow_version as _version


class SqlSchedules:
    """The ScheduleStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, workspace: str, workflow_id: str, schedules: list[Schedule]) -> None:
        """Let these be all schedules of the workflow; a rule that stays keeps its next time."""

        def keep(connection: Connection) -> None:
            ours = _schedule.c.workflow_id == workflow_id, _schedule.c.workspace == workspace
            known = {row.trigger_id: row for row in connection.execute(select(_schedule).where(*ours))}
            connection.execute(delete(_schedule).where(*ours))
            for one in schedules:
                before = known.get(one.trigger_id)
                stays = before is not None and before.next_fire and (before.rule, before.zone) == (one.rule, one.zone)
                connection.execute(
                    insert(_schedule).values(
                        workspace=workspace,
                        workflow_id=workflow_id,
                        trigger_id=one.trigger_id,
                        version=one.version,
                        rule=one.rule,
                        zone=one.zone,
                        next_fire=before.next_fire if before is not None and stays else one.next_fire,
                        last_fire=before.last_fire if before is not None else None,
                    )
                )

        await self._database.writer.run(keep)

    async def due(self, before: datetime, limit: int = 500) -> list[Schedule]:
        """List what is due by then, the most overdue first."""
        query = select(_schedule).where(_schedule.c.next_fire <= before)
        return await self._read(query.order_by(_schedule.c.next_fire, _schedule.c.workflow_id).limit(limit))

    async def documents(self, schedules: Sequence[Schedule]) -> dict[tuple[str, int], JsonObject]:
        """Return the published documents of schedules, by workflow id and version."""
        found: dict[tuple[str, int], JsonObject] = {}
        ids = sorted({one.workflow_id for one in schedules})
        wanted = {(one.workflow_id, one.version) for one in schedules}
        async with self._database.read() as connection:
            for start in range(0, len(ids), 500):
                query = select(_version.c.workflow_id, _version.c.version, _version.c.document).where(
                    _version.c.workflow_id.in_(ids[start : start + 500])
                )
                for row in await connection.execute(query):
                    if (row.workflow_id, row.version) in wanted:
                        found[row.workflow_id, row.version] = row.document
        return found

    async def next_due(self) -> datetime | None:
        """Return when the next one is due."""
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(select(func.min(_schedule.c.next_fire)))).scalar()
            return found

    async def moved(self, schedule: Schedule, next_fire: datetime | None) -> bool:
        """Move a schedule on (None: it never fires again); False when somebody else did so already."""
        moved = (
            update(_schedule)
            .where(
                _schedule.c.workflow_id == schedule.workflow_id,
                _schedule.c.trigger_id == schedule.trigger_id,
                _schedule.c.next_fire == schedule.next_fire,
            )
            .values(next_fire=next_fire, last_fire=schedule.next_fire)
        )
        return await self._database.writer.run(lambda c: c.execute(moved).rowcount) > 0

    async def moved_all(self, moves: Sequence[tuple[Schedule, datetime | None, datetime | None]]) -> None:
        """Move schedules on: (schedule, its next time, the slot that fired), in one transaction.

        One that somebody else has moved stays as it is.
        """
        rows = [
            (to_micros(following), to_micros(fired), one.workflow_id, one.trigger_id, to_micros(one.next_fire))
            for one, following, fired in moves
        ]
        statement = (
            "UPDATE schedule SET next_fire = ?, last_fire = COALESCE(?, last_fire)"
            " WHERE workflow_id = ? AND trigger_id = ? AND next_fire = ?"
        )
        await self._database.writer.run(lambda c: Statements(c).many(statement, rows))

    async def all(self, workspace: str) -> list[Schedule]:
        """List what will fire, the next first."""
        query = select(_schedule).where(_schedule.c.workspace == workspace, _schedule.c.next_fire.is_not(None))
        return await self._read(query.order_by(_schedule.c.next_fire, _schedule.c.workflow_id))

    async def _read(self, query: Select[Any]) -> list[Schedule]:
        async with self._database.read() as connection:
            return [_of(row) for row in await connection.execute(query)]


def _of(row: Row[Any]) -> Schedule:
    return Schedule(
        row.workspace, row.workflow_id, row.trigger_id, row.version, row.rule, row.zone, row.next_fire, row.last_fire
    )
