"""What runs, steps and approvals came to, added up by the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, or_, select, type_coerce

from flowstudio.domain.states import RunStatus
from flowstudio.services.analytics import Asked, Counted, Going
from flowstudio.storage import tables
from flowstudio.storage.columns import to_micros
from flowstudio.storage.database import Database

_run, _step, _wait = tables.run, tables.step, tables.wait
_SECOND = 1_000_000


class SqlAnalytics:
    """The AnalyticsStore over the database. Test runs are not kept here and never counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_trigger(self, workspace: str, since: datetime) -> list[Counted]:
        """Count the runs that have ended since then by version, trigger and status, with the seconds they took."""
        query = (
            select(
                _run.c.workflow_id, _run.c.version, _run.c.trigger_id.label("part"), _run.c.status,
                func.count().label("number"), _seconds(_run.c.started_at, _run.c.completed_at),
            )
            .where(*_ended(workspace, since))
            .group_by(_run.c.workflow_id, _run.c.version, _run.c.trigger_id, _run.c.status)
        )  # fmt: skip
        return await self._counted(query)

    async def by_node(self, workspace: str, since: datetime, most: int) -> list[Counted]:
        """Count the completed and failed steps of the newest `most` of these runs by version, node and status."""
        newest = select(_run.c.id, _run.c.workflow_id, _run.c.version).where(*_ended(workspace, since))
        of = newest.order_by(_run.c.id.desc()).limit(most).subquery()
        query = (
            select(
                of.c.workflow_id, of.c.version, _step.c.node_id.label("part"), _step.c.status,
                func.count().label("number"), _seconds(_step.c.started_at, _step.c.completed_at),
            )
            .join(_step, _step.c.run_id == of.c.id)
            .where(_step.c.status.in_(("completed", "failed")))
            .group_by(of.c.workflow_id, of.c.version, _step.c.node_id, _step.c.status)
        )  # fmt: skip
        return await self._counted(query)

    async def asked(self, workspace: str, since: datetime, soon: int, now: datetime) -> Asked:
        """Add up the approvals that were settled since then or are open; `soon` is a number of seconds.

        An approval that several people answer is one, from the first question to the last answer.
        """
        each = (
            select(
                func.min(_number(_wait.c.created_at)).label("first"),
                func.max(_number(_wait.c.done_at)).label("last"),
                func.max(_number(_wait.c.expires)).label("expires"),
                func.max(case((_wait.c.done_at.is_(None), 1), else_=0)).label("open"),
            )
            .join(_run, _run.c.id == _wait.c.run_id)
            .where(
                _wait.c.workspace == workspace, _wait.c.kind == "approval",
                or_(_wait.c.done_at >= since, _wait.c.done_at.is_(None)),
                _run.c.status != RunStatus.CANCELLED.value,
            )
            .group_by(_wait.c.run_id, _wait.c.node_id, _wait.c.iteration)
            .subquery()
        )  # fmt: skip
        settled = each.c.open == 0
        late = (each.c.expires.is_not(None)) & (each.c.last >= each.c.expires)
        took = each.c.last - each.c.first
        present = to_micros(now)
        query = select(
            func.count(case((settled & ~func.coalesce(late, False), 1))).label("answered"),
            func.count(case((settled & late, 1))).label("unanswered"),
            func.count(case((settled & ~func.coalesce(late, False) & (took <= soon * _SECOND), 1))).label("soon"),
            func.sum(case((settled & ~func.coalesce(late, False), took))).label("took"),
            func.count(case((~settled, 1))).label("open"),
            func.sum(case((~settled, present - each.c.first))).label("age"),
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        return Asked(
            row.answered, row.unanswered, row.soon, _as_seconds(row.took), row.open, _as_seconds(row.age)
        )  # fmt: skip

    async def going(self, workspace: str) -> Going:
        """Count the runs that have not ended."""
        query = (
            select(_run.c.status, func.count().label("number"))
            .where(_run.c.workspace == workspace, ~_run.c.test, _run.c.status.in_(("queued", "running", "waiting")))
            .group_by(_run.c.status)
        )
        async with self._database.read() as connection:
            found = {row.status: row.number for row in await connection.execute(query)}
        return Going(found.get("queued", 0), found.get("running", 0), found.get("waiting", 0))

    async def _counted(self, query: Any) -> list[Counted]:
        async with self._database.read() as connection:
            return [
                Counted(row.workflow_id, row.version, row.part, row.status, row.number, _as_seconds(row.took))
                for row in await connection.execute(query)
            ]


def _ended(workspace: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return _run.c.workspace == workspace, _run.c.completed_at >= since, ~_run.c.test


def _number(column: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


def _seconds(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.sum(_number(end) - _number(start)).label("took")


def _as_seconds(micros: Any) -> float:
    """Return microseconds, which PostgreSQL adds up as a decimal, as seconds."""
    return float(micros or 0) / _SECOND
