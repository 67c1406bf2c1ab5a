"""Rows of a plain INSERT go in by the handful; none is lost or written twice."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

from flowstudio.storage.statements import Statements


@pytest.fixture
def connection():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as made:
        made.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL, seen INTEGER DEFAULT 1)"))
        yield made


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 11, 31, 32, 33, 75])
def test_every_row_goes_in_once_and_in_order(connection, count):
    rows = [(number, f"name {number}") for number in range(count)]
    Statements(connection).many("INSERT INTO thing (id, name) VALUES (?, ?)", rows)
    found = connection.execute(text("SELECT id, name FROM thing ORDER BY rowid")).fetchall()
    assert [tuple(row) for row in found] == rows


def test_a_statement_that_says_what_a_repeated_row_does_runs_row_by_row(connection):
    add = "INSERT INTO thing (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET seen = seen + 1"
    Statements(connection).many(add, [(1, "a")] * 5)
    assert connection.execute(text("SELECT seen FROM thing")).scalar_one() == 5
