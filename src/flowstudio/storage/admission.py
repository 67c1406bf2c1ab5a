"""The queue of runs on disk: who may go is decided in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, text, union_all, update

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.services.quotas import Quota, Shares, Use
from flowstudio.services.turns import WAITS_FOR_ROOM, WAITS_FOR_RUN, Limits, Passed, Place, Verdict, records_in
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

    async def share_out(self, workspace: str, quota: Quota, limits: Mapping[str, Limits], shares: Shares) -> Verdict:
        """Decide about the runs of these workflows together: the workspace's room is dealt between them."""
        now = self._database.clock.now()
        return await self._database.writer.run(
            lambda connection: _Sharing(connection, workspace, quota, limits, shares, now).made()
        )

    async def use(self, workspace: str) -> Use:
        """Count what a workspace uses of its quotas now."""
        now = self._database.clock.now()
        async with self._database.read() as connection:
            return await connection.run_sync(lambda plain: _use(plain, workspace, now))

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
    """One decision about a workflow, inside its transaction."""

    def __init__(self, connection: Connection, place: Place, limits: Limits, now: datetime) -> None:
        self._connection = connection
        self._limits = limits
        self._now = now
        self._ours = (_run.c.workspace == place[0], _run.c.workflow_id == place[1], ~_run.c.test)
        self._verdict = Verdict()
        _lock(connection, "/".join(place))
        self._total = _number(connection, *self._ours, _HELD)
        batch = self._held() if self._total else []
        self._cut = self._total > len(batch)
        self._batch = self._without_repeats(batch)
        self._own_room = self._room(len(self._batch))
        self._others = self._going() if self._batch and limits.mode != "parallel" else []
        self.may_go = self._may_go()
        """The runs that the workflow's own limits let in now, the next one first."""

    def _may_go(self) -> list[Row[Any]]:
        if self._limits.mode == "parallel":
            return self._batch[: self._own_room]
        return [] if self._others else self._batch[: min(self._own_room, 1)]

    def made(self, most: int | None = None, beyond: str = "") -> Verdict:
        """Decide, and let in who may go, `most` of them; `beyond` says why the others of them wait."""
        verdict = self._verdict
        if not self._total:
            return verdict
        self._admit(self.may_go[:most])
        if self._limits.mode == "single":
            first = 0 if self._others else 1
            verdict.skipped.extend(_passed(row, _IS_GOING) for row in self._batch[first:])
        elif self._limits.mode == "restart":
            verdict.replaced.extend(_passed(row, "") for row in self._batch[1:])
            verdict.stop.extend(self._others)
        self._say_why(beyond)
        decided = len(verdict.admitted) + len(verdict.skipped) + len(verdict.replaced)
        verdict.left = self._total - decided
        verdict.more = bool(decided and verdict.left) and self._may_go_on()
        if self._own_room <= 0 and verdict.left:
            verdict.next_room = self._next_room()
        return verdict

    def _may_go_on(self) -> bool:
        if self._limits.mode == "parallel":
            return self._cut and len(self._verdict.admitted) == len(self.may_go)
        return self._limits.mode in ("single", "restart") or bool(self._verdict.skipped)

    def _say_why(self, beyond: str) -> None:
        """Write at the runs that wait on what they wait for, where something else stands there."""
        verdict = self._verdict
        gone = {*verdict.admitted, *(one.run.id for one in (*verdict.skipped, *verdict.replaced))}
        ready = {row.id for row in self.may_go}
        for_run = self._others or (self._limits.mode != "parallel" and self._own_room > 0)
        own = WAITS_FOR_RUN if for_run else WAITS_FOR_ROOM
        wrong: dict[str, list[str]] = {}
        for row in self._batch:
            why = beyond if row.id in ready else own
            if row.id not in gone and row.reason != why:
                wrong.setdefault(why, []).append(row.id)
        for why, ids in wrong.items():
            self._connection.execute(update(_run).where(_run.c.id.in_(ids)).values(reason=why))

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

    # -- runs an hour ------------------------------------------------------------------------------------------------

    def _room(self, wanted: int) -> int:
        """Return how many may start now, `wanted` at most."""
        if self._limits.per_hour is None:
            return wanted
        return max(0, min(wanted, self._limits.per_hour - len(self._starts())))

    def _starts(self) -> list[datetime]:
        """List when the runs of the last hour started."""
        queries = _started_since(self._ours, self._now - HOUR)
        return [start for query in queries for start in self._connection.execute(query).scalars()]

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


