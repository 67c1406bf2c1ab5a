"""The durable part of runs: what the engine appends, and what it takes up again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select, update

from flowstudio.domain.json import JsonObject
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.errors import FlowStudioError
from flowstudio.kit.ports import Batch, RunHistory
from flowstudio.storage import tables
from flowstudio.storage.database import Database
from flowstudio.storage.journal_entry import Entry, encode
from flowstudio.storage.journal_group import append_all
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.run_rows import large_query, run_of, steps_of, steps_query, timer_of, unsettled, wait_of
from flowstudio.storage.timers import SqlTimers

_run, _timer, _wait = tables.run, tables.timer, tables.wait


class SqlJournal:
    """The Journal over the database: batches that wait at the same time share one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raised = RaisedEvents(database.memory)
        self._timers = SqlTimers(database)

    async def append(self, batch: Batch) -> bool:
        """Write a batch durably; False when another owner has taken the run over.

        Raise Conflict when a record is not at the revision that was seen, or when the event has started a run already.
        """
        entry = encode(batch, self._database.clock.now())
        return await self._database.writer.join(self._append_all, entry, weight=entry.weight)

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take the run over and return its history; None when there is no such run."""
        return await self._database.writer.run(lambda connection: claim(connection, run_id))

    async def unfinished(self, workspace: str | None = None) -> Sequence[str]:
        """List the runs that were queued or running when the process ended, oldest first.

        Those that wait for their turn are left out: admission lets them in.
        """
        status, turn = _run.c.status, func.coalesce(_run.c.waiting_for, "")
        under_way = or_(status == RunStatus.RUNNING, and_(status == RunStatus.QUEUED, turn != WaitingFor.LIMIT))
        query = select(_run.c.id).where(under_way, ~_run.c.test)
        if workspace is not None:
            query = query.where(_run.c.workspace == workspace)
        async with self._database.read() as connection:
            return list((await connection.execute(query.order_by(_run.c.id))).scalars())

    async def open_waits(
        self, workspace: str, *, kind: str | None = None, run_id: str | None = None
    ) -> list[JsonObject]:
        """List what runs wait for, oldest first: `kind` is approval, event or webhook."""
        query = select(_wait).where(_wait.c.workspace == workspace, _wait.c.done_at.is_(None))
        if kind is not None:
            query = query.where(_wait.c.kind == kind)
        if run_id is not None:
            query = query.where(_wait.c.run_id == run_id)
        async with self._database.read() as connection:
            return [wait_of(row) for row in await connection.execute(query.order_by(_wait.c.created_at, _wait.c.token))]

    async def wait(self, token: str) -> JsonObject | None:
        """Return the open wait of that token, or None."""
        query = select(_wait).where(_wait.c.token == token, _wait.c.done_at.is_(None))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else wait_of(row)

    def _append_all(self, connection: Connection, entries: Sequence[Entry]) -> list[bool | FlowStudioError]:
        return append_all(connection, entries, self._raised)


def claim(connection: Connection, run_id: str) -> RunHistory | None:
    """Take a run over (epoch + 1) and return its history; None when there is no such run."""
    taken = update(_run).where(_run.c.id == run_id).values(epoch=_run.c.epoch + 1).returning(_run)
    row = connection.execute(taken).first()
    if row is None:
        return None
    run = run_of(row)
    rows = connection.execute(steps_query(run_id)).all()
    large = large_query(run.workspace, rows)
    steps = steps_of(rows, connection.execute(large).all() if large is not None else ())
    intents = connection.execute(select(tables.intent).where(tables.intent.c.run_id == run_id)).all()
    timers = connection.execute(select(_timer).where(_timer.c.run_id == run_id).order_by(_timer.c.due)).all()
    waits = connection.execute(select(_wait).where(_wait.c.run_id == run_id, _wait.c.done_at.is_(None))).all()
    return RunHistory(
        run=run,
        epoch=row.epoch,
        steps=steps,
        intents=unsettled(intents, steps),
        timers=[timer_of(timer) for timer in timers],
        waits=[wait_of(wait) for wait in waits],
    )
