"""Filters over records: a condition tree whose fields are fields of a record, also through references.

What a filter means is told here once; the databases only narrow down what is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, RecordType
from flowstudio.errors import BadSyntax, UnknownVariable
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.normalise import normalise
from flowstudio.expressions.operators import Operator, find_operator, needed_operator
from flowstudio.kit.record_types import RecordTypes

Path = tuple[str, ...]
Related = Callable[[str, str], JsonObject | None]
"""(record type, id) → the record that a reference leads to, or None."""
Read = Callable[[Path], JsonValue]
_BRACES = re.compile(r"\s*\{\{\s*(.*?)\s*\}\}\s*")


@dataclass(frozen=True, slots=True)
class FieldOf:
    """The right side of a comparison is another field of the same record."""

    path: Path


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of a filter."""

    path: Path
    operator: Operator
    value: JsonValue | FieldOf
    """What to compare with, filled in; for operators over the items of a list a Node over the fields of an item."""
    ignore_case: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Lines joined: `and`, `or`, or `not` (none of them holds)."""

    kind: str
    parts: tuple[Node, ...]


Node = Comparison | Group


class Filter:
    """A filter ready for use on records of one type."""

    __slots__ = ("node", "paths", "record_type", "types")

    def __init__(self, where: JsonValue, record_type: RecordType, types: RecordTypes) -> None:
        """Raise UnknownVariable for a field that the type lacks, BadSyntax for an unknown operator."""
        self.record_type = record_type
        self.types = types
        self.node: Node | None = read_tree(where) if where else None
        self.paths = tuple(dict.fromkeys(paths_in(self.node))) if self.node is not None else ()
        for path in self.paths:
            check_path(path, record_type, types)

    def holds(self, record: JsonObject, related: Related, ctx: EvalContext) -> bool:
        """Say whether the record (with its computed fields) fits."""
        if self.node is None:
            return True
        ctx.spent = 0
        return tree_holds(self.node, lambda path: read_path(record, path, self.types, related), ctx)


def read_tree(where: JsonValue) -> Node:
    """Read a filter: the tree of a condition node, or any other form that is understood on import."""
    return _node(normalise(where))


def read_path(record: JsonObject, path: Path, types: RecordTypes, related: Related) -> JsonValue:
    """Return the value at a path; None where there is none.

    A step of the path is a field of the record where that has a value, else the record that `<name>_id` leads to; a
    path that goes on behind a plain value means the record too (as in `flowstudio.expressions.scope.read_steps`).
    """
    value: JsonValue = record
    for place, name in enumerate(path, 1):
        if not isinstance(value, dict):
            return None
        entity, own = value.get(ENTITY), value.get(name)
        leads_on = own is None or (place < len(path) and isinstance(own, (str, int, float)))
        target = types.find(entity).reference(name) if entity and leads_on else None
        if target is None:
            value = value.get(name) if name[:1] != "$" else None
        else:
            key = value.get(f"{name}_id")
            value = related(target, key) if isinstance(key, str) else None
    return value


def check_path(path: Path, record_type: RecordType, types: RecordTypes) -> None:
    """Raise UnknownVariable where the path names a field that its record type lacks."""
    current: RecordType | None = record_type
    for name in path:
        if current is None:
            return
        target = current.reference(name)
        if target is not None and target in types:
            current = types[target]
        elif name in current.fields:
            current = None
        else:
            raise UnknownVariable(f"{current.name}.{name}", [*current.fields])


def in_order(
    records: Iterable[JsonObject], sort: str | None, read: Callable[[JsonObject, Path], JsonValue]
) -> list[JsonObject]:
    """Sort by `field` or `-field` (paths too), numbers before texts, missing values last; else leave the order."""
    rows = list(records)
    if not sort:
        return rows
    path = tuple(sort.lstrip("-").split("."))
    keyed = [(sort_key(read(row, path)), row) for row in rows]
    there = [pair for pair in keyed if pair[0] is not None]
    there.sort(key=lambda pair: pair[0] or (0, 0), reverse=sort.startswith("-"))
    return [row for _, row in there] + [row for key, row in keyed if key is None]


def sort_key(value: JsonValue) -> tuple[int, float | str] | None:
    """Return what a value is sorted by; None for a missing one."""
    if value is None:
        return None
    if isinstance(value, (bool, int, float)):
        return (0, float(value))
    return (1, value.casefold()) if isinstance(value, str) else (2, str(value))


def _node(tree: Mapping[str, JsonValue]) -> Node:
    if "conditions" in tree:
        group = find_operator(str(tree.get("type", "and")))
        if group is None or not group.is_group:
            raise BadSyntax(f'There is no group of conditions called "{tree.get("type")}".')
        return Group(group.key, tuple(_node(part) for part in tree["conditions"]))
    operator = needed_operator(tree.get("operator"))
    value = tree.get("value")
    right: JsonValue | FieldOf = value
    if operator.nested:
        right = read_tree(value)
    elif isinstance(value, dict) and set(value) == {"field_of"}:
        right = FieldOf(_path(value["field_of"]))
    return Comparison(_path(tree.get("field")), operator, right, bool(tree.get("ignore_case", True)))


def _path(text: JsonValue) -> Path:
    if not isinstance(text, str) or not text.strip():
        raise BadSyntax("A line of the filter has no field.")
    found = _BRACES.fullmatch(text)
    return tuple((found[1] if found else text.strip()).split("."))


def paths_in(node: Node) -> Iterator[Path]:
    """Give every field that a filter reads."""
    if isinstance(node, Group):
        for part in node.parts:
            yield from paths_in(part)
        return
    yield node.path
    if isinstance(node.value, FieldOf):
        yield node.value.path


def tree_holds(node: Node, read: Read, ctx: EvalContext) -> bool:
    """Say whether a filter holds for something whose fields `read` gives."""
    if isinstance(node, Group):
        if node.kind == "and":
            return all(tree_holds(part, read, ctx) for part in node.parts)
        found = any(tree_holds(part, read, ctx) for part in node.parts)
        return found if node.kind == "or" else not found
    left = read(node.path)
    right = node.value
    if isinstance(right, FieldOf):
        right = read(right.path)
    elif node.operator.nested:
        inner = right

        def each(item: JsonValue) -> bool:
            return tree_holds(inner, lambda path: _inside(item, path), ctx)

        right = each
    if node.operator.on_change:
        return False
    return node.operator.holds(left, right, ctx, node.ignore_case)


def _inside(item: JsonValue, path: Path) -> JsonValue:
    for name in path:
        item = item.get(name) if isinstance(item, dict) else None
    return item
