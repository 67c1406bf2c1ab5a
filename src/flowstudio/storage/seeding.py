"""The first start: a workspace with an owner, its settings, and records to try things with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection, insert, select, update

from flowstudio.domain.actor import Role
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.kit.ports import Clock
from flowstudio.kit.record_rules import stored_row
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.storage import tables
from flowstudio.storage.columns import dump, to_micros
from flowstudio.storage.database import Database
from flowstudio.storage.people import add_person
from flowstudio.storage.record_ledger import position
from flowstudio.storage.statements import Statements

SAMPLE_DAY = date(2026, 3, 2)
"""The Monday around which the sample rows lie."""
OWNER_EMAIL = "owner@localhost"
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(.*)", re.DOTALL)
_INSERT = (
    "INSERT INTO record (workspace, entity, id, data, revision, position, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING"
)


async def seed(database: Database, workspace: str, clock: Clock, zone: tzinfo) -> bool:
    """Fill a workspace at its first start; say whether it was the first. Later starts change nothing.

    The dates of sample rows are moved by whole weeks, so that they lie around today as they lay around their own day.
    """
    async with database.read() as connection:
        query = select(tables.workspace.c.seeded_at).where(tables.workspace.c.workspace == workspace)
        if (await connection.execute(query)).scalar() is not None:
            return False
    now = clock.now()
    return await database.writer.run(lambda c: _fill(c, workspace, now, now.astimezone(zone).date()))


def shift_of(today: date) -> timedelta:
    """Return by how much sample rows are moved: whole weeks, so that weekdays stay."""
    return timedelta(weeks=(today - SAMPLE_DAY).days // 7)


def shifted(record_type: RecordType, row: JsonObject, shift: timedelta) -> JsonObject:
    """Return a sample row with its dates moved; dates inside texts stay as they are."""
    moved: dict[str, JsonValue] = {}
    for name, value in stored_row(record_type, row).items():
        spec = record_type.fields.get(name)
        moved[name] = _moved(value, shift) if spec is not None and spec.type in ("date", "datetime") else value
    return moved


def _moved(value: JsonValue, shift: timedelta) -> JsonValue:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else f"{date.fromisoformat(found[1]) + shift}{found[2]}"


def _fill(connection: Connection, workspace: str, now: datetime, today: date) -> bool:
    table = tables.workspace
    query = select(table.c.seeded_at).where(table.c.workspace == workspace)
    row = connection.execute(query.with_for_update()).first()
    if row is not None and row.seeded_at is not None:
        return False
    if row is None:
        connection.execute(insert(table).values(workspace=workspace, name="FlowStudio", created_at=now))
    connection.execute(update(table).where(table.c.workspace == workspace).values(seeded_at=now))
    members = select(tables.member.c.person_id).where(tables.member.c.workspace == workspace).limit(1)
    if connection.execute(members).first() is None:
        email = OWNER_EMAIL if workspace == "main" else f"owner+{workspace}@localhost"
        add_person(connection, workspace, "Owner", email, Role.OWNER, now)
    at = to_micros(now) or 0
    Statements(connection).many(_INSERT, list(_rows(workspace, shift_of(today), at)))
    return True


def _rows(workspace: str, shift: timedelta, at: int) -> Iterator[tuple[object, ...]]:
    types = shipped_record_types()
    for record_type in types.values():
        for row in record_type.sample_rows:
            data = shifted(record_type, row, shift)
            yield (workspace, record_type.name, str(row["id"]), dump(data), position(at), at, at)
