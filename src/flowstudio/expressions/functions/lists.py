"""Functions over lists: counting, adding up, picking, sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.errors import WrongType
from flowstudio.expressions.comparing import same
from flowstudio.expressions.functions.registry import function
from flowstudio.expressions.limits import checked_length
from flowstudio.expressions.numeric import Number, as_number, kind_of, tidy
from flowstudio.expressions.printing import printed
from flowstudio.expressions.scope import read_field, read_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_CALLED = ("name", "title", "number", "subject", "label", "id")


def items_of(ctx: EvalContext, value: JsonValue, what: str) -> list[JsonValue]:
    """Return the items of a list, none for a missing one; charge for them; raise WrongType for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        message = f"{what} needs a list, not {kind_of(value)}."
        raise WrongType(message)
    ctx.charge(len(value))
    return value


def read_path(ctx: EvalContext, item: JsonValue, path: JsonValue) -> JsonValue:
    """Return the field of an item by its (dotted) name; the item itself without a name."""
    if path is None:
        return item
    return read_steps(ctx.scope, item, str(path).split("."), False)


def _numbers(ctx: EvalContext, values: Iterable[JsonValue], field: JsonValue) -> list[Number]:
    found = (as_number(read_path(ctx, item, field)) for item in values)
    return [number for number in found if number is not None]


def _rank(ctx: EvalContext, value: JsonValue) -> tuple[int, Number, str]:
    number = as_number(value)
    return (0, number, "") if number is not None else (1, 0, printed(ctx, value).casefold())


