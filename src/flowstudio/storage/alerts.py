"""Alerts: their rules as people changed them, and since when one is raised."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from flowstudio.domain.alert import AlertRule
from flowstudio.services.alerts import KeptAlert
from flowstudio.storage.alert_table import alert
from flowstudio.storage.database import Database
from flowstudio.storage.delivery_table import INSERT_DELIVERY, delivery_values
from flowstudio.storage.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.delivery import Delivery


class SqlAlerts:
    """The AlertStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, workspace: str) -> dict[str, KeptAlert]:
        """Return what is kept of a workspace's alerts, by metric."""
        query = select(alert.c.rule, alert.c.raised_at).where(alert.c.workspace == workspace)
        async with self._database.read() as connection:
            found = [KeptAlert(_rule(row.rule), row.raised_at) for row in await connection.execute(query)]
        return {one.rule.metric: one for one in found}

    async def save(self, workspace: str, rule: AlertRule) -> None:
        """Keep a rule; since when it is raised stays."""
        await self._database.writer.run(lambda connection: _keep(connection, workspace, rule, {}))

    async def mark(
        self, workspace: str, rule: AlertRule, raised_at: datetime | None, notices: Sequence[Delivery]
    ) -> None:
        """Note that it is raised, or over, and the notices of that, all or none."""

        def write(connection: Connection) -> None:
            _keep(connection, workspace, rule, {"raised_at": raised_at})
            Statements(connection).many(INSERT_DELIVERY, [delivery_values(notice) for notice in notices])

        await self._database.writer.run(write)


def _keep(connection: Connection, workspace: str, rule: AlertRule, more: dict[str, Any]) -> None:
    values = {"rule": asdict(rule), **more}
    there = update(alert).where(alert.c.workspace == workspace, alert.c.metric == rule.metric).values(values)
    if not connection.execute(there).rowcount:
        connection.execute(insert(alert).values(workspace=workspace, metric=rule.metric, **values))


def _rule(kept: dict[str, Any]) -> AlertRule:
    return AlertRule(**{**kept, "mail": tuple(kept["mail"])})
