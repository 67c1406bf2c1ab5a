"""Days and times in data: texts read in the workspace's zone, compared by day where one side has no time of day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flowstudio.errors import WrongType
from flowstudio.expressions.numeric import kind_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_MOMENT = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?)?\s*", re.IGNORECASE
)
_WORD_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_LONGEST_TEXT = 40


class Moment(NamedTuple):
    """A day in the workspace's zone, and the instant (UTC) where the value has a time of day."""

    day: date
    at: datetime | None


@lru_cache(maxsize=8192)
def _read(text: str, zone: tzinfo) -> Moment | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    day, time, offset = found.groups()
    try:
        if time is None:
            return Moment(date.fromisoformat(day), None)
        whole = datetime.fromisoformat(f"{day}T{time}{offset.upper() if offset else ''}")
        aware = whole if offset else whole.replace(tzinfo=zone)
        return Moment(aware.astimezone(zone).date(), aware.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def read_moment(value: JsonValue, ctx: EvalContext) -> Moment | None:
    """Read a date or a date with time (ISO 8601, `now`, `today`, `tomorrow`, `yesterday`); None when it is none."""
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return None
    moment = _read(value, ctx.zone)
    if moment is not None:
        return moment
    word = value.strip().lower()
    if word == "now":
        return Moment(ctx.today, ctx.now.astimezone(UTC))
    days = _WORD_DAYS.get(word)
    return None if days is None else Moment(ctx.today + timedelta(days=days), None)


def needed_moment(value: JsonValue, ctx: EvalContext, what: str) -> Moment:
    """Read a date or raise WrongType: `what` says who needs it."""
    moment = read_moment(value, ctx)
    if moment is None:
        message = f"{what} needs a date, not {kind_of(value)}."
        raise WrongType(message, hint="Dates are written 2026-03-02 or 2026-03-02T09:00.")
    return moment


def compare_moments(left: Moment, right: Moment) -> int:
    """Return -1, 0 or 1; only days count when one side has no time of day."""
    a: date = left.at if left.at is not None and right.at is not None else left.day
    b: date = right.at if left.at is not None and right.at is not None else right.day
    return (a > b) - (a < b)


def day_text(day: date) -> str:
    """Write a day as data: `2026-03-02`."""
    return day.isoformat()


def now_text(ctx: EvalContext) -> str:
    """Write the present moment as data: the workspace's clock to the second, without zone."""
    return ctx.local_now.replace(tzinfo=None).isoformat(timespec="seconds")