@function(
    "count",
    "count(list)",
    "Number of items.",
    returns="number",
    example=("count([1, 2])", 2),
    aliases=("length", "size"),
)
def count(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Count items of a list, keys of an object, characters of a text; nothing counts 0."""
    if isinstance(value, (str, dict)):
        return len(value) if isinstance(value, str) else sum(not key.startswith("$") for key in value)
    return 0 if value is None else len(items_of(ctx, value, "count"))


@function(
    "total", "total(list, 'field')", "Sum of a field, missing values left out.", returns="number",
    example=("total([1, 2.5])", 3.5), aliases=("sum",),
)  # fmt: skip
def total(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Add up numbers."""
    return tidy(sum(_numbers(ctx, items_of(ctx, values, "total"), field)))


@function(
    "avg", "avg(list, 'field')", "Mean of a field, missing values left out.", returns="number",
    example=("avg([1, 2])", 1.5), aliases=("average", "mean"),
)  # fmt: skip
def avg(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Return the mean, nothing for no numbers."""
    numbers = _numbers(ctx, items_of(ctx, values, "avg"), field)
    return tidy(sum(numbers) / len(numbers)) if numbers else None


def _picked(ctx: EvalContext, values: JsonValue, field: JsonValue, what: str, *, most: bool) -> JsonValue:
    ranked = [(read_path(ctx, item, field), item) for item in items_of(ctx, values, what)]
    known = [(_rank(ctx, value), item) for value, item in ranked if value is not None]
    if not known:
        return None
    best = max(known, key=lambda pair: pair[0]) if most else min(known, key=lambda pair: pair[0])
    return best[1]


@function(
    "top", "top(list, 'field')", "Record with the highest value.", returns="record", example=("top([1, 3, 2])", 3)
)
def top(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Return the first item whose field is highest."""
    return _picked(ctx, values, field, "top", most=True)


@function(
    "lowest", "lowest(list, 'field')", "Record with the lowest value.", returns="record", example=("lowest([2, 1])", 1)
)
def lowest(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Return the first item whose field is lowest."""
    return _picked(ctx, values, field, "lowest", most=False)


@function(
    "where", "where(list, 'field', value)", "Records whose field is the value.", returns="list",
    example=("count(where([1, 2], null, 2))", 1),
)  # fmt: skip
def where(ctx: EvalContext, values: JsonValue, field: JsonValue, value: JsonValue) -> JsonValue:
    """Return the items whose field equals the value."""
    return [item for item in items_of(ctx, values, "where") if same(read_path(ctx, item, field), value)]


@function(
    "group", "group(list, 'field')", "Sorted distinct values as text.", returns="list",
    example=("group(['b', 'a', 'b'])", ["a", "b"]),
)  # fmt: skip
def group(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Return the distinct values of a field, printed and sorted, missing ones left out."""
    found = (read_path(ctx, item, field) for item in items_of(ctx, values, "group"))
    return sorted({printed(ctx, value) for value in found if value is not None})


@function(
    "names", "names(list, 'field')", "Comma text of a field.", returns="text", example=("names(['a', 'b'])", "a, b")
)  # fmt: skip
def names(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Join what items are called; without a field: their name, title, number, subject or id."""
    items = items_of(ctx, values, "names")
    return joined(ctx, (_called(ctx, item) if field is None else read_path(ctx, item, field) for item in items))


def _called(ctx: EvalContext, item: JsonValue) -> JsonValue:
    if not isinstance(item, dict):
        return item
    called = (read_field(ctx.scope, item, key, False) for key in _CALLED)
    return next((value for value in called if value is not None), None)


def joined(ctx: EvalContext, values: Iterable[JsonValue], separator: str = ", ") -> str:
    """Join printed values, missing ones left out; raise TooExpensive beyond the length a text may have."""
    pieces: list[str] = []
    length = 0
    for value in values:
        if value is not None:
            pieces.append(printed(ctx, value))
            length = checked_length(length + len(pieces[-1]) + len(separator))
    return separator.join(pieces)


@function("join", "join(list, ', ')", "Items as one text.", returns="text", example=("join(['a', 'b'], '-')", "a-b"))
def join(ctx: EvalContext, values: JsonValue, separator: JsonValue = ", ") -> JsonValue:
    """Join printed items."""
    return joined(ctx, items_of(ctx, values, "join"), printed(ctx, separator))


@function("first", "first(list)", "First item or nothing.", returns="any", example=("first([7, 8])", 7))
def first(ctx: EvalContext, values: JsonValue) -> JsonValue:
    """Return the first item."""
    items = items_of(ctx, values, "first")
    return items[0] if items else None


@function("last", "last(list)", "Last item or nothing.", returns="any", example=("last([7, 8])", 8))
def last(ctx: EvalContext, values: JsonValue) -> JsonValue:
    """Return the last item."""
    items = items_of(ctx, values, "last")
    return items[-1] if items else None


@function(
    "take",
    "take(list, n)",
    "The first n items.",
    returns="list",
    example=("take([1, 2, 3], 2)", [1, 2]),
    aliases=("limit",),
)
def take(ctx: EvalContext, values: JsonValue, size: JsonValue) -> JsonValue:
    """Return the first items."""
    return items_of(ctx, values, "take")[: max(0, int(as_number(size) or 0))]


@function(
    "sort",
    "sort(list, '-field')",
    "Sorted by a field, '-' for downwards.",
    returns="list",
    example=("sort([2, 1])", [1, 2]),
)
def sort(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Sort items; those without the field come last."""
    items = items_of(ctx, values, "sort")
    ctx.charge(len(items))
    down = isinstance(field, str) and field.startswith("-")
    name = (field[1:] or None) if down else field
    ranked = [(read_path(ctx, item, name), item) for item in items]
    known = sorted(((_rank(ctx, v), i) for v, i in ranked if v is not None), key=lambda pair: pair[0], reverse=down)
    return [item for _, item in known] + [item for value, item in ranked if value is None]


@function("unique", "unique(list)", "Each value once.", returns="list", example=("unique([1, 2, 1])", [1, 2]))
def unique(ctx: EvalContext, values: JsonValue, field: JsonValue = None) -> JsonValue:
    """Return the items without repeats, by a field where one is given."""
    seen: set[str] = set()
    kept = []
    for item in items_of(ctx, values, "unique"):
        key = printed(ctx, read_path(ctx, item, field))
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


@function(
    "pluck",
    "pluck(list, 'field')",
    "The values of a field.",
    returns="list",
    example=("pluck([], 'name')", []),
    aliases=("map",),
)
def pluck(ctx: EvalContext, values: JsonValue, field: JsonValue) -> JsonValue:
    """Return the field of each item, missing ones as nothing."""
    return [read_path(ctx, item, field) for item in items_of(ctx, values, "pluck")]


@function("reverse", "reverse(list)", "From the end to the start.", returns="list", example=("reverse([1, 2])", [2, 1]))
def reverse(ctx: EvalContext, values: JsonValue) -> JsonValue:
    """Return the items in reverse order."""
    return items_of(ctx, values, "reverse")[::-1]
