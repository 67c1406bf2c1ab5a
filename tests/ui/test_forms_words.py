"""What the form widgets write is what the language of expressions reads."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flowstudio.expressions import OPERATORS, DictScope, EvalContext, compile_condition, compile_template
from flowstudio.ui.forms import FORMATTERS, verdicts_of

VALUES: dict[str, Any] = {"date": "2026-11-20", "number": 1240.5, "text": "Roth AG", "list": ["a", "b"], "any": None}


def context(values: dict[str, Any]) -> EvalContext:
    return EvalContext(DictScope(values), dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), dt.UTC)


@pytest.mark.parametrize("one", FORMATTERS, ids=lambda one: one["key"])
def test_every_format_can_be_filled_in(one: dict[str, Any]) -> None:
    written = one["filter"].replace("{}", "'it\\'s open'")
    value = VALUES[one["types"][0]]
    printed = compile_template(f"It is {{{{x | {written}}}}}").render(context({"x": value}))
    assert printed.removeprefix("It is ")


def test_the_words_of_an_empty_value_are_quoted_right() -> None:
    assert compile_template("{{x | default('it\\'s \\\\ open')}}").render(context({"x": None})) == "it's \\ open"


@pytest.mark.parametrize(
    ("operator", "value", "left"),
    [
        ("between", [1, 30], 30),
        ("equals_within", "4.4,0.01", 4.405),
        ("in", ["gold", "platinum"], "gold"),
        ("days_ago", 7, "2026-11-10"),
        ("in_last", "3 days", "2026-11-19"),
        ("at_least_one", {"type": "and", "conditions": [{"field": "status", "operator": "equals", "value": "late"}]}, [{"status": "late"}]),
        ("is_true", None, True),
    ],
)  # fmt: skip
def test_values_as_the_builder_writes_them_hold(operator: str, value: Any, left: Any) -> None:
    rule = {"field": "x", "operator": operator, **({} if value is None else {"value": value})}
    assert compile_condition({"type": "and", "conditions": [rule]}).test(context({"x": left}))


def test_a_verdict_names_each_row_by_its_place() -> None:
    tree = {
        "type": "and",
        "conditions": [
            {"field": "count", "operator": "less_than", "value": 3},
            {"type": "or", "conditions": [{"field": "name", "operator": "equals", "value": "x"}, {"field": "open", "operator": "is_true"}]},
        ],
    }  # fmt: skip
    shown = verdicts_of(compile_condition(tree).evaluate(context({"count": 1, "name": "y" * 100, "open": True})))
    assert shown[""] == {"result": True}
    assert shown["0"] == {"result": True, "now": "1"}
    assert shown["1"] == {"result": True}
    assert shown["1.0"]["result"] is False
    assert len(shown["1.0"]["now"]) == 60
    assert shown["1.1"] == {"result": True, "now": "yes"}


def test_the_builder_knows_an_input_for_every_operator_that_asks_for_more_than_a_value() -> None:
    source = Path("frontend/src/forms/condition/operators.js").read_text(encoding="utf-8")
    special = {
        key
        for key, one in OPERATORS.items()
        if one.arity == 2 and ("days" in key or one.nested or key in ("in", "between", "in_last", "equals_within"))
    }
    assert {key for key in special if f"'{key}'" not in source} == set()
