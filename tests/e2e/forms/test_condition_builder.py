"""The condition builder: rules, groups, nesting, moving, and the JSON it writes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.forms import sample
from tests.e2e.forms.conftest import rule

pytestmark = pytest.mark.browser
Visit = Callable[[str], Page]
Reported = Callable[[Any], None]


def tree() -> dict[str, Any]:
    return copy.deepcopy(sample.CONDITION)


def test_shows_rules_groups_and_what_the_sample_gives(visit: Visit) -> None:
    page = visit("/condition")
    expect(rule(page, "0")).to_contain_text("Reminder count")
    expect(rule(page, "0").get_by_role("combobox")).to_have_text("is less than")
    expect(rule(page, "0")).to_contain_text("now 1")
    expect(rule(page, "2.1").get_by_role("img", name="No")).to_be_visible()
    expect(rule(page, "2")).to_contain_text("1 of 2")
    expect(page.locator(".fs-voice")).to_contain_text("If the reminder count is less than 3")


def test_a_changed_value_is_written_as_a_number(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    page.get_by_role("textbox", name="Value for Reminder count").fill("12.5")
    wanted = tree()
    wanted["conditions"][0]["value"] = 12.5
    reported(wanted)


def test_only_the_operators_of_the_type_are_offered(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    rule(page, "0").get_by_role("combobox").click()
    options = page.get_by_role("option")
    assert "is at least" in options.all_inner_texts()
    assert "starts with" not in options.all_inner_texts()
    page.get_by_role("option", name="is at least").click()
    wanted = tree()
    wanted["conditions"][0]["operator"] = "greater_or_equal"
    reported(wanted)


def test_an_operator_is_chosen_by_keyboard(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    rule(page, "0").get_by_role("combobox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("exist")
    page.keyboard.press("Enter")
    wanted = tree()
    wanted["conditions"][0] = {"field": "invoice.reminder_count", "operator": "exists"}
    reported(wanted)
    expect(page.get_by_role("textbox", name="Value for Reminder count")).to_have_count(0)


def test_the_value_fits_the_field(visit: Visit, reported: Reported) -> None:
    page = visit("/condition-empty")
    rule(page, "0").get_by_role("button", name="Field: Amount").click()
    page.get_by_role("combobox", name="Find a variable").fill("due")
    page.keyboard.press("Enter")
    operator = rule(page, "0").get_by_role("combobox", name="Comparison of Due date")
    expect(operator).to_have_text("is before")
    operator.click()
    page.get_by_label("Find a choice").fill("at least … days")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Value for Due date").fill("7")
    reported({"type": "and", "conditions": [{"field": "invoice.due_date", "operator": "days_ago", "value": 7}]})


def test_choices_of_a_closed_list_are_ticked(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    page.get_by_role("combobox", name="Value for Segment").click()
    page.get_by_role("option", name="Gold").click()
    page.get_by_role("option", name="Trial").click()
    page.keyboard.press("Escape")
    wanted = tree()
    wanted["conditions"][2]["conditions"][0]["value"] = ["standard", "gold"]
    reported(wanted)


def test_a_value_may_be_a_variable(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    page.get_by_role("textbox", name="Value for Open balance").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("{{cr")
    expect(page.get_by_role("dialog", name="Pick a variable")).to_contain_text("Numbers and money")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wanted = tree()
    wanted["conditions"][2]["conditions"][1]["value"] = "{{invoice.customer.credit_limit}}"
    reported(wanted)


def test_rules_and_groups_are_added_and_nested(visit: Visit, reported: Reported) -> None:
    page = visit("/condition-empty")
    first = {"field": "invoice.amount", "operator": "less_than", "value": 3}
    page.get_by_role("button", name="Rule", exact=True).click()
    page.get_by_role("button", name="Field: choose").click()
    page.keyboard.type("disputed")
    page.keyboard.press("Enter")
    second = {"field": "invoice.disputed", "operator": "is_true"}
    reported({"type": "and", "conditions": [first, second]})
    page.get_by_role("button", name="Group", exact=True).click()
    expect(page.get_by_role("button", name="Field: choose")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("number")
    page.keyboard.press("Enter")
    inner = page.get_by_role("group", name="Any of these is true")
    inner.get_by_role("textbox", name="Value for Number").fill("INV-1")
    group = {"type": "or", "conditions": [{"field": "invoice.number", "operator": "equals", "value": "INV-1"}]}
    reported({"type": "and", "conditions": [first, second, group]})
    inner.get_by_role("radio", name="None").check()
    reported({"type": "and", "conditions": [first, second, {**group, "type": "not"}]})


def test_a_lone_comparison_is_understood_and_a_group_is_written(visit: Visit, reported: Reported) -> None:
    page = visit("/condition-empty")
    page.get_by_role("radio", name="Any").check()
    reported({"type": "or", "conditions": [{"field": "invoice.amount", "operator": "less_than", "value": 3}]})


def test_a_rule_is_dragged_into_another_group(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    target = rule(page, "2.1")
    box = target.bounding_box()
    assert box is not None
    rule(page, "0").get_by_role("button", name="Move Reminder count", exact=True).drag_to(
        target, target_position={"x": 60, "y": box["height"] - 4}
    )
    wanted = tree()
    wanted["conditions"][2]["conditions"].append(wanted["conditions"].pop(0))
    reported(wanted)


def test_a_rule_is_moved_by_arrow_keys(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    rule(page, "1").get_by_role("button", name="Move Amount", exact=True).focus()
    page.keyboard.press("ArrowDown")
    moved = tree()
    amount = moved["conditions"].pop(1)
    moved["conditions"][1]["conditions"].insert(0, amount)
    reported(moved)
    expect(page.get_by_role("button", name="Move Amount", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    reported(tree())


def test_a_group_is_dragged_and_not_into_itself(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    handle = page.get_by_role("button", name="Move group of 2")
    handle.drag_to(rule(page, "2.0"), target_position={"x": 100, "y": 8})
    expect(page.get_by_test_id("count")).to_have_text("0")
    handle.drag_to(rule(page, "0"), target_position={"x": 100, "y": 4})
    moved = tree()
    moved["conditions"].insert(0, moved["conditions"].pop(2))
    reported(moved)


def test_rules_and_groups_are_removed(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    rule(page, "1").hover()
    page.get_by_role("button", name="Remove Amount").click()
    rule(page, "1").locator(".fsf-group-head").first.hover()
    page.get_by_role("button", name="Remove group").click()
    reported({"type": "and", "conditions": tree()["conditions"][:1]})


def test_a_variable_dropped_on_a_field_becomes_the_field(visit: Visit, reported: Reported) -> None:
    page = visit("/condition")
    page.get_by_text("Drag due date").drag_to(rule(page, "0").get_by_role("button", name="Field: Reminder count"))
    expect(rule(page, "0").get_by_role("combobox").first).to_have_text("is before")
    moved = tree()
    moved["conditions"][0] = {"field": "invoice.due_date", "operator": "before", "value": 3}
    reported(moved)


def test_a_quantifier_has_rules_about_the_items(visit: Visit, reported: Reported) -> None:
    page = visit("/condition-empty")
    rule(page, "0").get_by_role("button", name="Field: Amount").click()
    page.keyboard.type("lines")
    page.keyboard.press("Enter")
    rule(page, "0").get_by_role("combobox").click()
    page.get_by_label("Find a choice").fill("at least one")
    page.keyboard.press("Enter")
    nested = rule(page, "0").locator(".fsf-nested")
    nested.get_by_role("button", name="Rule", exact=True).click()
    nested.get_by_role("button", name="Field: choose").click()
    page.get_by_role("option", name="Status").click()
    nested.get_by_role("textbox", name="Value for Status").fill("late")
    inner = {"type": "and", "conditions": [{"field": "status", "operator": "equals", "value": "late"}]}
    reported({"type": "and", "conditions": [{"field": "invoice.lines", "operator": "at_least_one", "value": inner}]})


def test_a_filter_compares_with_another_field_of_the_record(visit: Visit, reported: Reported) -> None:
    page = visit("/filter")
    expect(rule(page, "1")).to_contain_text("Amount")
    page.get_by_role("button", name="Remove Amount").click()
    page.get_by_role("textbox", name="Value for Balance").click()
    page.keyboard.type("{{balance")
    page.keyboard.press("Enter")
    status = {"field": "status", "operator": "equals", "value": "overdue"}
    reported(
        {
            "type": "and",
            "conditions": [status, {"field": "balance", "operator": "less_than", "value": {"field_of": "balance"}}],
        }
    )


def test_ranges_are_written_as_two_ends(visit: Visit, reported: Reported) -> None:
    page = visit("/condition-empty")
    rule(page, "0").get_by_role("combobox").click()
    page.get_by_label("Find a choice").fill("is between")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Value for Amount, from").fill("5")
    page.get_by_role("textbox", name="Value for Amount, to").fill("1,000")
    reported({"type": "and", "conditions": [{"field": "invoice.amount", "operator": "between", "value": [5, 1000]}]})


def test_python_can_empty_the_builder(visit: Visit) -> None:
    page = visit("/condition")
    page.get_by_role("button", name="Empty").click()
    expect(page.locator(".fsf-rule")).to_have_count(0)
    expect(page.get_by_role("button", name="Group", exact=True)).to_have_count(1)
