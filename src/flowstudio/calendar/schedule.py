"""Schedules: when a rule fires next, and how people say it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Literal

from flowstudio.calendar.clock import BadTime, at_time, instant_of, read_time, wall_of, zone_of
from flowstudio.calendar.cron import cron_slots, midnight, read_cron
from flowstudio.domain.durations import BadDuration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flowstudio.domain.json import JsonObject, JsonValue

Mode = Literal["cron", "interval", "daily", "weekly", "monthly", "once"]
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST = 0
"""The day of month that stands for the last one."""
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
"""Which of the weekdays of a month: `last friday`."""

_SETS = {"weekday": range(5), "weekdays": range(5), "weekend": (5, 6), "every day": range(7), "daily": range(7)}
_MODES: dict[str, Mode] = {
    "cron": "cron", "interval": "interval", "every": "interval", "daily": "daily", "weekly": "weekly",
    "monthly": "monthly", "once": "once", "at": "once",
}  # fmt: skip
_LEAST_INTERVAL = timedelta(minutes=1)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_HORIZON_YEARS = 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule, read and checked. `zone` is None where it follows the workspace."""

    mode: Mode
    cron: str = ""
    every: timedelta = _DAY
    times: tuple[time, ...] = ()
    days: tuple[int, ...] = ()
    """Days of the week (0 is Monday) when weekly; days of the month (0 is the last) when monthly."""
    turns: tuple[tuple[int, int], ...] = ()
    """When monthly: which (1 is the first, -1 the last) of which day of the week."""
    at: str = ""
    zone: str | None = None


def read_schedule(config: JsonObject) -> Schedule:
    """Read the settings of a schedule trigger; raises BadTime with a sentence for what is missing or wrong.

    The mode is understood from the keys when it is left out.
    """
    mode = _mode(config)
    zone = config.get("timezone")
    if zone in (None, "", "workspace"):
        zone = None
    else:
        zone_of(zone, UTC)
    if mode == "cron":
        return Schedule(mode, cron=read_cron(config.get("cron")), zone=zone)
    if mode == "interval":
        return Schedule(mode, every=_interval(config.get("every", config.get("interval"))), zone=zone)
    if mode == "once":
        return Schedule(mode, at=_moment_text(config.get("at")), zone=zone)
    times = _times(config.get("time", config.get("times")))
    if mode == "daily":
        return Schedule(mode, times=times, zone=zone)
    if mode == "weekly":
        return Schedule(mode, times=times, days=_weekdays(config.get("day", config.get("days"))), zone=zone)
    days, turns = _month_days(config.get("day"))
    return Schedule(mode, times=times, days=days, turns=turns, zone=zone)


def _mode(config: JsonObject) -> Mode:
    named = config.get("mode")
    if isinstance(named, str) and named.lower() in _MODES:
        return _MODES[named.lower()]
    if named is not None:
        message = f'There is no schedule called "{named}". Use cron, interval, daily, weekly, monthly or once.'
        raise BadTime(message)
    if "cron" in config:
        return "cron"
    if "every" in config or "interval" in config:
        return "interval"
    if "at" in config:
        return "once"
    day = config.get("day", config.get("days"))
    if day is None:
        return "daily"
    first = day[0] if isinstance(day, list) and day else day
    word = str(first).strip().lower()
    return "monthly" if word.isdigit() or word.partition(" ")[0] in ORDINALS else "weekly"


def _interval(value: JsonValue) -> timedelta:
    try:
        every = parse_duration(value)
    except BadDuration as bad:
        raise BadTime(str(bad)) from None
    if every < _LEAST_INTERVAL:
        message = "The shortest interval is 1 minute."
        raise BadTime(message)
    return every


def _moment_text(value: JsonValue) -> str:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        message = f'"{value}" is not a moment. Write it as 2026-03-02T09:00.'
        raise BadTime(message) from None
    return str(value)


def _times(value: JsonValue) -> tuple[time, ...]:
    parts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    if not parts:
        message = "The schedule needs a time of day, such as 09:00."
        raise BadTime(message)
    return tuple(sorted({read_time(part) for part in parts}))


def _weekdays(value: JsonValue) -> tuple[int, ...]:
    parts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    found: set[int] = set()
    for part in parts:
        word = str(part).strip().lower()
        named = _weekday(word)
        if named is None and word not in _SETS:
            message = f'"{part}" is not a day of the week.'
            raise BadTime(message)
        found.update(_SETS[word] if named is None else (named,))
    if not found:
        message = "The schedule needs a day of the week."
        raise BadTime(message)
    return tuple(sorted(found))


