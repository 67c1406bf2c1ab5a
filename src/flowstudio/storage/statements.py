"""The few statements of the hot path, sent straight to the driver: the same text for both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

_VALUES = re.compile(r" VALUES (\([?, ]+\))$")
_HANDFULS = (32, 8, 2)
"""Rows of one INSERT: few sizes, so that the driver keeps their statements prepared."""


class Statements:
    """Runs statements written with `?` on the connection of a transaction."""

    def __init__(self, connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        self._cursor: Any = raw.cursor()
        self.is_postgres = connection.dialect.name == "postgresql"

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once per row.

        In SQLite, rows of a plain INSERT go in by the handful: the driver lets go of the interpreter's lock around
        each execution, and whoever computes meanwhile hands it back late.
        """
        start = 0
        if not self.is_postgres and len(rows) > 1 and statement.endswith(")") and (values := _VALUES.search(statement)):
            for size in _HANDFULS:
                text = statement + f", {values[1]}" * (size - 1)
                while len(rows) - start >= size:
                    self._cursor.execute(text, [value for row in rows[start : start + size] for value in row])
                    start += size
        if start < len(rows):
            self._cursor.executemany(self._worded(statement), rows[start:])

    def one(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement once."""
        self._cursor.execute(self._worded(statement), values)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows a query gives."""
        self._cursor.execute(self._worded(statement), values)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def among(self, column: str, values: Iterable[str]) -> tuple[str, Any]:
        """Return `column` being one of the values: the text of the condition and its one parameter."""
        if self.is_postgres:
            return column + " = ANY(?)", list(values)
        return column + " IN (SELECT value FROM json_each(?))", json.dumps(list(values))  # noqa: S608

    def locked(self) -> str:
        """Return what makes a query hold its rows until the commit (SQLite holds them all)."""
        return " FOR UPDATE" if self.is_postgres else ""

    def _worded(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.is_postgres else statement
