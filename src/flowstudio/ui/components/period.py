"""From when to when: a few usual answers, or two days of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

ANY, TODAY, YESTERDAY, WEEK, MONTH, OWN = "", "today", "yesterday", "7", "30", "own"
CHOICES = {
    ANY: "Any time", TODAY: "Today", YESTERDAY: "Yesterday", WEEK: "The last 7 days", MONTH: "The last 30 days",
    OWN: "From … to …",
}  # fmt: skip
Span = tuple[datetime | None, datetime | None]
"""From a moment on, and before another; None where there is no such end."""


def span_of(choice: str, first: str, last: str, today: date, zone: ZoneInfo) -> Span:
    """Return the moments of a choice; days of one's own are ISO dates, the last one belongs to it."""
    if choice == TODAY:
        return _midnight(today, zone), None
    if choice == YESTERDAY:
        return _midnight(today - timedelta(days=1), zone), _midnight(today, zone)
    if choice in (WEEK, MONTH):
        return _midnight(today - timedelta(days=int(choice) - 1), zone), None
    if choice == OWN:
        begin, end = _day(first), _day(last)
        return (
            _midnight(begin, zone) if begin is not None else None,
            _midnight(end + timedelta(days=1), zone) if end is not None and end < date.max else None,
        )
    return None, None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # half typed


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


class Period:
    """The choice in a toolbar; `on_change` is called when it has changed."""

    def __init__(self, zone: ZoneInfo, now: Callable[[], datetime], on_change: Callable[[], object]) -> None:
        self._zone = zone
        self._now = now
        self._choice = ui.select(CHOICES, value=ANY).classes("fs-period")
        self._choice.props('outlined dense options-dense aria-label="When"')
        with ui.element("div").classes("fs-toolbar") as self._own:
            self._first = _day_field("From", on_change)
            self._last = _day_field("To", on_change)
        self._own.set_visibility(False)

        def chosen() -> object:
            self._own.set_visibility(self._choice.value == OWN)
            return on_change()

        self._choice.on_value_change(chosen)

    @property
    def any(self) -> bool:
        """Say whether every moment fits."""
        return self.span == (None, None)

    @property
    def span(self) -> Span:
        """Return what is chosen, as it stands at present."""
        today = self._now().astimezone(self._zone).date()
        own = str(self._first.value or ""), str(self._last.value or "")
        return span_of(str(self._choice.value or ""), *own, today, self._zone)


def _day_field(label: str, on_change: Callable[[], object]) -> ui.input:
    field = ui.input().props(f'outlined dense type=date aria-label="{label}"')
    field.on_value_change(lambda _: on_change())
    return field
