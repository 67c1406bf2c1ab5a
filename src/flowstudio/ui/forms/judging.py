"""A condition on a sample while it is written: what each comparison sees, and what the groups come to."""

from collections.abc import Mapping
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ExpressionError
from flowstudio.expressions import EvalContext, RecordNeeded, compile_condition, normalise
from flowstudio.expressions.conditions import Over
from flowstudio.ui.forms.verdicts import shown_value

Verdicts = dict[str, JsonValue]


def judged(tree: JsonObject, ctx: EvalContext, over: Over, item: JsonValue = None) -> Mapping[str, JsonValue] | None:
    """Return `ConditionBuilder.show`'s verdicts, leaving out what the sample cannot tell; None where it tells nothing.

    `item` is the record that a filter is held against.
    """
    found: Verdicts = {}
    try:
        whole = normalise(tree)
    except ExpressionError:
        return None
    place = () if isinstance(whole.get("conditions"), list) else (0,)
    result = _part(whole, place, ctx, over, item, found)
    if place and result is not None:
        found[""] = {"result": result}
    return found or None


def _part(
    tree: JsonObject, place: tuple[int, ...], ctx: EvalContext, over: Over, item: JsonValue, found: Verdicts
) -> bool | None:
    parts = tree.get("conditions")
    if not isinstance(parts, list):
        return _comparison(tree, place, ctx, over, item, found)
    results = [_part(part, (*place, at), ctx, over, item, found) for at, part in enumerate(parts)]
    result = _joined(str(tree.get("type", "and")), results)
    if result is not None:
        found[_path(place)] = {"result": result}
    return result


def _joined(kind: str, results: list[bool | None]) -> bool | None:
    """Join what is known: one that decides is enough, else all must be known."""
    stops_at = kind != "and"
    inside: bool | None = (not stops_at) if results and None not in results else None
    if stops_at in results:
        inside = stops_at
    return inside if inside is None or kind != "not" else not inside


def _comparison(
    tree: JsonObject, place: tuple[int, ...], ctx: EvalContext, over: Over, item: Any, found: Verdicts
) -> bool | None:
    try:
        row = compile_condition(tree, over).evaluate(ctx, item).rows[0]
    except (ExpressionError, RecordNeeded):
        return None
    found[_path(place)] = {"result": row.result, "now": shown_value(row.left)}
    return row.result


def _path(place: tuple[int, ...]) -> str:
    return ".".join(str(at) for at in place)
