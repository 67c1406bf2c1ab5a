"""When the clocks of a zone change, and what that does to a slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The moment at which a zone's clocks are set to another time."""

    at: datetime
    """UTC."""
    by: timedelta
    """Positive: forward, so that times of day are missing; negative: back, so that they come twice."""


def clock_changes(zone: tzinfo, start: datetime, end: datetime) -> list[ClockChange]:
    """Return the changes of a zone's clocks from `start` (inclusive) to `end`, in order."""
    found = []
    moment = start - _SECOND
    while moment < end:
        following = min(moment + _DAY, end)
        before, after = _offset(moment, zone), _offset(following, zone)
        if before != after:
            low, high = moment, following
            while high - low > _SECOND:
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
            at = high.replace(microsecond=0)
            found.append(ClockChange(at, after - before))
        moment = following
    return found


def slot_note(slot: datetime, zone: tzinfo) -> str:
    """Say what a change of the clocks does to a slot; nothing on all other days."""
    for change in _near(zone, slot.date().toordinal(), str(zone)):
        if change.by > timedelta(0) and slot == change.at:
            shown = slot.astimezone(zone).replace(tzinfo=None)
            return f"The clocks go forward: {shown - change.by:%H:%M} to {shown:%H:%M} does not exist on this day."
        if change.by < timedelta(0) and change.at + change.by <= slot < change.at - change.by:
            return "The clocks go back: this time of day comes twice, the run once."
    return ""


@lru_cache(maxsize=4096)
def _near(zone: tzinfo, day: int, name: str) -> tuple[ClockChange, ...]:
    del name
    start = datetime.fromordinal(day).replace(tzinfo=UTC)
    return tuple(clock_changes(zone, start - _DAY, start + 2 * _DAY))


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
