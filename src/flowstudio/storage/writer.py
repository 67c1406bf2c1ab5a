"""The one thread that writes: everything that piled up becomes one transaction (group commit).

A job that fails is rolled back to its savepoint and fails alone. An answer is given only after the commit.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from flowstudio.errors import FlowStudioError, StorageFailed

T = TypeVar("T")
Item = TypeVar("Item")
Many = Callable[[Connection, Sequence[Item]], Sequence[T | FlowStudioError]]
"""Writes many items with few statements; answers each with its result or its error, in order."""

MAX_JOBS = 2_000
MAX_BYTES = 4_000_000
HIGH_WATER_JOBS = 20_000
HIGH_WATER_AGE = 0.25


@dataclass(slots=True, eq=False)
class _Job:
    """`many` with its `item`, or a plain function: either way one answer to one waiting task."""

    many: Many[Any, Any] | None
    item: Any
    weight: int
    at: float
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Writer:
    """Owns the writing connection. Use from any event loop; `start` and `close` once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._closing = False
        self._connection: Connection | None = None
        self.guard: Callable[[], None] | None = None
        """Asked before each transaction; raises StorageFailed while nothing may be written."""
        self._thread = threading.Thread(target=self._work, name="flowstudio-writer", daemon=True)
        self.commits = 0
        """Transactions committed so far."""

    @property
    def depth(self) -> int:
        """Return how many jobs wait."""
        return len(self._jobs)

    @property
    def age(self) -> float:
        """Return for how many seconds the oldest job has been waiting."""
        try:
            return time.monotonic() - self._jobs[0].at
        except IndexError:
            return 0.0

    @property
    def saturated(self) -> bool:
        """Say whether no further work should be taken on: too much waits, or it waits too long."""
        return self.depth > HIGH_WATER_JOBS or self.age > HIGH_WATER_AGE

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    async def close(self) -> None:
        """Carry out what was handed in, then stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)

    async def run(self, job: Callable[[Connection], T], *, weight: int = 0) -> T:
        """Call `job` on the writing connection and return its result once it is on disk.

        What it raises reaches the caller, and nothing of it is kept. Raise StorageFailed when the database did not
        take it.
        """
        answer: T = await self._hand_in(None, job, weight)
        return answer

    def join(
        self, many: Callable[[Connection, Sequence[Item]], Sequence[T | FlowStudioError]], item: Item, *, weight: int
    ) -> Awaitable[T]:
        """As `run`, for writes that go together: what waits for the same `many` is handed to it at once."""
        return self._hand_in(many, item, weight)

    def _hand_in(self, many: Many[Any, Any] | None, item: Any, weight: int) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        job = _Job(many, item, weight, time.monotonic(), loop, loop.create_future())
        with self._lock:
            if self._closing:
                raise StorageFailed("FlowStudio is shutting down and takes no more changes.")
            self._jobs.append(job)
            if len(self._jobs) == 1:
                # Not at once: what else the loop is about to hand in shares the transaction.
                loop.call_soon(self._rouse)
        return job.future

    def _rouse(self) -> None:
        with self._wake:
            self._wake.notify()

    def _work(self) -> None:
        while batch := self._take():
            answers = self._commit(batch)
            _answer(batch, answers)
        self._drop_connection()

    def _take(self) -> list[_Job]:
        """Return what piled up, within the caps; nothing once closing and drained."""
        with self._wake:
            while not self._jobs and not self._closing:
                self._wake.wait()
            batch: list[_Job] = []
            weight = 0
            while self._jobs and len(batch) < MAX_JOBS and weight < MAX_BYTES:
                job = self._jobs.popleft()
                weight += job.weight
                batch.append(job)
            return batch

    def _commit(self, batch: list[_Job], *, again: bool = True) -> list[Any]:
        committing = False
        try:
            if self.guard is not None:
                self.guard()
            connection = self._connected()
            with connection.begin():
                answers = [answer for group in _together(batch) for answer in self._attempt(connection, group)]
                committing = True
        except Exception as fault:  # noqa: BLE001  whatever it is, those who wait must hear of it
            cut_off = again and not committing and self._is_cut_off()
            self._drop_connection()
            if cut_off:  # while it had nothing to do, for example: nothing of this is written
                return self._commit(batch, again=False)
            failure = self._translated(fault)
            return [_Failed(failure)] * len(batch)
        self.commits += 1
        return answers

    def _attempt(self, connection: Connection, jobs: list[_Job]) -> list[Any]:
        """Carry out jobs of one kind under a savepoint; halve them until the one that fails stands alone."""
        # Straight to the driver: SQLAlchemy's savepoints cost more than what they protect.
        raw: Any = connection.connection.driver_connection
        raw.execute("SAVEPOINT job")
        try:
            answers = _carry_out(connection, jobs)
            raw.execute("RELEASE SAVEPOINT job")
        except Exception as fault:
            if not self._in_transaction(connection):
                raise  # the database gave up the whole transaction
            raw.execute("ROLLBACK TO SAVEPOINT job")
            raw.execute("RELEASE SAVEPOINT job")
            if len(jobs) == 1:
                return [_Failed(self._translated(fault))]
            half = len(jobs) // 2
            return [*self._attempt(connection, jobs[:half]), *self._attempt(connection, jobs[half:])]
        return answers

    def _in_transaction(self, connection: Connection) -> bool:
        if self._engine.dialect.name != "sqlite":
            return not connection.invalidated
        raw: Any = connection.connection.driver_connection
        return bool(raw.in_transaction)

    def _is_cut_off(self) -> bool:
        """Say whether the database ended the connection."""
        if self._connection is None or self._engine.dialect.name == "sqlite":
            return False
        return self._connection.invalidated or bool(self._connection.connection.driver_connection.closed)  # type: ignore[union-attr]

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _translated(self, fault: Exception) -> Exception:
        driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        if isinstance(fault, (DBAPIError, driver_error)):
            failure = StorageFailed(hint=f"The database says: {_reason(fault)}")
            failure.__cause__ = fault
            return failure
        return fault


@dataclass(frozen=True, slots=True)
class _Failed:
    fault: Exception


def _reason(fault: Exception) -> str:
    told = fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
    return str(told).strip().splitlines()[0] if str(told).strip() else type(told).__name__


def _together(batch: list[_Job]) -> Iterator[list[_Job]]:
    """Split into groups for one savepoint each: neighbours with the same `many`, and every plain function alone."""
    for many, jobs in groupby(batch, key=lambda job: job.many):
        if many is None:
            yield from ([job] for job in jobs)
        else:
            yield list(jobs)


def _carry_out(connection: Connection, jobs: list[_Job]) -> list[Any]:
    many = jobs[0].many
    if many is None:
        return [jobs[0].item(connection)]
    results = many(connection, [job.item for job in jobs])
    return [_Failed(result) if isinstance(result, FlowStudioError) else result for result in results]


def _answer(batch: list[_Job], answers: list[Any]) -> None:
    """Tell those who wait, with one call into each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for job, answer in zip(batch, answers, strict=True):
        loops.setdefault(job.loop, []).append((job.future, answer))
    for loop, pairs in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, answer in pairs:
        if future.done():
            continue
        if isinstance(answer, _Failed):
            future.set_exception(answer.fault)
        else:
            future.set_result(answer)
