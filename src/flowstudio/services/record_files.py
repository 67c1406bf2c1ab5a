"""Records by file: tables in, with a preview and a fault per row, and tables out."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, FlowStudioError, NotAllowed
from flowstudio.kit.csv_text import cell_of, read_csv, value_of, write_csv
from flowstudio.kit.record_rules import changed_fields, new_row, references
from flowstudio.kit.record_values import field_of
from flowstudio.kit.words import human, spaced
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import RecordType
    from flowstudio.kit.ports import Clock
    from flowstudio.kit.record_types import RecordTypes
    from flowstudio.services.ports import AuditLog

Deed = Literal["create", "change", "fault"]
MOST_OUT = 100_000
"""Records of one file that goes out."""
_PAGE, _BATCH = 1_000, 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row on its way in: the line of the file, the record it is (where there is one), and its fields."""

    line: int
    record_id: str | None
    fields: JsonObject


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of a row."""

    line: int
    deed: Deed
    record_id: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """What becomes of a file; in a preview nothing of it has happened."""

    entity: str
    rows: tuple[RowResult, ...]
    used: tuple[str, ...]
    ignored: tuple[str, ...]
    sample: tuple[JsonObject, ...] = field(default=())
    """The first rows as they are read."""

    def count(self, deed: Deed) -> int:
        """Return how many rows have this deed."""
        return sum(row.deed == deed for row in self.rows)


class RowKeeper(Protocol):
    """Where rows come from and go to."""

    def types_of(self, workspace: str) -> RecordTypes: ...

    async def page(
        self, workspace: str, entity: str, page: Page, *, where: JsonObject | None = None, search: str = ""
    ) -> tuple[list[JsonObject], int]: ...

    async def keys(self, workspace: str, entity: str, name: str) -> dict[str, str]:
        """Return the id of each record by the text of one of its fields."""

    async def take_rows(
        self, workspace: str, entity: str, rows: Sequence[Row], *, raising: bool
    ) -> Sequence[RowResult]:
        """Write rows, each by itself; `raising`: with the events that such changes raise."""


class RecordFiles:
    """The verbs of tables."""

    def __init__(self, keeper: RowKeeper, clock: Clock, zone_of: Callable[[str], ZoneInfo], audit: AuditLog) -> None:
        self._keeper = keeper
        self._clock = clock
        self._zone_of = zone_of
        self._audit = audit

    async def out(
        self, actor: Actor, entity: str, *, where: JsonObject | None = None, search: str = ""
    ) -> AsyncIterator[bytes]:
        """Give the records of a type as CSV, in pieces; at most 100,000 of them."""
        actor.require(Role.VIEWER)
        record_type = self._type(actor, entity)
        columns = list(record_type.fields)

        def cells(rows: Sequence[JsonObject]) -> list[list[str]]:
            return [[cell_of(row.get(name), record_type.fields[name]) for name in columns] for row in rows]

        for number in range(1, MOST_OUT // _PAGE + 1):
            page = Page(number, _PAGE)
            rows, total = await self._keeper.page(actor.workspace, record_type.name, page, where=where, search=search)
            pieces = list(write_csv(columns, cells(rows)))
            if number > 1:  # the headings stand once
                pieces[0] = pieces[0].split(b"\n", 1)[1]
            for piece in pieces:
                yield piece
            if number * _PAGE >= total:
                return

    async def preview(self, actor: Actor, entity: str, raw: bytes, *, match: str = "id") -> Intake:
        """Say what a file would do, row by row; nothing is written."""
        return (await self._read(actor, entity, raw, match))[0]

    async def take_in(
        self, actor: Actor, entity: str, raw: bytes, *, match: str = "id", raising: bool = False
    ) -> Intake:
        """Create and change records by a file; rows with a fault are left out and told.

        `match` names the field by which a row finds its record. Without `raising` the changes start no workflow.
        """
        plan, rows = await self._read(actor, entity, raw, match)
        results = {one.line: one for one in plan.rows if one.deed == "fault"}
        waiting = rows
        while waiting:  # a row may lead to one further down: what found no partner is tried again after the others
            again: list[Row] = []
            for start in range(0, len(waiting), _BATCH):
                batch = waiting[start : start + _BATCH]
                taken = await self._keeper.take_rows(actor.workspace, plan.entity, batch, raising=raising)
                results |= {one.line: one for one in taken}
                again += [row for row, one in zip(batch, taken, strict=True) if one.deed == "fault"]
            if len(again) == len(waiting):
                break
            waiting = again
        done = Intake(plan.entity, tuple(results[line] for line in sorted(results)), plan.used, plan.ignored)
        counts = {deed: done.count(deed) for deed in ("create", "change", "fault")}
        await self._audit.note(actor.workspace, actor.name, "records.imported", plan.entity, dict(counts))
        return done

    def _type(self, actor: Actor, entity: str) -> RecordType:
        return self._keeper.types_of(actor.workspace).find(entity)

    async def _read(self, actor: Actor, entity: str, raw: bytes, match: str) -> tuple[Intake, list[Row]]:
        actor.require(Role.OPERATOR)
        record_type = self._type(actor, entity)
        if record_type.system:
            raise NotAllowed(f"{human(record_type.name)} are written by FlowStudio itself.")
        sheet = await asyncio.to_thread(read_csv, raw)
        names = [_field_named(column, record_type) for column in sheet.columns]
        used = tuple(name for name in names if name)
        if not used:
            raise BadRequest(
                f"None of the headings is a field of {spaced(record_type.name)}.",
                hint=f"Its fields are {', '.join(map(human, record_type.fields))}.",
            )
        if match not in record_type.fields:
            raise BadRequest(f'{human(record_type.name)} have no field "{match}" to find records by.')
        known = await self._keeper.keys(actor.workspace, record_type.name, match)
        rows = [
            _row(line, dict(zip(names, cells, strict=True)), record_type, match, known) for line, cells in sheet.rows
        ]
        targets = {
            name: set((await self._keeper.keys(actor.workspace, target, "id")).values())
            for name, target in references(record_type).items()
            if name in used and target in self._keeper.types_of(actor.workspace)
        }
        own = {str(row.fields["id"]) for row in rows if row.fields.get("id")}
        for name, target in references(record_type).items():
            if target == record_type.name and name in targets:
                targets[name] |= own
        results = await asyncio.to_thread(self._checked, actor.workspace, record_type, rows, targets)
        ignored = tuple(column for column, name in zip(sheet.columns, names, strict=True) if column and not name)
        good = [row for row, result in zip(rows, results, strict=True) if result.deed != "fault"]
        sample = tuple({**row.fields} for row in rows[:5])
        return Intake(record_type.name, tuple(results), used, ignored, sample), good

    def _checked(
        self, workspace: str, record_type: RecordType, rows: Sequence[Row], targets: Mapping[str, set[str]]
    ) -> list[RowResult]:
        now, zone = self._clock.now(), self._zone_of(workspace)
        seen: set[str] = set()
        results = []
        for row in rows:
            key = row.record_id or str(row.fields.get("id") or "")
            try:
                if key and key in seen:
                    raise BadRequest(f'"{key}" stands in the file twice.')
                if row.record_id:
                    fields = changed_fields(record_type, row.fields, now, zone)
                else:
                    fields = new_row(record_type, row.fields, key or "new", now, zone)
                for name, ids in targets.items():
                    if fields.get(name) is not None and fields[name] not in ids:
                        what = f'{field_of(record_type.name, name)} names "{fields[name]}", but there is no such record'
                        raise BadRequest(f"{what} in {spaced(references(record_type)[name])}.")
            except FlowStudioError as error:
                results.append(RowResult(row.line, "fault", key, error.told))
                continue
            seen.add(key)
            results.append(RowResult(row.line, "change" if row.record_id else "create", key))
        return results


def _row(line: int, cells: Mapping[str, str], record_type: RecordType, match: str, known: Mapping[str, str]) -> Row:
    fields = {
        name: value
        for name, cell in cells.items()
        if name and (value := value_of(cell, record_type.fields[name])) is not None
    }
    wanted = fields.get(match)
    return Row(line, known.get(str(wanted).casefold()) if wanted is not None else None, fields)


def _field_named(column: str, record_type: RecordType) -> str:
    """Return the field that a heading means (`Due date` → `due_date`), nothing where it means none."""
    if column in record_type.fields:
        return column
    bare = re.sub(r"[^a-z0-9]+", "_", column.casefold()).strip("_")
    return next((name for name in (bare, f"{bare}_id") if name in record_type.fields), "")
