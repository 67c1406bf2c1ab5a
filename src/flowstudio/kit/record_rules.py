"""The rules of records, without storage: new rows, changes, computed fields, ids.

`zone` is the workspace's: texts without a zone are read in it. Errors are ConfigRejected, naming field and record type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from difflib import get_close_matches

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import ENTITY, REVISION, RecordType
from flowstudio.errors import ConfigRejected
from flowstudio.expressions.context import EvalContext
from flowstudio.kit.computed_fields import formula
from flowstudio.kit.record_values import coerce, field_of, moment
from flowstudio.kit.words import human

TEST_MARK = "_test_"
"""Stands in the ids that a test run numbers itself."""


class RecordIds:
    """Gives ids to new rows: `<type>_<time-ordered>`, in a test run `<type>_test_<n>` in order of creation.

    `known` are (type, id) of rows that are to get the ids they had before; further ones are numbered after `of`.
    """

    def __init__(self, *, test: bool = False, known: Sequence[tuple[str, str]] = (), of: str = "") -> None:
        self._test = test
        self._known = list(known)
        self._of = f"{of}_" if of else ""
        self._created: Counter[str] = Counter()

    def next(self, entity: str) -> str:
        """Return a fresh id for a row of that record type."""
        if not self._test:
            return new_id(entity)
        for number, (kind, record_id) in enumerate(self._known):
            if kind == entity:
                del self._known[number]
                return record_id
        self._created[entity] += 1
        return f"{entity}{TEST_MARK}{self._of}{self._created[entity]}"


def new_row(record_type: RecordType, fields: JsonObject, record_id: str, now: datetime, zone: tzinfo) -> JsonObject:
    """Return a whole row in the order of its type: the fields given, defaults for the rest.

    Raise ConfigRejected for an unknown field, a value of the wrong kind or a required field without a value. Computed
    fields and keys beginning with `$` are ignored.
    """
    given = _given(record_type, fields, now, zone)
    given["id"] = record_id
    row: JsonObject = {}
    for name, spec in record_type.fields.items():
        value = given.get(name)
        if value is None and not spec.computed:
            value = spec.default
        if value is not None or name in given:
            row[name] = value
        if spec.required and value in (None, ""):
            raise ConfigRejected(f"{field_of(record_type.name, name)} needs a value.", setting=name)
    return row


def changed_fields(record_type: RecordType, fields: JsonObject, now: datetime, zone: tzinfo) -> JsonObject:
    """Return the fields to write of a change, in their types; raise ConfigRejected as `new_row` does.

    The id cannot be changed; computed fields and keys beginning with `$` are ignored.
    """
    given = _given(record_type, fields, now, zone)
    given.pop("id", None)
    for name, value in given.items():
        if value in (None, "") and record_type.fields[name].required:
            raise ConfigRejected(f"{field_of(record_type.name, name)} needs a value.", setting=name)
    return given


def as_record(
    record_type: RecordType, row: JsonObject, revision: int, now: datetime, zone: tzinfo, ctx: EvalContext | None = None
) -> JsonObject:
    """Return a row as a record: with `$entity`, `$revision` and its computed fields, computed anew.

    `ctx` (made by `record_values.moment`) saves work where many rows are shown for the same moment.
    """
    record = {name: value for name, value in row.items() if name[:1] != "$"}
    computed = _computed(record_type)
    if computed:
        ctx = ctx or moment(now, zone)
        for name, text in computed:
            record.pop(name, None)
            record[name] = formula(text)(record, ctx)
    record[ENTITY] = record_type.name
    record[REVISION] = revision
    return record


def stored_row(record_type: RecordType, record: JsonObject) -> JsonObject:
    """Return what is stored of a record: no keys beginning with `$`, no computed fields."""
    computed = {name for name, _ in _computed(record_type)}
    return {name: value for name, value in record.items() if name[:1] != "$" and name not in computed}


def references(record_type: RecordType) -> dict[str, str]:
    """Return the fields that lead to other records, with the record type each leads to."""
    return {name: spec.references for name, spec in record_type.fields.items() if spec.references}


def _given(record_type: RecordType, fields: JsonObject, now: datetime, zone: tzinfo) -> JsonObject:
    ctx = moment(now, zone)
    given: JsonObject = {}
    for name, value in fields.items():
        if name[:1] == "$":
            continue
        spec = record_type.fields.get(name)
        if spec is None:
            raise _unknown(record_type, name)
        if not spec.computed:
            given[name] = coerce(record_type.name, name, spec, value, ctx)
    return given


def _unknown(record_type: RecordType, name: str) -> ConfigRejected:
    near = get_close_matches(name, list(record_type.fields), n=1)
    hint = f'Did you mean "{near[0]}"?' if near else f"Its fields are {', '.join(record_type.fields)}."
    return ConfigRejected(f'{human(record_type.name)} have no field "{name}".', setting=name, hint=hint)


def _computed(record_type: RecordType) -> Iterable[tuple[str, str]]:
    return [(name, spec.computed) for name, spec in record_type.fields.items() if spec.computed]
