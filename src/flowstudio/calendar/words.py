"""Schedules in plain words: `Every weekday at 09:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cron_descriptor import CasingTypeEnum, ExpressionDescriptor, Options  # type: ignore[import-untyped]

from flowstudio.calendar.clock import clock_words
from flowstudio.calendar.schedule import DAY_NAMES, LAST, ORDINALS, Schedule
from flowstudio.domain.durations import duration_text

if TYPE_CHECKING:
    from datetime import time

_WEEKDAYS = (0, 1, 2, 3, 4)
_WHICH = {number: word for word, number in ORDINALS.items()}
_CRON_TURN = re.compile(r"([0-7])(?:#([1-4])|L)")
_FROM_CRON = {"MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6, "SUN": 7}


def schedule_sentence(rule: Schedule) -> str:
    """Say when a rule fires, as the start of a sentence; its zone only where it has one of its own."""
    text = _said(rule)
    return f"{text}, {rule.zone} time" if rule.zone else text


def _said(rule: Schedule) -> str:
    match rule.mode:
        case "cron":
            return _cron(rule.cron)
        case "interval":
            return _every(rule.every)
        case "daily":
            return f"Every day at {_times(rule.times)}"
        case "weekly":
            return f"{_weekly(rule.days)} at {_times(rule.times)}"
        case "monthly":
            return f"{_monthly(rule.days, rule.turns)} at {_times(rule.times)}"
        case _:
            at = datetime.fromisoformat(rule.at)
            zone = at.tzinfo or UTC
            day, _, clock = clock_words(at.replace(tzinfo=zone), zone).rpartition(", ")
            return f"Once on {day} {at.year} at {clock}"


def _every(every: timedelta) -> str:
    text = duration_text(every)
    return f"Every {text.removeprefix('1 ')}" if text.startswith("1 ") else f"Every {text}"


def _times(times: tuple[time, ...]) -> str:
    return _listed([f"{clock:%H:%M}" for clock in times])


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _weekly(days: tuple[int, ...]) -> str:
    if days == _WEEKDAYS:
        return "Every weekday"
    if len(days) == len(DAY_NAMES):
        return "Every day"
    return f"Every {_listed([DAY_NAMES[day].capitalize() for day in days])}"


def _monthly(days: tuple[int, ...], turns: tuple[tuple[int, int], ...]) -> str:
    named = [f"the {_ordinal(day)}" for day in days if day != LAST]
    named += ["the last day"] if LAST in days else []
    named += [f"the {_WHICH[which]} {DAY_NAMES[day].capitalize()}" for which, day in turns]
    return f"On {_listed(named)} of each month"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _cron(rule: str) -> str:
    minute, hour, day, month, weekday = rule.upper().split(" ")
    if minute.isdecimal() and hour.isdecimal() and month == "*":
        clock = f"{int(hour):02}:{int(minute):02}"
        if day == weekday == "*":
            return f"Every day at {clock}"
        days = _cron_weekdays(weekday)
        if day == "*" and days is not None:
            return f"{_weekly(days)} at {clock}"
        if weekday == "*" and (day.isdecimal() or day == "L"):
            return f"{_monthly((int(day) if day != 'L' else LAST,), ())} at {clock}"
        turn = _CRON_TURN.fullmatch(weekday)
        if day == "*" and turn is not None:
            return f"{_monthly((), ((int(turn[2] or -1), (int(turn[1]) - 1) % 7),))} at {clock}"
    if hour == day == month == weekday == "*":
        if minute.startswith("*/") and minute[2:].isdecimal() and 60 % int(minute[2:]) == 0:
            return _every(timedelta(minutes=int(minute[2:])))
        if minute == "0":
            return "Every hour"
    return _described(rule)


def _cron_weekdays(field: str) -> tuple[int, ...] | None:
    found: set[int] = set()
    for part in field.split(","):
        ends = [_FROM_CRON.get(end, int(end) if end.isdecimal() else None) for end in part.split("-")]
        if None in ends or len(ends) > 2:
            return None
        low, high = ends[0], ends[-1]
        found.update((number - 1) % 7 for number in range(low or 0, (high or 0) + 1))
    return tuple(sorted(found)) or None


def _described(rule: str) -> str:
    options = Options()
    options.use_24hour_time_format = True
    options.day_of_week_start_index_zero = True
    options.casing_type = CasingTypeEnum.Sentence
    options.locale_code = "en_US"
    return str(ExpressionDescriptor(rule, options).get_description())
