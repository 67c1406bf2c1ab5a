"""From an SQLite file into PostgreSQL: every row of every table as it was, or nothing at all."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.storage.database import Database
from flowstudio.storage.engines import read_url, writing_engine
from flowstudio.storage.lock import ServerLock
from flowstudio.storage.migrate import upgrade
from flowstudio.storage.moving import Moved, move
from flowstudio.storage.tables import metadata
from tests.support.databases import POSTGRES, StillClock, postgres_schema
from tests.support.moving import every, odd_file, postgres_rows, postgres_tables, sqlite_rows

ROWS = 8
"""Rows of each table of the file."""
KILLED = """
import os, signal, sys
from pathlib import Path
from flowstudio.storage.engines import read_url
from flowstudio.storage.moving import move

def told(table, done, total):
    if table == "step":
        os.kill(os.getpid(), signal.SIGKILL)

move(Path(sys.argv[1]), read_url(sys.argv[2]), told)
"""


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    return await odd_file(tmp_path)


@pytest.fixture
def target() -> Iterator[str]:
    with postgres_schema() as url:
        yield url


def moved(file: Path, target: str) -> list[Moved]:
    return move(file, read_url(target), lambda *_: None)


@pytest.mark.postgres
async def test_every_row_of_every_table_arrives_as_it_was(file: Path, target: str) -> None:
    found = moved(file, target)
    before, after = sqlite_rows(file), postgres_rows(target)
    assert {one.table: one.rows for one in found} == dict.fromkeys(metadata.tables, ROWS)
    for table, rows in before.items():
        assert after[table] == rows, table
    assert not any(one.mended for one in found)


@pytest.mark.postgres
async def test_the_file_and_what_stands_beside_it_stay_as_they_are(file: Path, target: str) -> None:
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    moved(file, target)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


@pytest.mark.postgres
async def test_what_stands_only_in_the_log_of_a_server_that_was_killed_comes_along(file: Path, target: str) -> None:
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("UPDATE workflow SET name = 'only in the log'")
    writer.commit()
    copied = file.with_name("copy.db")
    for ending in ("", "-wal"):
        copied.with_name(copied.name + ending).write_bytes(file.with_name(file.name + ending).read_bytes())
    writer.close()
    moved(copied, target)
    names = {row[list(metadata.tables["workflow"].c.keys()).index("name")] for row in postgres_rows(target)["workflow"]}
    assert names == {"only in the log"}


@pytest.mark.postgres
async def test_says_how_far_it_is(file: Path, target: str) -> None:
    with sqlite3.connect(file) as connection:
        rows = [("w", f"key {number}", "1") for number in range(2_000)]
        connection.executemany("INSERT INTO setting VALUES (?, ?, ?)", rows)
    connection.close()
    told: list[tuple[str, int, int]] = []
    move(file, read_url(target), lambda *word: told.append(word))
    total = every(sqlite_rows(file))
    assert {word[2] for word in told} == {total}
    assert [word[1] for word in told] == sorted(word[1] for word in told)
    assert told[-1][1] == total
    assert len([word for word in told if word[0] == "setting"]) == 5, "at every 500 rows, and at the end"


@pytest.mark.postgres
async def test_a_character_that_postgresql_does_not_take_is_left_out_and_told(file: Path, target: str) -> None:
    def content(zero: str) -> str:
        return orjson.dumps({f"k{zero}": [f"a{zero}b", "\\u0000"], "n": 1.0}).decode()

    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE run SET reason = ? WHERE id LIKE '1 %'", ("so\0so",))
        connection.execute("UPDATE run SET event = ?", (content("\0"),))  # kept as text: nothing reads it there
        connection.execute("UPDATE record SET data = ? WHERE id LIKE '2 %'", (content("\0"),))
        connection.execute("UPDATE record SET data = ? WHERE id LIKE '3 %'", (content(""),))
    connection.close()
    assert {one.table: one.mended for one in moved(file, target) if one.mended} == {"run": 1, "record": 1}
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE run SET reason = 'soso' WHERE id LIKE '1 %'")
        connection.execute("UPDATE record SET data = ? WHERE id LIKE '2 %'", (content(""),))
    connection.close()
    assert postgres_rows(target) == sqlite_rows(file)


def _nothing_is_there(target: str) -> None:
    assert postgres_tables(target) == []


@pytest.mark.postgres
async def test_a_move_that_fails_in_the_middle_leaves_nothing_and_is_started_again(file: Path, target: str) -> None:
    def stop(table: str, _done: int, _total: int) -> None:
        if table == "step":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(file, read_url(target), stop)
    _nothing_is_there(target)
    moved(file, target)
    assert postgres_rows(target) == sqlite_rows(file)


@pytest.mark.postgres
async def test_a_connection_that_is_cut_in_the_middle_leaves_nothing_and_says_so(file: Path, target: str) -> None:
    address = make_url(POSTGRES).set(drivername="postgresql").render_as_string(hide_password=False)
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE %s"

    def cut(table: str, _done: int, _total: int) -> None:
        if table == "step":
            with psycopg.connect(address, autocommit=True) as person:
                person.execute(query, (f"FlowStudio on %, process {os.getpid()}",))

    with pytest.raises(StorageFailed, match="started again"):
        move(file, read_url(target), cut)
    _nothing_is_there(target)
    moved(file, target)
    assert postgres_rows(target) == sqlite_rows(file)


@pytest.mark.postgres
async def test_a_process_that_is_killed_in_the_middle_leaves_nothing(file: Path, target: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file), target], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    moved(file, target)
    assert postgres_rows(target) == sqlite_rows(file)


@pytest.mark.postgres
async def test_what_postgresql_refuses_is_told_with_its_table(file: Path, target: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE step SET seq = 9000000000 WHERE seq = 1")
    connection.close()
    with pytest.raises(StorageFailed, match="as it was before") as failed:
        moved(file, target)
    assert "COPY step" in failed.value.hint
    _nothing_is_there(target)


@pytest.mark.postgres
async def test_a_file_that_breaks_off_is_told_apart_from_postgresql(file: Path, target: str) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(StorageFailed, match=r"SQLite database .* cannot be read"):
        moved(file, target)
    _nothing_is_there(target)


@pytest.mark.postgres
async def test_an_empty_database_of_this_schema_is_taken_one_with_rows_is_not(file: Path, target: str) -> None:
    engine = writing_engine(read_url(target))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    moved(file, target)
    before = postgres_rows(target)
    with pytest.raises(BadSetting, match="is not empty: alert, api_key, "):
        moved(file, target)
    assert postgres_rows(target) == before


@pytest.mark.postgres
async def test_tables_of_somebody_else_are_not_written_into(file: Path, target: str) -> None:
    engine = create_engine(read_url(target).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE session (x text)")
    engine.dispose()
    with pytest.raises(BadSetting, match="not empty: session"):
        moved(file, target)


@pytest.mark.postgres
@pytest.mark.parametrize(("version", "word"), [("0009", "an older"), ("9999", "a newer")])
async def test_a_postgresql_of_another_schema_is_refused(file: Path, target: str, version: str, word: str) -> None:
    engine = create_engine(read_url(target).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        upgrade(connection, "0009")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    engine.dispose()
    with pytest.raises(BadSetting, match=f"the schema of {word} FlowStudio"):
        moved(file, target)


@pytest.mark.postgres
async def test_a_server_on_postgresql_is_not_written_under(file: Path, target: str) -> None:
    server = Database(target, StillClock())
    await server.open()
    with pytest.raises(BadSetting, match="already uses this database"):
        moved(file, target)
    await server.close()


@pytest.mark.postgres
async def test_no_server_starts_while_its_data_is_moved(file: Path, target: str) -> None:
    refused: list[str] = []

    def try_to_start(table: str, _done: int, _total: int) -> None:
        if table == "step":
            with pytest.raises(BadSetting) as fault, ServerLock(file):
                pass
            refused.append(fault.value.message)

    move(file, read_url(target), try_to_start)
    assert refused == ["Another FlowStudio already uses this data directory."]


@pytest.mark.postgres
async def test_no_column_counts_by_itself_so_no_sequence_is_left_behind(file: Path, target: str) -> None:
    moved(file, target)
    with psycopg.connect(make_url(target).set(drivername="postgresql").render_as_string(False)) as connection:
        counting = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND (is_identity = 'YES' OR column_default LIKE 'nextval%')"
        ).fetchall()
    assert counting == []


async def test_no_table_of_the_schema_is_forgotten(tmp_path: Path) -> None:
    """The migrations make the schema; what is moved are the tables that the moving module knows by itself."""
    engine = writing_engine(read_url(f"sqlite:///{tmp_path / 'f.db'}"))
    with engine.begin() as connection:
        upgrade(connection)
        made = {name: {one["name"] for one in inspect(connection).get_columns(name)} for name in
                inspect(connection).get_table_names() if name != "alembic_version"}  # fmt: skip
    engine.dispose()
    code = (
        "import json, flowstudio.storage.moving as moving;"
        "print(json.dumps({t.name: list(t.c.keys()) for t in moving.metadata.sorted_tables}))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    assert {name: set(columns) for name, columns in orjson.loads(said.stdout).items()} == made


async def test_a_server_on_the_file_is_named(tmp_path: Path) -> None:
    server = Database(f"sqlite:///{tmp_path / 'f.db'}", StillClock())
    await server.open()
    with pytest.raises(BadSetting, match="already uses this data directory") as refused:
        moved(tmp_path / "f.db", "postgresql://nobody@127.0.0.1:1/none")
    assert f"process {os.getpid()}" in refused.value.hint
    await server.close()


async def test_no_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="There is no SQLite database"):
        moved(tmp_path / "flowstudio.db", "postgresql://nobody@127.0.0.1:1/none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "word"), [("0009", "an older FlowStudio"), ("9999", "a newer version")])
async def test_a_file_of_another_schema_is_refused(file: Path, version: str, word: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    with pytest.raises(BadSetting, match=word):
        moved(file, "postgresql://nobody@127.0.0.1:1/none")


async def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "f.db") as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(BadSetting, match="no database of FlowStudio"):
        moved(tmp_path / "f.db", "postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "g.db").write_text("Dear diary, " * 1000)
    with pytest.raises(StorageFailed, match="cannot be read"):
        moved(tmp_path / "g.db", "postgresql://nobody@127.0.0.1:1/none")


async def test_an_address_that_does_not_answer_is_told_without_its_password(file: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be reached") as refused:
        moved(file, "postgresql://nobody:canary@127.0.0.1:1/none")
    assert "127.0.0.1" in refused.value.hint
    assert "canary" not in refused.value.hint
