"""Every way to write a condition, turned into the one tree that documents hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.errors import BadSyntax
from flowstudio.expressions.condition_text import bare, condition_from_text, joined
from flowstudio.expressions.limits import MAX_DEPTH
from flowstudio.expressions.operators import find_operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue

_GROUPS = {
    "and": "and", "all": "and", "all_of": "and", "$and": "and", "or": "or", "any": "or", "any_of": "or", "$or": "or",
    "not": "not", "none": "not", "none_of": "not", "$not": "not", "$nor": "not",
}  # fmt: skip
_INSIDE = ("conditions", "rules", "criteria")
_JOINTS = ("type", "operator", "logic", "combinator", "match", "op")
_FIELDS = ("field", "path", "left", "property")
_SEED_TYPES = ("comparison", "existence", "range", "condition")


def normalise(condition: JsonValue) -> JsonObject:
    """Return the tree of a condition written in any form that is understood.

    Groups are `{"type": "and|or|not", "conditions": […]}`, comparisons `{"field", "operator", "value"}`. Understood
    too: the text form, a list (all of), one flat comparison, `{field: value}`, `$`-operators, `{"all": […]}`, the
    aliases of operators, braces around a field. Unknown operators are kept as they are written; unknown keys move to
    `extra`. Raises BadSyntax for what is no condition at all.
    """
    return _tree(condition, 0)


def _tree(condition: JsonValue, depth: int) -> JsonObject:
    if depth > MAX_DEPTH:
        message = f"The condition is nested deeper than {MAX_DEPTH} levels."
        raise BadSyntax(message)
    match condition:
        case None | "" | []:
            return {"type": "and", "conditions": []}
        case str():
            return condition_from_text(condition)
        case list():
            return joined("and", [_tree(part, depth + 1) for part in condition])
        case dict():
            return _object(condition, depth) if condition else {"type": "and", "conditions": []}
        case bool():
            return {"field": "true" if condition else "false", "operator": "is_true"}
        case _:
            message = "A condition is a group, a comparison or a text."
            raise BadSyntax(message)


def _object(condition: JsonObject, depth: int) -> JsonObject:
    inside = next((key for key in _INSIDE if isinstance(condition.get(key), (list, dict))), None)
    if inside is not None:
        return _group(condition, inside, depth)
    field = next((key for key in _FIELDS if isinstance(condition.get(key), str)), None)
    if field is not None and any(key in condition for key in ("operator", "op", "comparator")):
        return _comparison(condition, field, depth)
    return _mapping(condition, "", depth)


def _group(condition: JsonObject, inside: str, depth: int) -> JsonObject:
    joint = next((key for key in _JOINTS if isinstance(condition.get(key), str)), "type")
    word = str(condition.get(joint, "and")).lower()
    if word not in _GROUPS:
        message = f'There is no group called "{word}".'
        raise BadSyntax(message, hint="Groups are and, or, not.")
    parts = condition[inside]
    parts = parts if isinstance(parts, list) else [parts]
    tree: JsonObject = {"type": _GROUPS[word], "conditions": [_tree(part, depth + 1) for part in parts]}
    return _with_extra(tree, condition, {inside, joint})


def _comparison(condition: JsonObject, field: str, depth: int) -> JsonObject:
    word_key = next(key for key in ("operator", "op", "comparator") if key in condition)
    found = find_operator(condition[word_key]) if isinstance(condition[word_key], str) else None
    operator = found.key if found is not None and not found.is_group else condition[word_key]
    tree: JsonObject = {"field": bare(condition[field]), "operator": operator}
    value_key = next((key for key in ("value", "right") if key in condition), None)
    if word_key != "comparator" and operator == "exists" and value_key and condition[value_key] is False:
        tree["operator"] = "not_exists"
    elif found is not None and found.nested:
        tree["value"] = _tree(condition[value_key] if value_key else None, depth + 1)
    elif value_key and (found is None or found.arity != 1):
        tree["value"] = condition[value_key]
    if condition.get("ignore_case") is False:
        tree["ignore_case"] = False
    used = {field, word_key, value_key, "ignore_case"}
    if condition.get("type") in _SEED_TYPES:
        used.add("type")
    return _with_extra(tree, condition, used)


def _with_extra(tree: JsonObject, source: JsonObject, used: set[str | None]) -> JsonObject:
    extra = {key: value for key, value in source.items() if key not in used and key != "extra"}
    extra |= source["extra"] if isinstance(source.get("extra"), dict) else {}
    if extra:
        tree["extra"] = extra
    return tree


def _mapping(condition: JsonObject, prefix: str, depth: int) -> JsonObject:
    """Read `{field: value}` and `$`-operators: all must hold."""
    if depth > MAX_DEPTH:
        message = f"The condition is nested deeper than {MAX_DEPTH} levels."
        raise BadSyntax(message)
    parts: list[JsonObject] = []
    for key, value in condition.items():
        if key in _GROUPS and (key.startswith("$") or isinstance(value, list)):
            members = value if isinstance(value, list) else [value]
            inner = [
                _tree(member, depth + 1) if not prefix else _field(prefix, member, depth + 1) for member in members
            ]
            parts.append({"type": _GROUPS[key], "conditions": inner})
        else:
            parts.append(_field(f"{prefix}.{key}" if prefix else bare(key), value, depth + 1))
    return joined("and", parts)


def _field(field: str, value: JsonValue, depth: int) -> JsonObject:
    match value:
        case None:
            return {"field": field, "operator": "not_exists"}
        case list():
            return {"field": field, "operator": "in", "value": value}
        case {"field_of": str()}:
            return {"field": field, "operator": "equals", "value": value}
        case dict() if value and all(key.startswith("$") for key in value):
            return joined(
                "and", [_dollar(field, key, right, depth) for key, right in value.items() if key != "$options"]
            )
        case dict() if value:
            return _mapping(value, field, depth)
        case _:
            return {"field": field, "operator": "equals", "value": value}


def _dollar(field: str, key: str, right: JsonValue, depth: int) -> JsonObject:
    if key in ("$not", "$nor"):
        return {"type": "not", "conditions": [_field(field, right, depth + 1)]}
    if key == "$exists":
        return {"field": field, "operator": "exists" if right else "not_exists"}
    if key in ("$ne", "$eq") and right is None:
        return {"field": field, "operator": "exists" if key == "$ne" else "not_exists"}
    if key == "$elemMatch":
        return {"field": field, "operator": "at_least_one", "value": _tree(right, depth + 1)}
    found = find_operator(key)
    return {"field": field, "operator": found.key if found is not None else key, "value": right}
