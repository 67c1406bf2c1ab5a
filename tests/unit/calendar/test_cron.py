"""Cron rules mean what cron means."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from flowstudio.calendar import BadTime, cron_slots, read_cron, read_schedule, schedule_sentence

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def slots(rule, count, after=MONDAY, zone=UTC):
    return [f"{slot.astimezone(zone):%a %Y-%m-%d %H:%M%z}" for slot in islice(cron_slots(rule, after, zone), count)]


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("0 9 * * 1", "Mon 2026-03-09 09:00", "Mon 2026-03-16 09:00"), ("0 9 * * 0", "Sun 2026-03-08 09:00", "Sun 2026-03-15 09:00"),
        ("0 9 * * 7", "Sun 2026-03-08 09:00", "Sun 2026-03-15 09:00"), ("0 9 * * mon-fri", "Tue 2026-03-03 09:00", "Wed 2026-03-04 09:00"),
        ("0 0 13 * 5", "Fri 2026-03-06 00:00", "Fri 2026-03-13 00:00"), ("0 0 13 * *", "Fri 2026-03-13 00:00", "Mon 2026-04-13 00:00"),
        ("@daily", "Tue 2026-03-03 00:00", "Wed 2026-03-04 00:00"), ("@monthly", "Wed 2026-04-01 00:00", "Fri 2026-05-01 00:00"),
        ("*/20 * * * *", "Mon 2026-03-02 12:20", "Mon 2026-03-02 12:40"), ("5,10 12 * * *", "Mon 2026-03-02 12:05", "Mon 2026-03-02 12:10"),
        ("0 9 1 */3 *", "Wed 2026-04-01 09:00", "Wed 2026-07-01 09:00"), ("0 0 29 2 *", "Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00"),
        ("0 0 ? JAN,FEB 1", "Mon 2027-01-04 00:00", "Mon 2027-01-11 00:00"), ("0 12 31 * *", "Tue 2026-03-31 12:00", "Sun 2026-05-31 12:00"),
    ],
)  # fmt: skip
def test_fires(rule, first, second):
    assert slots(rule, 2) == [f"{first}+0000", f"{second}+0000"]


@pytest.mark.parametrize(
    "rule", ["", "0 9 * *", "0 9 * * * *", "61 * * * *", "* 24 * * *", "0 9 * * 8", "0 9 0 * *", "0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6 *",
             "@reboot", "a b c d e", "*/0 * * * *", "0 9 * * FRI-MON", "5-1 * * * *", None, 9, "0 9 * * 1;ls", "0 0 31 2 */2", "1,,2 * * * *", "- * * * *"],
)  # fmt: skip
def test_refuses_with_a_sentence(rule):
    with pytest.raises(BadTime, match=r"cron rule.*\."):
        read_cron(rule)


def test_words_and_rule_mean_the_same_day():
    for number, name in enumerate(
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    ):
        for rule in (f"0 9 * * {number}", f"0 9 */1 * {number}", f"0,30 9-11 * * {number}"):
            first = next(cron_slots(rule, MONDAY, UTC))
            assert f"{first:%A}" == name
            if rule.startswith("0 9 * "):
                assert name in schedule_sentence(read_schedule({"cron": rule}))
    assert "Monday" in schedule_sentence(read_schedule({"cron": "0,30 9-11 * * 1"}))


def test_a_skipped_slot_comes_after_the_gap_and_a_doubled_one_once():
    march, october = datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert slots("30 2 * * *", 2, march, BERLIN) == ["Sun 2027-03-28 03:00+0200", "Mon 2027-03-29 02:30+0200"]
    assert slots("*/15 2 * * *", 2, march, BERLIN) == ["Sun 2027-03-28 03:00+0200", "Mon 2027-03-29 02:00+0200"]
    assert slots("30 2 * * *", 2, october, BERLIN) == ["Sun 2026-10-25 02:30+0200", "Mon 2026-10-26 02:30+0100"]
    assert len({slot[:14] for slot in slots("*/15 2 * * *", 8, october, BERLIN)}) == 2


def test_every_hour_follows_real_time():
    october = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert slots("0 * * * *", 4, october, BERLIN) == [
        "Sun 2026-10-25 02:00+0200", "Sun 2026-10-25 02:00+0100", "Sun 2026-10-25 03:00+0100", "Sun 2026-10-25 04:00+0100",
    ]  # fmt: skip
