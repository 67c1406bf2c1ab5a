"""Schedules of triggers: all modes, their sentences, and the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.calendar import BadTime, instant_of, next_fire, next_fires, read_schedule, schedule_sentence, wall_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=BERLIN)
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
    "Africa/Casablanca",
]


def local(config, count=3, after=NOW, **more):
    return [
        f"{slot.astimezone(BERLIN):%a %d %b %H:%M}"
        for slot in next_fires(read_schedule(config), after, BERLIN, count, **more)
    ]


@pytest.mark.parametrize(
    ("config", "fires", "said"),
    [
        ({"cron": "0 9 * * *"}, ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00"], "Every day at 09:00"),
        ({"mode": "cron", "cron": "0 9 * * 1-5"}, ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00"], "Every weekday at 09:00"),
        ({"cron": "30 8 * * 1"}, ["Mon 09 Mar 08:30", "Mon 16 Mar 08:30"], "Every Monday at 08:30"),
        ({"cron": "0 6 25 * *"}, ["Wed 25 Mar 06:00", "Sat 25 Apr 06:00"], "On the 25th of each month at 06:00"),
        ({"cron": "*/15 * * * *"}, ["Mon 02 Mar 09:15", "Mon 02 Mar 09:30"], "Every 15 minutes"),
        ({"every": "15 minutes"}, ["Mon 02 Mar 09:15", "Mon 02 Mar 09:30"], "Every 15 minutes"),
        ({"every": "4 hours"}, ["Mon 02 Mar 12:00", "Mon 02 Mar 16:00"], "Every 4 hours"),
        ({"mode": "interval", "every": "1 day"}, ["Tue 03 Mar 00:00", "Wed 04 Mar 00:00"], "Every day"),
        ({"time": "08:15"}, ["Tue 03 Mar 08:15", "Wed 04 Mar 08:15"], "Every day at 08:15"),
        ({"mode": "daily", "time": ["17:00", "08:00"]}, ["Mon 02 Mar 17:00", "Tue 03 Mar 08:00"], "Every day at 08:00 and 17:00"),
        ({"day": "friday", "time": "16:00"}, ["Fri 06 Mar 16:00", "Fri 13 Mar 16:00"], "Every Friday at 16:00"),
        ({"day": ["monday", "thursday"], "time": "9:30"}, ["Mon 02 Mar 09:30", "Thu 05 Mar 09:30"], "Every Monday and Thursday at 09:30"),
        ({"mode": "monthly", "day": 31, "time": "10:00"}, ["Tue 31 Mar 10:00", "Thu 30 Apr 10:00"], "On the 31st of each month at 10:00"),
        ({"mode": "monthly", "day": "last", "time": "10:00"}, ["Tue 31 Mar 10:00", "Thu 30 Apr 10:00"], "On the last day of each month at 10:00"),
        ({"day": [1, 15], "time": "00:00"}, ["Sun 15 Mar 00:00", "Wed 01 Apr 00:00"], "On the 1st and the 15th of each month at 00:00"),
        ({"day": "last friday", "time": "17:00"}, ["Fri 27 Mar 17:00", "Fri 24 Apr 17:00"], "On the last Friday of each month at 17:00"),
        ({"mode": "monthly", "day": "First Monday", "time": "9:00"}, ["Mon 06 Apr 09:00", "Mon 04 May 09:00"], "On the first Monday of each month at 09:00"),
        ({"day": ["last fri", 1], "time": "08:00"}, ["Fri 27 Mar 08:00", "Wed 01 Apr 08:00"], "On the 1st and the last Friday of each month at 08:00"),
        ({"cron": "0 17 * * 5L"}, ["Fri 27 Mar 17:00", "Fri 24 Apr 17:00"], "On the last Friday of each month at 17:00"),
        ({"cron": "0 9 * * 1#1"}, ["Mon 06 Apr 09:00", "Mon 04 May 09:00"], "On the first Monday of each month at 09:00"),
        ({"cron": "0 10 L * *"}, ["Tue 31 Mar 10:00", "Thu 30 Apr 10:00"], "On the last day of each month at 10:00"),
        ({"at": "2026-11-20T09:00"}, ["Fri 20 Nov 09:00"], "Once on Fri 20 Nov 2026 at 09:00"),
        ({"time": "09:00", "timezone": "America/New_York"}, ["Mon 02 Mar 15:00", "Tue 03 Mar 15:00"], "Every day at 09:00, America/New_York time"),
        ({"time": "09:00", "timezone": "workspace"}, ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00"], "Every day at 09:00"),
    ],
)  # fmt: skip
def test_fires_and_says_so(config, fires, said):
    rule = read_schedule(config)
    assert local(config, 2) == fires
    assert schedule_sentence(rule) == said
    assert next_fire(rule, NOW, BERLIN) == next_fires(rule, NOW, BERLIN, 1)[0]


@pytest.mark.parametrize(
    "config",
    [{}, {"mode": "hourly"}, {"cron": "bad"}, {"every": "10 seconds"}, {"every": "soon"}, {"time": "25:00"}, {"day": "someday", "time": "09:00"},
     {"day": 32, "time": "09:00"}, {"mode": "monthly", "time": "09:00"}, {"mode": "weekly", "time": "09:00", "day": []}, {"time": "09:00", "timezone": "Mars/Base"},
     {"at": "tomorrow"}, {"day": "fifth monday", "time": "09:00"}, {"mode": "monthly", "day": "last moonday", "time": "09:00"}, {"mode": "weekly", "day": "monday"}],
)  # fmt: skip
def test_refuses_with_a_sentence(config):
    with pytest.raises(BadTime, match=r"\.$"):
        read_schedule(config)


def test_an_interval_that_does_not_divide_a_day_counts_from_activation():
    since = NOW - timedelta(hours=10)
    assert local({"every": "7 hours"}, 2, active_since=since) == ["Mon 02 Mar 13:00", "Mon 02 Mar 20:00"]


def test_once_fires_once():
    assert next_fire(read_schedule({"at": "2026-03-02T08:00"}), NOW, BERLIN) is None
    assert next_fires(read_schedule({"at": "2026-03-02T09:00Z"}), NOW, BERLIN, 5) == [
        datetime(2026, 3, 2, 9, tzinfo=UTC)
    ]


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.sampled_from(["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "12:00", "23:59"]),
)
@settings(max_examples=50, deadline=None)
def test_a_daily_rule_fires_once_a_day_in_every_zone(after, name, clock):
    zone = ZoneInfo(name)
    for config in ({"time": clock}, {"cron": f"{int(clock[3:])} {int(clock[:2])} * * *"}):
        fires = next_fires(read_schedule(config), after, zone, 400)
        assert all(earlier < later for earlier, later in pairwise([after, *fires]))
        days = [wall_of(fire, zone).date() for fire in fires]
        assert len(set(days)) == len(days)
        assert all((later - earlier).days <= 2 for earlier, later in pairwise(days))
        asked = [fire for fire in fires if f"{wall_of(fire, zone):%H:%M}" == clock]
        assert len(fires) - len(asked) <= 3


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.sampled_from(["1 minute", "5 minutes", "15 minutes", "45 minutes", "1 hour", "90 minutes", "6 hours"]),
)
@settings(max_examples=100, deadline=None)
def test_intervals_go_forward_and_never_pause_longer_than_an_hour_more(after, name, every):
    zone = ZoneInfo(name)
    rule = read_schedule({"every": every})
    fires = next_fires(rule, after, zone, 60)
    for earlier, later in pairwise([after, *fires]):
        assert timedelta(0) < later - earlier <= rule.every + timedelta(hours=1)


@given(MOMENTS, st.sampled_from(ZONES))
def test_asking_again_from_a_slot_gives_the_next_one(after, name):
    zone = ZoneInfo(name)
    for config in ({"cron": "*/20 1-3 * * *"}, {"every": "30 minutes"}, {"day": ["sat", "sun"], "time": "02:30"}):
        rule = read_schedule(config)
        fires = next_fires(rule, after, zone, 4)
        assert next_fires(rule, fires[0], zone, 3) == fires[1:]


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)), st.sampled_from(ZONES))
def test_every_wall_time_has_one_instant_at_or_after_it(wall, name):
    zone = ZoneInfo(name)
    shown = wall_of(instant_of(wall, zone), zone)
    assert shown == wall or wall < shown <= wall + timedelta(hours=24)


def test_a_day_that_a_zone_left_out_is_made_up_at_its_end():
    apia = ZoneInfo("Pacific/Apia")
    fires = next_fires(read_schedule({"time": "09:00"}), datetime(2011, 12, 29, 0, 0, tzinfo=UTC), apia, 3)
    assert [f"{fire.astimezone(apia):%d %H:%M}" for fire in fires] == ["29 09:00", "31 00:00", "31 09:00"]
