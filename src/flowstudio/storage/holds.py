"""Who holds which run, and who is alive: a worker that falls silent for its lease loses what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from flowstudio.domain.json import JsonValue
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.errors import BadSetting
from flowstudio.services.dispatch_ports import Me, Note, RunMessage, Taken, WorkerState
from flowstudio.storage import jobs, notes
from flowstudio.storage.database import Database
from flowstudio.storage.migrate import newest_version, schema_version
from flowstudio.storage.statements import Statements
from flowstudio.storage.worker_schema import is_prepared

_SILENT = "seen_at < clock_timestamp() - make_interval(secs => lease)"
_TAKE = (
    "INSERT INTO hold (run_id, worker) SELECT id, ? FROM run WHERE id = ?"
    " ON CONFLICT (run_id) DO UPDATE SET worker = excluded.worker WHERE hold.worker = excluded.worker"
    " OR NOT EXISTS (SELECT 1 FROM worker WHERE worker.id = hold.worker"
    " AND worker.seen_at >= clock_timestamp() - make_interval(secs => worker.lease)) RETURNING run_id"
)
_MESSAGES = "SELECT id, run_id, kind, content FROM run_message WHERE run_id = ? AND done_at IS NULL ORDER BY number"


_NO_SERVER = "No server works with workers on this database."
_START_ONE = "Start one with FLOWSTUDIO_DISPATCHER=workers first."


class LetGo(NamedTuple):
    """A run that has come to rest here, and the messages it has carried out."""

    run_id: str
    carried_out: Sequence[str]


class SqlHolds:
    """The runs that one worker holds."""

    def __init__(self, database: Database, me: Me) -> None:
        self._database = database
        self._me = me

    async def take(self, run_id: str) -> Taken | None:
        """Hold a run; None when a living worker holds it, or there is no such run."""
        return await self._database.writer.join(self._take_all, run_id, weight=0)

    async def messages(self, run_id: str) -> Sequence[RunMessage]:
        """List what was told to a run and is not carried out, in order."""
        async with self._database.read() as connection:
            found = await connection.exec_driver_sql(_MESSAGES.replace("?", "%s"), (run_id,))
            return [RunMessage(row.id, row.run_id, row.kind, row.content) for row in found]

    async def let_go(self, run_id: str, carried_out: Sequence[str]) -> bool:
        """Mark messages as carried out and let go; False when there are others for the run: it is held on."""
        return await self._database.writer.join(self._let_go_all, LetGo(run_id, carried_out), weight=0)

    async def answer(self, message: RunMessage, answer: JsonValue, *, done: bool) -> None:
        """Keep the first answer to a message and tell who asked; `done`: it is carried out with that."""

        def write(connection: Connection) -> None:
            Statements(connection).one(
                "UPDATE run_message SET answer = coalesce(answer, ?),"
                " done_at = CASE WHEN ? THEN clock_timestamp() END WHERE id = ?",
                (orjson.dumps(answer).decode(), done, message.id),
            )
            notes.send(connection, Note(answered=[message.id]))

        await self._database.writer.run(write)

    async def settle(self, message: RunMessage) -> None:
        """Mark a message as carried out before it is: it is better lost than done twice."""
        sql = "UPDATE run_message SET done_at = clock_timestamp() WHERE id = ?"
        await self._database.writer.run(lambda connection: Statements(connection).one(sql, (message.id,)))

    async def hand_back(self, also: Sequence[str]) -> None:
        """Let go of all runs, so that other workers take them up at once, and these too."""

        def release(connection: Connection) -> None:
            _release(connection, [self._me.id])
            jobs.enqueue(connection, also)

        await self._database.writer.run(release)

    def _take_all(self, connection: Connection, run_ids: Sequence[str]) -> list[Taken | None]:
        sql = Statements(connection)
        taken = {run_id: self._take(sql, run_id) for run_id in sorted(set(run_ids))}  # one order: no deadlocks
        return [taken[run_id] for run_id in run_ids]

    def _take(self, sql: Statements, run_id: str) -> Taken | None:
        if not sql.rows(_TAKE, (self._me.id, run_id)):
            return None
        status, waiting_for, memory = sql.rows(
            "SELECT status, waiting_for, (SELECT number FROM memory_state) FROM run WHERE id = ?", (run_id,)
        )[0]
        messages = [RunMessage(*row) for row in sql.rows(_MESSAGES, (run_id,))]
        held_back = status == RunStatus.QUEUED.value and waiting_for == WaitingFor.LIMIT.value
        return Taken(RunStatus(status), held_back, messages, memory)

    def _let_go_all(self, connection: Connection, ended: Sequence[LetGo]) -> list[bool]:
        """Look for messages after the holds are locked: whoever sees a hold before that has told its message before."""
        sql = Statements(connection)
        ids = [one.run_id for one in ended]
        carried_out = [message for one in ended for message in one.carried_out]
        held = "SELECT run_id FROM hold WHERE run_id = ANY(?) AND worker = ? ORDER BY run_id FOR UPDATE"
        still = [row[0] for row in sql.rows(held, (ids, self._me.id))]
        if carried_out:
            sql.one(
                "UPDATE run_message SET done_at = clock_timestamp() WHERE id = ANY(?) AND run_id = ANY(?)",
                (carried_out, still),
            )
        wanted = {
            row[0]
            for row in sql.rows("SELECT run_id FROM run_message WHERE run_id = ANY(?) AND done_at IS NULL", (still,))
        }
        gone = [run_id for run_id in still if run_id not in wanted]
        sql.one("DELETE FROM hold WHERE run_id = ANY(?) AND worker = ?", (gone, self._me.id))
        return [run_id not in wanted for run_id in ids]


class SqlFleet:
    """The processes on one database, and this one among them."""

    def __init__(self, database: Database, me: Me) -> None:
        self._database = database
        self._me = me

    async def register(self) -> None:
        """Say that this process is there; raise BadSetting where it does not fit the others."""
        await self._database.writer.run(self._register)

    async def beat(self, runs: int) -> bool:
        """Say that this process still is; False when it was given up meanwhile."""
        sql = f"UPDATE worker SET seen_at = clock_timestamp(), runs = ? WHERE id = ? AND NOT {_SILENT} RETURNING id"  # noqa: S608
        return bool(
            await self._database.writer.run(lambda connection: Statements(connection).rows(sql, (runs, self._me.id)))
        )

    async def leave(self) -> None:
        """Say that this process ends."""
        await self._database.writer.run(
            lambda connection: Statements(connection).one("DELETE FROM worker WHERE id = ?", (self._me.id,))
        )

    async def bury(self) -> int:
        """Give up the processes that have been silent for too long, and let others take their runs up."""
        return await self._database.writer.run(self._bury)

    async def all(self) -> list[WorkerState]:
        """List all, the server first."""
        return await self._database.writer.run(read_fleet)

    async def memory(self) -> int:
        """Return the state of what workspaces share in memory."""
        sql = "SELECT number FROM memory_state"
        return int(await self._database.writer.run(lambda connection: Statements(connection).rows(sql)[0][0]))

    async def tidy(self) -> None:
        """Forget what was carried out long ago."""

        def forget(connection: Connection) -> None:
            connection.exec_driver_sql("DELETE FROM run_message WHERE done_at < now() - interval '1 day'")
            jobs.forget_old(connection)

        await self._database.writer.run(forget)

    def _register(self, connection: Connection) -> None:
        sql, me = Statements(connection), self._me
        if not me.server:
            servers = sql.rows("SELECT version, keys FROM worker WHERE server ORDER BY seen_at DESC LIMIT 1")
            if not servers:
                raise BadSetting(_NO_SERVER, hint=_START_ONE)
            if servers[0][0] != me.version:
                raise BadSetting(
                    f"This worker is FlowStudio {me.version}, the server is {servers[0][0]}.",
                    hint="Give all of them the same version.",
                )
            if servers[0][1] != me.keys:
                raise BadSetting(
                    "This worker has another key for secrets than the server.",
                    hint="Give both the same FLOWSTUDIO_SECRET_KEY, or the same key file.",
                )
        sql.one("DELETE FROM worker WHERE server AND ?", (me.server,))
        sql.one(
            "INSERT INTO worker (id, server, name, version, keys, most, lease) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()",
            (me.id, me.server, me.name, me.version, me.keys, me.most, me.lease),
        )

    def _bury(self, connection: Connection) -> int:
        dead = Statements(connection).rows(
            f"DELETE FROM worker WHERE id IN (SELECT id FROM worker WHERE {_SILENT} FOR UPDATE SKIP LOCKED)"  # noqa: S608
            " RETURNING id"
        )
        return _release(connection, [row[0] for row in dead])


def read_fleet(connection: Connection) -> list[WorkerState]:
    """List the processes on a database, the server first; nothing where no server has worked with workers."""
    if not is_prepared(connection):
        return []
    rows = connection.exec_driver_sql(
        "SELECT id, name, server, version, runs, most, started_at,"
        " extract(epoch FROM clock_timestamp() - seen_at) AS silent_for FROM worker ORDER BY server DESC, name"
    )
    return [
        WorkerState(
            row.id, row.name, row.server, row.version, row.runs, row.most, row.started_at.astimezone(UTC),
            float(row.silent_for),
        )
        for row in rows
    ]  # fmt: skip


def require_ready(connection: Connection) -> None:
    """Raise BadSetting unless a server of this version has prepared the database for workers."""
    if schema_version(connection) != newest_version():
        raise BadSetting(
            "The database does not have the schema of this version of FlowStudio.",
            hint="Start the server of this version first: it brings the database up to date.",
        )
    if not is_prepared(connection):
        raise BadSetting(_NO_SERVER, hint=_START_ONE)


def _release(connection: Connection, workers: list[str]) -> int:
    """Let go of all that workers hold; jobs take it up."""
    if not workers:
        return 0
    rows: list[Any] = Statements(connection).rows("DELETE FROM hold WHERE worker = ANY(?) RETURNING run_id", (workers,))
    jobs.enqueue(connection, [row[0] for row in rows])
    return len(rows)


def require_alone(connection: Connection) -> None:
    """Raise BadSetting where workers are at work; else take note that no server works with workers (any more)."""
    if not is_prepared(connection):
        return
    at_work = Statements(connection).rows(f"SELECT name FROM worker WHERE NOT server AND NOT ({_SILENT})")  # noqa: S608
    if at_work:
        raise BadSetting(
            f"Workers use this database: {', '.join(row[0] for row in at_work)}.",
            hint="Stop them first, or start with FLOWSTUDIO_DISPATCHER=workers.",
        )
    Statements(connection).one("DELETE FROM worker")
    Statements(connection).one("DELETE FROM hold")
