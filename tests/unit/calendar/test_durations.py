"""Durations as texts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.calendar import BadDuration, duration_text, duration_words, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds", "canonical"),
    [
        ("90 seconds", 90, "90 seconds"), ("1 minute", 60, "1 minute"), ("15 minutes", 900, "15 minutes"), ("24 hours", 86400, "1 day"),
        ("3 days", 259200, "3 days"), ("2 weeks", 1209600, "2 weeks"), ("7 days", 604800, "7 days"), ("1 week", 604800, "7 days"),
        ("PT15M", 900, "15 minutes"), ("P1DT2H", 93600, "26 hours"), ("P2W", 1209600, "2 weeks"), ("1 hour 30 minutes", 5400, "90 minutes"),
        ("1.5 hours", 5400, "90 minutes"), ("5m", 300, "5 minutes"), ("10s", 10, "10 seconds"), (" 3  Days ", 259200, "3 days"),
        ("0 days", 0, "0 seconds"), ("1 day and 1 hour", 90000, "25 hours"), ("pt1h", 3600, "1 hour"),
    ],
)  # fmt: skip
def test_reads_and_writes(text, seconds, canonical):
    assert parse_duration(text) == timedelta(seconds=seconds)
    assert duration_text(parse_duration(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "soon", "3", "3 moons", "-3 days", "P", "PT", "P1M", None, 3, "3 days x", "9" * 99 + " days", "5000 days"],
)
def test_says_what_a_duration_is(text):
    with pytest.raises(BadDuration, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (61, "1 minute 1 second"),
        (100_800, "1 day 4 hours"),
        (120, "2 minutes"),
        (1_209_600, "2 weeks"),
    ],
)
def test_says_a_length_in_at_most_two_units(seconds, words):
    assert duration_words(timedelta(seconds=seconds)) == words


@given(st.integers(0, 10_000_000))
def test_the_written_form_reads_back(seconds):
    assert parse_duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)
