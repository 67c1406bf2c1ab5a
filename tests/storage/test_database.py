"""Opening: one server, sound settings, a schema that fits; migrations go both ways."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from flowstudio.errors import BadSetting, StorageFailed
from flowstudio.storage.database import Database
from flowstudio.storage.engines import read_url, writing_engine
from flowstudio.storage.migrate import downgrade, newest_version, schema_version, upgrade
from flowstudio.storage.tables import metadata
from tests.support.databases import StillClock


def of(file):
    return Database(f"sqlite:///{file}", StillClock())


async def test_a_second_server_is_refused_a_command_is_not(tmp_path):
    first, second, command = of(tmp_path / "f.db"), of(tmp_path / "f.db"), of(tmp_path / "f.db")
    await first.open()
    with pytest.raises(BadSetting, match="Another FlowStudio"):
        await second.open()
    await command.open(server=False)
    await command.close()
    await first.close()
    await second.open()
    await second.close()


async def test_sqlite_is_set_up_to_lose_nothing(sqlite):
    def pragma(name):
        return sqlite.writer.run(lambda c: c.exec_driver_sql(f"PRAGMA {name}").scalar())

    assert await pragma("journal_mode") == "wal"
    assert await pragma("synchronous") == 2
    assert await pragma("foreign_keys") == 1
    assert await pragma("trusted_schema") == 0
    assert await pragma("auto_vacuum") == 2


async def test_what_reads_cannot_write(sqlite):
    with pytest.raises(StorageFailed):
        async with sqlite.read() as connection:
            await connection.execute(text("DELETE FROM workspace"))


async def test_a_reader_sees_one_state(sqlite):
    count = text("SELECT count(*) FROM workspace")
    async with sqlite.read() as connection:
        before = (await connection.execute(count)).scalar()
        await sqlite.writer.run(lambda c: c.execute(text("INSERT INTO workspace VALUES ('w', 'W', NULL, 0)")).rowcount)
        assert (await connection.execute(count)).scalar() == before
    async with sqlite.read() as connection:
        assert (await connection.execute(count)).scalar() == before + 1


async def test_a_newer_schema_is_refused_with_a_clear_word(tmp_path):
    database = of(tmp_path / "f.db")
    await database.open()
    await database.close()
    with sqlite3.connect(tmp_path / "f.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    again = of(tmp_path / "f.db")
    with pytest.raises(BadSetting, match="newer version"):
        await again.open()
    await again.close()


async def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "f.db").write_text("Dear diary, " * 1000)
    database = of(tmp_path / "f.db")
    with pytest.raises(StorageFailed, match="cannot be opened"):
        await database.open()
    await database.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "no address"])
def test_addresses_of_other_kinds_are_refused(url):
    with pytest.raises(BadSetting):
        read_url(url)


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql+psycopg://h/d", "postgresql://h/d"])
def test_ways_to_write_a_postgresql_address(url):
    assert read_url(url).drivername == "postgresql"


async def test_a_backup_is_a_whole_database(sqlite, tmp_path):
    await sqlite.writer.run(lambda c: c.execute(text("INSERT INTO workspace VALUES ('w', 'W', NULL, 0)")).rowcount)
    await sqlite.backup(tmp_path / "it's a copy.db")
    with pytest.raises(BadSetting, match="already"):
        await sqlite.backup(tmp_path / "it's a copy.db")
    with sqlite3.connect(tmp_path / "it's a copy.db") as connection:
        assert connection.execute("SELECT workspace FROM workspace").fetchall() == [("w",)]
    connection.close()


async def test_freed_pages_go_back_to_the_disk(sqlite):
    def fill(connection):
        for n in range(300):
            connection.execute(text("INSERT INTO setting VALUES ('w', :k, :v)"), {"k": str(n), "v": "x" * 4_000})

    await sqlite.writer.run(fill)
    await sqlite.writer.run(lambda c: c.execute(text("DELETE FROM setting")).rowcount)
    pages = text("SELECT page_count FROM pragma_page_count")
    async with sqlite.read() as connection:
        before = (await connection.execute(pages)).scalar()
    await sqlite.tidy()
    async with sqlite.read() as connection:
        assert (await connection.execute(pages)).scalar() < before - 200


async def test_autogenerate_finds_nothing_to_change(database):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert await database.writer.run(differences) == []


async def test_every_table_knows_its_workspace():
    assert [table.name for table in metadata.tables.values() if "workspace" not in table.c] == []


def test_the_schema_goes_up_down_and_up_again(tmp_path):
    engine = writing_engine(read_url(f"sqlite:///{tmp_path / 'f.db'}"))
    with engine.begin() as connection:
        upgrade(connection)
        first = {name: inspect(connection).get_columns(name) for name in inspect(connection).get_table_names()}
    with engine.begin() as connection:
        downgrade(connection)
        assert schema_version(connection) is None
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with engine.begin() as connection:
        upgrade(connection)
        assert schema_version(connection) == newest_version()
        again = {name: inspect(connection).get_columns(name) for name in inspect(connection).get_table_names()}
    engine.dispose()
    assert {k: str(v) for k, v in first.items()} == {k: str(v) for k, v in again.items()}
