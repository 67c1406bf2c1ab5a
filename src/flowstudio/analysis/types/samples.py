"""A sample as a step would see it: for conditions that show their verdict while they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cache

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.flow import Flow
from flowstudio.analysis.types.kinds import Kind
from flowstudio.analysis.types.picker import flow_of
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import UnknownVariable
from flowstudio.expressions import DictScope
from flowstudio.expressions.scope import ENTITY
from flowstudio.kit import Registry
from flowstudio.kit.record_rules import as_record

Rows = Callable[[str], list[JsonObject]]
"""Gives the sample records of a type."""


class SampleScope(DictScope):
    """Names at one step, with the values of an example; what the example does not hold comes from sample records.

    What only a run can tell (a result that is worked out) is unknown.
    """

    __slots__ = ("_facts", "_flow", "_node_id", "_rows", "_samples")

    def __init__(self, flow: Flow, node_id: str, facts: Facts, samples: Mapping[str, JsonValue], rows: Rows) -> None:
        records = (row for name in facts.types for row in rows(name))
        super().__init__({}, {row["id"]: row for row in records if "id" in row})
        self._flow = flow
        self._node_id = node_id
        self._facts = facts
        self._samples = samples
        self._rows = rows

    def lookup(self, name: str) -> JsonValue:
        """Return the sample value of a name; raise UnknownVariable where there is none."""
        if name == "settings":
            return dict(self._facts.settings)
        if name == "trigger" and self._samples:
            return dict(self._samples)
        found = self._flow.find(self._node_id, name)
        if found is None or found.certainty == "never" or (not found.gifts and name not in self._samples):
            raise UnknownVariable(name, [])
        return self._value(name, found.kind)

    def _value(self, name: str, kind: Kind) -> JsonValue:
        if name in self._samples:
            return _marked(self._samples[name], kind)
        entity = kind.entity or (kind.item.entity if kind.item else None)
        rows = self._rows(entity) if entity else []
        if not rows or kind.name not in ("record", "list"):
            raise UnknownVariable(name, [])
        return rows[0] if kind.name == "record" else list(rows)


def sample_scope(
    workflow: Workflow, node_id: str, registry: Registry, facts: Facts, samples: Mapping[str, JsonValue], rows: Rows
) -> SampleScope:
    """Return the names of a sample at a step; `rows` gives the records of a type."""
    return SampleScope(flow_of(workflow, registry, facts), node_id, facts, samples, rows)


def sample_rows(facts: Facts, own: Mapping[str, JsonValue], now: datetime, zone: tzinfo) -> Rows:
    """Return what gives the records of a type: those of the sample itself (`own`), else those that the type shows."""

    @cache
    def rows(entity: str) -> list[JsonObject]:
        record_type = facts.record_type(entity)
        if record_type is None:
            return []
        given = own.get(record_type.name)
        found = given if isinstance(given, list) else record_type.sample_rows
        return [as_record(record_type, row, 1, now, zone) for row in found if isinstance(row, dict)]

    return rows


def _marked(value: JsonValue, kind: Kind) -> JsonValue:
    """Say of a record of the example which type it is of, so that its references can be followed."""
    if isinstance(value, dict) and kind.name == "record" and kind.entity and "id" in value:
        return {**value, ENTITY: kind.entity}
    if isinstance(value, list) and kind.item is not None:
        return [_marked(one, kind.item) for one in value]
    return value
