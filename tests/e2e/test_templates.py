"""From the gallery to a workflow that runs, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_from_the_gallery_to_a_running_workflow(flowstudio: App, visitor: Callable[..., BrowserContext]) -> None:
    page = visitor().new_page()
    page.goto("/templates")
    expect(page.get_by_text("Good first workflows")).to_be_visible()
    page.get_by_role("button", name="Compliance").click()
    expect(page.get_by_text("10 templates")).to_be_visible()
    page.get_by_role("button", name="All 116").click()
    page.get_by_label("Find a template").fill("lead scoring")
    page.get_by_role("link", name="Lead Scoring Automation").click()

    expect(page.locator("[data-ready=true]")).to_be_visible()
    expect(page.get_by_role("group", name="condition: Newly sales-ready?")).to_be_visible()
    needs = page.get_by_role("region", name="It needs")
    expect(needs).to_contain_text("Firebase Cloud Messaging")
    expect(page.get_by_role("region", name="With its sample data it does this")).to_contain_text("1 push message")
    page.get_by_role("button", name="Try with sample data").click()
    expect(page.get_by_text("Yes, 1")).to_be_visible()

    page.get_by_role("button", name="Use this template").click()
    page.get_by_label("Name", exact=True).fill("Our lead scores")
    page.get_by_role("button", name="Make the workflow").click()
    page.wait_for_url("**/workflows/lead-scoring-automation")
    expect(page.get_by_text("No problems")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()

    assert flowstudio.api("PATCH", "/workflows/lead-scoring-automation/toggle", json={"active": True}).is_success
    lead = {
        "id": "lead_9001",
        "name": "Ruth Adler",
        "email": "ruth@bank.example",
        "company": "Meridian Bank",
        "status": "new",
    }
    data = {"lead": lead, "activity": {"type": "opened", "campaign_id": "cmp_204"}}
    started = flowstudio.api("POST", "/events", json={"type": "lead.activity_recorded", "data": data})
    assert started.is_success, started.text
    page.goto("/runs")
    expect(page.get_by_text("Our lead scores").first).to_be_visible()
    page.close()


def test_an_unknown_template_says_so(visitor: Callable[..., BrowserContext]) -> None:
    page = visitor().new_page()
    page.goto("/templates/nothing")
    expect(page.get_by_text("This template is not there.")).to_be_visible()
    page.close()


def test_values_are_asked_for_and_the_workflow_goes_on_runs_and_writes_for_real(
    flowstudio: App, editor: EditorPage
) -> None:
    page = editor.page
    page.goto("/templates")
    page.get_by_label("Find a template").fill("invoice reminder")
    page.get_by_role("link", name="Invoice Reminder").click()
    page.get_by_role("button", name="Use this template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Our reminders")
    dialog.get_by_label("Collections team").fill("late_payers")
    dialog.get_by_role("button", name="Make the workflow").click()
    page.wait_for_url("**/workflows/invoice-reminder")
    editor.ready()
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")
    editor.press("Publish")
    editor.said(re.compile("Published|published"))
    page.get_by_role("switch", name="On", exact=True).click()
    expect(page.get_by_role("switch", name="On", exact=True)).to_be_checked()

    rows = flowstudio.api("GET", "/records/invoices?page_size=200").json()["records"]
    due = [row for row in rows if row["status"] == "overdue" and row["days_overdue"] >= 7]
    reminded = [row for row in due if row["reminder_count"] < 3]
    assert reminded
    assert len(reminded) < len(due)
    editor.press("Run now")
    page.get_by_role("button", name="Watch it").click()
    page.wait_for_url("**/runs/run_*")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    numbers = {row["number"] for row in reminded}
    subjects = [str(mail["Subject"]) for mail in flowstudio.post.server.mails]
    assert {number for number in numbers if any(number in subject for subject in subjects)} == numbers
    tickets = flowstudio.api("GET", "/records/tickets?page_size=200").json()["records"]
    handed_over = [row for row in tickets if row.get("assigned_to") == "late_payers"]
    assert len(handed_over) == len(due) - len(reminded)


def test_the_secret_of_a_webhook_is_shown_once_and_opens_the_door(flowstudio: App, editor: EditorPage) -> None:
    page = editor.page
    page.goto("/templates/web-form-lead-routing")
    page.get_by_role("button", name="Use this template").click()
    page.get_by_role("button", name="Make the workflow").click()
    secret = page.get_by_label("Secret for lead-form").input_value()
    page.get_by_role("button", name="I have copied it").click()
    page.wait_for_url("**/workflows/web-form-lead-routing")
    editor.ready()
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")
    assert flowstudio.api("PATCH", "/workflows/web-form-lead-routing/toggle", json={"active": True}).is_success
    [hook] = flowstudio.api("GET", "/workflows/web-form-lead-routing").json()["hooks"]
    body = {
        "full_name": "Dana Cole",
        "email": "dana@pixel.example",
        "domain": "pixel.example",
        "message": "Staging",
        "region": "AMER",
    }
    address = flowstudio.url + urlsplit(hook["url"]).path
    assert httpx.post(address, json=body, headers={"X-FlowStudio-Secret": "guessed"}).status_code == 401
    called = httpx.post(address, json=body, headers={"X-FlowStudio-Secret": secret})
    assert called.status_code == 202, called.text
    page.goto("/runs?workflow=web-form-lead-routing")
    expect(page.locator("[data-run]")).to_have_count(1)
