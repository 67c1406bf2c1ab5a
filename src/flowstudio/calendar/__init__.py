"""Time as a business counts it: durations, cron, schedules, business hours, clocks; pure, and right on clock changes.

Instants go in and come out as aware datetimes (out: UTC); `zone` is the workspace's.
"""

from __future__ import annotations

from flowstudio.calendar.business import (
    BusinessHours,
    add_business_days,
    add_business_time,
    is_open,
    next_open,
    read_business_hours,
    wait_in_business_hours,
)
from flowstudio.calendar.clock import BadTime, at_time, clock_words, day_words, instant_of, read_time, wall_of, zone_of
from flowstudio.calendar.cron import cron_slots, read_cron
from flowstudio.calendar.durations import BadDuration, duration_text, duration_words, parse_duration
from flowstudio.calendar.schedule import Schedule, next_fire, next_fires, read_schedule
from flowstudio.calendar.words import schedule_sentence

__all__ = [
    "BadDuration",
    "BadTime",
    "BusinessHours",
    "Schedule",
    "add_business_days",
    "add_business_time",
    "at_time",
    "clock_words",
    "cron_slots",
    "day_words",
    "duration_text",
    "duration_words",
    "instant_of",
    "is_open",
    "next_fire",
    "next_fires",
    "next_open",
    "parse_duration",
    "read_business_hours",
    "read_cron",
    "read_schedule",
    "read_time",
    "schedule_sentence",
    "wait_in_business_hours",
    "wall_of",
    "zone_of",
]
