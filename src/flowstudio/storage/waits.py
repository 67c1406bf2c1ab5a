"""What people are asked: the queue of open approvals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from flowstudio.services.ports import Asked
from flowstudio.storage.database import Database
from flowstudio.storage.step_rows import read_iteration
from flowstudio.storage.tables import run, wait, workflow

_OPEN = (
    select(wait, run.c.workflow_id, workflow.c.name)
    .join(run, run.c.id == wait.c.run_id)
    .join(workflow, workflow.c.id == run.c.workflow_id)
    .where(wait.c.kind == "approval", wait.c.done_at.is_(None))
    .order_by(wait.c.expires.is_(None), wait.c.expires, wait.c.created_at)
)


class SqlWaits:
    """Reads open waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(self, workspace: str, limit: int = 500) -> list[Asked]:
        """List the open approvals of a workspace, the one that ends first at the top."""
        return await self._read(_OPEN.where(wait.c.workspace == workspace).limit(limit))

    async def asked_of(self, workspace: str, run_id: str, node_id: str) -> list[Asked]:
        """List the open approvals of one step of a run: several where a loop asks side by side."""
        step = (wait.c.workspace == workspace, wait.c.run_id == run_id, wait.c.node_id == node_id)
        return await self._read(_OPEN.where(*step).limit(100))

    async def one(self, workspace: str, token: str) -> Asked | None:
        """Return the open approval of that token, or None."""
        return next((asked for asked in await self.asked(workspace) if asked.token == token), None)

    async def _read(self, query: Select[Any]) -> list[Asked]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            Asked(
                token=row["token"],
                run_id=row["run_id"],
                workflow_id=row["workflow_id"],
                workflow_name=row["name"],
                node_id=row["node_id"],
                iteration=read_iteration(row["iteration"]),
                detail=row["detail"],
                expires=row["expires"],
                asked_at=row["created_at"],
            )
            for row in rows
        ]
