"""Business hours of the workspace (`settings.business_hours`, `settings.holidays`) for steps that wait."""

from __future__ import annotations

from datetime import datetime

from flowstudio.calendar import BadTime, BusinessHours, next_open, read_business_hours, wait_in_business_hours
from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit.moments import duration_of, zone_of_moment

_WHERE = "They are set in the workspace's settings."


def into_office_hours(moment: datetime, settings: JsonObject) -> datetime:
    """Return the moment itself when it lies in business hours, else the next beginning of them."""
    zone = zone_of_moment(moment)
    try:
        return next_open(moment, _hours(settings), zone).astimezone(zone)
    except BadTime as error:
        raise ConfigRejected(str(error), setting="business_hours", hint=_WHERE) from None


def later_in_office_hours(start: datetime, duration: str, settings: JsonObject) -> datetime:
    """Return the moment after that much business time; whole days count working days."""
    zone = zone_of_moment(start)
    try:
        return wait_in_business_hours(start, duration_of(duration, "for"), _hours(settings), zone).astimezone(zone)
    except BadTime as error:
        raise ConfigRejected(str(error), setting="business_hours", hint=_WHERE) from None


def _hours(settings: JsonObject) -> BusinessHours:
    return read_business_hours(settings.get("business_hours"), settings.get("holidays"))
