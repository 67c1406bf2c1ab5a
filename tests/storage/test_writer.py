"""The writing thread: few commits, failures that stay alone, nothing acknowledged is lost."""

import asyncio
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

from flowstudio.errors import Conflict, StorageFailed
from flowstudio.storage.database import Database
from tests.support.databases import StillClock

INSERT = text("INSERT INTO setting (workspace, key, value) VALUES ('main', :key, '1')")


async def keep(database, key):
    return await database.writer.run(lambda c: c.execute(INSERT, {"key": key}).rowcount)


async def keys(database):
    async with database.read() as connection:
        return list((await connection.execute(text("SELECT key FROM setting ORDER BY key"))).scalars())


async def test_a_thousand_changes_share_a_few_commits(database):
    before = database.writer.commits
    assert sum(await asyncio.gather(*(keep(database, f"k{n:04}") for n in range(1_000)))) == 1_000
    assert database.writer.commits - before <= 20
    assert len(await keys(database)) == 1_000


async def test_one_bad_change_fails_alone(database):
    await keep(database, "k5")
    answers = await asyncio.gather(*(keep(database, f"k{n}") for n in range(10)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(StorageFailed) == 1
    assert isinstance(answers[5], StorageFailed)
    assert len(await keys(database)) == 10


async def test_what_a_change_raises_reaches_its_caller_and_leaves_nothing(database):
    def refuse(connection):
        connection.execute(INSERT, {"key": "half"})
        raise Conflict("no")

    answers = await asyncio.gather(
        keep(database, "a"), database.writer.run(refuse), keep(database, "b"), return_exceptions=True
    )
    assert isinstance(answers[1], Conflict)
    assert await keys(database) == ["a", "b"]


async def test_what_goes_together_is_halved_until_the_culprit_stands_alone(database):
    sizes = []

    def many(connection, names):
        sizes.append(len(names))
        for name in names:
            connection.execute(INSERT, {"key": name})
        return [name.upper() if name != "refused" else Conflict("no") for name in names]

    names = [f"k{n}" for n in range(16)]
    names[11] = "k3"
    answers = await asyncio.gather(
        *(database.writer.join(many, name, weight=10) for name in names), return_exceptions=True
    )
    failed = [place for place, answer in enumerate(answers) if isinstance(answer, Exception)]
    assert failed == [11]
    assert answers[4] == "K4"
    assert len(sizes) <= 10
    with pytest.raises(Conflict):
        await database.writer.join(many, "refused", weight=10)


async def test_closing_carries_out_what_was_handed_in(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'f.db'}", StillClock())
    await database.open()
    waiting = [asyncio.ensure_future(keep(database, f"k{n:03}")) for n in range(300)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*waiting) == [1] * 300
    with sqlite3.connect(tmp_path / "f.db") as connection:
        assert connection.execute("SELECT count(*) FROM setting").fetchone() == (300,)
    connection.close()
    with pytest.raises(StorageFailed, match="shutting down"):
        await keep(database, "late")


async def test_a_caller_that_gave_up_disturbs_nobody(database):
    impatient = asyncio.ensure_future(keep(database, "a"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await keep(database, "b") == 1
    assert impatient.cancelled()


async def test_two_event_loops_may_write(database):
    def from_another_thread():
        asyncio.run(keep(database, "other"))

    thread = threading.Thread(target=from_another_thread)
    thread.start()
    await keep(database, "here")
    await asyncio.to_thread(thread.join)
    assert await keys(database) == ["here", "other"]


async def test_back_pressure_shows_depth_and_age(database):
    hold, held = threading.Event(), threading.Event()

    def block(connection):
        held.set()
        hold.wait(10)

    blocked = asyncio.ensure_future(database.writer.run(block))
    await asyncio.to_thread(held.wait, 10)
    waiting = [asyncio.ensure_future(keep(database, f"k{n}")) for n in range(5)]
    await asyncio.sleep(0)
    assert database.writer.depth == 5
    first = database.writer.age
    assert 0 < first < database.writer.age
    assert not database.writer.saturated
    hold.set()
    await asyncio.gather(blocked, *waiting)
    assert (database.writer.depth, database.writer.age) == (0, 0.0)


async def test_a_lock_held_by_somebody_else_is_a_failure_that_passes(sqlite, monkeypatch):
    await keep(sqlite, "a")
    await sqlite.writer.run(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=50").close())
    other = sqlite3.connect(sqlite.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers = await asyncio.gather(keep(sqlite, "b"), keep(sqlite, "c"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StorageFailed, StorageFailed]
    assert answers[0].retryable
    other.execute("ROLLBACK")
    other.close()
    assert await keep(sqlite, "b") == 1
    assert await keys(sqlite) == ["a", "b"]


async def test_a_full_disk_is_a_failure_that_passes(sqlite):
    await keep(sqlite, "a")
    pages = await sqlite.writer.run(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())

    def limit(number):
        return lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={number}").scalar()

    await sqlite.writer.run(limit(pages))
    large = text("INSERT INTO setting (workspace, key, value) VALUES ('main', 'large', :value)")
    with pytest.raises(StorageFailed) as caught:
        await sqlite.writer.run(lambda c: c.execute(large, {"value": "x" * 500_000}).rowcount)
    assert "full" in caught.value.hint
    await sqlite.writer.run(limit(1_000_000))
    assert await sqlite.writer.run(lambda c: c.execute(large, {"value": "x" * 500_000}).rowcount) == 1
    assert await keys(sqlite) == ["a", "large"]


CHILD = """
import asyncio, sys
from sqlalchemy import text
from flowstudio.storage.database import Database
from tests.support.databases import StillClock

INSERT = text("INSERT INTO setting (workspace, key, value) VALUES ('main', :key, '1')")

async def main():
    database = Database(f"sqlite:///{sys.argv[1]}", StillClock())
    await database.open()
    async def lane(number):
        step = 0
        while True:
            key = f"{number}-{step}"
            await database.writer.run(lambda c: c.execute(INSERT, {"key": key}).rowcount)
            print(key, flush=True)
            step += 1
    await asyncio.gather(*(lane(number) for number in range(20)))

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [50, 700])
def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path, acknowledged):
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "f.db")], stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    told = [process.stdout.readline().strip() for _ in range(acknowledged)]
    process.kill()
    told += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()
    connection = sqlite3.connect(tmp_path / "f.db")
    kept = {key for (key,) in connection.execute("SELECT key FROM setting")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert set(told) <= kept
    for lane in range(20):
        steps = sorted(int(key.split("-")[1]) for key in kept if key.startswith(f"{lane}-"))
        assert steps == list(range(len(steps)))
