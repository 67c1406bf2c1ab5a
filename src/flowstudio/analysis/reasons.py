"""Why a rule came out as it did: the comparisons that decided it, with the values they saw."""

from __future__ import annotations

from collections.abc import Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import Row, normalise, path_words, row_text, value_text

MOST = 4
"""Comparisons told of one rule; the step itself shows them all."""
_PRESENCE = ("exists", "not_exists", "is_empty", "is_not_empty")
_Verdicts = dict[tuple[int, ...], Row]


def reasons(rule: JsonValue, rows: Sequence[JsonObject]) -> str:
    """Say what decided: `850 is not more than 1,000 (amount)`. Of a rule that is not known every comparison counts.

    `rows` are those that a step keeps: path, field, left, operator, right, result.
    """
    seen = {row.place: row for row in map(row_of, rows)}
    try:
        chosen = _decisive(normalise(rule), (), seen)[1] if rule else list(seen.values())
    except (FlowStudioError, KeyError):
        chosen = list(seen.values())
    told = list(dict.fromkeys(text for text in map(_told, chosen) if text))
    more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
    return "; ".join(told[:MOST]) + more


def row_of(row: JsonObject) -> Row:
    """Return a comparison as it was made from what a step keeps of it."""
    place = tuple(part for part in row.get("path") or () if isinstance(part, int))
    field, operator = str(row.get("field", "")), str(row.get("operator", ""))
    return Row(place, field, row.get("left"), operator, row.get("right"), bool(row.get("result")))


def _decisive(tree: JsonObject, place: tuple[int, ...], seen: _Verdicts) -> tuple[bool, list[Row]]:
    """Return the verdict of a tree and the comparisons without which it could have been another."""
    inside = tree.get("conditions")
    if not isinstance(inside, list):
        row = seen[place]
        return row.result, [row]
    parts = [_decisive(part, (*place, number), seen) for number, part in enumerate(inside)]
    kind = tree.get("type", "and")
    result = all(holds for holds, _ in parts) if kind == "and" else any(holds for holds, _ in parts)
    decides = [rows for holds, rows in parts if holds is result]
    return result is not (kind == "not"), [row for rows in decides for row in rows]


def _told(row: Row) -> str:
    text = row_text(row)
    if not text or text.startswith("there is no "):
        return text
    name = path_words(row.field.strip().removeprefix("{{").removesuffix("}}").strip().partition("|")[0].strip())
    if not name or not name.replace(" ", "").isalnum():
        return text
    if row.operator in _PRESENCE:
        return _present(name, row.left)
    return f"{name} is {value_text(row.left)}" if isinstance(row.left, bool) else f"{text} ({name})"


def _present(name: str, value: JsonValue) -> str:
    """Say what there is of a value that was only asked for: `there is no due date`, `invoices has 2 items`."""
    if isinstance(value, list):
        return f"{name} has {value_text(value)}" if value else f"{name} is empty"
    return f"there is no {name}" if value in (None, "", {}) else f"{name} is {value_text(value)}"
