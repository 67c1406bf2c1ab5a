"""The field for texts with variables: writing, picking, dragging, formats, and what Python gets."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[[str], Page]
Reported = Callable[[Any], None]


def test_shows_variables_as_pills_with_human_names(visit: Visit) -> None:
    page = visit("/expression")
    subject = page.get_by_role("textbox", name="Subject")
    expect(subject).to_have_text("Invoice Number is overdue", use_inner_text=True)
    expect(subject.get_by_role("button", name="Variable Number")).to_be_visible()
    expect(page.get_by_text("Now: Invoice INV-2041 is overdue")).to_be_visible()
    expect(page.get_by_role("button", name="Broken variable Total")).to_be_visible()
    expect(page.get_by_role("textbox", name="To", exact=True)).to_have_attribute("aria-invalid", "true")


def test_text_written_around_a_pill_comes_back_as_plain_text(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Subject").click()
    page.keyboard.press("End")
    page.keyboard.type(", pay now")
    reported("Invoice {{invoice.number}} is overdue, pay now")
    page.keyboard.press("Home")
    page.keyboard.type("Re: ")
    reported("Re: Invoice {{invoice.number}} is overdue, pay now")


def test_two_braces_open_the_picker_and_enter_inserts(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Subject").click()
    page.keyboard.press("End")
    page.keyboard.type(" {{")
    picker = page.get_by_role("dialog", name="Pick a variable")
    expect(picker.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("cr")
    expect(picker.get_by_role("option").first).to_contain_text("Credit note total")
    expect(picker).to_contain_text("Only after the No branch")
    expect(page.get_by_test_id("count")).not_to_have_text("0")
    expect(page.get_by_test_id("out")).not_to_contain_text("overdue {{")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reported("Invoice {{invoice.number}} is overdue {{invoice.customer.credit_limit}}")
    expect(picker).to_have_count(0)
    page.keyboard.type("!")
    reported("Invoice {{invoice.number}} is overdue {{invoice.customer.credit_limit}}!")


def test_an_expression_typed_whole_becomes_a_pill(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("{{invoice.customer.email}}, more")
    reported("{{invoice.customer.email}}, more")
    expect(page.get_by_role("button", name="Variable Customer email")).to_be_visible()


def test_a_formula_is_kept_as_written(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("{{invoice.amount * 2")
    page.keyboard.press("Enter")
    reported("{{invoice.amount * 2}}")


def test_a_slash_offers_variables_and_escape_leaves_the_slash(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("/email")
    page.keyboard.press("Enter")
    reported("{{invoice.customer.email}}")
    page.keyboard.type(" /")
    page.keyboard.press("Escape")
    page.keyboard.type("x")
    reported("{{invoice.customer.email}} /x")


def test_a_slash_that_fits_nothing_goes_on_as_text(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("/zzz/path")
    reported("/zzz/path")


def test_the_button_opens_the_picker_and_a_click_inserts(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("button", name="Pick a variable for To").click()
    page.get_by_role("option", name="Due date").click()
    reported("{{invoice.due_date}}")


def test_parts_of_a_record_open_with_the_arrow_key(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("button", name="Pick a variable for To").click()
    picker = page.get_by_role("dialog", name="Pick a variable")
    expect(picker.get_by_role("option", name="Customer name")).to_have_count(0)
    expect(picker.get_by_role("option", name="Lines")).to_be_visible()
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reported("{{invoice.customer.name}}")


def test_what_is_not_available_cannot_be_picked(visit: Visit) -> None:
    page = visit("/expression")
    page.get_by_role("button", name="Pick a variable for To").click()
    away = page.get_by_role("option", name="Created ticket, number")
    expect(away).to_have_attribute("aria-disabled", "true")
    away.click(force=True)
    expect(page.get_by_role("dialog", name="Pick a variable")).to_be_visible()
    expect(page.get_by_test_id("count")).to_have_text("0")


def test_tab_in_the_picker_adds_a_format(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("{{due")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox", name="Formats")).to_be_focused()
    page.keyboard.press("Enter")
    reported("{{invoice.due_date | date('DD.MM.YYYY')}}")


def test_a_pill_takes_a_format_and_a_default(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    pill = page.get_by_role("textbox", name="Subject").get_by_role("button", name="Variable Number")
    pill.click()
    page.get_by_role("option", name="Upper case").click()
    reported("Invoice {{invoice.number | upper}} is overdue")
    page.get_by_role("button", name="Variable Number").click()
    page.get_by_role("option", name="Something when empty").click()
    page.get_by_label("When there is nothing").fill("it's open")
    page.keyboard.press("Enter")
    reported("Invoice {{invoice.number | upper | default('it\\'s open')}} is overdue")


def test_a_pill_is_reached_and_removed_by_keyboard(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Subject").click()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    pill = page.get_by_role("textbox", name="Subject").get_by_role("button", name="Variable Number")
    expect(pill).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Variable Number")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Variable Number")).to_have_count(0)
    pill.focus()
    page.keyboard.press("Delete")
    reported("Invoice  is overdue")


def test_a_broken_pill_is_replaced_by_another_variable(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("button", name="Broken variable Total").click()
    expect(page.get_by_text("Nothing at this step gives old.total.")).to_be_visible()
    page.get_by_role("button", name="Choose another variable").click()
    page.keyboard.type("small")
    page.keyboard.press("Enter")
    reported("{{settings.small_credit}} and {{invoice.amount | money}}")


def test_backspace_takes_a_pill_whole_and_undo_brings_it_back(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Broken").focus()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    reported("{{old.total}} and ")
    page.keyboard.press("Control+z")
    reported("{{old.total}} and {{invoice.amount | money}}")
    page.keyboard.press("Control+y")
    reported("{{old.total}} and ")


def test_arrow_keys_step_over_pills(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Broken").focus()
    page.keyboard.press("Home")
    page.keyboard.type("a")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("b")
    reported("a{{old.total}}b and {{invoice.amount | money}}")


def test_a_variable_is_dragged_into_the_text(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_text("Drag amount").drag_to(page.get_by_role("textbox", name="To", exact=True))
    reported("{{invoice.amount}}")


def test_copy_and_paste_keep_the_braces(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Subject").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.press("Control+v")
    reported("Invoice {{invoice.number}} is overdue")
    expect(page.get_by_role("button", name="Variable Number")).to_have_count(2)


def test_lines_are_kept_in_a_long_text(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="Message").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("Thanks")
    page.keyboard.press("Enter")
    reported("Dear {{invoice.customer.name}},\n\nplease pay.\nThanks\n")


def test_one_line_takes_no_line_break(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    page.keyboard.type("b")
    reported("ab")


def test_a_fast_writer_is_reported_once_and_leaving_reports_at_once(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    page.get_by_role("textbox", name="To", exact=True).click()
    page.keyboard.type("anna@example.com")
    page.get_by_test_id("outside").click()
    reported("anna@example.com")
    assert int(page.get_by_test_id("count").inner_text()) < 4


def test_python_can_show_another_value_and_a_refresh_keeps_what_is_written(visit: Visit, reported: Reported) -> None:
    page = visit("/expression")
    subject = page.get_by_role("textbox", name="Subject")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(subject).to_have_text("From outside Amount", use_inner_text=True)
    subject.focus()
    page.keyboard.press("End")
    page.keyboard.type(" and more")
    reported("From outside {{invoice.amount}} and more")
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("Now: Now and then")).to_be_visible()
    expect(subject).to_have_text("From outside Amount and more", use_inner_text=True)


def test_text_that_looks_like_markup_stays_text(visit: Visit, page: Page) -> None:
    visit("/expression")
    hostile = '<img src=x onerror="document.title=\'owned\'">{{"<b>" }}'
    field = page.get_by_role("textbox", name="To", exact=True)
    field.fill(hostile)
    expect(page.get_by_test_id("out")).to_have_text(json.dumps(hostile))
    assert page.title() == "Forms"
    assert field.locator("img, b").count() == 0
