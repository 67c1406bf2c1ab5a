"""The functions of the language."""

import json
import re
from pathlib import Path

import pytest

from flowstudio.expressions import FUNCTIONS, compile_expression

CATALOGUE = json.loads((Path(__file__).parent / "data" / "functions.json").read_text("utf-8"))
ROWS = [{"name": "A", "n": 2, "s": "late"}, {"name": "B", "n": 5, "s": "done"}, {"name": "C", "n": None, "s": "Late"}]


@pytest.mark.parametrize("signature", CATALOGUE)
def test_has_every_function_of_the_catalogue(signature):
    for name in re.match(r"[\w/]+", signature)[0].split("/"):
        assert name in FUNCTIONS


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_example_of_each_function_is_true(given, name):
    source, value = FUNCTIONS[name].example
    assert compile_expression(source).evaluate(given()) == value


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_stands_a_missing_value(given, name):
    function = FUNCTIONS[name]
    arguments = (
        ["gone", *["'status equals x'" if name == "filter" else "1"] * (function.least - 1)] if function.least else []
    )
    compile_expression(f"{name}({', '.join(arguments)})").evaluate(given(gone=None))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("count(rows)", 3), ("total(rows, 'n')", 7), ("avg(rows, 'n')", 3.5), ("avg([])", None), ("top(rows, 'n').name", "B"),
        ("lowest(rows, 'n').name", "A"), ("top([], 'n').name", None), ("count(filter(rows, 's equals late'))", 2),
        ("count(filter(rows, 's equals late; n exists'))", 1), ("names(where(rows, 's', 'done'), 'name')", "B"),
        ("group(rows, 'n')", ["2", "5"]), ("names(rows)", "A, B, C"), ("round(2.5)", 2), ("round(3.5)", 4),
        ("round(2.675, 2)", 2.68), ("round(-1.5)", -2), ("max(0, gone)", 0), ("min([3, 1], 2)", 1), ("abs(0 - 3.5)", 3.5),
        ("first(rows).name", "A"), ("last(rows).name", "C"), ("first([])", None), ("lower('ÄB')", "äb"), ("total(gone)", 0),
        ("days_since('2026-02-23T23:00')", 7), ("days_until('2026-04-01')", 30), ("add_days('2024-02-28', 1)", "2024-02-29"),
        ("add_days(today, -7)", "2026-02-23"), ("format_date(today, 'DD. MMMM YYYY, dddd')", "02. March 2026, Monday"),
        ("hour(now)", 9), ("hour('2026-03-02T08:00Z')", 9), ("week('2026-01-01')", "2026-W01"), ("quarter('2026-12-31')", "2026-Q4"),
        ("years_since('2020-12-31')", 6), ("money(1234567.891, 'EUR')", "1,234,567.89 EUR"), ("percent(0.125, 1)", "12.5%"),
        ("split('a, b,c')", ["a", "b", "c"]), ("join([1, 2.0], '/')", "1/2"), ("replace('a.b.c', '.', '')", "abc"),
        ("number('12.50')", 12.5), ("number('x')", None), ("names(sort(rows, '-n'))", "B, A, C"), ("unique([1, '1', 2])", [1, 2]),
        ("truncate('Harbor Print Co.', 8)", "Harbor…"), ("today | date('DD.MM.YYYY')", "02.03.2026"), ("yes_no(false)", "No"),
        ("filter(rows, 'n in {{wanted}}')[0].name", "B"), ("count('abc')", 3), ("pluck(rows, 'name')", ["A", "B", "C"]),
        ("json(rows[0])", '{"name": "A", "n": 2, "s": "late"}'), ("contains([1, 2], '2')", True), ("weekday(today)", "Monday"),
    ],
)  # fmt: skip
def test_works_out(given, source, value):
    assert compile_expression(source).evaluate(given(rows=ROWS, gone=None, wanted=[5, 9])) == value


def test_texts_without_zone_are_read_in_the_zone_of_the_workspace(given):
    assert compile_expression("'2026-03-02T09:30' > now").evaluate(given())
    assert not compile_expression("'2026-03-02T07:30Z' > now").evaluate(given())
    assert compile_expression("'2026-03-02T08:30+00:00' > now").evaluate(given())
