"""Functions over texts; what they make is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.errors import WrongType
from flowstudio.expressions.comparing import same
from flowstudio.expressions.functions.registry import function
from flowstudio.expressions.limits import checked_length
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.printing import print_value, printed

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def _text(ctx: EvalContext, value: JsonValue) -> str:
    text = printed(ctx, value)
    ctx.charge(1 + checked_length(len(text)) // 100)
    return text


@function("lower", "lower(text)", "In lower case.", returns="text", example=("lower('ABC')", "abc"))
def lower(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Write in lower case."""
    return None if value is None else _text(ctx, value).lower()


@function("upper", "upper(text)", "In upper case.", returns="text", example=("upper('abc')", "ABC"))
def upper(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Write in upper case."""
    return None if value is None else _text(ctx, value).upper()


@function(
    "capitalize",
    "capitalize(text)",
    "With a capital first letter.",
    returns="text",
    example=("capitalize('abc def')", "Abc def"),
)
def capitalize(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Write the first letter as a capital; the rest stays."""
    text = _text(ctx, value)
    return None if value is None else text[:1].upper() + text[1:]


@function(
    "title",
    "title(text)",
    "Each Word With A Capital.",
    returns="text",
    example=("title('harbor print')", "Harbor Print"),
)
def title(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Write the first letter of each word as a capital; the rest stays."""
    words = _text(ctx, value).split(" ")
    return None if value is None else " ".join(word[:1].upper() + word[1:] for word in words)


@function("trim", "trim(text)", "Without blanks at its ends.", returns="text", example=("trim('  a ')", "a"))
def trim(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Cut blanks off both ends."""
    return None if value is None else _text(ctx, value).strip()


@function("text", "text(x)", "Printed as text.", returns="text", example=("text(12.0)", "12"), aliases=("string",))
def text(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Print a value."""
    return _text(ctx, value)


@function(
    "truncate", "truncate(text, n)", "At most n characters, with … where it was cut.", returns="text",
    example=("truncate('Harbor Print', 7)", "Harbor…"),
)  # fmt: skip
def truncate(ctx: EvalContext, value: JsonValue, size: JsonValue = 80) -> JsonValue:
    """Cut a text to a length."""
    if value is None:
        return None
    whole, most = _text(ctx, value), max(1, int(as_number(size) or 1))
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


@function(
    "split", "split(text, ',')", "Parts of a text, trimmed.", returns="list", example=("split('a, b', ',')", ["a", "b"])
)  # fmt: skip
def split(ctx: EvalContext, value: JsonValue, separator: JsonValue = ",") -> JsonValue:
    """Cut a text at a separator."""
    if value is None:
        return []
    whole, sign = _text(ctx, value), print_value(separator)
    if not sign:
        message = "split needs a separator."
        raise WrongType(message)
    ctx.charge(whole.count(sign))
    return [part.strip() for part in whole.split(sign)]


@function(
    "replace", "replace(text, old, new)", "With each old part replaced.", returns="text",
    example=("replace('a-b', '-', '+')", "a+b"),
)  # fmt: skip
def replace(ctx: EvalContext, value: JsonValue, old: JsonValue, new: JsonValue) -> JsonValue:
    """Replace a part of a text wherever it occurs."""
    if value is None:
        return None
    whole, gone, put = _text(ctx, value), print_value(old), print_value(new)
    if not gone:
        message = "replace needs the part to replace."
        raise WrongType(message)
    checked_length(len(whole) + whole.count(gone) * (len(put) - len(gone)))
    return whole.replace(gone, put)


@function(
    "contains",
    "contains(text or list, part)",
    "Whether the part occurs.",
    returns="boolean",
    example=("contains('abc', 'B')", True),
)
def contains(ctx: EvalContext, value: JsonValue, part: JsonValue) -> JsonValue:
    """Say whether a text or a list holds a part, without regard to case."""
    return holds(ctx, value, part, True)


def holds(ctx: EvalContext, value: JsonValue, part: JsonValue, ignore_case: bool) -> bool:
    """Say whether a text occurs in a text, or an item equals a value."""
    if value is None or part is None:
        return False
    if isinstance(value, list):
        ctx.charge(len(value))
        return any(same(item, part, ignore_case) for item in value)
    if isinstance(value, dict):
        return False
    whole, piece = printed(ctx, value), printed(ctx, part)
    return piece.casefold() in whole.casefold() if ignore_case else piece in whole


@function(
    "starts_with", "starts_with(text, part)", "Whether it begins with the part.", returns="boolean",
    example=("starts_with('INV-1', 'inv')", True),
)  # fmt: skip
def starts_with(ctx: EvalContext, value: JsonValue, part: JsonValue) -> JsonValue:
    """Say how a text begins."""
    return (
        value is not None and part is not None and _text(ctx, value).casefold().startswith(_text(ctx, part).casefold())
    )


@function(
    "ends_with", "ends_with(text, part)", "Whether it ends with the part.", returns="boolean",
    example=("ends_with('a.PDF', '.pdf')", True),
)  # fmt: skip
def ends_with(ctx: EvalContext, value: JsonValue, part: JsonValue) -> JsonValue:
    """Say how a text ends."""
    return value is not None and part is not None and _text(ctx, value).casefold().endswith(_text(ctx, part).casefold())


@function("json", "json(x)", "As JSON text.", returns="text", example=("json([1])", "[1]"))
def json_text(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Write a value as JSON."""
    return printed(ctx, {"": value})[5:-1]
