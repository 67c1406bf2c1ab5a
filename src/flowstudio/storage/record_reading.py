"""Reading records: filters, sorting, pages, and the records that references lead to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Text, and_, cast, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.kit.record_filter import Filter, Path, check_path, in_order, read_path
from flowstudio.kit.record_rules import as_record
from flowstudio.kit.record_types import RecordTypes
from flowstudio.kit.record_values import moment
from flowstudio.storage.record_columns import RecordColumns, by_bytes
from flowstudio.storage.record_sql import FilterSql
from flowstudio.storage.tables import record

_SEARCHED = frozenset(
    {"id", "text", "enum", "email", "phone", "url", "date", "datetime", "reference", "number", "integer"}
)
_MANY = 500


class RecordReading:
    """One question to the records of one type, at one moment."""

    def __init__(
        self,
        connection: AsyncConnection,
        workspace: str,
        record_type: RecordType,
        types: RecordTypes,
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._connection = connection
        self._workspace = workspace
        self._type = record_type
        self._types = types
        self._now = now
        self._zone = zone
        self._ctx = moment(now, zone)
        self._columns = RecordColumns(record_type, types, workspace, postgres=connection.dialect.name == "postgresql")
        self._known: dict[tuple[str, str], JsonObject | None] = {}
        """Records that references lead to."""

    async def get(self, record_id: str) -> JsonObject | None:
        """Return one record, or None."""
        row = (await self._connection.execute(self._rows().where(record.c.id == record_id))).first()
        return None if row is None else self._record(row)

    async def fitting(
        self,
        where: JsonValue,
        sort: str | None,
        limit: int | None,
        offset: int = 0,
        search: str = "",
        *,
        counted: bool = True,
    ) -> tuple[list[JsonObject], int]:
        """Return the records from `offset` on, at most `limit`, and how many fit in all (unless not `counted`)."""
        chosen = Filter(where, self._type, self._types)
        sort_path = tuple(sort.lstrip("-").split(".")) if sort else None
        if sort_path is not None:
            check_path(sort_path, self._type, self._types)
        narrowed = FilterSql(self._type, self._columns, self._ctx).narrow(chosen.node)
        query = self._rows().where(narrowed.clause)
        if search:
            query = query.where(self._holds_text(search))
        ordered = self._ordered(query, sort, sort_path)
        if narrowed.exact and ordered is not None:
            return await self._cut(query, ordered, limit, offset, counted=counted)
        if (
            narrowed.exact
            and sort_path is not None
            and limit is not None
            and (by := self._sort_text(sort_path)) is not None
        ):
            return await self._cut_by_text(query, by, sort or "", limit, offset)
        rows = await self._connection.execute(query.order_by(record.c.position, record.c.id))
        found = [self._record(row) for row in rows]
        paths = [] if narrowed.exact else [*chosen.paths]
        await self._follow([*paths, sort_path] if sort_path is not None else paths, found)
        if not narrowed.exact:
            found = [one for one in found if chosen.holds(one, self._related, self._ctx)]
        found = in_order(found, sort, self._read)
        return found[offset:] if limit is None else found[offset : offset + max(0, limit)], len(found)

    async def _cut(
        self, query: Select[Any], ordered: Select[Any], limit: int | None, offset: int, *, counted: bool
    ) -> tuple[list[JsonObject], int]:
        cut = ordered.offset(offset) if limit is None else ordered.limit(max(0, limit)).offset(offset)
        found = [self._record(row) for row in await self._connection.execute(cut)]
        if not counted or (limit is None and not offset):
            return found, len(found)
        total = await self._connection.execute(select(func.count()).select_from(query.subquery()))
        return found, total.scalar_one()

    def _sort_text(self, path: Path) -> Any:
        found = self._columns.value(path) if len(path) == 1 else None
        return found[1] if found is not None and found[0] == "text" else None

    async def _cut_by_text(
        self, query: Select[Any], by: Any, sort: str, limit: int, offset: int
    ) -> tuple[list[JsonObject], int]:
        """Sort ids by one text in Python, whose letters are all letters, and fetch only the rows of the page."""
        keys = query.with_only_columns(record.c.id, by.label("by")).order_by(record.c.position, record.c.id)
        pairs: list[JsonObject] = [{"id": row.id, "by": row.by} for row in await self._connection.execute(keys)]
        ordered = in_order(pairs, "-by" if sort.startswith("-") else "by", lambda pair, _: pair["by"])
        ids = [pair["id"] for pair in ordered[offset : offset + max(0, limit)]]
        rows = await self._connection.execute(self._rows().where(record.c.id.in_(ids)))
        shown = {row.id: self._record(row) for row in rows}
        return [shown[one] for one in ids], len(pairs)

    def _rows(self) -> Select[Any]:
        return select(record.c.id, record.c.data, record.c.revision, record.c.position).where(
            record.c.workspace == self._workspace, record.c.entity == self._type.name
        )

    def _ordered(self, query: Select[Any], sort: str | None, path: Path | None) -> Select[Any] | None:
        """Sort by SQL where it sorts as Python does: numbers, yes and no, days; None for everything else."""
        if path is None or sort is None:
            return query.order_by(record.c.position, record.c.id)
        found = self._columns.value(path)
        if found is None or found[0] not in ("number", "boolean", "date"):
            return None
        kind, column = found
        key = by_bytes(column, postgres=self._columns.postgres) if kind == "date" else column
        key = key.desc() if sort.startswith("-") else key.asc()
        return query.order_by(key.nulls_last(), record.c.position, record.c.id)

    def _holds_text(self, search: str) -> Any:
        names = [name for name, spec in self._type.fields.items() if spec.type in _SEARCHED and not spec.computed]
        fields = or_(*(self._columns.raw_text(name).icontains(search, autoescape=True) for name in names))
        if not search.isascii() or not search.isprintable() or {'"', "\\"} & set(search):
            return fields
        # One look at the whole row comes first: SQLite's own LIKE is many times faster than folding every field.
        whole = cast(record.c.data, Text) if self._columns.postgres else type_coerce(record.c.data, Text)
        anywhere = whole.icontains if self._columns.postgres else whole.contains
        return and_(anywhere(search, autoescape=True), fields)

    def _record(self, row: Row[Any]) -> JsonObject:
        return self._shown(self._type, row)

    def _shown(self, record_type: RecordType, row: Any) -> JsonObject:
        data = row.data
        ordered = {name: data[name] for name in record_type.fields if name in data}
        if len(ordered) < len(data):
            ordered |= {name: value for name, value in data.items() if name not in ordered}
        return as_record(record_type, ordered, row.revision, self._now, self._zone, self._ctx)

    def _related(self, entity: str, record_id: str) -> JsonObject | None:
        return self._known.get((entity, record_id))

    def _read(self, one: JsonObject, path: Path) -> JsonValue:
        return read_path(one, path, self._types, self._related)

    async def _follow(self, paths: Iterable[Path], found: list[JsonObject]) -> None:
        """Fetch the records that these paths pass through, one query per step of a path."""
        for path in paths:
            current, record_type = found, self._type
            for name in path:
                target = record_type.reference(name)
                if target is None:
                    break
                ids = {one[f"{name}_id"] for one in current if isinstance(one.get(f"{name}_id"), str)}
                await self._fetch(target, ids)
                record_type = self._types[target]
                current = [known for one in ids if (known := self._known.get((target, one))) is not None]

    async def _fetch(self, entity: str, ids: set[str]) -> None:
        missing = [one for one in ids if (entity, one) not in self._known]
        record_type = self._types[entity]
        self._known.update({(entity, one): None for one in missing})
        for start in range(0, len(missing), _MANY):
            query = select(record.c.id, record.c.data, record.c.revision).where(
                record.c.workspace == self._workspace, record.c.entity == record_type.name,
                record.c.id.in_(missing[start : start + _MANY]),
            )  # fmt: skip
            for row in await self._connection.execute(query):
                self._known[entity, row.id] = self._shown(record_type, row)
