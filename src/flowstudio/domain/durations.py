"""Durations as texts: `"90 seconds"`, `"3 days"`, ISO 8601 understood."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
"""Seconds of each unit, smallest first."""
LONGEST = timedelta(days=3_660)
"""No duration is longer; waits have a limit of their own."""

_WORDS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)(?:\s*(?:,|and)?\s*|$)")
_ISO = re.compile(
    r"P(?=.)(?:(\d{1,9}(?:\.\d{1,6})?)W)?(?:(\d{1,9}(?:\.\d{1,6})?)D)?"
    r"(?:T(?=.)(?:(\d{1,9}(?:\.\d{1,6})?)H)?(?:(\d{1,9}(?:\.\d{1,6})?)M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_SHORT = {
    "s": "second",
    "sec": "second",
    "m": "minute",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "w": "week",
}


class BadDuration(ValueError):
    """The text is no duration; the message is a sentence for people."""

    def __init__(self, text: object) -> None:
        super().__init__(f'"{text}" is not a duration. Write a number and a unit, such as "3 days" or "15 minutes".')


def parse_duration(text: object) -> timedelta:
    """Read a duration (`"3 days"`, `"1 hour 30 minutes"`, `"PT15M"`); raise BadDuration with a sentence."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or len(text) > 100:
        raise BadDuration(text)
    words = text.strip()
    seconds = _from_iso(words.upper()) if words[:1] in ("P", "p") else _from_words(words.lower())
    if seconds is None or seconds > LONGEST.total_seconds():
        raise BadDuration(text)
    return timedelta(seconds=seconds)


def _from_words(text: str) -> float | None:
    total, position = 0.0, 0
    while position < len(text):
        found = _WORDS.match(text, position)
        if found is None:
            return None
        unit = found[2]
        unit = _SHORT.get(unit.removesuffix("s") if unit != "s" else unit, unit.removesuffix("s"))
        if unit not in UNITS:
            return None
        total += float(found[1]) * UNITS[unit]
        position = found.end()
    return total if position else None


def _from_iso(text: str) -> float | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return weeks * 604_800 + days * 86_400 + hours * 3_600 + minutes * 60 + seconds


def duration_text(duration: timedelta) -> str:
    """Write a duration in its one form: the largest unit that divides it, such as `"3 days"` or `"90 minutes"`.

    Whole weeks of two and more become weeks; fractions of a second are dropped.
    """
    seconds = int(duration.total_seconds())
    for unit, size in reversed(UNITS.items()):
        least = 2 if unit == "week" else 1
        if seconds % size == 0 and seconds // size >= least:
            return _counted(seconds // size, unit)
    return _counted(seconds, "second")


def duration_words(duration: timedelta) -> str:
    """Say a duration to people with at most two units: `"1 day 4 hours"`, `"2 minutes"`."""
    left = round(duration.total_seconds())
    parts: list[str] = []
    for unit, size in reversed(UNITS.items()):
        if unit == "week" and left % size:
            continue
        count, left = divmod(left, size)
        if count:
            parts.append(_counted(count, unit))
    return " ".join(parts[:2]) or "0 seconds"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
