"""Functions over days and times, in the workspace's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.errors import WrongType
from flowstudio.expressions.functions.registry import function
from flowstudio.expressions.moments import day_text, needed_moment, now_text
from flowstudio.expressions.numeric import needed_number

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _day(ctx: EvalContext, value: JsonValue, what: str) -> date:
    return needed_moment(value, ctx, what).day


@function("now", "now()", "The present moment.", returns="date", example=("now()", "2026-03-02T09:00:00"))
def now(ctx: EvalContext) -> JsonValue:
    """Return the present moment on the workspace's clock."""
    return now_text(ctx)


@function("today", "today()", "The present day.", returns="date", example=("today()", "2026-03-02"))
def today(ctx: EvalContext) -> JsonValue:
    """Return the present day."""
    return day_text(ctx.today)


@function(
    "days_since",
    "days_since(date)",
    "Whole days from the date to today.",
    returns="number",
    example=("days_since('2026-02-23')", 7),
)
def days_since(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Count days back to a date; negative for one that is still to come."""
    return None if value is None else (ctx.today - _day(ctx, value, "days_since")).days


@function(
    "days_until",
    "days_until(date)",
    "Whole days from today to the date.",
    returns="number",
    example=("days_until('2026-03-09')", 7),
)
def days_until(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Count days to a date; negative for one that has passed."""
    return None if value is None else (_day(ctx, value, "days_until") - ctx.today).days


@function(
    "years_since",
    "years_since(date)",
    "This year minus the year of the date.",
    returns="number",
    example=("years_since('2020-12-01')", 6),
)
def years_since(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Count calendar years."""
    return None if value is None else ctx.today.year - _day(ctx, value, "years_since").year


@function(
    "add_days",
    "add_days(date, n)",
    "The date n days later, n may be negative.",
    returns="date",
    example=("add_days('2026-02-27', 3)", "2026-03-02"),
)
def add_days(ctx: EvalContext, value: JsonValue, days: JsonValue) -> JsonValue:
    """Move a date by whole days."""
    if value is None or days is None:
        return None
    count = needed_number(days, "add_days")
    try:
        return day_text(_day(ctx, value, "add_days") + timedelta(days=int(count)))
    except OverflowError:
        message = "The date is out of range."
        raise WrongType(message) from None


@function(
    "format_date",
    "format_date(date, 'DD.MM.YYYY')",
    "Text from YYYY, MM, DD, HH, mm.",
    returns="text",
    example=("format_date('2026-03-02', 'DD.MM.')", "02.03."),
)
def format_date(ctx: EvalContext, value: JsonValue, pattern: JsonValue = "YYYY-MM-DD") -> JsonValue:
    """Write a date by a pattern of YYYY, YY, MMMM, MMM, MM, DD, dddd, ddd, HH, mm, ss."""
    return None if value is None else written(ctx, value, str(pattern), "format_date")


@function(
    "date",
    "date(x, 'DD.MM.YYYY')",
    "The day of a moment; with a pattern as text.",
    returns="date",
    example=("date('2026-03-02T08:00', 'D')", "D"),
)
def date_of(ctx: EvalContext, value: JsonValue, pattern: JsonValue = None) -> JsonValue:
    """Return the day of a value as data, or written by a pattern."""
    if value is None:
        return None
    return day_text(_day(ctx, value, "date")) if pattern is None else written(ctx, value, str(pattern), "date")


def written(ctx: EvalContext, value: JsonValue, pattern: str, what: str) -> str:
    """Write a moment by a pattern; a day without time counts as midnight."""
    moment = needed_moment(value, ctx, what)
    at = moment.at.astimezone(ctx.zone) if moment.at is not None else datetime(*moment.day.timetuple()[:3])  # noqa: DTZ001
    words = {
        "YYYY": f"{at.year:04}",
        "MMMM": _MONTHS[at.month - 1],
        "dddd": _DAYS[at.weekday()],
        "MMM": _MONTHS[at.month - 1][:3],
        "ddd": _DAYS[at.weekday()][:3],
        "YY": f"{at.year % 100:02}",
        "MM": f"{at.month:02}",
        "DD": f"{at.day:02}",
        "HH": f"{at.hour:02}",
        "mm": f"{at.minute:02}",
        "ss": f"{at.second:02}",
    }
    result, place = [], 0
    pattern = pattern[:200]
    while place < len(pattern):
        sign = next((sign for sign in words if pattern.startswith(sign, place)), None)
        result.append(words[sign] if sign else pattern[place])
        place += len(sign) if sign else 1
    return "".join(result)


@function("hour", "hour(datetime)", "0 to 23.", returns="number", example=("hour('2026-03-02T18:30')", 18))
def hour(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the hour of a moment; 0 for a day without time."""
    if value is None:
        return None
    at = needed_moment(value, ctx, "hour").at
    return at.astimezone(ctx.zone).hour if at is not None else 0


@function("week", "week(date)", "The ISO week.", returns="text", example=("week('2026-03-09')", "2026-W11"))
def week(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the ISO week of a date."""
    if value is None:
        return None
    calendar = _day(ctx, value, "week").isocalendar()
    return f"{calendar.year:04}-W{calendar.week:02}"


@function("quarter", "quarter(date)", "The quarter.", returns="text", example=("quarter('2026-03-09')", "2026-Q1"))
def quarter(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the quarter of a date."""
    if value is None:
        return None
    day = _day(ctx, value, "quarter")
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


@function(
    "weekday", "weekday(date)", "The name of the day.", returns="text", example=("weekday('2026-03-02')", "Monday")
)
def weekday(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the English name of the day of the week."""
    return None if value is None else _DAYS[_day(ctx, value, "weekday").weekday()]


@function("year", "year(date)", "The year.", returns="number", example=("year('2026-03-02')", 2026))
def year(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the year of a date."""
    return None if value is None else _day(ctx, value, "year").year


@function("month", "month(date)", "1 to 12.", returns="number", example=("month('2026-03-02')", 3))
def month(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the month of a date."""
    return None if value is None else _day(ctx, value, "month").month


@function("day", "day(date)", "1 to 31.", returns="number", example=("day('2026-03-02')", 2))
def day(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Return the day of the month."""
    return None if value is None else _day(ctx, value, "day").day
