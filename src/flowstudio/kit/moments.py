"""Points in time out of settings: texts without a zone are read in the workspace's, days are days of the wall clock."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from flowstudio.calendar import BadTime, at_time, instant_of, read_time
from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.domain.json import JsonValue
from flowstudio.errors import ConfigRejected

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def duration_of(text: JsonValue, setting: str) -> timedelta:
    """Read a duration; raise ConfigRejected that names the setting."""
    try:
        return parse_duration(text)
    except BadDuration as error:
        raise ConfigRejected(str(error), setting=setting) from None


def later(start: datetime, text: JsonValue, setting: str) -> datetime:
    """Return the moment that long after `start`: whole days keep the time of day when the clocks change."""
    length = duration_of(text, setting)
    if length % timedelta(days=1) == timedelta(0) and not re.search(r"hour|minute|second", str(text), re.IGNORECASE):
        zone = zone_of_moment(start)
        return instant_of(start.replace(tzinfo=None) + length, zone).astimezone(zone)
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


def moment_of(value: JsonValue, zone: tzinfo, setting: str) -> datetime:
    """Read a date (its beginning) or a date with time; aware, in `zone`. Raise ConfigRejected."""
    text = str(value).strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(
            f'"{text}" is not a date. Write it as 2026-03-31 or 2026-03-31 14:00.', setting=setting
        ) from None
    return (instant_of(found, zone) if found.tzinfo is None else found).astimezone(zone)


def is_day(value: JsonValue) -> bool:
    """Say whether a text is a date without a time of day."""
    return isinstance(value, str) and _DAY.fullmatch(value.strip()) is not None


def is_duration(value: JsonValue) -> bool:
    """Say whether a text is a duration."""
    try:
        parse_duration(value)
    except BadDuration:
        return False
    return True


def clock_of(text: JsonValue, setting: str) -> time:
    """Read a time of day (`09:00`); raise ConfigRejected."""
    try:
        return read_time(text)
    except BadTime as error:
        raise ConfigRejected(str(error), setting=setting) from None


def at_clock(moment: datetime, clock: time, *, day: date | None = None) -> datetime:
    """Return the first moment at that time of day, at `moment` or after it (or on `day`)."""
    zone = zone_of_moment(moment)
    found = at_time(day or moment.date(), clock, zone)
    if day is None and found < moment:
        found = at_time(moment.date() + timedelta(days=1), clock, zone)
    return found.astimezone(zone)


def stamp(moment: datetime) -> str:
    """Write a moment as records hold it: `2026-03-02T09:00:00`, in the zone that the moment carries."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat()


def zone_of_moment(moment: datetime) -> tzinfo:
    """Return the zone that an aware moment carries."""
    return moment.tzinfo or UTC
