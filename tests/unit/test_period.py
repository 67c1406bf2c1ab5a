"""The choice of a time in a toolbar: which moments it means."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from flowstudio.ui.components.period import span_of

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 30)  # the day after the clocks went forward


def _at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("choice", "first", "last", "span"),
    [
        ("", "", "", (None, None)),
        ("today", "", "", (_at(30), None)),
        ("yesterday", "", "", (_at(29), _at(30))),
        ("7", "", "", (_at(24), None)),
        ("own", "2026-03-28", "2026-03-29", (_at(28), _at(30))),
        ("own", "2026-03-28", "", (_at(28), None)),
        ("own", "", "2026-03-31", (None, _at(1, 4))),
        ("own", "2026-03", "", (None, None)),
        ("own", "", "9999-12-31", (None, None)),
    ],
)
def test_a_choice_means_whole_days_of_the_workspace(choice, first, last, span):
    assert span_of(choice, first, last, TODAY, BERLIN) == span


def test_the_day_on_which_the_clocks_change_is_as_long_as_it_is():
    since, until = span_of("yesterday", "", "", TODAY, BERLIN)
    assert (until.timestamp() - since.timestamp()) / 3600 == 23
