"""Operators over dates: days are compared when one side has no time of day."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.errors import WrongType
from flowstudio.expressions.moments import Moment, compare_moments, read_moment
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_SATURDAY = 5


def _sides(left: JsonValue, right: JsonValue, ctx: EvalContext) -> tuple[Moment | None, Moment | None]:
    return read_moment(left, ctx), read_moment(right, ctx)


def _order(left: JsonValue, right: JsonValue, ctx: EvalContext) -> int | None:
    a, b = _sides(left, right, ctx)
    return None if a is None or b is None else compare_moments(a, b)


def _past(left: JsonValue, right: JsonValue, ctx: EvalContext, test: Callable[[int, int | float], bool]) -> bool:
    moment, days = read_moment(left, ctx), as_number(right)
    return moment is not None and days is not None and test((ctx.today - moment.day).days, days)


def _around(left: JsonValue, right: JsonValue, ctx: EvalContext, *, forward: bool) -> bool:
    moment = read_moment(left, ctx)
    if moment is None:
        return False
    try:
        length = parse_duration(right)
    except BadDuration as bad:
        raise WrongType(str(bad)) from None
    now = ctx.now.astimezone(UTC)
    start, end = (now, now + length) if forward else (now - length, now)
    if moment.at is not None:
        return start <= moment.at <= end
    return start.astimezone(ctx.zone).date() <= moment.day <= end.astimezone(ctx.zone).date()


@operator(
    "same_day",
    label="is on the day of",
    meaning="same calendar day in the workspace's zone",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-04T08:00", "2026-03-04", True),
        ("2026-03-04", "2026-03-05", False),
        (None, "2026-03-04", False),
    ),
    aliases=("on",),
)
def _same_day(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    a, b = _sides(left, right, ctx)
    return a is not None and b is not None and a.day == b.day


@operator(
    "before",
    label="is before",
    meaning="earlier; days are compared when one side has no time of day; `now` and `today` are understood",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-01", "today", True),
        ("2026-03-02", "now", False),
        (None, "now", False),
    ),
    aliases=("earlier_than",),
)
def _before(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _order(left, right, ctx) == -1


@operator(
    "after",
    label="is after",
    meaning="later; days are compared when one side has no time of day",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-03", "today", True),
        ("2026-03-02T10:00", "now", True),
        ("2026-03-02", "now", False),
    ),
    aliases=("later_than",),
)
def _after(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _order(left, right, ctx) == 1


@operator(
    "on_or_before",
    label="is on or before",
    meaning="not after",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-02", "today", True),
        ("2026-03-03", "today", False),
        (None, "today", False),
    ),
)
def _on_or_before(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _order(left, right, ctx) in (-1, 0)


@operator(
    "on_or_after",
    label="is on or after",
    meaning="not before",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-02", "today", True),
        ("2026-03-01", "today", False),
        (None, "today", False),
    ),
)
def _on_or_after(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _order(left, right, ctx) in (0, 1)


@operator(
    "days_ago",
    label="is at least … days ago",
    meaning="lies n or more days in the past",
    types=("date",),
    arity=2,
    examples=(
        ("2026-02-23", 7, True),
        ("2026-01-01", 7, True),
        ("2026-02-24", 7, False),
    ),
    aliases=("at_least_days_ago",),
)
def _days_ago(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _past(left, right, ctx, lambda past, days: past >= days)


@operator(
    "exactly_days_ago",
    label="is exactly … days ago",
    meaning="lies n days in the past",
    types=("date",),
    arity=2,
    examples=(
        ("2026-02-23", 7, True),
        ("2026-02-22", 7, False),
        (None, 7, False),
    ),
)
def _exactly_days_ago(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _past(left, right, ctx, lambda past, days: past == days)


@operator(
    "more_than_days_ago",
    label="is more than … days ago",
    meaning="lies more than n days in the past",
    types=("date",),
    arity=2,
    examples=(
        ("2026-02-22", 7, True),
        ("2026-02-23", 7, False),
        (None, 7, False),
    ),
)
def _more_than_days_ago(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _past(left, right, ctx, lambda past, days: past > days)


@operator(
    "less_than_days_ago",
    label="is less than … days ago",
    meaning="from today back to less than n days",
    types=("date",),
    arity=2,
    examples=(
        ("2026-02-24", 7, True),
        ("2026-02-23", 7, False),
        ("2026-03-03", 7, False),
    ),
)
def _less_than_days_ago(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _past(left, right, ctx, lambda past, days: 0 <= past < days)


@operator(
    "days_from_now",
    label="is within … days from now",
    meaning="lies between today and today + n, both included",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-09", 7, True),
        ("2026-03-10", 7, False),
        ("2026-03-01", 7, False),
    ),
)
def _days_from_now(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _past(left, right, ctx, lambda past, days: 0 <= -past <= days)


@operator(
    "in_last",
    label="is in the last",
    meaning="between now - duration and now",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-02T08:30", "1 hour", True),
        ("2026-03-02T07:30", "1 hour", False),
        ("2026-03-02T09:30", "1 hour", False),
    ),
)
def _in_last(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _around(left, right, ctx, forward=False)


@operator(
    "in_next",
    label="is in the next",
    meaning="between now and now + duration",
    types=("date",),
    arity=2,
    examples=(
        ("2026-03-02T09:30", "1 hour", True),
        ("2026-03-02T10:30", "1 hour", False),
        ("2026-03-02T08:30", "1 hour", False),
    ),
)
def _in_next(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _around(left, right, ctx, forward=True)


@operator(
    "is_weekday",
    label="is a working day",
    meaning="Monday to Friday",
    types=("date",),
    arity=1,
    examples=(
        ("2026-03-02", None, True),
        ("2026-03-01", None, False),
        (None, None, False),
    ),
)
def _is_weekday(left: JsonValue, _right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    moment = read_moment(left, ctx)
    return moment is not None and moment.day.weekday() < _SATURDAY
