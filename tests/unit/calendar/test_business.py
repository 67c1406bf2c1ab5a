"""Business hours, holidays, and clocks in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flowstudio.calendar import (
    BadTime,
    add_business_days,
    add_business_time,
    clock_words,
    day_words,
    is_open,
    next_open,
    read_business_hours,
    read_time,
    wait_in_business_hours,
    zone_of,
)  # fmt: skip

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = read_business_hours(None, ["2026-11-23", "12-25"])
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=BERLIN)


def said(at):
    return clock_words(at, BERLIN)


def test_counts_open_hours_only():
    assert said(add_business_time(FRIDAY, timedelta(minutes=30), HOURS, BERLIN)) == "Fri 20 Nov, 16:30"
    assert said(add_business_time(FRIDAY, timedelta(hours=1), HOURS, BERLIN)) == "Fri 20 Nov, 17:00"
    assert said(add_business_time(FRIDAY, timedelta(hours=2), HOURS, BERLIN)) == "Tue 24 Nov, 10:00"
    assert said(add_business_time(FRIDAY + timedelta(days=1), timedelta(hours=8), HOURS, BERLIN)) == "Tue 24 Nov, 17:00"


def test_whole_days_are_open_days():
    assert said(add_business_days(FRIDAY, 1, HOURS, BERLIN)) == "Tue 24 Nov, 16:00"
    assert said(wait_in_business_hours(FRIDAY, timedelta(days=2, hours=2), HOURS, BERLIN)) == "Thu 26 Nov, 10:00"
    assert (
        said(wait_in_business_hours(FRIDAY.replace(hour=20), timedelta(days=1), HOURS, BERLIN)) == "Wed 25 Nov, 09:00"
    )


def test_knows_when_it_is_open():
    assert is_open(FRIDAY, HOURS, BERLIN)
    assert not is_open(FRIDAY.replace(hour=17), HOURS, BERLIN)
    assert not is_open(datetime(2027, 12, 25, 12, tzinfo=BERLIN), HOURS, BERLIN)
    assert said(next_open(FRIDAY, HOURS, BERLIN)) == "Fri 20 Nov, 16:00"
    assert said(next_open(FRIDAY.replace(hour=18), HOURS, BERLIN)) == "Tue 24 Nov, 09:00"


def test_reads_hours_day_by_day_with_a_break():
    hours = read_business_hours({"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "sat": ["10:00", "14:00"]})
    assert (
        said(add_business_time(datetime(2026, 11, 21, 13, tzinfo=BERLIN), timedelta(hours=6), hours, BERLIN))
        == "Mon 23 Nov, 14:00"
    )
    assert read_business_hours({"days": ["sunday"], "from": "09:00", "to": "24:00"}).week[0][0] == 6


@pytest.mark.parametrize(
    "hours",
    [
        "always",
        {"noday": ["1:00", "2:00"]},
        {"mon": ["17:00", "09:00"]},
        {"from": "9", "to": "10:00"},
        {"days": [], "x": 1},
    ],
)
def test_refuses_hours_with_a_sentence(hours):
    with pytest.raises(BadTime, match=r"\.$"):
        read_business_hours(hours)


def test_hours_that_never_open_are_said_and_do_not_hang():
    hours = read_business_hours(
        {"mon": ["09:00", "10:00"]},
        [f"{day:%m-%d}" for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(366))],
    )
    with pytest.raises(BadTime, match="no open day"):
        add_business_time(FRIDAY, timedelta(hours=1), hours, BERLIN)


def test_says_moments_and_days():
    assert clock_words(datetime(2026, 11, 20, 8, tzinfo=UTC), BERLIN) == "Fri 20 Nov, 09:00"
    assert clock_words(FRIDAY, BERLIN, datetime(2027, 1, 1, tzinfo=UTC)) == "Fri 20 Nov 2026, 16:00"
    assert [day_words(date(2026, 11, n), date(2026, 11, 20)) for n in (19, 20, 21, 23)] == [
        "yesterday",
        "today",
        "tomorrow",
        "Mon 23 Nov",
    ]


def test_reads_times_and_zones():
    assert [f"{read_time(text):%H:%M}" for text in ("09:00", "9:05", "9 pm", "12 am", "17h30")] == [
        "09:00",
        "09:05",
        "21:00",
        "00:00",
        "17:30",
    ]
    assert zone_of("workspace", BERLIN) is BERLIN
    for bad in ("../etc/passwd", "Mars/Base", "", 5):
        if bad:
            with pytest.raises(BadTime):
                zone_of(bad, BERLIN)
