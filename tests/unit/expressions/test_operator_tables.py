"""Each operator against each kind of value, a missing one, an empty list, and the time zones."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from flowstudio.errors import ExpressionError
from flowstudio.expressions import OPERATORS, DictScope, EvalContext, compile_condition

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = {
    "text": "open", "number": 7, "fraction": 7.5, "date": "2026-03-02", "moment": "2026-03-02T08:00:00Z", "yes": True, "no": False,
    "list": ["open", 7], "record": {"$entity": "invoices", "id": "i1", "status": "open"}, "object": {"a": 1}, "numeric text": "7",
    "empty text": "", "zero": 0,
}  # fmt: skip
PLAIN = [entry for entry in OPERATORS.values() if not entry.is_group and not entry.nested]
NESTED = [entry for entry in OPERATORS.values() if entry.nested]
ON_NOTHING = {"not_exists": True, "is_empty": True}
"""Operators that hold for a missing value; of all others it makes `false`."""
ON_EMPTY_LIST = {
    "exists": True, "is_empty": True, "not_equals": True, "not_contains": True, "length_less_than": True, "length_less_or_equal": True,
    "length_not_equals": True, "not_in": True, "all": True, "none": True, "not_starts_with": True, "not_ends_with": True,
    "not_matches": True,
}  # fmt: skip
"""Operators that hold for an empty list, compared with 1."""


def held(operator, value, right="1", now=NOW, zone=UTC):
    tree = {"field": "x", "operator": operator.key} | ({} if operator.arity == 1 else {"value": right})
    return compile_condition(tree).test(EvalContext(DictScope({"x": value, "nothing": None}), now, zone))


def side(operator):
    if operator.nested:
        return {"field": "item", "operator": "exists"}
    return "1 day" if operator.key in ("in_last", "in_next") else "1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operator", PLAIN, ids=lambda one: one.key)
def test_every_operator_answers_for_every_kind_of_value(operator, kind):
    """Yes or no, or a sentence: nothing else comes out, whatever stands on the right."""
    for right in (*KINDS.values(), "5,9", ["open"], "3 days", "{{nothing}}"):
        try:
            assert held(operator, KINDS[kind], right) in (True, False)
        except ExpressionError as error:
            assert error.message.endswith((".", "?"))  # noqa: PT017  most of them answer


@pytest.mark.parametrize("operator", [*PLAIN, *NESTED], ids=lambda one: one.key)
def test_a_missing_value(operator):
    assert held(operator, None, side(operator)) is ON_NOTHING.get(operator.key, False)


@pytest.mark.parametrize("operator", [*PLAIN, *NESTED], ids=lambda one: one.key)
def test_an_empty_list(operator):
    assert held(operator, [], side(operator)) is ON_EMPTY_LIST.get(operator.key, False)


@pytest.mark.parametrize(
    "operator", [one for one in PLAIN if one.arity == 2 and not one.missing], ids=lambda one: one.key
)
def test_nothing_on_the_right(operator):
    for value in KINDS.values():
        assert held(operator, value, "{{nothing}}") is False


ZONES = {
    "UTC": UTC,
    "Berlin": ZoneInfo("Europe/Berlin"),
    "Auckland": ZoneInfo("Pacific/Auckland"),
    "Los Angeles": ZoneInfo("America/Los_Angeles"),
}
LATE = "2026-03-01T23:30:00Z"
"""In UTC still the first of March, in Berlin and Auckland the second, in Los Angeles the first."""
DAYS = {"UTC": 1, "Berlin": 2, "Auckland": 2, "Los Angeles": 1}


@pytest.mark.parametrize(("zone", "day"), list(itertools.product(ZONES, (1, 2))))
def test_a_day_is_that_of_the_workspace(zone, day):
    written, is_that_day = f"2026-03-0{day}", DAYS[zone] == day
    answers = {
        key: held(OPERATORS[key], LATE, written, zone=ZONES[zone])
        for key in ("same_day", "before", "after", "on_or_before", "on_or_after")
    }
    assert answers == {
        "same_day": is_that_day, "before": DAYS[zone] < day, "after": DAYS[zone] > day, "on_or_before": DAYS[zone] <= day,
        "on_or_after": DAYS[zone] >= day,
    }  # fmt: skip


@pytest.mark.parametrize(("zone", "today"), [("UTC", 1), ("Berlin", 2), ("Auckland", 2), ("Los Angeles", 1)])
def test_today_is_that_of_the_workspace(zone, today):
    now = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    for day in (1, 2):
        assert held(OPERATORS["same_day"], f"2026-03-0{day}", "today", now, ZONES[zone]) is (day == today)
        assert held(OPERATORS["exactly_days_ago"], f"2026-03-0{day}", 0, now, ZONES[zone]) is (day == today)


@pytest.mark.parametrize(("moment", "held_"), [("2026-03-29T00:30:00Z", True), ("2026-03-28T22:30:00Z", False)])
def test_a_day_that_has_an_hour_less(moment, held_):
    """The night of the change to summer time in Berlin."""
    berlin = ZoneInfo("Europe/Berlin")
    assert held(OPERATORS["same_day"], moment, "2026-03-29", zone=berlin) is held_
    assert held(OPERATORS["is_weekday"], "2026-03-29T22:30:00Z", zone=berlin) is True
    assert held(OPERATORS["is_weekday"], "2026-03-29T21:30:00Z", zone=berlin) is False
