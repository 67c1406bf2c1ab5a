"""The queue of runs on disk: who may go is decided in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, text, update

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.services.admission import Limits, Passed, Place, Verdict, records_in
from flowstudio.storage.database import Database
from flowstudio.storage.run_rows import run_of
from flowstudio.storage.tables import run as _run

BATCH = 100
"""Waiting runs that are decided about at once."""
HOUR = timedelta(hours=1)
# Written as in the index, so that SQLite sees that it may use it.
_OPEN = text("status IN ('queued', 'running', 'waiting')")
_HELD = and_(_run.c.status == RunStatus.QUEUED.value, _run.c.waiting_for == WaitingFor.LIMIT.value)
_BEGUN = _run.c.status.in_((RunStatus.RUNNING.value, RunStatus.WAITING.value))
_LET_IN = and_(_run.c.status == RunStatus.QUEUED.value, _run.c.waiting_for.is_(None))
_IS_GOING = "It did not start, because another run of this workflow was going on."
_SAME_RECORD = "It did not start, because the same record had started this workflow shortly before."


class SqlAdmission:
    """The AdmissionStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def decide(self, place: Place, limits: Limits) -> Verdict:
        """Decide about the runs of a workflow that wait for their turn; admitted ones no longer do."""
        now = self._database.clock.now()
        return await self._database.writer.run(lambda connection: _Decision(connection, place, limits, now).made())

    async def held(self) -> list[Place]:
        """List the workflows with runs that wait for their turn, those of the highest priority first."""
        query = (
            select(_run.c.workspace, _run.c.workflow_id)
            .where(_OPEN, _HELD, ~_run.c.test)
            .group_by(_run.c.workspace, _run.c.workflow_id)
            .order_by(func.max(_run.c.priority).desc(), func.min(_run.c.id))
        )
        async with self._database.read() as connection:
            return [(row.workspace, row.workflow_id) for row in await connection.execute(query)]


