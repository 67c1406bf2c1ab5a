"""Fields of records as SQL: a value inside the row's JSON, also through references; alike on both databases."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Boolean, Float, Numeric, Text, case, cast, func, literal, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from flowstudio.domain.record import RecordType
from flowstudio.kit.record_filter import Path
from flowstudio.kit.record_types import RecordTypes
from flowstudio.storage.tables import record

Kind = Literal["text", "number", "boolean", "date", "other"]
Sql = ColumnElement[Any]

_KINDS: dict[str, Kind] = {
    "id": "text", "text": "text", "enum": "text", "email": "text", "phone": "text", "url": "text", "reference": "text",
    "number": "number", "integer": "number", "boolean": "boolean", "date": "date", "datetime": "other", "list": "other",
    "object": "other",
}  # fmt: skip


class RecordColumns:
    """Reads fields of one record type out of the rows of a query."""

    def __init__(self, record_type: RecordType, types: RecordTypes, workspace: str, *, postgres: bool) -> None:
        self._type = record_type
        self._types = types
        self._workspace = workspace
        self.postgres = postgres

    def kind(self, path: Path) -> Kind | None:
        """Return what a path leads to; None where SQL cannot read it (a computed field, or inside an object)."""
        current = self._type
        for name in path[:-1]:
            target = None if name in current.fields else current.reference(name)
            if target is None or target not in self._types:
                return None
            current = self._types[target]
        spec = current.fields.get(path[-1])
        # A field beside a reference of its name (`assignee`, `assignee_id`) stands in for it: Python's business.
        return None if spec is None or spec.computed or current.reference(path[-1]) else _KINDS.get(spec.type, "text")

    def value(self, path: Path) -> tuple[Kind, Sql] | None:
        """Return the kind and the SQL of a path, None where there is none."""
        kind = self.kind(path)
        if kind is None:
            return None
        return kind, self._typed(kind, self._data(path[:-1]), path[-1])

    def is_ascii(self, path: Path) -> bool:
        """Say whether a path leads to a closed list of plain words."""
        current = self._type
        for name in path[:-1]:
            current = self._types[current.reference(name) or ""]
        return all(word.isascii() for word in current.fields[path[-1]].enum or "é")

    def raw_text(self, name: str) -> Sql:
        """Return a field of the record itself as text, as it is printed."""
        return self._text(record.c.data, name)

    def _data(self, references: Path) -> Any:
        """Return the JSON of the record that references lead to."""
        data: Any = record.c.data
        current = self._type
        for place, name in enumerate(references):
            target = self._types[current.reference(name) or ""]
            table = record.alias(f"ref_{'_'.join(references[: place + 1])}")
            data = (
                select(table.c.data)
                .where(
                    table.c.workspace == self._workspace, table.c.entity == target.name,
                    table.c.id == self._text(data, f"{name}_id"),
                )
                .correlate_except(table)
                .scalar_subquery()
            )  # fmt: skip
            current = target
        return data

    def _typed(self, kind: Kind, data: Any, name: str) -> Sql:
        if kind == "number":
            return self._number(data, name)
        if kind == "boolean":
            return self._boolean(data, name)
        return self._text(data, name)

    def _text(self, data: Any, name: str) -> Sql:
        if self.postgres:
            return func.jsonb_extract_path_text(data, literal(name, Text()), type_=Text())
        return func.json_extract(data, _json_path(name), type_=Text())

    def _number(self, data: Any, name: str) -> Sql:
        if not self.postgres:
            return func.json_extract(data, _json_path(name), type_=Float())
        return cast(case((self._json_kind(data, name) == "number", self._text(data, name))), Numeric(asdecimal=False))

    def _boolean(self, data: Any, name: str) -> Sql:
        if not self.postgres:
            return func.json_extract(data, _json_path(name), type_=Boolean())
        return cast(case((self._json_kind(data, name) == "boolean", self._text(data, name))), Boolean())

    def _json_kind(self, data: Any, name: str) -> Sql:
        return func.jsonb_typeof(func.jsonb_extract_path(data, literal(name, Text())), type_=Text())


def by_bytes(column: Sql, *, postgres: bool) -> Sql:
    """Return a text column ordered by its characters' numbers, whatever the database's language."""
    return column.collate("C") if postgres else column


def _json_path(name: str) -> Sql:
    return literal_column("'$.\"" + name.replace("'", "''").replace('"', "") + "\"'")
