"""What is told to runs that workers hold, and the jobs that let workers take runs up."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from flowstudio.domain.json import JsonValue
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.services.dispatch_ports import Note, RunMessage
from flowstudio.storage import jobs, notes
from flowstudio.storage.database import Database
from flowstudio.storage.statements import Statements

MOST_LOST = 1_000
"""Runs that are taken up at once because nobody goes on with them."""
_TELL = (
    "INSERT INTO run_message (id, run_id, kind, content) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
    " SET done_at = NULL, answer = NULL, number = excluded.number WHERE run_message.done_at IS NOT NULL"
)
_LOST = (
    "SELECT id FROM run WHERE NOT test AND (status = ? OR (status = ? AND coalesce(waiting_for, '') <> ?))"
    " AND NOT EXISTS (SELECT 1 FROM hold JOIN worker ON worker.id = hold.worker WHERE hold.run_id = run.id)"
    " UNION SELECT run_id FROM run_message WHERE done_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM hold JOIN worker ON worker.id = hold.worker WHERE hold.run_id = run_message.run_id) LIMIT ?"
)


class SqlRunMessages:
    """Written by whoever wants something of a run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, message: RunMessage) -> None:
        """Keep a message, tell the holder of its run, and let a worker take the run up where nobody holds it."""
        await self._database.writer.join(_tell_all, message, weight=0)

    async def wake_up(self, run_ids: Sequence[str]) -> None:
        """Let workers take runs up."""
        await self._database.writer.run(lambda connection: jobs.enqueue(connection, run_ids))

    async def wake_up_lost(self) -> int:
        """Let workers take up what nobody goes on with though it should; return how many runs that are."""
        return await self._database.writer.run(_wake_up_lost)

    async def answers(self, ids: Sequence[str]) -> dict[str, JsonValue]:
        """Return the answers there are, by message."""
        query = "SELECT id, answer FROM run_message WHERE id = ANY(%s) AND answer IS NOT NULL"
        async with self._database.read() as connection:
            found = await connection.exec_driver_sql(query, (list(ids),))
            return {row.id: row.answer for row in found}


def _tell_all(connection: Connection, messages: Sequence[RunMessage]) -> list[None]:
    sql = Statements(connection)
    sql.many(_TELL, [(one.id, one.run_id, one.kind, orjson.dumps(one.content).decode()) for one in messages])
    run_ids = list(dict.fromkeys(one.run_id for one in messages))
    jobs.enqueue(connection, run_ids)
    notes.send(connection, Note(told=run_ids))
    return [None] * len(messages)


def _wake_up_lost(connection: Connection) -> int:
    under_way = (RunStatus.RUNNING.value, RunStatus.QUEUED.value)
    rows = Statements(connection).rows(_LOST, (*under_way, WaitingFor.LIMIT.value, MOST_LOST))
    jobs.enqueue(connection, [row[0] for row in rows], once=True)
    return len(rows)
