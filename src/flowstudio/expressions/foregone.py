"""Conditions that decide nothing: whatever the values are, they hold, or they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.expressions.conditions import Over
from flowstudio.expressions.exclusion import contrary, exclude, impossible, is_presence
from flowstudio.expressions.operators import find_operator

Where = tuple[str | int, ...]
_MOST = 40
"""Comparisons of one group that are held against each other, each with each."""
_AGAINST_ITSELF = {
    "equals": True, "greater_or_equal": True, "less_or_equal": True, "not_equals": False, "greater_than": False,
    "less_than": False, "before": False, "after": False, "on_or_before": True, "on_or_after": True,
}  # fmt: skip
"""What comes out when something that is there is compared with itself."""


@dataclass(frozen=True, slots=True)
class Foregone:
    """A part of a condition whose outcome is settled, and the comparisons that settle it."""

    where: Where
    """Its place in the tree."""
    result: bool
    """True means: for every value that is there; a missing value makes most comparisons false."""
    because: tuple[JsonObject, ...]
    joined: Literal["and", "or", ""] = ""
    """How the comparisons are joined where it takes two of them."""


def foregone(tree: JsonValue, over: Over = "variables") -> tuple[bool | None, list[Foregone]]:
    """Return what a condition (a tree as documents hold it) always comes to, and its parts that are settled.

    The first is None where the values decide. `over="record"`: fields are those of a record, and no variables.
    """
    found: list[Foregone] = []
    return _settled(tree, (), over, found), found


def _settled(tree: JsonValue, where: Where, over: Over, found: list[Foregone]) -> bool | None:
    if not isinstance(tree, dict):
        return None
    parts = tree.get("conditions")
    if not isinstance(parts, list):
        return _comparison(tree, where, over, found)
    kind = str(tree.get("type", "and"))
    results = [_settled(part, (*where, "conditions", index), over, found) for index, part in enumerate(parts)]
    stops_at = kind != "and"
    pair = _pair(tree, "and" if kind == "and" else "or")
    if pair is not None and not any(one is stops_at for one in results):
        found.append(Foregone(where, kind == "or", pair, "and" if kind == "and" else "or"))
        results.append(stops_at)
    inside: bool | None = None
    if any(one is stops_at for one in results):
        inside = stops_at
    elif parts and all(one is not stops_at and one is not None for one in results):
        inside = not stops_at
    return inside if kind != "not" or inside is None else not inside


def _comparison(tree: JsonObject, where: Where, over: Over, found: list[Foregone]) -> bool | None:
    if "operator" not in tree:
        return None
    result: bool | None = False if impossible(tree) else None
    value = tree.get("value")
    if result is None and over == "variables" and isinstance(value, str) and "{{" in value:
        itself = value.strip().removeprefix("{{").removesuffix("}}").strip() == _field(tree)
        operator = find_operator(str(tree["operator"])) if itself else None
        result = _AGAINST_ITSELF.get(operator.key) if operator is not None else None
    if result is not None:
        found.append(Foregone(where, result, (tree,)))
    return result


def _pair(tree: JsonObject, kind: Literal["and", "or"]) -> tuple[JsonObject, JsonObject] | None:
    """Return two comparisons of one field that cannot both hold (`and`), or of which one always does (`or`)."""
    by_field: dict[str, list[JsonObject]] = {}
    for one in _together(tree, kind):
        by_field.setdefault(_field(one), []).append(one)
    for same in by_field.values():
        for one, other in combinations(same[:_MOST], 2):
            if exclude(one, other) if kind == "and" else _cover(one, other):
                return one, other
    return None


def _cover(one: JsonObject, other: JsonObject) -> bool:
    first, second = contrary(one), contrary(other)
    if first is None or second is None or is_presence(one) is not is_presence(other):
        return False
    return exclude(first, second)


def _together(tree: JsonObject, kind: str) -> Iterator[JsonObject]:
    """Visit the comparisons that one group joins, those of groups of the same kind inside included."""
    parts: Sequence[JsonValue] = tree.get("conditions") or ()
    for part in parts:
        if not isinstance(part, dict):
            continue
        if isinstance(part.get("conditions"), list):
            if part.get("type", "and") == kind:
                yield from _together(part, kind)
        elif isinstance(part.get("field"), str) and isinstance(part.get("operator"), str):
            yield part


def _field(comparison: JsonObject) -> str:
    return str(comparison.get("field", "")).strip().removeprefix("{{").removesuffix("}}").strip()
