"""Which values the settings of a workflow take, and the sentence for one that does not fit."""

from __future__ import annotations

from collections.abc import Mapping

from flowstudio.calendar import parse_duration
from flowstudio.domain.json import JsonValue
from flowstudio.errors import BadRequest, FlowStudioError
from flowstudio.kit.recipients import is_address, parts_of

MOST = 1_000_000
"""The largest number that a setting takes: beyond it no limit would ever be met."""
NUMBERS: Mapping[str, tuple[int, int]] = {
    "max_runs_per_hour": (1, MOST), "ask_after": (0, MOST), "pause_after_failures": (0, 100),
    "max_sent_per_hour": (1, MOST),
}  # fmt: skip
"""Setting → least and most."""
MINUTES = "minutes_saved"
PEOPLE, MOST_PEOPLE = "alert_to", 20
NO_MINUTES = f"Write a number of minutes from 0 to {MOST:,}."
NO_PEOPLE = f"Write mail addresses with commas between them, {MOST_PEOPLE} at most."
DURATIONS = frozenset({"dedupe_window", "timeout", "retention"})
USUAL: Mapping[str, str] = {"concurrency": "parallel", "priority": "normal"}
"""Choice → what holds without one."""
NO_DURATION = "Write a number and a unit, such as 2 hours or 3 days."


def no_number(key: str) -> str:
    """Return the sentence for what is no number that the setting takes."""
    least, most = NUMBERS[key]
    return f"Write a whole number from {least} to {most:,}."


def workflow_setting(key: str, given: JsonValue) -> JsonValue:
    """Return a setting's value as the workflow keeps it, None for what holds without one; raise BadRequest."""
    if key in NUMBERS:
        return _number(key, given)
    if key in DURATIONS:
        return _duration(str(given or "").strip())
    if key == MINUTES:
        return _minutes(given)
    if key == PEOPLE:
        return _people(given)
    if key in USUAL:
        return None if given == USUAL[key] else given
    raise BadRequest("A workflow has no such setting.")


def _number(key: str, given: JsonValue) -> int | None:
    if given is None or given == "":
        return None
    try:
        number = float(str(given))
    except ValueError:
        raise BadRequest(no_number(key)) from None
    least, most = NUMBERS[key]
    if not number.is_integer() or not least <= number <= most:
        raise BadRequest(no_number(key))
    return int(number)


def _duration(text: str) -> str | None:
    if not text:
        return None
    try:
        parse_duration(text)
    except (FlowStudioError, ValueError):
        raise BadRequest(NO_DURATION) from None
    return text


def _minutes(given: JsonValue) -> float | None:
    if given is None or given == "":
        return None
    try:
        minutes = float(str(given))
    except ValueError:
        raise BadRequest(NO_MINUTES) from None
    if not 0 <= minutes <= MOST:  # also what is no number at all
        raise BadRequest(NO_MINUTES)
    return minutes


def _people(given: JsonValue) -> list[JsonValue] | None:
    found = parts_of(given)
    if len(found) > MOST_PEOPLE or not all(is_address(one) for one in found):
        raise BadRequest(NO_PEOPLE)
    return list(found) or None
