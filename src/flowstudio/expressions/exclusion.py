"""Comparisons of one value that exclude one another, or leave nothing out: told from how they are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ExpressionError
from flowstudio.expressions.comparing import parts_of
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.moments import Moment, read_moment
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.operators import OPERATORS, find_operator
from flowstudio.expressions.scope import DictScope

_PAIRS = (
    ("exists", "not_exists"), ("is_empty", "is_not_empty"), ("equals", "not_equals"), ("contains", "not_contains"),
    ("starts_with", "not_starts_with"), ("ends_with", "not_ends_with"), ("in", "not_in"), ("matches", "not_matches"),
    ("between", "not_between"), ("greater_than", "less_or_equal"), ("less_than", "greater_or_equal"),
    ("is_true", "is_false"), ("before", "on_or_after"), ("after", "on_or_before"),
)  # fmt: skip
OPPOSITE = {key: other for one in _PAIRS for key, other in (one, one[::-1])}
"""Operators that ask for the contrary; of a missing value both are false, the first two pairs apart."""
_PRESENCE = frozenset({"exists", "not_exists", "is_empty", "is_not_empty"})
_FILLED = frozenset({
    "greater_than", "greater_or_equal", "less_than", "less_or_equal", "between", "before", "after", "on_or_before",
    "on_or_after", "same_day", "is_true", "is_false", "in_last", "in_next", "days_ago", "days_from_now",
})  # fmt: skip
"""Operators that hold for no empty value."""
_TRIED = _PRESENCE | {
    "equals", "not_equals", "in", "not_in", "greater_than", "greater_or_equal", "less_than", "less_or_equal", "between",
    "contains", "starts_with", "ends_with", "is_true", "is_false",
}  # fmt: skip
"""Operators that can be tried on each of the few values that the other comparison allows."""
_WORDS = ("now", "today", "tomorrow", "yesterday")
_EPOCH = EvalContext(DictScope({}), datetime(2000, 1, 1, tzinfo=UTC), UTC)
"""A context for values that depend on no moment."""


class Span(NamedTuple):
    """Numbers, or days counted from year 1, from one end to the other."""

    what: str
    low: float
    low_in: bool
    high: float
    high_in: bool

    def misses(self, other: Span) -> bool:
        """Say whether nothing lies in both."""
        if self.what != other.what:
            return False
        low, low_in = max((self.low, not self.low_in), (other.low, not other.low_in))
        high, high_in = min((self.high, self.high_in), (other.high, other.high_in))
        return low > high or (low == high and (low_in or not high_in))


def is_presence(comparison: JsonObject) -> bool:
    """Say whether a comparison asks only whether there is a value."""
    return _key(comparison) in _PRESENCE


def contrary(comparison: JsonObject) -> JsonObject | None:
    """Return the comparison that holds for exactly the other values, None where no operator asks that."""
    opposite = OPPOSITE.get(_key(comparison))
    return None if opposite is None else {**comparison, "operator": opposite}


def impossible(comparison: JsonObject) -> bool:
    """Say whether a comparison holds for no value at all: an empty choice, a range that ends before it begins."""
    key, value = _key(comparison), comparison.get("value")
    if key in ("in", "contains_any"):
        return value == []
    if key != "between" or not _is_fixed(value):
        return False
    span = _span(key, value)
    return span is not None and (span.low, span.low_in) > (span.high, span.high_in)


def exclude(one: JsonObject, other: JsonObject) -> bool:
    """Say whether no value can satisfy both of two comparisons of the same field; False also where nobody can tell."""
    first, second = _key(one), _key(other)
    if OPPOSITE.get(first) == second and _same_side(one, other):
        return True
    for key, against in ((first, second), (second, first)):
        if key == "not_exists" and against in OPERATORS and not OPERATORS[against].missing:
            return True
        if key == "is_empty" and against in _FILLED:
            return True
    if not (_is_fixed(one.get("value")) and _is_fixed(other.get("value"))):
        return False
    left, right = _span(first, one.get("value")), _span(second, other.get("value"))
    if left is not None and right is not None and left.misses(right):
        return True
    return _tried(one, second, other) or _tried(other, first, one)


def _key(comparison: JsonObject) -> str:
    word = comparison.get("operator")
    found = find_operator(word) if isinstance(word, str) else None
    return found.key if found is not None else ""


def _same_side(one: JsonObject, other: JsonObject) -> bool:
    return (
        one.get("value") == other.get("value")
        and type(one.get("value")) is type(other.get("value"))
        and one.get("ignore_case") == other.get("ignore_case")
    )


def _is_fixed(value: JsonValue) -> bool:
    """Say whether a value is written out and means the same at every moment."""
    if isinstance(value, str):
        return "{{" not in value and not any(word in value.lower() for word in _WORDS)
    if isinstance(value, list):
        return all(_is_fixed(one) for one in value)
    return not isinstance(value, dict)


def _span(key: str, value: JsonValue) -> Span | None:
    """Return what a comparison with a number or a date lets through, None where it is neither."""
    if key == "between":
        ends = parts_of(value)
        if len(ends) != 2:
            return None
        low, high = _span("greater_or_equal", ends[0]), _span("less_or_equal", ends[1])
        if low is None or high is None:
            low, high = _span("on_or_after", ends[0]), _span("on_or_before", ends[1])
        return None if low is None or high is None else Span(low.what, low.low, low.low_in, high.high, high.high_in)
    number = as_number(value) if not isinstance(value, bool) else None
    if number is not None:
        return _between_numbers(key, float(number))
    moment = read_moment(value, _EPOCH)
    return None if moment is None else _between_days(key, moment)


def _between_numbers(key: str, number: float) -> Span | None:
    match key:
        case "equals":
            return Span("number", number, True, number, True)
        case "greater_than" | "greater_or_equal":
            return Span("number", number, key == "greater_or_equal", math.inf, False)
        case "less_than" | "less_or_equal":
            return Span("number", -math.inf, False, number, key == "less_or_equal")
    return None


def _between_days(key: str, moment: Moment) -> Span | None:
    """Count in days; a moment with a time of day, which zones may shift, gets a day to spare."""
    day, spare = float(moment.day.toordinal()), 1.0 if moment.at is not None else 0.0
    whole = moment.at is None
    match key:
        case "before":
            return Span("day", -math.inf, False, day + spare, not whole)
        case "on_or_before":
            return Span("day", -math.inf, False, day + spare, True)
        case "after":
            return Span("day", day - spare, not whole, math.inf, False)
        case "on_or_after":
            return Span("day", day - spare, True, math.inf, False)
        case "same_day":
            return Span("day", day - spare, True, day + spare, True)
    return None


def _tried(few: JsonObject, key: str, other: JsonObject) -> bool:
    """Say whether none of the few values that one comparison allows passes the other."""
    allowed = _few(few)
    if not allowed or key not in _TRIED or other.get("ignore_case") is False:
        return False
    if key in ("contains", "starts_with", "ends_with") and not all(_is_word(one) for one in allowed):
        return False
    operator = OPERATORS[key]
    try:
        return not any(operator.holds(one, other.get("value"), _EPOCH) for one in allowed)
    except ExpressionError:
        return False


def _few(comparison: JsonObject) -> list[JsonValue]:
    """Return the values that `equals` and `in` allow, where all of them are plain."""
    key, value = _key(comparison), comparison.get("value")
    found = [value] if key == "equals" else parts_of(value) if key == "in" else []
    plain = all(isinstance(one, (str, int, float)) and one != "" and read_moment(one, _EPOCH) is None for one in found)
    return found if plain else []


def _is_word(value: JsonValue) -> bool:
    return isinstance(value, str) and as_number(value) is None and value.strip().lower() not in ("true", "false")
