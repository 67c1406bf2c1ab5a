"""Public forms under programs that send without end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flowstudio.errors import TooMany
from flowstudio.services.form_guard import MOST_SENT, TRAP, FormGuard
from flowstudio.services.pace import MOST_KEPT
from tests.support.databases import StillClock


def test_one_address_sends_one_form_so_often_and_no_oftener() -> None:
    clock = StillClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    guard = FormGuard(clock)
    for _ in range(MOST_SENT):
        guard.check_pace("/forms/a/b", "203.0.113.7")
    with pytest.raises(TooMany, match="sent too often") as caught:
        guard.check_pace("/forms/a/b", "203.0.113.7")
    assert caught.value.after == 600
    guard.check_pace("/forms/a/b", "203.0.113.8")
    guard.check_pace("/forms/a/other", "203.0.113.7")
    clock.forward(minutes=10)
    guard.check_pace("/forms/a/b", "203.0.113.7")


def test_only_so_many_senders_are_kept_in_mind() -> None:
    guard = FormGuard(StillClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC)))
    for number in range(MOST_KEPT + 100):
        guard.check_pace("/forms/a/b", str(number))
    assert len(guard._sent) == MOST_KEPT


def test_what_people_do_not_see_tells_programs() -> None:
    guard = FormGuard(StillClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC)))
    assert guard.is_trapped({"name": "Ada", TRAP: "https://casino.example"})
    assert not guard.is_trapped({"name": "Ada", TRAP: ""})
