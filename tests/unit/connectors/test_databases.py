"""Databases of others: real SQLite files and a real PostgreSQL, values bound, limits kept."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from flowstudio.connectors.databases import Databases, names_in
from flowstudio.connectors.http import HttpxHttp
from flowstudio.errors import ConfigRejected, Refused, StepTimedOut, Unauthorized, Unreachable
from flowstudio.nodes.actions.integration.query_database import QueryDatabaseConfig, build_statement
from tests.support.databases import POSTGRES
from tests.support.servers import StoredSecrets

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "databases"
    found.mkdir()
    with sqlite3.connect(found / "orders.db") as connection:
        connection.execute("create table orders (id integer primary key, customer text, total real)")
        connection.executemany("insert into orders values (?, ?, ?)", [(n, f"c{n % 2}", n * 10) for n in range(1, 6)])
    connection.close()
    return found


async def ask(folder: Path, sql: str, address: str = "sqlite:///orders.db", **settings: Any) -> Any:
    config = QueryDatabaseConfig(credential="db", sql=sql, **settings)
    async with HttpxHttp(StoredSecrets(db=address), services=[Databases(folder, ["127.0.0.1", "localhost"])]) as http:
        return (await http.request(build_statement(config))).body


async def test_rows_come_as_data_and_values_are_bound(folder: Path) -> None:
    found = await ask(folder, "select * from orders where customer = :who order by id", params={"who": "c1"})
    assert found == {
        "rows": [{"id": 1, "customer": "c1", "total": 10.0}, {"id": 3, "customer": "c1", "total": 30.0},
                 {"id": 5, "customer": "c1", "total": 50.0}],
        "count": 3, "more": False,
    }  # fmt: skip
    evil = "c1' or 1=1; drop table orders --"
    assert (await ask(folder, "select * from orders where customer = :who", params={"who": evil}))["rows"] == []
    assert (await ask(folder, "select count(*) as n from orders"))["rows"] == [{"n": 5}]


async def test_only_so_many_rows_are_taken(folder: Path) -> None:
    found = await ask(folder, "select id from orders order by id", limit=2)
    assert (found["count"], found["more"]) == (2, True)


async def test_a_change_needs_the_switch(folder: Path) -> None:
    change = "update orders set total = total + :more where customer = :who"
    with pytest.raises(Refused, match="may only read"):
        await ask(folder, change, params={"more": 1, "who": "c1"})
    assert (await ask(folder, change, params={"more": 1, "who": "c1"}, read_only=False))["count"] == 3
    assert (await ask(folder, "select total from orders where id = 1"))["rows"] == [{"total": 11.0}]


@pytest.mark.parametrize(
    "sql",
    [
        "attach database '/etc/passwd' as other", "pragma writable_schema = 1", "select load_extension('x')",
        "select 1; delete from orders", "vacuum into '/tmp/stolen.db'", "select readfile('/etc/passwd')",
        "selec nothing", "select * from no_table",
    ],
)  # fmt: skip
async def test_what_leaves_the_file_or_is_no_statement_is_refused(folder: Path, sql: str) -> None:
    with pytest.raises(Refused):
        await ask(folder, sql, read_only=False)
    assert (await ask(folder, "select count(*) as n from orders"))["rows"] == [{"n": 5}]


@pytest.mark.parametrize("name", ["../secret.db", "/etc/passwd", "..%2fsecret.db", "link.db"])
async def test_only_files_of_the_folder_are_opened(folder: Path, name: str) -> None:
    (folder.parent / "secret.db").write_bytes((folder / "orders.db").read_bytes())
    (folder / "link.db").symlink_to(folder.parent / "secret.db")
    with pytest.raises((Refused, Unreachable)):
        await ask(folder, "select 1", address=f"sqlite:///{name}")


async def test_a_statement_that_takes_too_long_is_stopped(folder: Path) -> None:
    with pytest.raises(StepTimedOut):
        await ask(folder, ENDLESS, timeout="0.2 seconds")


async def test_a_busy_file_can_be_tried_again(folder: Path) -> None:
    blocker = sqlite3.connect(folder / "orders.db", isolation_level=None)
    blocker.execute("begin immediate")
    try:
        with pytest.raises(Unreachable, match="busy"):
            await ask(folder, "delete from orders", read_only=False, timeout="0.2 seconds")
    finally:
        blocker.close()


async def test_a_value_that_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(ConfigRejected, match=":who"):
        await ask(folder, "select * from orders where customer = :who")


@pytest.mark.parametrize(
    "address",
    ["mysql://a/b", "postgresql:///db", "postgresql://h/db?host=/tmp", "postgresql://h/db?options=-c", "nonsense"],
)
async def test_addresses_of_other_kinds_are_refused(folder: Path, address: str) -> None:
    with pytest.raises(Unauthorized):
        await ask(folder, "select 1", address=address)


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "[::ffff:10.0.0.1]", "0x7f.1"])
async def test_a_private_server_is_refused_before_any_packet(folder: Path, host: str) -> None:
    config = QueryDatabaseConfig(credential="db", sql="select 1")
    async with HttpxHttp(StoredSecrets(db=f"postgresql://u:p@{host}/db"), services=[Databases(folder)]) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(build_statement(config))


async def test_a_server_that_is_not_there_can_be_tried_again(folder: Path) -> None:
    with pytest.raises(Unreachable):
        await ask(folder, "select 1", address="postgresql://u:p@127.0.0.1:1/db")


def test_texts_and_comments_hold_no_parameters() -> None:
    sql = """select ':no', "a:no", x::text, :yes, :also -- :no
        /* :no */ , $q$ :no $q$ from t where a = :yes"""
    assert names_in(sql) == ["yes", "also"]


@pytest.mark.postgres
class TestPostgres:
    @pytest.fixture
    def table(self) -> Iterator[str]:
        import psycopg

        name = f"orders_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"create table {name} (id serial primary key, customer text, total numeric, at date)")
            connection.execute(
                f"insert into {name} (customer, total, at) select 'c' || n % 2, n * 10.5, '2026-03-02' "
                "from generate_series(1, 5) n"
            )
            yield name
            connection.execute(f"drop table {name}")

    async def test_rows_come_as_data_and_values_are_bound(self, folder: Path, table: str) -> None:
        sql = f"select id, total, at::text as day, 'a %% :no' as t from {table} where customer = :who order by id"
        found = await ask(folder, sql.replace("%%", "%"), address=POSTGRES, params={"who": "c1"}, limit=2)
        assert found == {
            "rows": [{"id": 1, "total": 10.5, "day": "2026-03-02", "t": "a % :no"},
                     {"id": 3, "total": 31.5, "day": "2026-03-02", "t": "a % :no"}],
            "count": 2, "more": True,
        }  # fmt: skip
        orjson.dumps(found)

    async def test_a_change_needs_the_switch(self, folder: Path, table: str) -> None:
        change = f"update {table} set total = :t where id = :id"
        with pytest.raises(Refused, match="may only read"):
            await ask(folder, change, address=POSTGRES, params={"t": 1, "id": 1})
        done = await ask(folder, change, address=POSTGRES, params={"t": 1, "id": 1}, read_only=False)
        assert done == {"rows": [], "count": 1, "more": False}
        assert (await ask(folder, f"select total from {table} where id = 1", address=POSTGRES))["rows"] == [
            {"total": 1}
        ]

    async def test_limits_and_faults_are_told(self, folder: Path, table: str) -> None:
        with pytest.raises(StepTimedOut):
            await ask(folder, "select pg_sleep(30)", address=POSTGRES, timeout="0.2 seconds")
        for read_only in (True, False):  # several statements in one could end our transaction and begin their own
            with pytest.raises(Refused):
                await ask(folder, f"select 1; commit; drop table {table}", address=POSTGRES, read_only=read_only)
        with pytest.raises(Refused, match="does not exist"):
            await ask(folder, "select * from no_such_table", address=POSTGRES)
        assert (await ask(folder, f"select count(*) as n from {table}", address=POSTGRES))["rows"] == [{"n": 5}]
        many = await ask(folder, "select generate_series(1, 3000000) as n", address=POSTGRES, limit=3)
        assert (many["count"], many["more"]) == (3, True)