class _Decision:
    """One decision, inside its transaction."""

    def __init__(self, connection: Connection, place: Place, limits: Limits, now: datetime) -> None:
        self._connection = connection
        self._workflow_id = place[1]
        self._limits = limits
        self._now = now
        self._ours = (_run.c.workspace == place[0], _run.c.workflow_id == place[1], ~_run.c.test)
        self._verdict = Verdict()
        if connection.dialect.name == "postgresql":  # SQLite lets one write at a time anyway
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", ("/".join(place),))

    def made(self) -> Verdict:
        """Decide, and let in who may go."""
        verdict = self._verdict
        total = self._number(_HELD)
        if not total:
            return verdict
        held = self._without_repeats(self._held())
        room = self._room(len(held))
        match self._limits.mode:
            case "parallel":
                self._admit(held[:room])
            case "queued":
                self._admit(held[: min(room, 1)] if not self._going() else [])
            case "single":
                self._single(held, room)
            case "restart":
                self._restart(held, room)
        decided = len(verdict.admitted) + len(verdict.skipped) + len(verdict.replaced)
        verdict.left = total - decided
        verdict.more = bool(decided and verdict.left) and self._may_go_on(room)
        if room <= 0 and verdict.left:
            verdict.next_room = self._next_room()
        return verdict

    def _may_go_on(self, room: int) -> bool:
        if self._limits.mode == "parallel":
            return room > len(self._verdict.admitted)
        return self._limits.mode in ("single", "restart") or bool(self._verdict.skipped)

    def _single(self, held: list[Row[Any]], room: int) -> None:
        first = [] if self._going() else held[:1]
        self._admit(first[:room])
        self._verdict.skipped.extend(_passed(row, _IS_GOING) for row in held[len(first) :])

    def _restart(self, held: list[Row[Any]], room: int) -> None:
        newest, older = held[:1], held[1:]
        self._verdict.replaced.extend(_passed(row, "") for row in older)
        if not newest:
            return
        going = self._going()
        self._verdict.stop.extend(going)
        if not going:
            self._admit(newest[:room])

    def _admit(self, rows: list[Row[Any]]) -> None:
        ids = [row.id for row in rows]
        if not ids:
            return
        let_in = update(_run).where(_run.c.id.in_(ids)).values(waiting_for=None, reason=None, started_at=self._now)
        self._connection.execute(let_in)
        self._verdict.admitted = ids

    def _held(self) -> list[Row[Any]]:
        """Return who waits, the next one first; in `restart` the newest."""
        by_turn = (_run.c.priority.desc(), _run.c.id)
        order = (_run.c.id.desc(),) if self._limits.mode == "restart" else by_turn
        query = select(_run).where(*self._ours, _OPEN, _HELD).order_by(*order).limit(BATCH)
        return list(self._connection.execute(query))

    def _going(self) -> list[str]:
        """Return the runs that go on: they have begun, or have been let in."""
        begun, let_in = (select(_run.c.id).where(*self._ours, _OPEN, one) for one in (_BEGUN, _LET_IN))
        return [*self._connection.execute(begun).scalars(), *self._connection.execute(let_in).scalars()]

    def _number(self, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(_run).where(*self._ours, _OPEN, *conditions)
        return int(self._connection.execute(query).scalar_one())

    # -- runs an hour ------------------------------------------------------------------------------------------------

    def _room(self, wanted: int) -> int:
        """Return how many may start now, `wanted` at most."""
        if self._limits.per_hour is None:
            return wanted
        return max(0, min(wanted, self._limits.per_hour - len(self._starts())))

    def _starts(self) -> list[datetime]:
        """List when the runs of the last hour started: they go on, or have ended within it."""
        since = self._now - HOUR
        recent = and_(*self._ours, _run.c.started_at > since)
        ended = select(_run.c.started_at).where(
            recent, _run.c.completed_at > since, _run.c.status != RunStatus.SKIPPED.value
        )
        going = [select(_run.c.started_at).where(recent, _OPEN, one) for one in (_BEGUN, _LET_IN)]
        return [start for query in (ended, *going) for start in self._connection.execute(query).scalars()]

    def _next_room(self) -> datetime | None:
        starts = sorted(self._starts())
        over = len(starts) - (self._limits.per_hour or 0)
        return starts[over] + HOUR if 0 <= over < len(starts) else None

    # -- the same record ---------------------------------------------------------------------------------------------

    def _without_repeats(self, held: list[Row[Any]]) -> list[Row[Any]]:
        """Pass over runs for a record that has started this workflow within the window; return the others."""
        window = self._limits.window
        if window is None:
            return held
        passed: set[str] = set()
        for row in sorted(held, key=lambda one: str(one.id)):
            about = records_in(row.event or {})
            if about and self._started_before(row.id, about, window, passed):
                passed.add(row.id)
                self._verdict.skipped.append(_passed(row, _SAME_RECORD))
        return [row for row in held if row.id not in passed]

    def _started_before(self, run_id: str, about: frozenset[str], window: timedelta, passed: set[str]) -> bool:
        earliest = _id_before(run_id, window)
        query = select(_run.c.id, _run.c.event).where(
            *self._ours, _run.c.id < run_id, _run.c.id >= earliest, _run.c.status != RunStatus.SKIPPED.value
        )
        earlier = self._connection.execute(query)
        return any(row.id not in passed and records_in(row.event or {}) == about for row in earlier)


def _id_before(run_id: str, window: timedelta) -> str:
    """Return the lowest id of a run that began within the window before another: ids begin with their moment."""
    prefix, _, rest = run_id.partition("_")
    try:
        moment = int(rest[:12], 16)
    except ValueError:
        return run_id
    return f"{prefix}_{max(0, moment - int(window.total_seconds() * 1000)):012x}"


def _passed(row: Row[Any], reason: str) -> Passed:
    return Passed(run_of(row), row.epoch, reason)
