"""Removing runs in small batches, with all that belongs to them, and measuring what takes space."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, delete, func, or_, select, text, tuple_, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from flowstudio.domain.states import FINISHED_RUN
from flowstudio.services.hook_extras import SIGNED
from flowstudio.services.retention import Removed, Space, TableSpace, WorkflowSpace
from flowstudio.storage import tables
from flowstudio.storage.database import Database
from flowstudio.storage.files import SqlFiles
from flowstudio.storage.step_rows import large_values

_run, _step, _wait, _event, _blob = tables.run, tables.step, tables.wait, tables.event, tables.blob
_watch = tables.watch
_FINISHED = tuple(status.value for status in FINISHED_RUN)
OF_A_RUN = (tables.step, tables.intent, tables.timer, tables.wait)
"""Tables whose rows go with their run."""
_HOLDS_LARGE = type_coerce(_step.c.body, Text).contains('"large":[')
_KEPT_FREE = 1_000
"""Pages that stay free: what comes next takes them."""
_ROUNDS = 500
"""Of giving pages back, each a small transaction: 2,000 pages at a time."""
_AT_ONCE = 200
_OF_RUNS = frozenset({"run", "step", "intent", "timer", "wait"})


class SqlRetention:
    """The RetentionStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def places(self) -> list[tuple[str, str]]:
        """List (workspace, workflow id) of everything that has runs, of deleted workflows too."""
        query = select(_run.c.workspace, _run.c.workflow_id).distinct()
        async with self._database.read() as connection:
            return [(row.workspace, row.workflow_id) for row in await connection.execute(query)]

    async def count(self, workspace: str, before: datetime, workflow_id: str | None = None) -> Removed:
        """Count the finished runs that ended before then and nobody waits for."""
        async with self._database.read() as connection:
            awaited = _awaited(list((await connection.execute(_calls(workspace))).scalars()))
            query = select(func.count(), func.coalesce(func.sum(_run.c.steps_total), 0)).where(
                ended_before(workspace, before, workflow_id), _run.c.id.not_in(awaited)
            )
            runs, steps = (await connection.execute(query)).one()
        return Removed(int(runs), int(steps))

    async def remove(self, workspace: str, before: datetime, workflow_id: str | None, limit: int) -> Removed:
        """Remove at most `limit` such runs with all that belongs to them; nothing when there are none.

        They are looked up beside the writer, which only checks them again and removes them.
        """
        over = ended_before(workspace, before, workflow_id)
        async with self._database.read() as connection:
            awaited = _awaited(list((await connection.execute(_calls(workspace))).scalars()))
            query = select(_run.c.id).where(over, _run.c.id.not_in(awaited)).order_by(_run.c.id).limit(limit)
            found = list((await connection.execute(query)).scalars())
        if not found:
            return Removed()
        return await self._database.writer.run(lambda connection: remove_runs(connection, workspace, found, over))

    async def remove_events(self, before: datetime, limit: int) -> int:
        """Remove events that were handed on before then; return how many."""
        query = select(_event.c.workspace, _event.c.id).where(_event.c.done_at < before).limit(limit)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()

        def remove(connection: Connection) -> None:
            for row in found:
                ours = (_event.c.workspace == row.workspace, _event.c.id == row.id, _event.c.done_at < before)
                connection.execute(delete(_event).where(*ours))

        if found:
            await self._database.writer.run(remove)
        return len(found)

    async def remove_signatures(self, before: datetime, limit: int) -> int:
        """Remove notes of webhook signatures that were used before then; return how many."""
        used = and_(_watch.c.key.startswith(SIGNED, autoescape=True), _watch.c.at < before)
        place = list(_watch.primary_key.columns)
        async with self._database.read() as connection:
            found = [tuple(row) for row in await connection.execute(select(*place).where(used).limit(limit))]
        if found:
            gone = delete(_watch).where(tuple_(*place).in_(found), used)
            await self._database.writer.run(lambda c: c.execute(gone))
        return len(found)

    async def remove_large(self, before: datetime) -> int:
        """Remove large values from before then that no step holds any more; return how many.

        A step that comes to hold one while this looks makes it young again (the journal sees to that).
        """
        old = and_(_blob.c.created_at < before, _blob.c.media_type == "application/json", _blob.c.name.is_(None))
        async with self._database.read() as connection:
            values = await connection.execute(select(_blob.c.workspace, _blob.c.hash).where(old))
            left = {(row.workspace, row.hash) for row in values}
            if not left:
                return 0
            bodies = await connection.stream(select(_step.c.workspace, _step.c.body).where(_HOLDS_LARGE))
            async for row in bodies:
                left.difference_update((row.workspace, key) for key in large_values([row.body]))
        unused = sorted(left)
        for start in range(0, len(unused), _AT_ONCE):
            some = unused[start : start + _AT_ONCE]
            these = or_(*(and_(_blob.c.workspace == place, _blob.c.hash == key) for place, key in some))
            await self._database.writer.run(lambda c, these=these: c.execute(delete(_blob).where(these, old)))  # type: ignore[misc]
        return len(unused)

    async def remove_files(self, before: datetime) -> int:
        """Remove files from before then that no run and no record holds any more; return how many."""
        return await SqlFiles(self._database).remove_unheld(before)

    async def shrink(self) -> None:
        """Give free space back to the disk, a little at a time; PostgreSQL does so by itself."""
        for _ in range(_ROUNDS if not self._database.is_postgres else 0):
            async with self._database.read() as connection:
                free = int((await connection.execute(text("PRAGMA freelist_count"))).scalar_one())
            if free <= _KEPT_FREE:
                break
            await self._database.tidy()
        await self._database.checkpoint()

    async def used(self) -> int:
        """Return how many bytes the database holds, free space left out."""
        async with self._database.read() as connection:
            total, free = await self._whole(connection)
        return total - free

    async def space(self, workspace: str) -> Space:
        """Measure what takes space."""
        async with self._database.read() as connection:
            total, free = await self._whole(connection)
            sizes = await self._sizes(connection)
            query = (
                select(
                    _run.c.workflow_id,
                    func.max(tables.workflow.c.name).label("name"),
                    func.count().label("runs"),
                    func.sum(_run.c.steps_total).label("steps"),
                    func.min(_run.c.queued_at).label("oldest"),
                )
                .join(tables.workflow, tables.workflow.c.id == _run.c.workflow_id, isouter=True)
                .where(_run.c.workspace == workspace, ~_run.c.test)
                .group_by(_run.c.workflow_id)
            )
            rows = (await connection.execute(query)).all()
        of_runs = sum(size for name, size in sizes.items() if name in _OF_RUNS)
        shares = sum(row.runs + row.steps for row in rows) or 1
        return Space(
            total=total,
            free=free,
            tables=[TableSpace(name, sizes.get(name) if sizes else None) for name in _by_size(sizes)],
            workflows=sorted(
                (
                    WorkflowSpace(
                        row.workflow_id, row.name or row.workflow_id, row.runs, int(row.steps), row.oldest,
                        of_runs * (row.runs + int(row.steps)) // shares if sizes else None,
                    )
                    for row in rows
                ),
                key=lambda one: (-one.steps - one.runs, one.name),
            ),
        )  # fmt: skip

    async def _whole(self, connection: AsyncConnection) -> tuple[int, int]:
        if self._database.is_postgres:
            return int((await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()), 0
        figures = [
            int((await connection.execute(text(f"PRAGMA {name}"))).scalar_one())
            for name in ("page_size", "page_count", "freelist_count")
        ]
        return figures[0] * figures[1], figures[0] * figures[2]

    async def _sizes(self, connection: AsyncConnection) -> dict[str, int]:
        """Return the bytes of each table with its indexes; nothing where SQLite was built without that figure."""
        if self._database.is_postgres:
            query = (
                "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"
                " WHERE schemaname = current_schema()"
            )
        else:
            query = (
                "SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name"
                " WHERE d.aggregate = TRUE GROUP BY s.tbl_name"
            )
        try:
            return {str(name): int(size) for name, size in await connection.execute(text(query))}
        except DBAPIError:
            return {}


def _by_size(sizes: dict[str, int]) -> list[str]:
    names = [name for name in tables.metadata.tables if name != "alembic_version"]
    return sorted(names, key=lambda name: (-sizes.get(name, 0), name))


def ended_before(workspace: str, before: datetime, workflow_id: str | None) -> ColumnElement[bool]:
    """Return what holds for runs that ended before then and whose parent run has ended too."""
    parent = _run.alias("parent")
    going_on = select(parent.c.id).where(parent.c.id == _run.c.parent_run, parent.c.status.not_in(_FINISHED)).exists()
    conditions = [
        _run.c.workspace == workspace,
        _run.c.status.in_(_FINISHED),
        _run.c.completed_at < before,
        ~going_on,
    ]
    if workflow_id is not None:
        conditions.append(_run.c.workflow_id == workflow_id)
    return and_(*conditions)


def _calls(workspace: str) -> Any:
    """Return the query for what runs wait for that wait for another run."""
    ours = (_wait.c.workspace == workspace, _wait.c.done_at.is_(None), _wait.c.kind == "run")
    return select(_wait.c.detail).where(*ours)


def _awaited(details: Sequence[Any]) -> set[str]:
    return {str(detail["run_id"]) for detail in details if isinstance(detail, dict) and "run_id" in detail}


def remove_runs(connection: Connection, workspace: str, found: list[str], over: ColumnElement[bool]) -> Removed:
    """Remove runs that can still be removed: some may have been taken up again meanwhile."""
    awaited = _awaited(list(connection.execute(_calls(workspace)).scalars()))
    query = select(_run.c.id).where(_run.c.id.in_(found), over, _run.c.id.not_in(awaited))
    ids = list(connection.execute(query).scalars())
    if not ids:
        return Removed()
    holding = select(_step.c.seq).where(_step.c.run_id.in_(ids), _HOLDS_LARGE).limit(1)
    large = connection.execute(holding).first() is not None
    steps = 0
    for table in OF_A_RUN:
        gone = connection.execute(delete(table).where(table.c.run_id.in_(ids))).rowcount
        steps += gone if table is _step else 0
    connection.execute(delete(_run).where(_run.c.id.in_(ids)))
    return Removed(len(ids), steps, large)
