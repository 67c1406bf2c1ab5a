"""Operators over a change: the left side is `{"old", "new"}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import same
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def _pair(value: JsonValue) -> tuple[JsonValue, JsonValue] | None:
    if isinstance(value, dict) and set(value) == {"old", "new"}:
        return value["old"], value["new"]
    return None


def _differ(old: JsonValue, new: JsonValue) -> bool:
    return bool(old != new)


@operator(
    "changed",
    label="has changed",
    meaning=(
        "the triggering change gave the field another value; needs the old value, so only in events of a record change"
    ),
    types=("any",),
    arity=1,
    examples=(
        ({"old": "draft", "new": "sent"}, None, True),
        ({"old": "sent", "new": "sent"}, None, False),
        ({"old": None, "new": "sent"}, None, True),
    ),
    missing=True,
)
def _changed(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    pair = _pair(left)
    return pair is not None and _differ(*pair)


@operator(
    "changed_to",
    label="has changed to",
    meaning="changed, and the new value equals the right side",
    types=("any",),
    arity=2,
    examples=(
        ({"old": "draft", "new": "sent"}, "sent", True),
        ({"old": "sent", "new": "sent"}, "sent", False),
        ({"old": "draft", "new": "paid"}, "sent", False),
    ),
    missing=True,
)
def _changed_to(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    pair = _pair(left)
    return pair is not None and _differ(*pair) and same(pair[1], right, ignore_case)


@operator(
    "changed_from",
    label="has changed from",
    meaning="changed, and the old value equals the right side",
    types=("any",),
    arity=2,
    examples=(
        ({"old": "draft", "new": "sent"}, "draft", True),
        ({"old": "sent", "new": "paid"}, "draft", False),
        ({"old": "draft", "new": "draft"}, "draft", False),
    ),
    missing=True,
)
def _changed_from(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    pair = _pair(left)
    return pair is not None and _differ(*pair) and same(pair[0], right, ignore_case)
