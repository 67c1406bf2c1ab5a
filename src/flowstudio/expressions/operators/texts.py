"""Operators over texts; patterns run on a linear-time engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import parts_of, same
from flowstudio.expressions.functions.texts import holds
from flowstudio.expressions.operators.patterns import found_in
from flowstudio.expressions.operators.registry import operator
from flowstudio.expressions.printing import printed

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def _folded(ctx: EvalContext, value: JsonValue, ignore_case: bool) -> str:
    text = printed(ctx, value)
    return text.casefold() if ignore_case else text


@operator(
    "contains",
    label="contains",
    meaning="text: the right side occurs in it; list: one item equals the right side",
    types=("text", "list"),
    arity=2,
    examples=(
        ("Open Air Park", "open air", True),
        (["billing", "technical"], "billing", True),
        (None, "x", False),
    ),
    aliases=("$contains", "includes"),
)
def _contains(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return holds(ctx, left, right, ignore_case)


@operator(
    "not_contains",
    label="does not contain",
    meaning="there is a value and `contains` is false",
    types=("text", "list"),
    arity=2,
    examples=(
        ("Hall A", "open air", True),
        (["billing"], "billing", False),
        (None, "x", False),
    ),
    aliases=("does_not_contain",),
)
def _not_contains(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return not holds(ctx, left, right, ignore_case)


@operator(
    "starts_with",
    label="starts with",
    meaning="begins with the right side",
    types=("text",),
    arity=2,
    examples=(
        ("INV-1042", "inv-", True),
        ("CM-12", "INV-", False),
        (None, "INV", False),
    ),
    aliases=("$startsWith",),
)
def _starts_with(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return _folded(ctx, left, ignore_case).startswith(_folded(ctx, right, ignore_case))


@operator(
    "not_starts_with",
    label="does not start with",
    meaning="there is a value and it begins otherwise",
    types=("text",),
    arity=2,
    examples=(
        ("CM-12", "INV-", True),
        ("INV-1", "INV-", False),
        (None, "INV-", False),
    ),
)
def _not_starts_with(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return not _folded(ctx, left, ignore_case).startswith(_folded(ctx, right, ignore_case))


@operator(
    "ends_with",
    label="ends with",
    meaning="ends with the right side",
    types=("text",),
    arity=2,
    examples=(
        ("roth.pdf", ".PDF", True),
        ("roth.pdf", ".docx", False),
        (None, ".pdf", False),
    ),
    aliases=("$endsWith",),
)
def _ends_with(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return _folded(ctx, left, ignore_case).endswith(_folded(ctx, right, ignore_case))


@operator(
    "not_ends_with",
    label="does not end with",
    meaning="there is a value and it ends otherwise",
    types=("text",),
    arity=2,
    examples=(
        ("roth.pdf", ".docx", True),
        ("roth.pdf", ".pdf", False),
        (None, ".pdf", False),
    ),
)
def _not_ends_with(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return not _folded(ctx, left, ignore_case).endswith(_folded(ctx, right, ignore_case))


@operator(
    "in",
    label="is one of",
    meaning="equals one of a list or of a comma-separated text",
    types=("text", "number"),
    arity=2,
    examples=(
        ("gold", "gold,platinum", True),
        (3, [1, 2], False),
        (None, "gold", False),
    ),
    aliases=("$in", "one_of"),
)
def _is_in(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    return any(same(left, part, ignore_case) for part in parts_of(right))


@operator(
    "not_in",
    label="is none of",
    meaning="there is a value and it equals none of them",
    types=("text", "number"),
    arity=2,
    examples=(
        ("lost", "won,open", True),
        ("won", "won,lost", False),
        (None, "won,lost", False),
    ),
    aliases=("$nin",),
)
def _not_in(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    return not any(same(left, part, ignore_case) for part in parts_of(right))


@operator(
    "matches",
    label="matches the pattern",
    meaning="regular expression found in the text",
    types=("text",),
    arity=2,
    examples=(
        ("INV-1042", "^INV-[0-9]+$", True),
        ("CM-1", "^INV", False),
        (None, "x", False),
    ),
    aliases=("$regex", "regex"),
)
def _matches(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return found_in(printed(ctx, left), printed(ctx, right), ignore_case)


@operator(
    "not_matches",
    label="does not match the pattern",
    meaning="there is a value and the pattern is not found",
    types=("text",),
    arity=2,
    examples=(
        ("CM-1", "^INV", True),
        ("INV-1", "^INV", False),
        (None, "x", False),
    ),
)
def _not_matches(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return not found_in(printed(ctx, left), printed(ctx, right), ignore_case)
