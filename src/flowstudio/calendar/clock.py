"""Wall clocks: where a local time lies on the time line, and how people say it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(r"\s*([01]?\d|2[0-3])[:.h]([0-5]\d)(?::([0-5]\d))?\s*")
_TWELVE = re.compile(r"\s*(1[0-2]|0?[1-9])(?::([0-5]\d))?\s*([ap])\.?m\.?\s*", re.IGNORECASE)
_MINUTE = timedelta(minutes=1)
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class BadTime(ValueError):
    """The text is no time, day, zone or schedule; the message is a sentence for people."""


def zone_of(name: object, workspace: tzinfo) -> tzinfo:
    """Return the zone of an IANA name; the workspace's for nothing and `workspace`. Raises BadTime."""
    if name in (None, "", "workspace"):
        return workspace
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f'There is no time zone called "{name}". Names look like Europe/Berlin.'
        raise BadTime(message) from None


def read_time(text: object) -> time:
    """Read a time of day (`09:00`, `9:00 pm`); raises BadTime."""
    if isinstance(text, str):
        if found := _TIME.fullmatch(text):
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
        if found := _TWELVE.fullmatch(text):
            return time(int(found[1]) % 12 + (12 if found[3] in "pP" else 0), int(found[2] or 0))
    message = f'"{text}" is not a time of day. Write it as 09:00.'
    raise BadTime(message)


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """Return the instant (UTC) of a naive local time.

    A time that the clock shows twice is its first showing; one that it skips is the first instant after the gap.
    """
    local = wall.replace(tzinfo=zone, fold=0)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    start = wall.replace(second=0, microsecond=0)
    while _skipped(start - _MINUTE, zone):
        start -= _MINUTE
    return start.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _skipped(wall: datetime, zone: tzinfo) -> bool:
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant.astimezone(zone).replace(tzinfo=None) != wall


def wall_of(instant: datetime, zone: tzinfo) -> datetime:
    """Return the naive local time that the clocks of a zone show at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None)


def at_time(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which a day's clock shows a time."""
    return instant_of(datetime.combine(day, clock), zone)


def clock_words(at: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """Say a moment: `Fri 20 Nov, 09:00`; with the year when it is another one than that of `now`."""
    local = at.astimezone(zone)
    year = "" if now is None or now.astimezone(zone).year == local.year else f" {local.year}"
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}, {local:%H:%M}"


def day_words(day: date, today: date | None = None) -> str:
    """Say a day: `Fri 20 Nov`, with another year than that of `today` its year; or yesterday, today, tomorrow."""
    if today is not None and abs((day - today).days) <= 1:
        return ("yesterday", "today", "tomorrow")[(day - today).days + 1]
    year = "" if today is None or today.year == day.year else f" {day.year}"
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"
