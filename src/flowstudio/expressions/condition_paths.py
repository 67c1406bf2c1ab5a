"""Which names and which record fields a condition uses, and renaming in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.errors import ExpressionError
from flowstudio.expressions.normalise import normalise
from flowstudio.expressions.operators import find_operator
from flowstudio.expressions.parse import compile_template
from flowstudio.expressions.paths import Path, paths_of, rename_in, rename_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.expressions.conditions import Over

Where = tuple[str | int, ...]


def comparisons_of(condition: JsonValue) -> list[tuple[Where, JsonObject]]:
    """List the comparisons of a condition with their place in the tree; those inside quantifiers are not among them."""
    return list(_comparisons(normalise(condition), ()))


def _comparisons(tree: JsonObject, where: Where) -> Iterator[tuple[Where, JsonObject]]:
    inside = tree.get("conditions")
    if isinstance(inside, list):
        for number, part in enumerate(inside):
            yield from _comparisons(part, (*where, "conditions", number))
    else:
        yield where, tree


def paths_of_condition(condition: JsonValue, over: Over = "variables") -> list[Path]:
    """List every use of a variable: in fields (unless they are a record's) and in values. `where` leads into the tree.

    Raises BadSyntax or WrongType for what cannot be read.
    """
    found: list[Path] = []
    for where, comparison in comparisons_of(condition):
        if over == "variables" and comparison.get("field"):
            found += _at(paths_of(str(comparison["field"])), (*where, "field"))
        value = comparison.get("value")
        if _is_nested(comparison):
            found += _at(paths_of_condition(value, "record"), (*where, "value"))
        elif isinstance(value, dict) and isinstance(value.get("field_of"), str):
            if over == "variables":
                found += _at(paths_of(value["field_of"]), (*where, "value", "field_of"))
        else:
            found += _at(paths_of(compile_template(value)), (*where, "value"))
    return found


def fields_of_condition(condition: JsonValue) -> list[tuple[str, Where]]:
    """List the record fields that a filter names, each with its place in the tree (`field_of` too)."""
    found: list[tuple[str, Where]] = []
    for where, comparison in comparisons_of(condition):
        found.append((str(comparison.get("field", "")), (*where, "field")))
        value = comparison.get("value")
        if isinstance(value, dict) and isinstance(value.get("field_of"), str):
            found.append((value["field_of"], (*where, "value", "field_of")))
    return found


def rename_in_condition(condition: JsonValue, old: str, new: str, over: Over = "variables") -> JsonValue:
    """Return the condition (as a tree) with every use of the variable renamed; what cannot be read is left alone."""
    try:
        return _renamed(normalise(condition), old, new, over)
    except ExpressionError:
        return condition


def _renamed(tree: JsonObject, old: str, new: str, over: Over) -> JsonObject:
    if isinstance(tree.get("conditions"), list):
        return {**tree, "conditions": [_renamed(part, old, new, over) for part in tree["conditions"]]}
    changed = dict(tree)
    if over == "variables" and isinstance(tree.get("field"), str):
        changed["field"] = rename_root(tree["field"], old, new, bare=True)
    value = tree.get("value")
    if _is_nested(tree):
        changed["value"] = _renamed(normalise(value), old, new, "record")
    elif isinstance(value, dict) and isinstance(value.get("field_of"), str):
        if over == "variables":
            changed["value"] = {**value, "field_of": rename_root(value["field_of"], old, new, bare=True)}
    elif "value" in tree:
        changed["value"] = rename_in(value, old, new)
    return changed


def _is_nested(comparison: JsonObject) -> bool:
    found = find_operator(str(comparison.get("operator")))
    return found is not None and found.nested


def _at(paths: list[Path], where: Where) -> list[Path]:
    return [Path(path.root, path.parts, path.start, path.end, (*where, *path.where)) for path in paths]