def _weekday(word: str) -> int | None:
    """Return the number of a day of the week by its name or the beginning of it, 0 for Monday."""
    named = [number for number, name in enumerate(DAY_NAMES) if len(word) > 1 and name.startswith(word)]
    return named[0] if len(named) == 1 else None


def _month_days(value: JsonValue) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return the days of a month that are named by number, and those like `last friday`."""
    parts = value if isinstance(value, list) else str(value).split(",") if value is not None else []
    days: set[int] = set()
    turns: set[tuple[int, int]] = set()
    for part in parts:
        word = str(part).strip().lower()
        which, _, day = word.partition(" ")
        weekday = _weekday(day.strip())
        if word in ("last", "last day"):
            days.add(LAST)
        elif which in ORDINALS and weekday is not None:
            turns.add((ORDINALS[which], weekday))
        elif word.isdecimal() and 1 <= int(word[:3]) <= 31:
            days.add(int(word))
        else:
            message = f'"{part}" is not a day of the month. Use 1 to 31, last, or such as last friday.'
            raise BadTime(message)
    if not days and not turns:
        message = "The schedule needs a day of the month."
        raise BadTime(message)
    return tuple(sorted(days)), tuple(sorted(turns, key=lambda turn: (turn[0] < 0, turn)))


def next_fires(
    rule: Schedule, after: datetime, zone: tzinfo, count: int, *, active_since: datetime | None = None
) -> list[datetime]:
    """Return the next instants (UTC) at which a rule fires, strictly after `after`; fewer when it ends.

    `zone` is the workspace's. Intervals that do not divide a day count from `active_since`.
    """
    return list(islice(_slots(rule, after.astimezone(UTC), zone, active_since), count))


def next_fire(
    rule: Schedule, after: datetime, zone: tzinfo, *, active_since: datetime | None = None
) -> datetime | None:
    """Return the next instant (UTC) at which a rule fires, strictly after `after`; None when it never does again."""
    return next(_slots(rule, after.astimezone(UTC), zone, active_since), None)


def _slots(rule: Schedule, after: datetime, zone: tzinfo, active_since: datetime | None) -> Iterator[datetime]:
    own = zone_of(rule.zone, zone)
    if rule.mode == "cron":
        return cron_slots(rule.cron, after, own)
    if rule.mode == "interval":
        return _intervals(rule.every, after, own, active_since)
    if rule.mode == "once":
        return _once(rule.at, after, own)
    return _calendar_days(rule, after, own)


def _once(text: str, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    at = datetime.fromisoformat(text)
    instant = at.astimezone(UTC) if at.tzinfo else instant_of(at, zone)
    if instant > after:
        yield instant


def _intervals(every: timedelta, after: datetime, zone: tzinfo, active_since: datetime | None) -> Iterator[datetime]:
    if _DAY % every:
        anchor = (active_since or after).astimezone(UTC)
        steps = (after - anchor) // every + 1 if after >= anchor else 1
        while True:
            yield anchor + steps * every
            steps += 1
    start, last = wall_of(after, zone).replace(hour=0, minute=0, second=0, microsecond=0), after
    while True:
        for instant in _of_day(start, every, zone):
            if instant > last:
                last = instant
                yield instant
        start += _DAY


def _of_day(start: datetime, every: timedelta, zone: tzinfo) -> Iterator[datetime]:
    """Yield a day's slots: on the wall clock from an hour up, in real time below (a doubled hour has them twice)."""
    if _HOUR % every:
        for number in range(_DAY // every):
            yield instant_of(start + number * every, zone)
        return
    instant, end = midnight(instant_of(start, zone), zone), instant_of(start + _DAY, zone)
    while instant < end:
        yield instant
        instant += every


def _calendar_days(rule: Schedule, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    day, last = wall_of(after, zone).date(), after
    final = day.year + _HORIZON_YEARS
    while day.year < min(final, 9998):
        if _names(rule, day):
            for clock in rule.times:
                instant = at_time(day, clock, zone)
                if instant > last:
                    last = instant
                    yield instant
        day += _DAY


def _names(rule: Schedule, day: date) -> bool:
    if rule.mode == "daily":
        return True
    if rule.mode == "weekly":
        return day.weekday() in rule.days
    length = calendar.monthrange(day.year, day.month)[1]
    if day.day in rule.days or (day.day == length and (LAST in rule.days or max(rule.days, default=0) > length)):
        return True
    turn = (day.day - 1) // 7 + 1
    return (turn, day.weekday()) in rule.turns or (day.day + 7 > length and (-1, day.weekday()) in rule.turns)
