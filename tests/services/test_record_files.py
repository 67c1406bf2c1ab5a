"""Records by CSV: in with a preview and a fault per row, out so that no spreadsheet runs what people wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from flowstudio.app import House
from flowstudio.cli import cli
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.record import FieldSpec
from flowstudio.errors import BadRequest, NotAllowed
from flowstudio.kit.csv_text import LARGEST_FILE, MOST_ROWS, cell_of, read_csv, value_of, write_csv
from flowstudio.services.ports import Page

TASKS = "/api/v1/records/tasks/csv"


async def rows_of(house: House, entity: str) -> dict[str, dict]:
    rows, _ = await house.studio.records.page(await house.owner("test"), entity, Page(1, 10_000))
    return {row["id"]: row for row in rows}


async def put(client: httpx.AsyncClient, text: str | bytes, path: str = TASKS, **query: object) -> dict:
    answer = await client.post(path, content=text if isinstance(text, bytes) else text.encode(), params=query)
    assert answer.status_code == 200, answer.text
    found: dict = answer.json()
    return found


async def test_rows_are_created_and_faults_told_by_line(client: httpx.AsyncClient, house: House) -> None:
    text = (
        "Title,Assignee,Priority,Colour\n"
        "Call Ada,ada@x.example,high,red\n"
        '"Two\nlines",bob@x.example,,blue\n'
        ",nobody@x.example,low,\n"
        "Wrong,eve@x.example,gigantic,\n"
    )
    before = await rows_of(house, "tasks")
    preview = await put(client, text, preview=True)
    assert (preview["created"], preview["changed"], preview["ignored"]) == (2, 0, ["Colour"])
    assert [(one["line"], one["fault"].split(".")[0]) for one in preview["faults"]] == [
        (5, '"Title" of tasks needs a value'),
        (6, '"Priority" of tasks must be one of its choices, not "gigantic"'),
    ]
    assert await rows_of(house, "tasks") == before, "a preview writes nothing"
    done = await put(client, text)
    assert {**done, "faults": None} == {**preview, "faults": None}
    new = [row for key, row in (await rows_of(house, "tasks")).items() if key not in before]
    assert [(row["title"], row["priority"], row["status"]) for row in new] == [
        ("Call Ada", "high", "todo"),
        ("Two\nlines", "medium", "todo"),
    ]


async def test_rows_find_their_record_by_a_field(client: httpx.AsyncClient, house: House) -> None:
    customers = await rows_of(house, "customers")
    some = next(row for row in customers.values() if row.get("email"))
    text = f"email;name;owner\n{some['email'].upper()};Renamed;\nnew@x.example;New one;{some['owner_id']}\n"
    done = await put(client, text, "/api/v1/records/customers/csv", match="email")
    assert (done["created"], done["changed"], done["faults"]) == (1, 1, [])
    after = await rows_of(house, "customers")
    assert after[some["id"]]["name"] == "Renamed"
    assert len(after) == len(customers) + 1


async def test_references_are_looked_up_also_inside_the_file(client: httpx.AsyncClient, house: House) -> None:
    fields = {"name": {"type": "text"}, "boss_id": {"type": "reference", "references": "crew"}}
    assert (await client.put("/api/v1/records/crew", json={"fields": fields})).status_code == 200
    text = "id,name,boss\nx,X,y\ny,Y,\nz,Z,missing\ny,Twice,\n"
    done = await put(client, text, "/api/v1/records/crew/csv")
    assert done["created"] == 2
    assert [(one["line"], one["fault"]) for one in done["faults"]] == [
        (4, '"Boss ID" of crew names "missing", but there is no such record in crew.'),
        (5, '"y" stands in the file twice.'),
    ]
    assert (await rows_of(house, "crew"))["x"]["boss_id"] == "y"


async def test_what_goes_out_comes_in_again(client: httpx.AsyncClient, house: House) -> None:
    await client.post("/api/v1/records/tasks", json={"title": "=HYPERLINK(1)", "assignee": "-x"})
    answer = await client.get(TASKS)
    assert answer.headers["content-disposition"] == 'attachment; filename="tasks.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert any(row["title"] == "'=HYPERLINK(1)" and row["assignee"] == "'-x" for row in rows)
    before = await rows_of(house, "tasks")
    assert len(rows) == len(before)
    done = await put(client, answer.content)
    assert (done["created"], done["changed"], done["faults"]) == (0, len(rows), [])
    plain = {key: {k: v for k, v in row.items() if k != "$revision"} for key, row in before.items()}
    after = {
        key: {k: v for k, v in row.items() if k != "$revision"} for key, row in (await rows_of(house, "tasks")).items()
    }
    assert after == plain


async def test_workflows_start_by_a_file_only_where_asked(client: httpx.AsyncClient, house: House) -> None:
    async def waiting() -> int:
        from sqlalchemy import func, select

        from flowstudio.storage.tables import event

        async with house.database.read() as connection:
            query = select(func.count()).where(event.c.type == "invoice.created")
            return int((await connection.execute(query)).scalar_one())

    customer = next(iter(await rows_of(house, "customers")))
    text = f"number,customer_id,amount,balance,due_date\nA-1,{customer},10,10,2026-03-02\n"
    at_first = await waiting()
    assert (await put(client, text, "/api/v1/records/invoices/csv"))["created"] == 1
    assert await waiting() == at_first
    assert (await put(client, text, "/api/v1/records/invoices/csv", events=True))["created"] == 1
    assert await waiting() == at_first + 1


async def test_roles_and_record_types_of_the_product(house: House) -> None:
    viewer = Actor("main", "per_v", "Vera", Role.VIEWER)
    with pytest.raises(NotAllowed):
        await house.studio.record_files.take_in(viewer, "tasks", b"title\nx\n")
    with pytest.raises(NotAllowed):
        await house.studio.record_files.preview(await house.owner("test"), "notifications", b"text\nx\n")
    assert b"".join([piece async for piece in house.studio.record_files.out(viewer, "tasks")])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no headings"),
        (b"a,a\n1,2\n", 'called "a"'),
        (b"a,b\n1,2,3\n", "3 cells"),
        (b"a\n\x00\n", "no text"),
        (b"a" * (LARGEST_FILE + 1), "larger than"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "more than 20,000 rows"),
        (b'a\n"' + b"x" * 100_001 + b'"\n', "characters"),
        (b'a\n"' + b"x" * 200_000 + b'"\n', "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        read_csv(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "name;größe\nÄ;1,5\n".encode(),
        "name;größe\nÄ;1,5\n".encode("utf-8-sig"),
        "name;größe\nÄ;1,5\n".encode("cp1252"),
        "name;größe\nÄ;1,5\n".encode("utf-16"),
        "name\tgröße\r\n\r\nÄ\t1,5\r\n".encode(),
        'name,größe\n"Ä","1,5"'.encode(),
    ],
)
def test_tables_of_all_countries_are_read(raw: bytes) -> None:
    sheet = read_csv(raw)
    assert sheet.columns == ("name", "größe")
    assert [cells for _, cells in sheet.rows] == [("Ä", "1,5")]


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("=1+1", "text", "'=1+1"), ("@x", "text", "'@x"), ("\tx", "text", "'\tx"), ("-5", "text", "'-5"),
        (-5, "number", "-5"), (1.25, "number", "1.25"), (0.1234567, "number", "0.1234567"), (True, "boolean", "true"),
        (None, "text", ""), (["a", "b"], "list", "a, b"), ({"a": 1}, "object", '{"a":1}'), ("+49 30 1", "phone", "'+49 30 1"),
    ],
)  # fmt: skip
def test_a_cell_is_never_a_formula(value: object, kind: str, cell: str) -> None:
    assert cell_of(value, FieldSpec(type=kind)) == cell
    if isinstance(value, str) and not value.startswith("\t"):
        assert value_of(cell, FieldSpec(type=kind)) == value


def test_large_tables_are_written_in_pieces() -> None:
    pieces = list(write_csv(["a"], ([str(n) * 10] for n in range(20_000))))
    assert len(pieces) > 1
    assert read_csv(b"".join(pieces)).rows[-1] == (20_001, ("19999" * 10,))


def test_the_command_line_takes_tables_in_and_out(tmp_path: Path, first_start: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(first_start, data)
    file = tmp_path / "tasks.csv"
    file.write_text("title,assignee\nBy hand,ada@x.example\n,eve@x.example\n")

    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["records", *arguments, "--data", str(data)])
        return done.exit_code, done.output

    assert call("import", "tasks", str(file), "--preview")[1].startswith("1 would be created, 0 would be changed, 1")
    code, said = call("import", "tasks", str(file))
    assert code == 2
    assert "line 3" in said
    out = tmp_path / "out.csv"
    assert call("export", "tasks", str(out))[0] == 0
    assert "By hand" in out.read_text(encoding="utf-8-sig")
    assert "tasks  " in call("types")[1]