class _Sharing:
    """One decision about all workflows of a workspace that wait, inside its transaction."""

    def __init__(
        self, connection: Connection, workspace: str, quota: Quota, limits: Mapping[str, Limits], shares: Shares,
        now: datetime,
    ) -> None:  # fmt: skip
        _lock(connection, workspace)
        self._connection = connection
        self._ours = (_run.c.workspace == workspace, ~_run.c.test)
        self._quota = quota
        self._shares = shares
        self._now = now
        self._decisions = {key: _Decision(connection, (workspace, key), one, now) for key, one in limits.items()}

    def made(self) -> Verdict:
        """Decide about each workflow, with the share of the room that it gets."""
        room, beyond = self._room()
        ready = {key: [row.priority for row in one.may_go] for key, one in self._decisions.items()}
        dealt = self._shares.deal(ready, room)
        made = [one.made(dealt[key], beyond) for key, one in self._decisions.items()]
        full = room is not None and room <= sum(dealt.values())
        verdict = Verdict(left=sum(one.left for one in made), more=not full and any(one.more for one in made))
        for one in made:
            verdict.admitted += one.admitted
            verdict.skipped += one.skipped
            verdict.replaced += one.replaced
            verdict.stop += one.stop
        rooms = [one.next_room for one in made]
        if full and verdict.left:
            rooms.append(self._next_room())
        verdict.next_room = min((one for one in rooms if one is not None), default=None)
        return verdict

    def _room(self) -> tuple[int | None, str]:
        """Return how many runs may start now, None for any number, and why those beyond it wait."""
        hour, once = self._quota.per_hour, self._quota.at_once
        rooms: list[tuple[int, str]] = []
        if hour is not None:
            runs = "1 run" if hour == 1 else f"{hour:,} runs"
            why = f"It waits for its turn: this workspace starts at most {runs} within an hour."
            rooms.append((hour - _number_started(self._connection, self._ours, self._now), why))
        if once is not None:
            why = f"It waits for its turn: in this workspace, {once:,} at most may run at the same time."
            rooms.append((once - _number_going(self._connection, self._ours), why))
        if not rooms:
            return None, ""
        room, why = min(rooms)
        return max(0, room), why

    def _next_room(self) -> datetime | None:
        """Return when the quota of runs an hour leaves room again; None where it does now."""
        hour = self._quota.per_hour
        over = -1 if hour is None else _number_started(self._connection, self._ours, self._now) - hour
        if over < 0:
            return None
        starts = union_all(*_started_since(self._ours, self._now - HOUR)).subquery()
        query = select(starts.c.started_at).order_by(starts.c.started_at).offset(over).limit(1)
        first: datetime | None = self._connection.execute(query).scalar()
        return None if first is None else first + HOUR


def _lock(connection: Connection, name: str) -> None:
    """Keep other processes from deciding about the same until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite lets one write at a time anyway
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (name,))


def _number(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(_run).where(_OPEN, *conditions)
    return int(connection.execute(query).scalar_one())


def _number_going(connection: Connection, ours: tuple[ColumnElement[bool], ...]) -> int:
    """Count the runs that go on now; those that rest until something comes do not."""
    running = _run.c.status == RunStatus.RUNNING.value
    return sum(_number(connection, *ours, one) for one in (running, _LET_IN))


def _number_started(connection: Connection, ours: tuple[ColumnElement[bool], ...], now: datetime) -> int:
    """Count the runs that started within the last hour."""
    queries = (select(func.count()).select_from(one.subquery()) for one in _started_since(ours, now - HOUR))
    return sum(int(connection.execute(query).scalar_one()) for query in queries)


def _started_since(ours: tuple[ColumnElement[bool], ...], since: datetime) -> list[Select[tuple[Any]]]:
    """Return queries that together give when the runs since then started: they go on, or have ended since."""
    recent = and_(*ours, _run.c.started_at > since)
    ended = select(_run.c.started_at).where(
        recent, _run.c.completed_at > since, _run.c.status != RunStatus.SKIPPED.value
    )
    return [ended, *(select(_run.c.started_at).where(recent, _OPEN, one) for one in (_BEGUN, _LET_IN))]


def _use(connection: Connection, workspace: str, now: datetime) -> Use:
    ours = (_run.c.workspace == workspace, ~_run.c.test)
    return Use(
        _number_started(connection, ours, now), _number_going(connection, ours), _number(connection, *ours, _HELD)
    )


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
