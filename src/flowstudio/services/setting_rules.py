"""What a setting of the workspace may hold, and how people write business hours and holidays."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flowstudio.calendar import BadTime, read_business_hours
from flowstudio.config import ASSETS
from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.domain.json import JsonObject, JsonValue

ZONE, HOURS, HOLIDAYS = "timezone", "business_hours", "holidays"
BIN = "bin_stays"
"""How long deleted workflows stay in the bin, as a duration; not set: until somebody empties it."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_HOLIDAYS = 1_000
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_SPAN = re.compile(r"(\d{1,2}:\d\d)\s*(?:to|-|–)\s*(\d{1,2}:\d\d)")
_LINE = re.compile(r"(\d{4}-\d\d-\d\d|\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})[\s,;:]*(.*)")
_EVENT = re.compile(r"BEGIN:VEVENT(.*?)END:VEVENT", re.DOTALL)
_BEGINS = re.compile(r"^DTSTART[^:\n]*:(\d{4})(\d\d)(\d\d)", re.MULTILINE)
_CALLED = re.compile(r"^SUMMARY[^:\n]*:(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Known:
    """A setting that the templates use: its kind (`email`, `list<email>` …) and what it is."""

    key: str
    type: str
    label: str


@cache
def known_settings() -> dict[str, Known]:
    """Return the settings that come with the product, by name."""
    rows = json.loads((ASSETS / "settings.json").read_text(encoding="utf-8"))
    return {row["key"]: Known(row["key"], row["type"], row["label"]) for row in rows}


def require_fitting(key: str, value: JsonValue) -> None:
    """Raise BadRequest for a value that a setting cannot hold; None, which removes it, always fits."""
    if value is None:
        return
    if key == ZONE:
        _zone(value)
    elif key in (HOURS, HOLIDAYS):
        _time(key, value)
    elif key == BIN:
        _stay(value)
    elif key in known_settings():
        _typed(known_settings()[key], value)


def _zone(value: JsonValue) -> None:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadRequest(f'There is no time zone "{value}".', hint="For example: Europe/Berlin.") from error


def _stay(value: JsonValue) -> None:
    try:
        stays = parse_duration(str(value))
    except BadDuration as fault:
        raise BadRequest(str(fault), hint='For example: "30 days".') from fault
    if stays < timedelta(days=1):
        raise BadRequest("Workflows stay in the bin for a day at least.", hint='For example: "30 days".')


def _time(key: str, value: JsonValue) -> None:
    if key == HOLIDAYS and not isinstance(value, list):
        raise BadRequest("Holidays are a list of days.", hint="Each is a day such as 2026-12-25, or 12-25 every year.")
    if isinstance(value, list) and len(value) > MOST_HOLIDAYS:
        raise BadRequest(f"A workspace has at most {MOST_HOLIDAYS:,} holidays.", hint="Remove those of past years.")
    try:
        read_business_hours(value if key == HOURS else None, value if key == HOLIDAYS else None)
    except (BadTime, TypeError, ValueError) as error:
        raise BadRequest(str(error), hint="Write times as 09:00, days as 2026-12-25.") from error


def _typed(known: Known, value: JsonValue) -> None:
    if known.type.startswith("list<"):
        if not isinstance(value, list):
            raise BadRequest(f"{known.label}: this is a list.")
        for one in value:
            _typed(Known(known.key, known.type[5:-1], known.label), one)
        return
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(f"{known.label}: this is a text that is not empty.")
    if known.type == "email" and not _EMAIL.fullmatch(value.strip()):
        raise BadRequest(f'{known.label}: "{value}" is no mail address.', hint="For example: sales@example.com.")
    if known.type == "url" and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise BadRequest(f'{known.label}: "{value}" is no address.', hint="It begins with https:// or http://.")


def hours_of(value: JsonValue) -> dict[str, str]:
    """Return business hours as people write them, by day: `09:00 to 12:00, 13:00 to 17:00`; nothing where closed."""
    week = read_business_hours(value).week
    spans = {name: [(a, b) for number, a, b in week if number == at] for at, name in enumerate(DAYS)}
    return {name: ", ".join(f"{a:%H:%M} to {_end(b)}" for a, b in found) for name, found in spans.items()}


def read_hours(texts: dict[str, str]) -> JsonObject:
    """Return business hours from what people wrote by day; raise BadRequest that names the day."""
    found: JsonObject = {}
    for day in DAYS:
        parts = [part.strip() for part in texts.get(day, "").split(",") if part.strip()]
        if not parts or [part.lower() for part in parts] == ["closed"]:
            continue
        spans = [_SPAN.fullmatch(part) for part in parts]
        if not all(spans):
            hint = "Write such as 09:00 to 17:00, or 09:00 to 12:00, 13:00 to 17:00. Leave it empty where closed."
            raise BadRequest(f"{day.capitalize()}: these hours cannot be read.", hint=hint)
        found[day] = [[one[1].zfill(5), one[2].zfill(5)] for one in spans if one is not None]
    if not found:
        raise BadRequest("Business hours need at least one open day.")
    _time(HOURS, found)
    return found


def read_holidays(text: str) -> list[JsonObject]:
    """Return holidays of a list that somebody pastes: a day and its name a line, or a calendar file (iCalendar).

    Raises BadRequest that names the line which cannot be read.
    """
    if "BEGIN:VEVENT" in text:
        return merged((), [_event(one) for one in _EVENT.findall(text.replace("\r\n", "\n").replace("\n ", ""))])
    found: list[JsonObject] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        said = _LINE.fullmatch(line.strip())
        if said is None:
            hint = "Each line is a day and its name: 2026-12-25 Christmas Day, or 12-25 Christmas Day for every year."
            raise BadRequest(f'Line {number}, "{line.strip()[:40]}", begins with no day.', hint=hint)
        found.append(_holiday(said[1], said[2], number))
    if not found:
        raise BadRequest("There is no day in this list.", hint="Write one a line, such as 2026-12-25 Christmas Day.")
    return merged((), found)


def merged(before: Iterable[JsonValue], added: Iterable[JsonObject]) -> list[JsonObject]:
    """Return holidays in order of their days, each day once; what is added later wins."""
    known: dict[str, JsonObject] = {}
    for one in (*before, *added):
        entry = one if isinstance(one, dict) else {"date": str(one)}
        known[str(entry.get("date"))[:10]] = entry
    return [known[day] for day in sorted(known, key=lambda day: (len(day) > 5, day))]


def _holiday(day: str, name: str, number: int) -> JsonObject:
    if "." in day:
        parts = day.split(".")
        day = f"{parts[2]}-{parts[1].zfill(2)}-{parts[0].zfill(2)}"
    try:
        date.fromisoformat(day if len(day) > 5 else f"2024-{day}")
    except ValueError as error:
        raise BadRequest(f"Line {number}: there is no day {day}.") from error
    return {"date": day, **({"name": name.strip()[:80]} if name.strip() else {})}


def _event(text: str) -> JsonObject:
    begins, called = _BEGINS.search(text), _CALLED.search(text)
    if begins is None:
        raise BadRequest("An entry of this calendar has no day.", hint="Export the calendar anew, or paste its days.")
    name = called[1].strip().replace("\\,", ",") if called else ""
    return _holiday(f"{begins[1]}-{begins[2]}-{begins[3]}", name, 1)


def _end(closes: time) -> str:
    return "24:00" if closes.second else f"{closes:%H:%M}"
