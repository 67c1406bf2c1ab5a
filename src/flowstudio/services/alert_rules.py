"""Which figures there are alerts for, their usual limits, and what may be said of one."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flowstudio.domain.alert import AlertRule
from flowstudio.errors import BadRequest, NotFound
from flowstudio.kit.recipients import is_address, parts_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue

LONGEST = 1_440
"""Minutes over which a figure may be looked at."""
MOST_PEOPLE, LONGEST_TEXT = 20, 2_000
LEAST_RUNS = 5
"""Ended runs below which a share says nothing: one failed run of one is no alert."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: what it is called, its unit, and the limit that holds until somebody sets another."""

    key: str
    title: str
    unit: str
    above: float
    minutes: int
    most: float
    """The highest limit that makes sense."""
    raised: str
    """What is said when it is above: `{value}`, `{above}` and `{minutes}` are filled in."""
    over: str
    about: str
    """What counts in it."""


METRICS = {
    one.key: one
    for one in (
        Metric(
            "failed_share", "Runs that fail", "%", 5, 15, 100,
            "{value} of the runs of the last {minutes} failed; the limit is {above}.",
            "{value} of the runs of the last {minutes} failed.",
            f"Of the runs that completed or failed; there must be {LEAST_RUNS} of them.",
        ),
        Metric(
            "queued_runs", "Runs that wait for their turn", "runs", 100, 5, 1_000_000,
            "At least {value} have waited for their turn for {minutes}; the limit is {above}.",
            "{value} wait for their turn.",
            "As many must have waited for the whole time.",
        ),
        Metric(
            "approval_wait", "Wait for an approval", "hours", 6, 60, 8_760,
            "An approval waits {value} on average, those answered in the last {minutes} and the open ones; "
            "the limit is {above}.",
            "An approval waits {value} on average.",
            "Those answered within the time, and those that are open.",
        ),
        Metric(
            "processor", "Processor use", "%", 80, 10, 100,
            "The processor has been {value} busy over the last {minutes}; the limit is {above}.",
            "The processor is {value} busy.",
            "Of this machine, on average.",
        ),
    )
}  # fmt: skip
"""By key, in the order in which they are shown."""


def metric_of(key: str) -> Metric:
    """Return a metric; raise NotFound."""
    found = METRICS.get(key)
    if found is None:
        raise NotFound(f'There is no alert for "{key}".', hint=f"There are {', '.join(METRICS)}.")
    return found


def usual(metric: Metric) -> AlertRule:
    """Return the rule that holds until somebody changes it."""
    return AlertRule(metric.key, metric.above, metric.minutes)


def said(metric: Metric, text: str, rule: AlertRule, value: float | None) -> str:
    """Fill one of the metric's sentences in."""
    minutes = "minute" if rule.minutes == 1 else f"{rule.minutes:,} minutes"
    shown = "None" if value is None else amount(metric, value)
    return text.format(value=shown, above=amount(metric, rule.above), minutes=minutes)


def amount(metric: Metric, value: float) -> str:
    """Return a value with its unit: `12.5 %`, `1 run`, `6.2 hours`."""
    number = f"{value:,.1f}".removesuffix(".0")
    unit = metric.unit.removesuffix("s") if number == "1" else metric.unit
    return f"{number} {unit}"


def changed(rule: AlertRule, given: JsonObject) -> AlertRule:
    """Return a rule with what is given changed; raise BadRequest for what does not fit."""
    known = {one.name for one in fields(rule)} - {"metric"}
    strange = next((key for key in given if key not in known), None)
    if strange is not None:
        raise BadRequest(f'An alert has no "{strange}".', hint=f"It has {', '.join(sorted(known))}.")
    metric = metric_of(rule.metric)
    read = {
        "above": lambda value: _number(value, metric),
        "minutes": _minutes, "on": _switch, "mail": _people, "slack": _text, "webhook": _address,
    }  # fmt: skip
    kept = {one.name: getattr(rule, one.name) for one in fields(rule)}
    return AlertRule(**{**kept, **{key: read[key](value) for key, value in given.items()}})


def _number(value: JsonValue, metric: Metric) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not 0 <= number <= metric.most:
        raise BadRequest(f"Write a number from 0 to {metric.most:,.0f}.")
    return number


def _minutes(value: JsonValue) -> int:
    try:
        minutes = float(str(value))
    except ValueError:
        minutes = math.nan
    if not 1 <= minutes <= LONGEST or not minutes.is_integer():
        raise BadRequest(f"Write a whole number of minutes from 1 to {LONGEST:,}.")
    return int(minutes)


def _switch(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise BadRequest("An alert is on or off.")
    return value


def _people(value: JsonValue) -> tuple[str, ...]:
    found = parts_of(value)
    if len(found) > MOST_PEOPLE or not all(is_address(one) for one in found):
        raise BadRequest(f"Write mail addresses with commas between them, {MOST_PEOPLE} at most.")
    return tuple(found)


def _text(value: JsonValue) -> str:
    text = str(value or "").strip()
    if len(text) > LONGEST_TEXT or any(sign in text for sign in "\r\n\x00"):
        raise BadRequest(f"Write one line of {LONGEST_TEXT:,} characters at most.")
    return text


def _address(value: JsonValue) -> str:
    text = _text(value)
    if text:
        try:
            parts = urlsplit(text)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest("Write the whole address, with https:// in front.")
    return text
