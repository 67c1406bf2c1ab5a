"""Lists, pairs, single values, schedules, and a whole form made from a settings model."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[[str], Page]
Reported = Callable[[Any], None]


def test_one_recipient_stays_a_text_and_two_are_a_list(visit: Visit, reported: Reported) -> None:
    page = visit("/lists")
    page.get_by_role("button", name="Add recipient").click()
    page.keyboard.type("anna@example.com")
    reported(["{{invoice.customer.email}}", "anna@example.com"])
    page.get_by_role("button", name="Remove recipient 1").click()
    reported("anna@example.com")


def test_pairs_keep_numbers_and_take_new_names(visit: Visit, reported: Reported) -> None:
    page = visit("/lists")
    variables = page.get_by_role("group", name="Variables")
    variables.get_by_role("textbox", name="Amount").fill("13")
    reported({"invoice_number": "{{invoice.number}}", "amount": 13})
    variables.get_by_role("button", name="Add field").click()
    variables.get_by_role("textbox", name="Name of the field").last.fill("due")
    variables.get_by_role("textbox", name="Due").fill("soon")
    reported({"invoice_number": "{{invoice.number}}", "amount": 13, "due": "soon"})
    variables.get_by_role("button", name="Remove Invoice number").click()
    reported({"amount": 13, "due": "soon"})


def test_known_names_are_chosen_from_a_list(visit: Visit, reported: Reported) -> None:
    page = visit("/lists")
    change = page.get_by_role("group", name="Change")
    change.get_by_role("button", name="Add field").click()
    change.get_by_role("combobox", name="Name of the field").last.click()
    expect(page.get_by_role("option", name="Status")).to_have_count(0)
    page.get_by_role("option", name="Balance").click()
    change.get_by_role("textbox", name="Balance").fill("0")
    reported({"status": "paid", "balance": 0})


def test_fixed_names_stand_there_and_empty_ones_are_not_written(visit: Visit, reported: Reported) -> None:
    page = visit("/lists")
    page.get_by_role("textbox", name="Invoice number").last.fill("1")
    reported({"due_date": "{{invoice.due_date}}", "number": "1"})


def test_a_duration_is_written_in_its_one_form(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    page.get_by_role("textbox", name="Wait for").fill("1")
    reported("1 day")
    page.get_by_role("combobox", name="Unit").click()
    page.get_by_role("option", name="hours").click()
    reported("1 hour")


def test_a_duration_may_come_from_a_variable(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    page.get_by_role("button", name="Pick a variable for Wait for").click()
    page.get_by_role("option", name="Number").first.click()
    reported("{{invoice.number}}")
    expect(page.get_by_role("button", name="Variable Number")).to_be_visible()


def test_numbers_and_dates_keep_their_type(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    page.get_by_role("textbox", name="Attempts").fill("1,240.5")
    reported(1240.5)
    page.get_by_label("Day", exact=True).fill("2026-12-24")
    reported("2026-12-24")


def test_a_long_choice_is_searched_by_typing(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    plan = page.get_by_role("combobox", name="Plan")
    plan.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("plan k")
    page.keyboard.press("Enter")
    reported("k")
    expect(plan).to_be_focused()
    page.get_by_role("combobox", name="Active").click()
    page.get_by_role("option", name="No").click()
    reported(False)


def test_a_weekly_schedule_is_chosen_by_days(visit: Visit, reported: Reported) -> None:
    page = visit("/schedule")
    when = page.get_by_role("group", name="When")
    expect(when).to_contain_text("Every Monday and Friday at 09:00.")
    expect(when).to_contain_text("Mon 23 Nov, 09:00")
    when.get_by_role("button", name="Monday").click()
    reported({"mode": "weekly", "day": "friday", "time": "09:00", "timezone": "Europe/Berlin"})
    when.get_by_role("combobox", name="How often").click()
    page.get_by_role("option", name="On a day of the month").click()
    when.get_by_role("combobox", name="Day of the month").click()
    page.get_by_label("Find a choice").fill("last")
    page.keyboard.press("Enter")
    reported({"mode": "monthly", "day": "last", "time": "09:00", "timezone": "Europe/Berlin"})


def test_the_last_friday_of_a_month_is_chosen_by_its_day(visit: Visit, reported: Reported) -> None:
    page = visit("/schedule")
    when = page.get_by_role("group", name="When")
    when.get_by_role("combobox", name="How often").click()
    page.get_by_role("option", name="On a day of the month").click()
    expect(when.get_by_role("combobox", name="Day of the week")).to_have_count(0)
    when.get_by_role("combobox", name="Day of the month").click()
    page.get_by_label("Find a choice").fill("last …")
    page.keyboard.press("Enter")
    when.get_by_role("combobox", name="Day of the week").click()
    page.get_by_role("option", name="Friday").click()
    reported({"mode": "monthly", "day": "last friday", "time": "09:00", "timezone": "Europe/Berlin"})
    cron = page.get_by_role("group", name="Cron")
    cron.get_by_role("combobox", name="How often").click()
    page.get_by_role("option", name="On a day of the month").click()
    cron.get_by_role("combobox", name="Day of the month").click()
    page.get_by_label("Find a choice").fill("second")
    page.keyboard.press("Enter")
    reported("0 9 * * 1#2")


def test_a_cron_line_is_read_into_words_and_written_back(visit: Visit, reported: Reported) -> None:
    page = visit("/schedule")
    cron = page.get_by_role("group", name="Cron")
    expect(cron.get_by_role("button", name="Friday")).to_have_attribute("aria-pressed", "true")
    cron.get_by_label("Time of day").fill("07:30")
    reported("30 7 * * 1-5")
    cron.get_by_role("combobox", name="How often").click()
    page.get_by_role("option", name="By a cron line").click()
    expect(cron.get_by_label("Cron line")).to_have_value("30 7 * * 1-5")


def test_a_form_is_made_from_a_model(visit: Visit, reported: Reported) -> None:
    page = visit("/form")
    expect(page.get_by_text("The subject is missing.")).to_be_visible()
    expect(page.get_by_text("Now: accounts@harborprint.example")).to_be_visible()
    expect(page.get_by_text("Why so high")).to_be_hidden()
    page.get_by_role("combobox", name="Priority").click()
    page.get_by_role("option", name="High").click()
    expect(page.get_by_text("Why so high")).to_be_visible()
    page.get_by_role("switch", name="Count openings").click()
    start = {"to": "{{invoice.customer.email}}", "variables": {"amount": "{{invoice.amount}}"}}
    reported({**start, "priority": "high", "track": True})
    page.get_by_text("More settings").click()
    page.get_by_role("textbox", name="Attempts").fill("5")
    reported({**start, "priority": "high", "track": True, "attempts": 5})


def test_undo_shows_the_old_values_without_drawing_the_form_anew(visit: Visit) -> None:
    page = visit("/form")
    subject = page.get_by_role("textbox", name="Subject")
    subject.fill("Hello")
    page.get_by_role("switch", name="Count openings").click()
    page.get_by_role("button", name="Undo").click()
    expect(subject).to_have_text("", use_inner_text=True)
    expect(page.get_by_role("switch", name="Count openings")).not_to_be_checked()
    expect(page.get_by_role("combobox", name="Priority")).to_have_text("High")


def test_an_open_list_takes_what_is_not_in_it(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    page.get_by_role("combobox", name="Event").click()
    page.get_by_label("Find a choice").fill("order.shipped")
    page.get_by_role("option", name='Use "order.shipped"').click()
    reported("order.shipped")
    expect(page.get_by_role("combobox", name="Event")).to_have_text("order.shipped")


def test_a_date_in_words_is_edited_as_text_and_an_empty_one_gets_a_calendar(visit: Visit, reported: Reported) -> None:
    page = visit("/values")
    page.get_by_role("textbox", name="Until").fill("")
    page.get_by_label("Until", exact=True).fill("2026-12-24T09:30")
    reported("2026-12-24 09:30")


def test_a_schedule_says_nothing_before_it_is_chosen(visit: Visit, reported: Reported) -> None:
    page = visit("/schedule")
    empty = page.get_by_role("group", name="Not yet")
    expect(empty.get_by_role("combobox")).to_have_text("Choose how often")
    empty.get_by_role("combobox").click()
    page.get_by_role("option", name="Again and again").click()
    reported({"mode": "interval", "every": "1 hour"})
    empty.get_by_role("combobox", name="How often").click()
    page.get_by_role("option", name="Once").click()
    empty.get_by_label("On", exact=True).fill("2026-12-24T09:30")
    reported({"mode": "once", "at": "2026-12-24 09:30"})


def test_cases_hold_a_value_or_a_rule(visit: Visit, reported: Reported) -> None:
    page = visit("/rows")
    page.get_by_role("textbox", name="is", exact=True).fill("very high")
    page.get_by_role("textbox", name="Value for Amount").fill("6")
    large = {
        "name": "large",
        "condition": {
            "type": "and",
            "conditions": [{"field": "invoice.amount", "operator": "greater_than", "value": 6}],
        },
    }
    reported(["cases", [{"name": "high", "value": "very high"}, large]])
    page.get_by_role("button", name="Remove case 1").click()
    reported(["cases", [large]])
    expect(page.get_by_role("textbox", name="Case 1")).to_have_text("large")


def test_questions_have_a_kind_and_may_be_needed(visit: Visit, reported: Reported) -> None:
    page = visit("/rows")
    page.get_by_role("button", name="Question", exact=True).click()
    page.get_by_role("textbox", name="Question 2").fill("amount")
    page.get_by_role("combobox", name="Kind").last.click()
    page.get_by_role("option", name="Whole number").click()
    page.get_by_role("switch", name="An answer is needed").last.click()
    lead = {"name": "lead", "type": "record:leads", "required": True}
    reported(["inputs", [lead, {"name": "amount", "type": "integer", "required": False}]])


def test_what_others_fill_in_has_words_of_its_own_and_choices(visit: Visit, reported: Reported) -> None:
    page = visit("/asking")
    expect(page.get_by_role("textbox", name="Choices")).to_have_count(0)
    page.get_by_role("textbox", name="Shown as").fill("What is it about?")
    page.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="One of a list").click()
    page.get_by_role("textbox", name="Choices").fill("Sales")
    page.get_by_role("button", name="Add choice").click()
    page.get_by_role("textbox", name="Choices 2").fill("Support")
    asked = {"name": "topic", "type": "choice", "required": True, "label": "What is it about?"}
    reported(["fields", [{**asked, "choices": ["Sales", "Support"]}]])
    page.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Long text").click()
    expect(page.get_by_role("button", name="Add choice")).to_have_count(0)
