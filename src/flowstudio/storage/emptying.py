"""Removing workflows for good: every row of every table that names the workflow, or one of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, or_, select

from flowstudio.errors import Conflict, NotFound
from flowstudio.services.emptying import Weight
from flowstudio.storage import tables
from flowstudio.storage.database import Database
from flowstudio.storage.retention import OF_A_RUN, ended_before, remove_runs

_workflow, _version, _run, _notice = tables.workflow, tables.workflow_version, tables.run, tables.notification
_AT_ONCE = 500
"""Workflows that one statement asks for at most: databases limit how many values it may carry."""


class SqlBin:
    """The BinStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def weigh(self, workspace: str, ids: Sequence[str]) -> Weight:
        """Count what belongs to workflows that are in the bin."""
        found = Weight()
        for start in range(0, len(ids), _AT_ONCE):
            some = await self._weigh(workspace, ids[start : start + _AT_ONCE])
            found = Weight(
                found.workflows + some.workflows, found.versions + some.versions, found.runs + some.runs,
                found.steps + some.steps, found.cases + some.cases,
            )  # fmt: skip
        return found

    async def _weigh(self, workspace: str, ids: Sequence[str]) -> Weight:
        binned = select(_workflow.c.id, _workflow.c.draft).where(_in_bin(workspace), _workflow.c.id.in_(ids))
        async with self._database.read() as connection:
            drafts = {row.id: row.draft for row in await connection.execute(binned)}
            versions = select(func.count()).select_from(_version).where(_version.c.workflow_id.in_(drafts))
            ran = select(func.count(), func.coalesce(func.sum(_run.c.steps_total), 0)).where(
                _run.c.workspace == workspace, _run.c.workflow_id.in_(drafts)
            )
            number = (await connection.execute(versions)).scalar_one()
            runs, steps = (await connection.execute(ran)).one()
        cases = sum(len(one.get("tests") or ()) for one in drafts.values())
        return Weight(len(drafts), int(number), int(runs), int(steps), cases)

    async def remove_runs(self, workspace: str, workflow_id: str, limit: int) -> int:
        """Remove runs that are over and that nobody waits for; return how many. None goes once it is put back."""
        # Ended runs of this very moment too: the bin asks for no age.
        over = ended_before(workspace, self._database.clock.now() + timedelta(seconds=1), workflow_id)

        def remove(connection: Connection) -> int:
            if connection.execute(select(_workflow.c.id).where(_in_bin(workspace, workflow_id))).first() is None:
                return 0
            ids = list(connection.execute(select(_run.c.id).where(over).limit(limit)).scalars())
            removed = remove_runs(connection, workspace, ids, over).runs
            for table in _naming("run_id") if removed else ():
                gone = table.c.run_id.in_(ids) & ~select(_run.c.id).where(_run.c.id == table.c.run_id).exists()
                connection.execute(delete(table).where(gone))
            return removed

        return await self._database.writer.run(remove)

    async def remove(self, workspace: str, workflow_id: str) -> str:
        """Remove a workflow in the bin with every row that names it; return its name.

        Raise NotFound for one that is not in the bin, Conflict where runs of it are left.
        """

        def remove(connection: Connection) -> str:
            here = _in_bin(workspace, workflow_id)
            name = connection.execute(select(_workflow.c.name).where(here).with_for_update()).scalar()
            if name is None:
                raise NotFound("It is not in the bin.")
            if connection.execute(select(_run.c.id).where(_run.c.workflow_id == workflow_id).limit(1)).first():
                raise Conflict("Runs of it are not over, or others wait for them.", hint="Try again later.")
            for table in _naming("workflow_id"):
                connection.execute(delete(table).where(table.c.workflow_id == workflow_id))
            page = f"/workflows/{workflow_id}"
            leads = or_(_notice.c.link == page, _notice.c.link.startswith(f"{page}/", autoescape=True))
            connection.execute(delete(_notice).where(_notice.c.workspace == workspace, leads))
            connection.execute(delete(_workflow).where(here))
            return str(name)

        return await self._database.writer.run(remove)

    async def workspaces(self) -> Sequence[str]:
        """List the workspaces with something in the bin."""
        query = select(_workflow.c.workspace).where(_workflow.c.deleted_at.is_not(None)).distinct()
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def overdue(self, workspace: str, before: datetime) -> Sequence[str]:
        """List the ids of workflows that were deleted before then."""
        query = select(_workflow.c.id).where(_in_bin(workspace), _workflow.c.deleted_at < before)
        async with self._database.read() as connection:
            return list((await connection.execute(query.order_by(_workflow.c.deleted_at).limit(1_000))).scalars())


def _naming(column: str) -> list[Table]:
    """Return the tables that name a workflow or a run, those that come later too."""
    known = tables.metadata.tables.values()
    return [one for one in known if column in one.c and one is not _run and one not in OF_A_RUN]


def _in_bin(workspace: str, workflow_id: str | None = None) -> Any:
    """Return what holds for the workflows that are in the bin, or for one of them."""
    binned = and_(_workflow.c.workspace == workspace, _workflow.c.deleted_at.is_not(None))
    return binned if workflow_id is None else and_(binned, _workflow.c.id == workflow_id)
