"""`flowstudio move`: what it tells, where it says no, and the line of the documentation as it stands."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flowstudio.cli import cli, move
from flowstudio.config import environment_names
from flowstudio.errors import BadSetting
from tests.architecture.tree import ROOT
from tests.support.databases import postgres_schema
from tests.support.moving import furnish, odd_file, postgres_rows, sqlite_rows

LINE = "flowstudio move --to postgresql://flowstudio@db.example/flowstudio"


@pytest.fixture(autouse=True)
def _plain_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment_names().values():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def target() -> Iterator[str]:
    with postgres_schema() as url:
        yield url


def told(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["move", "--data", str(data), *arguments])


def refused(data: Path, *arguments: str) -> str:
    """Return what the command says where it does nothing."""
    result = told(data, *arguments)
    assert isinstance(result.exception, BadSetting), result.output
    return result.exception.told


@pytest.mark.postgres
async def test_the_line_of_the_documentation_moves_all_and_says_what_arrived(tmp_path: Path, target: str) -> None:
    assert LINE in (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    await furnish(tmp_path)
    _, *arguments = shlex.split(LINE.replace("postgresql://flowstudio@db.example/flowstudio", target))
    result = CliRunner().invoke(cli, [*arguments, "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    before = sqlite_rows(tmp_path / "flowstudio.db")
    assert postgres_rows(target) == before
    lines = re.findall(r"^  (\w+) +([\d,]+)$", result.output, re.MULTILINE)
    counts = {name: int(number.replace(",", "")) for name, number in lines}
    assert counts == {name: len(rows) for name, rows in before.items() if rows}
    assert f"{sum(counts.values()):,} rows in {len(before)} tables" in result.output
    assert "FLOWSTUDIO_DATABASE_URL" in result.output


@pytest.mark.postgres
async def test_the_address_may_stand_in_the_settings_and_is_not_shown_with_its_password(
    tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await odd_file(tmp_path)
    monkeypatch.setenv("FLOWSTUDIO_DATABASE_URL", target.replace("postgres@", "postgres:canary@"))
    result = told(tmp_path)
    assert result.exit_code == 0, result.output
    assert "canary" not in result.output
    assert postgres_rows(target) == sqlite_rows(tmp_path / "flowstudio.db")


@pytest.mark.postgres
async def test_a_second_move_is_refused(tmp_path: Path, target: str) -> None:
    await furnish(tmp_path)
    assert told(tmp_path, "--to", target).exit_code == 0
    assert "is not empty" in refused(tmp_path, "--to", target)


@pytest.mark.postgres
async def test_says_how_many_rows_lost_a_character(tmp_path: Path, target: str) -> None:
    file = await odd_file(tmp_path)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE audit SET actor = ?", ("a\0b",))
    connection.close()
    assert "(8 without the character zero" in told(tmp_path, "--to", target).output


def test_without_an_address_it_asks_for_one(tmp_path: Path) -> None:
    assert "--to postgresql://" in refused(tmp_path)


@pytest.mark.parametrize("address", ["sqlite:////tmp/x.db", "mysql://h/d", "db.example"])
def test_other_addresses_are_refused(tmp_path: Path, address: str) -> None:
    assert "no address of PostgreSQL" in refused(tmp_path, "--to", address)


def test_a_directory_without_a_database_is_refused(tmp_path: Path) -> None:
    assert "There is no SQLite database" in refused(tmp_path, "--to", "postgresql://nobody@127.0.0.1:1/none")
    assert list(tmp_path.iterdir()) == []


async def test_a_database_that_does_not_answer_is_an_error_of_one_line(tmp_path: Path) -> None:
    await odd_file(tmp_path)
    said = refused(tmp_path, "--to", "postgresql://nobody:canary@127.0.0.1:1/none")
    assert "cannot be reached" in said
    assert "\n" not in said
    assert "canary" not in said


def test_a_terminal_sees_how_far_it_is_after_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    monkeypatch.setattr(move.time, "monotonic", lambda: now)
    monkeypatch.setattr(move.sys.stderr, "isatty", lambda: True, raising=False)
    progress = move._Progress()
    progress("run", 500, 4_000)
    assert capsys.readouterr().err == ""
    now = 101.1
    progress("step", 1_500, 4_000)
    progress("step", 2_000, 4_000)
    assert re.sub(r"\033\[K|\r", "", capsys.readouterr().err) == "1,500 of 4,000 rows (37 %), step"
    progress.end()
    assert capsys.readouterr().err == "\r\033[K"
