"""One server per PostgreSQL database: the second is refused by name, and one that lost its hold writes nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.storage.database import Database
from flowstudio.storage.engines import writing_engine
from flowstudio.storage.postgres_lock import PostgresLock, fence, our_name
from tests.support.databases import POSTGRES, StillClock, postgres_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with postgres_database() as opened:
        yield opened


@pytest.fixture
def person() -> Iterator[psycopg.Connection[Any]]:
    """Whoever looks after the database server."""
    address = make_url(POSTGRES).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def _lock(database: Database) -> PostgresLock:
    assert isinstance(database._lock, PostgresLock)
    return database._lock


def _same(database: Database) -> Database:
    return Database(database.url.render_as_string(hide_password=False), StillClock())


async def _write(database: Database) -> int:
    return int(await database.writer.run(lambda c: c.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()))


def _end(person: psycopg.Connection[Any], process: int) -> None:
    assert person.execute("SELECT pg_terminate_backend(%s, 5000)", (process,)).fetchone() == (True,)


def _number(person: psycopg.Connection[Any], process: int) -> int:
    """Return how many wait for a lock that a connection holds."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
    found = person.execute(query, (process,)).fetchone()
    assert found is not None
    return int(found[0])


async def _overtaken(database: Database, person: psycopg.Connection[Any]) -> PostgresLock:
    """Let another server have the database: it waits for the lock, and the connection that holds it is cut."""
    process = _lock(database)._connection.info.backend_pid
    other = PostgresLock(database.url)
    waiting = threading.Thread(target=other.acquire)
    waiting.start()
    while not _number(person, process):
        await asyncio.sleep(0.01)  # the database server can only be asked
    _end(person, process)
    waiting.join()
    return other


async def test_a_second_server_is_refused_and_told_who_is_there(database: Database) -> None:
    second = _same(database)
    with pytest.raises(BadSetting, match="already uses this database") as refused:
        await second.open()
    assert our_name() in refused.value.hint
    await second.close()
    beside = _same(database)
    await beside.open(server=False)  # commands work beside a server
    await _write(beside)
    await beside.close()


async def test_another_schema_is_another_database(database: Database) -> None:
    async with postgres_database() as other:
        await _write(other)
        await _write(database)


async def test_the_next_server_begins_when_the_first_has_ended(database: Database) -> None:
    await _write(database)
    await database.close()
    second = _same(database)
    await second.open()
    await _write(second)
    await second.close()


async def test_a_connection_that_was_cut_is_made_again_before_anything_is_lost(
    database: Database, person: psycopg.Connection[Any]
) -> None:
    process = await _write(database)
    _end(person, process)
    assert await _write(database) != process


async def test_a_server_that_lost_its_hold_writes_nothing_until_it_has_it_again(
    database: Database, person: psycopg.Connection[Any]
) -> None:
    held_again = threading.Event()
    database.regained.append(held_again.set)
    await _write(database)
    other = await _overtaken(database, person)
    while _lock(database)._connection is not None or not _lock(database)._holder:
        await asyncio.sleep(0.01)  # until its watch has noticed
    with pytest.raises(StorageFailed, match="does not hold its database") as refused:
        await _write(database)
    assert our_name() in refused.value.hint
    assert not held_again.is_set()
    other.release()
    assert await asyncio.to_thread(held_again.wait, 60)
    await _write(database)
    await database.refresh()


async def test_nobody_else_writes_while_the_writer_of_a_server_that_lost_its_hold_lives(
    database: Database, person: psycopg.Connection[Any]
) -> None:
    await _write(database)
    other = await _overtaken(database, person)
    engine = writing_engine(database.url)
    fence(engine)
    with pytest.raises(StorageFailed, match="writes to this database") as refused:
        engine.connect()
    assert our_name() in refused.value.hint
    other.release()
    engine.dispose()
