"""Business hours: when a workspace is open, and time counted in open hours only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from flowstudio.calendar.clock import BadTime, at_time, read_time, wall_of
from flowstudio.calendar.schedule import DAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flowstudio.domain.json import JsonValue

_DAY = timedelta(days=1)
_LONGEST_SEARCH = 3_660


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening and closing time of each open day of the week (0 is Monday), and the days closed all the same."""

    week: tuple[tuple[int, time, time], ...] = field(
        default_factory=lambda: tuple((day, time(9), time(17)) for day in range(5))
    )
    holidays: frozenset[str] = frozenset()
    """Days as `2026-12-25`, or `12-25` for every year."""

    def spans(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """Return when a day is open, as instants (UTC) in order."""
        if day.isoformat() in self.holidays or day.isoformat()[5:] in self.holidays:
            return []
        found = [
            (at_time(day, a, zone), at_time(day, b, zone)) for number, a, b in self.week if number == day.weekday()
        ]
        return sorted(span for span in found if span[0] < span[1])


def read_business_hours(hours: JsonValue = None, holidays: JsonValue = None) -> BusinessHours:
    """Read the workspace's settings; nothing means Monday to Friday from 09:00 to 17:00. Raises BadTime.

    `{"days": ["monday", …], "from": "09:00", "to": "17:00"}`, or `{"monday": ["09:00", "17:00"], …}`; holidays are a
    list of days (`"2026-12-25"`, `"12-25"`) or of objects with `date`.
    """
    closed = frozenset(_holiday(one) for one in holidays) if isinstance(holidays, list) else frozenset()
    if not hours:
        return BusinessHours(holidays=closed)
    if not isinstance(hours, dict):
        message = "Business hours name the open days with a time from and to."
        raise BadTime(message)
    week: list[tuple[int, time, time]] = []
    if "from" in hours or "start" in hours:
        opens, closes = hours.get("from", hours.get("start")), hours.get("to", hours.get("end"))
        days = hours.get("days") or list(DAY_NAMES[:5])
        week = [_open(str(day), opens, closes) for day in days]
    else:
        for day, span in hours.items():
            spans = span if isinstance(span, list) and span and isinstance(span[0], list) else [span]
            week += [_open(day, one[0], one[1]) for one in spans if isinstance(one, list) and len(one) == 2]
    if not week:
        message = "Business hours need at least one open day."
        raise BadTime(message)
    return BusinessHours(tuple(sorted(week)), closed)


def _open(day: str, opens: JsonValue, closes: JsonValue) -> tuple[int, time, time]:
    named = [number for number, name in enumerate(DAY_NAMES) if len(day) > 1 and name.startswith(day.strip().lower())]
    if len(named) != 1:
        message = f'"{day}" is not a day of the week.'
        raise BadTime(message)
    start, end = read_time(opens), time(23, 59, 59) if closes == "24:00" else read_time(closes)
    if start >= end:
        message = f"On {DAY_NAMES[named[0]].capitalize()} the hours end before they begin."
        raise BadTime(message)
    return named[0], start, end


def _holiday(value: JsonValue) -> str:
    text = str(value.get("date") if isinstance(value, dict) else value)[:10]
    try:
        date.fromisoformat(text if len(text) > 5 else f"2024-{text}")
    except ValueError:
        message = f'"{text}" is not a day. Write it as 2026-12-25, or 12-25 for every year.'
        raise BadTime(message) from None
    return text


def is_open(at: datetime, hours: BusinessHours, zone: tzinfo) -> bool:
    """Say whether an instant lies in business hours."""
    return any(start <= at < end for start, end in hours.spans(wall_of(at, zone).date(), zone))


def next_open(at: datetime, hours: BusinessHours, zone: tzinfo) -> datetime:
    """Return the instant itself when it lies in business hours, else when they begin next (UTC); raises BadTime."""
    for start, end in _spans_from(at, hours, zone):
        if at < end:
            return max(at.astimezone(UTC), start)
    raise AssertionError


def add_business_time(start: datetime, length: timedelta, hours: BusinessHours, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which so much open time has passed; raises BadTime when the workspace never opens."""
    left = length
    for opens, closes in _spans_from(start, hours, zone):
        begin = max(opens, start.astimezone(UTC))
        if begin >= closes:
            continue
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise AssertionError


def add_business_days(start: datetime, days: int, hours: BusinessHours, zone: tzinfo) -> datetime:
    """Return the same time of day so many open days later, moved into business hours (UTC)."""
    wall = wall_of(start, zone)
    day, left, looked = wall.date(), days, 0
    while left > 0:
        day += _DAY
        looked += 1
        left -= bool(hours.spans(day, zone))
        _give_up(looked - days)
    return next_open(at_time(day, wall.time(), zone), hours, zone)


def wait_in_business_hours(start: datetime, length: timedelta, hours: BusinessHours, zone: tzinfo) -> datetime:
    """Return when a wait ends that counts business time (UTC): whole days are open days, the rest is open hours."""
    days, rest = divmod(length, _DAY)
    begin = add_business_days(start, days, hours, zone) if days else start
    return add_business_time(begin, rest, hours, zone) if rest else next_open(begin, hours, zone)


def _spans_from(at: datetime, hours: BusinessHours, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    day, closed = wall_of(at, zone).date(), 0
    while True:
        spans = hours.spans(day, zone)
        yield from spans
        closed = 0 if spans else closed + 1
        _give_up(closed)
        day += _DAY


def _give_up(closed: int) -> None:
    if closed > _LONGEST_SEARCH:
        message = "The business hours and holidays leave no open day."
        raise BadTime(message)
