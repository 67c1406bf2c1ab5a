"""Conditions: every way to write one, and what they say about themselves."""

import json
from pathlib import Path

import pytest

from flowstudio.errors import BadSyntax, UnknownVariable
from flowstudio.expressions import (
    compile_condition,
    fields_of_condition,
    fill_values,
    normalise,
    paths_of_condition,
    rename_in_condition,
    row_text,
    sentence,
)  # fmt: skip

TEXTS = json.loads((Path(__file__).parent / "data" / "catalogue_texts.json").read_text("utf-8"))


def is_(field, operator, value=None):
    return {"field": field, "operator": operator} | ({} if value is None else {"value": value})


def all_(*parts):
    return {"type": "and", "conditions": list(parts)}


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        (None, all_()), ({}, all_()), ([], all_()), ("", all_()),
        ({"field": "{{invoice.reminder_count}}", "operator": "<", "value": 3}, is_("invoice.reminder_count", "less_than", 3)),
        ({"status": "overdue", "days_overdue": {"$gte": 7}}, all_(is_("status", "equals", "overdue"), is_("days_overdue", "greater_or_equal", 7))),
        ({"type": "expansion"}, is_("type", "equals", "expansion")),
        ({"a": {"$gt": 1, "$lt": 5}}, all_(is_("a", "greater_than", 1), is_("a", "less_than", 5))),
        ({"a": [1, 2]}, is_("a", "in", [1, 2])), ({"a": None}, is_("a", "not_exists")), ({"a": {"$ne": None}}, is_("a", "exists")),
        ({"a": {"$exists": False}}, is_("a", "not_exists")), ({"address": {"city": "Berlin"}}, is_("address.city", "equals", "Berlin")),
        ({"$or": [{"a": 1}, {"b": 2}]}, {"type": "or", "conditions": [is_("a", "equals", 1), is_("b", "equals", 2)]}),
        ({"a": {"$not": {"$in": [1]}}}, {"type": "not", "conditions": [is_("a", "in", [1])]}),
        ({"type": "ALL", "conditions": [is_("a", "==", 1)]}, all_(is_("a", "equals", 1))),
        ({"any": [is_("a", "above", 1)]}, {"type": "or", "conditions": [is_("a", "greater_than", 1)]}),
        ([is_("a", "eq", 1), is_("b", "ne", 2)], all_(is_("a", "equals", 1), is_("b", "not_equals", 2))),
        ({"type": "comparison", "field": "a", "operator": "contains", "value": "x"}, is_("a", "contains", "x")),
        ({"field": "a", "operator": "mystery", "value": 1, "colour": "red"}, is_("a", "mystery", 1) | {"extra": {"colour": "red"}}),
        ({"field": "xs", "operator": "any", "value": {"s": 1}}, is_("xs", "at_least_one", is_("s", "equals", 1))),
        ("status equals open; n greater_or_equal 7", all_(is_("status", "equals", "open"), is_("n", "greater_or_equal", 7))),
        ("a equals 1 or b equals 2 and c equals 3", {"type": "or", "conditions": [is_("a", "equals", 1), all_(is_("b", "equals", 2), is_("c", "equals", 3))]}),
        ("on_hand less_than @reorder_point", is_("on_hand", "less_than", {"field_of": "reorder_point"})),
        ("not body.action in export,delete", {"type": "not", "conditions": [is_("body.action", "in", ["export", "delete"])]}),
        ("name equals Smith and Sons", is_("name", "equals", "Smith and Sons")), ("venue contains Open Air", is_("venue", "contains", "Open Air")),
        ("(a > 1 or b > 1) and c is_empty", all_({"type": "or", "conditions": [is_("a", "greater_than", 1), is_("b", "greater_than", 1)]}, is_("c", "is_empty"))),
        ("top(later,'offset_min').offset_min greater_than 110", is_("top(later,'offset_min').offset_min", "greater_than", 110)),
        ("code equals 007", is_("code", "equals", "007")), ("ok equals true", is_("ok", "equals", True)), ("x not in 1,b", is_("x", "not_in", [1, "b"])),
        ("x equals 'a; b'", is_("x", "equals", "a; b")), ("x is not empty", is_("x", "is_not_empty")), ("who equals O'Brien", is_("who", "equals", "O'Brien")),
        ('id not_in {{group(bids,"vendor_id")}}', is_("id", "not_in", '{{group(bids,"vendor_id")}}')),
    ],
)  # fmt: skip
def test_understands(written, tree):
    assert normalise(written) == tree
    assert normalise(tree) == tree


@pytest.mark.parametrize("text", ["a equals", "a b c", "a is_empty b", "x equals 'open"])
def test_refuses_texts_that_are_no_condition(text):
    with pytest.raises(BadSyntax):
        normalise(text)


@pytest.mark.parametrize("text", TEXTS["if"])
def test_reads_and_says_every_condition_of_the_catalogue(text):
    tree = normalise(text)
    compile_condition(tree)
    assert sentence(tree)
    assert json.loads(json.dumps(tree)) == tree


