"""A workflow from nothing to its test run and its first version, in the outline, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.outline_page import OutlinePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the keyboard is on something."""
    expect(target).to_be_visible()
    for _ in range(60):
        if target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {target}")


def begin(editor: EditorPage) -> OutlinePage:
    """Make a workflow and come to its outline."""
    page = editor.page
    page.goto("/workflows")
    tab_to(page, page.get_by_role("button", name="New workflow").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/workflows/[^/?]+$"))
    editor.ready()
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Command", exact=True)).to_be_focused()
    page.keyboard.type("open the outline")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/outline$"))
    expect(page.get_by_text("When should it start?")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="At a time"))
    page.keyboard.press("Enter")
    outline = OutlinePage(page)
    expect(outline.line("When: On a schedule")).to_be_focused()
    return outline


def draw(outline: OutlinePage) -> None:
    """Put the steps into the list, each behind the one before or on a way of its own."""
    for place, step in (
        ("", "Find records"), ("", "For each"), ("In each round", "If"), ("Yes", "Send email"), ("No", "Create ticket"),
    ):  # fmt: skip
        if place:
            outline.go(place)
        outline.press("n")
        outline.answer("What happens then?", step)
        expect(outline.tree.locator(":focus")).to_contain_text(step)
    outline.reads(
        "On a schedule", "Find records", "For each", "  In each round", "    If", "      Yes", "        Send email",
        "      No", "        Create ticket",
    )  # fmt: skip


def set_up(outline: OutlinePage) -> None:
    """Fill in what every step needs."""
    page = outline.page
    outline.settings("When: On a schedule")
    outline.select("How often", "Every day")
    outline.press("Escape")
    outline.settings("Do: Find records")
    outline.select("Find", "Invoices")
    outline.write("At most", "20")
    outline.press("Escape")
    outline.settings("For each: For each")
    outline.write("List", "{{records}}")
    outline.write("Call each one", "invoice")
    outline.press("Escape")
    outline.settings("If: If")
    tab_to(page, outline.detail.get_by_role("button", name="Rule", exact=True))
    outline.press("Enter")
    tab_to(page, outline.detail.get_by_role("button", name="Field: choose"))
    outline.press("Enter")
    picker = page.get_by_role("dialog", name="Pick a variable")
    expect(picker.get_by_label("Find a variable")).to_be_focused()
    page.keyboard.type("reminder count")
    expect(picker.get_by_role("option").first).to_contain_text("Reminder count")
    outline.press("Enter")
    expect(picker).to_have_count(0)
    outline.select("Comparison of Reminder count", "is less than")
    outline.write("Value for Reminder count", "3")
    outline.press("Escape")
    outline.settings("Do: Send email")
    outline.write("To", "{{invoice.customer.email}}")
    outline.write("Subject", "Reminder {{invoice.number}}")
    outline.write("Body", "It is time.")
    outline.press("Escape")
    outline.settings("Do: Create ticket")
    outline.write("Subject", "Escalate {{invoice.number}}")
    outline.select("Priority", "High")
    outline.press("Escape")


def test_the_invoice_reminder_is_built_tried_and_published_by_keyboard(editor: EditorPage, flowstudio: App):
    outline = begin(editor)
    draw(outline)
    set_up(outline)
    page = outline.page
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Test run, nothing leaves")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Run all", exact=True).first)
    page.keyboard.press("Enter")
    expect(page.locator("[data-trial-ended]")).to_have_text(re.compile("Finished"))
    expect(outline.line("Do: Send email")).to_have_accessible_name(re.compile(r"Would send \d+ emails?"))
    expect(outline.line("Do: Create ticket")).to_have_accessible_name(re.compile(r"Would create \d+ ticket"))
    assert not flowstudio.post.server.mails, "a test run sent a mail"
    page.keyboard.press("Escape")
    expect(page.get_by_text("Test run, nothing leaves")).to_have_count(0)
    expect(outline.line("Do: Send email")).not_to_have_accessible_name(re.compile("Would send"))
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Command", exact=True)).to_be_focused()
    page.keyboard.type("publish")
    page.keyboard.press("Enter")
    outline.said("Version 1 is published.")
