"""Changes of records inside one transaction: checked against the revision that was seen, then written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Write
from flowstudio.errors import Conflict
from flowstudio.kit.memory_records import changed_meanwhile
from flowstudio.storage.columns import dump, load
from flowstudio.storage.statements import Statements

Key = tuple[str, str, str]
"""Workspace, record type, id."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it stands inside the transaction; `data` None: it is not there."""

    data: JsonObject | None
    revision: int = 0
    stored: bool = False
    """Whether the table holds the row (before these changes)."""


class RecordLedger:
    """Takes changes batch by batch, each whole or not at all, and writes what came of them."""

    def __init__(self, statements: Statements, keys: Iterable[Key]) -> None:
        self._statements = statements
        self._rows: dict[Key, Held] = {}
        self._changed: dict[Key, int] = {}
        """Rows to write, with the moment of the last change."""
        self._read(keys)

    def held(self, key: Key) -> Held:
        """Return a row as it stands."""
        return self._rows.get(key) or Held(None)

    def take(
        self, workspace: str, writes: Sequence[Write], at: int
    ) -> list[tuple[Key, JsonObject | None, JsonObject | None]]:
        """Take a batch's changes and return each as (key, before, after); raise Conflict and take none of them.

        A row that the batch itself changed before needs no revision.
        """
        own: dict[Key, Held] = {}
        changes = []
        for write in writes:
            key = (workspace, write.entity, write.id)
            before = own.get(key) or self._rows.get(key) or Held(None)
            after = _changed(write, before, unchecked=key in own)
            own[key] = after
            changes.append((key, before.data, after.data))
        self._rows.update(own)
        self._changed.update(dict.fromkeys(own, at))
        return changes

    def write(self) -> None:
        """Write every row that changed."""
        new, changed, gone = [], [], []
        for key, at in self._changed.items():
            held = self._rows[key]
            if held.data is None:
                gone.append(key)
            elif held.stored:
                changed.append((dump(held.data), held.revision, at, *key))
            else:
                new.append((*key, dump(held.data), held.revision, position(at), at, at))
        self._statements.many("DELETE FROM record WHERE workspace = ? AND entity = ? AND id = ?", gone)
        self._statements.many(
            "UPDATE record SET data = ?, revision = ?, updated_at = ? WHERE workspace = ? AND entity = ? AND id = ?",
            changed,
        )
        self._statements.many(
            "INSERT INTO record (workspace, entity, id, data, revision, position, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            new,
        )

    def _read(self, keys: Iterable[Key]) -> None:
        wanted: dict[tuple[str, str], list[str]] = {}
        for workspace, entity, record_id in keys:
            wanted.setdefault((workspace, entity), []).append(record_id)
        for (workspace, entity), ids in wanted.items():
            among, values = self._statements.among("id", ids)
            rows = self._statements.rows(
                f"SELECT id, data, revision FROM record WHERE workspace = ? AND entity = ? AND {among}"  # noqa: S608
                f"{self._statements.locked()}",
                (workspace, entity, values),
            )
            for record_id, data, revision in rows:
                self._rows[workspace, entity, record_id] = Held(_parsed(data), revision, stored=True)


def position(at: int) -> int:
    """Return a number that grows with every row created: the moment, made unique within this process."""
    global _last_position  # noqa: PLW0603  one writing thread
    _last_position = max(at, _last_position + 1)
    return _last_position


_last_position = 0


def _parsed(data: Any) -> JsonObject:
    row: JsonObject = load(data) if isinstance(data, str) else data
    return row


def _changed(write: Write, before: Held, *, unchecked: bool) -> Held:
    if write.kind == "create":
        if before.data is not None:
            raise Conflict(f"There is a record {write.id} of {write.entity} already.")
        return replace(before, data={**_own_keys_left_out(write.fields), "id": write.id}, revision=1)
    if before.data is None or (not unchecked and write.revision not in (None, before.revision)):
        raise changed_meanwhile(write.entity, write.id)
    if write.kind == "delete":
        return replace(before, data=None)
    return replace(before, data={**before.data, **_own_keys_left_out(write.fields)}, revision=before.revision + 1)


def _own_keys_left_out(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if name[:1] != "$"}