@pytest.mark.parametrize("text", TEXTS["where"])
def test_reads_every_filter_of_the_catalogue(text):
    compile_condition(text, "record")


def test_a_verdict_shows_every_comparison_and_every_group(given):
    tree = all_(
        is_("n", "less_than", 3),
        {"type": "or", "conditions": [is_("amount", "greater_than", 1000), is_("tier", "equals", "gold")]},
    )
    verdict = compile_condition(tree).evaluate(given(n=5, amount=850, tier="Gold"))
    assert not verdict.result
    assert [(row.place, row.left, row.result) for row in verdict.rows] == [
        ((0,), 5, False),
        ((1, 0), 850, False),
        ((1, 1), "Gold", True),
    ]
    assert dict(verdict.groups) == {(): False, (1,): True}
    assert [row_text(row) for row in verdict.rows] == [
        "5 is not less than 3",
        "850 is not more than 1,000",
        "Gold is Gold".replace("is Gold", "is gold"),
    ]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ("n less_than 3", "the n is less than 3"),
        ("invoice.reminder_count less_than 3; invoice.amount > 1000", "the reminder count is less than 3 and the amount is more than 1,000"),
        (all_(is_("a.count_x", "less_than", 3), is_("a.amount", "greater_than", 50.5), {"type": "or", "conditions": [is_("a.segment", "in", ["Standard", "Trial"]), is_("a.open_balance", "greater_than", 10000)]}),
         "the count x is less than 3, and the amount is more than 50.50, and either the segment is Standard or Trial or the open balance is more than 10,000"),
        ("due before {{today}}", "the due is before today"), ("due before {{add_days(today,3)}}", "the due is before 3 days from now"),
        ("day equals 2026-11-20", "the day is 20 Nov 2026"), ("count(tasks) equals 0", "the number of tasks is 0"), ("ok equals true", "the ok is yes"),
        ("not x.ok equals true", "the ok is not yes"), ("x.tasks is_empty", "there are no tasks"), ("d days_ago 7", "the d is at least 7 days ago"),
        ("x.status in in_transit,delayed", "the status is in transit or delayed"), ("p_id equals {{project.id}}", "the p is the project"),
        ("", "always"), ({"field": "x.lines", "operator": "all", "value": {"done": True}}, "for each of the lines the done is yes"),
    ],
)  # fmt: skip
def test_says_in_plain_words(tree, said):
    assert sentence(tree) == said


def test_names_given_by_people_are_used():
    assert sentence("invoice.n less_than 3", {"invoice.n": "reminder count"}) == "the reminder count is less than 3"


def test_a_missing_value_is_said(given):
    (row,) = compile_condition("invoice.amount > 3").evaluate(given(invoice={})).rows
    assert row_text(row) == "there is no amount"


def test_a_record_condition_reads_the_fields_of_the_record(given):
    condition = compile_condition("on_hand less_than @reorder_point; vendor.city equals {{city}}", "record")
    row = {"on_hand": 2, "reorder_point": 5, "vendor": {"city": "Bonn"}}
    assert condition.test(given(city="bonn"), row)
    assert not condition.test(given(city="Kiel"), row)


def test_filled_values_are_data_and_never_read_again(given):
    filled = fill_values(
        {"name": "{{who}}", "n": {"$gt": "{{least}}"}, "a": {"field_of": "b"}}, given(who="{{secret}}", least=3)
    )
    assert [part["value"] for part in filled["conditions"]] == ["{{secret}}", 3, {"field_of": "b"}]
    condition = compile_condition(filled, "record", filled=True)
    assert condition.test(given(), {"name": "{{secret}}", "n": 4, "a": 1, "b": 1})


def test_an_unknown_name_is_an_error_not_a_no(given):
    with pytest.raises(UnknownVariable):
        compile_condition("gone > 3").test(given(here=1))


def test_lists_the_names_and_the_fields_it_uses():
    tree = normalise("invoice.amount > {{limit.low}}; xs any x")["conditions"][0]
    assert [(path.text, path.where) for path in paths_of_condition(tree)] == [
        ("invoice.amount", ("field",)),
        ("limit.low", ("value",)),
    ]
    assert fields_of_condition("a equals 1; b less_than @c.d") == [
        ("a", ("conditions", 0, "field")), ("b", ("conditions", 1, "field")), ("c.d", ("conditions", 1, "value", "field_of")),
    ]  # fmt: skip


def test_renames_a_variable_in_fields_and_values():
    tree = all_(
        is_("count(old)", "equals", "{{old.x}} old"),
        {"type": "not", "conditions": [is_("old.y", "in", ["{{old}}", "old"])]},
    )
    assert rename_in_condition(tree, "old", "new") == all_(
        is_("count(new)", "equals", "{{new.x}} old"),
        {"type": "not", "conditions": [is_("new.y", "in", ["{{new}}", "old"])]},
    )


def test_in_a_filter_a_rename_leaves_the_fields_alone():
    assert rename_in_condition("old equals {{old.x}}", "old", "new", "record") == is_("old", "equals", "{{new.x}}")
