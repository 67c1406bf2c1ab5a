"""What runs have sent lately, read from their steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from flowstudio.domain.states import FINISHED_RUN, StepStatus
from flowstudio.storage import tables
from flowstudio.storage.database import Database
from flowstudio.storage.run_rows import large_query, steps_of

_run, _step = tables.run, tables.step
_OPEN = _run.c.status.not_in([status.value for status in FINISHED_RUN])


class SqlSent:
    """The SentStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def workflows(self, workspace: str, since: datetime) -> list[str]:
        """List the workflows with runs that were under way since then."""
        lately = or_(_OPEN, _run.c.completed_at >= since)
        query = select(_run.c.workflow_id).where(_run.c.workspace == workspace, ~_run.c.test, lately).distinct()
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def sent(self, workspace: str, workflow_id: str, since: datetime) -> list[tuple[datetime, int]]:
        """Return when steps of a workflow have sent since then, and how many messages and calls."""
        query = (
            select(_step)
            .join(_run, _run.c.id == _step.c.run_id)
            .where(
                _run.c.workspace == workspace, _run.c.workflow_id == workflow_id, ~_run.c.test,
                or_(_OPEN, _run.c.completed_at >= since),
                _step.c.status == StepStatus.COMPLETED.value, _step.c.completed_at >= since,
            )
        )  # fmt: skip
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            large = large_query(workspace, rows)
            steps = steps_of(rows, (await connection.execute(large)).all() if large is not None else ())
        return [(step.completed_at, step.sent) for step in steps if step.completed_at is not None and step.sent]
