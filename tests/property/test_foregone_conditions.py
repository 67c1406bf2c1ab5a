"""What is said to hold always, or never, does so for whatever values there are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.errors import ExpressionError
from flowstudio.expressions import OPERATORS, DictScope, EvalContext, compile_condition, foregone

MOMENTS = [
    datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 1, 23, 30, tzinfo=UTC), datetime(2031, 12, 31, 12, tzinfo=UTC),
]  # fmt: skip
ZONES = [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))]
WORDS = [
    "open",
    "Open",
    "closed",
    "",
    "a",
    "ab",
    "5",
    "05",
    "true",
    "false",
    "today",
    "2026-03-02",
    "2026-03-01T23:30Z",
    "10,20",
]
SCALARS = st.one_of(st.booleans(), st.integers(-12, 12), st.sampled_from([0.5, 5.0, -3.25]), st.sampled_from(WORDS))
WRITTEN = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.just("{{b}}"), st.just("{{a}}"))
THERE = st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
VALUES = st.one_of(st.none(), THERE)
PLAIN = [key for key, entry in OPERATORS.items() if not entry.is_group and not entry.nested and not entry.on_change]
RULES = st.builds(
    lambda field, key, value, exact: {"field": field, "operator": key}
    | ({"value": value} if OPERATORS[key].arity == 2 else {})
    | ({"ignore_case": False} if exact else {}),
    st.sampled_from(["a", "a", "b"]), st.sampled_from(PLAIN), WRITTEN, st.booleans(),
)  # fmt: skip
TREES = st.recursive(
    RULES,
    lambda inner: st.builds(
        lambda kind, parts: {"type": kind, "conditions": parts},
        st.sampled_from(["and", "or", "not"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)
PAIRS = st.lists(RULES.map(lambda rule: {**rule, "field": "a"}), min_size=2, max_size=3)
CONTEXTS = st.tuples(st.sampled_from(MOMENTS), st.sampled_from(ZONES))


def answer(tree, data, at):
    try:
        return compile_condition(tree).test(EvalContext(DictScope(data), *at))
    except ExpressionError:
        return None


@given(PAIRS, VALUES, THERE, CONTEXTS)
@settings(max_examples=1500, deadline=None)
def test_comparisons_that_exclude_one_another_never_both_hold(parts, a, b, at):
    tree = {"type": "and", "conditions": parts}
    if foregone(tree)[0] is False:
        assert answer(tree, {"a": a, "b": b}, at) is not True


@given(TREES, VALUES, THERE, CONTEXTS)
@settings(max_examples=600, deadline=None)
def test_a_tree_without_none_that_never_holds_never_does(tree, a, b, at):
    if foregone(tree)[0] is False and '"not"' not in str(tree).replace("'", '"'):
        assert answer(tree, {"a": a, "b": b}, at) is not True


@given(st.integers(-20, 20) | st.floats(-20, 20, allow_nan=False), st.integers(-9, 9), st.integers(-9, 9), CONTEXTS)
@settings(deadline=None)
def test_ranges_that_leave_no_number_out_always_hold(a, low, high, at):
    for one, other in (
        ("less_than", "greater_than"),
        ("less_or_equal", "greater_or_equal"),
        ("less_than", "greater_or_equal"),
    ):
        rules = [{"field": "a", "operator": one, "value": high}, {"field": "a", "operator": other, "value": low}]
        tree = {"type": "or", "conditions": rules}
        whole = foregone(tree)[0]
        assert whole in (True, None)
        if whole:
            assert answer(tree, {"a": a}, at) is True


@given(THERE, st.sampled_from(WORDS), st.sampled_from(WORDS), CONTEXTS)
@settings(deadline=None)
def test_this_or_not_that_always_holds(a, one, other, at):
    rules = [
        {"field": "a", "operator": "not_equals", "value": one},
        {"field": "a", "operator": "not_equals", "value": other},
    ]
    tree = {"type": "or", "conditions": rules}
    if foregone(tree)[0]:
        assert answer(tree, {"a": a}, at) is True


@pytest.mark.parametrize(
    ("rules", "kind", "whole"),
    [
        ([("a", "greater_than", 5), ("a", "less_than", 9)], "and", None), ([("a", "greater_than", 9), ("a", "less_than", 5)], "and", False),
        ([("a", "greater_or_equal", 5), ("a", "less_or_equal", 5)], "and", None), ([("a", "greater_than", 5), ("a", "less_or_equal", 5)], "and", False),
        ([("a", "equals", "open"), ("b", "equals", "closed")], "and", None), ([("a", "equals", "open"), ("a", "equals", "OPEN")], "and", None),
        ([("a", "in", "x,y"), ("a", "not_in", "x,y")], "and", False), ([("a", "equals", "x"), ("a", "not_in", ["X", "y"])], "and", False),
        ([("a", "contains", "x"), ("a", "equals", "boxes")], "and", None), ([("a", "starts_with", "x"), ("a", "equals", "boxes")], "and", False),
        ([("a", "before", "2026-03-02"), ("a", "on_or_after", "2026-03-02")], "and", False), ([("a", "before", "today"), ("a", "after", "2020-01-01")], "and", None),
        ([("a", "equals", "{{b}}"), ("a", "not_equals", "{{b}}")], "and", False), ([("a", "equals", "{{b}}"), ("a", "equals", "x")], "and", None),
        ([("a", "is_empty", None), ("a", "greater_than", 0)], "and", False), ([("a", "is_empty", None), ("a", "not_equals", "x")], "and", None),
        ([("a", "not_exists", None), ("a", "not_equals", "x")], "and", False), ([("a", "exists", None), ("a", "not_equals", "x")], "or", None),
        ([("a", "not_equals", "x"), ("a", "not_equals", "y")], "or", True), ([("a", "equals", "x"), ("a", "equals", "y")], "or", None),
        ([("a", "less_than", 5), ("a", "greater_than", 5)], "or", None), ([("a", "is_true", None), ("a", "is_false", None)], "or", True),
    ],
)  # fmt: skip
def test_told_from_how_they_are_written(rules, kind, whole):
    tree = {
        "type": kind,
        "conditions": [{"field": f, "operator": o} | ({} if v is None else {"value": v}) for f, o, v in rules],
    }
    assert foregone(tree)[0] is whole
    if whole is not None:
        assert foregone({"type": "not", "conditions": [tree]})[0] is not whole
        assert foregone({"type": "or", "conditions": [tree, {"field": "c", "operator": "exists"}]})[0] is (
            True if whole else None
        )
