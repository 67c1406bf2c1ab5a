"""People come and go, and see what was done: members, the audit, analytics, a workflow at a glance."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import App, until
from tests.e2e.test_pages import furnished

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
__all__ = ["furnished"]


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_person_is_invited_signs_in_with_less_and_is_let_in_no_more(
    visitor: Callable[..., BrowserContext], browser: Browser, flowstudio: App
):
    page = visitor().new_page()
    page.goto("/settings")
    page.get_by_role("button", name="People", exact=True).click()
    expect(page).to_have_url(re.compile("/members$"))
    page.get_by_role("button", name="Add a person", exact=True).click()
    form = page.get_by_role("dialog", name="Add a person")
    form.get_by_label("Name", exact=True).fill("Ada Moss")
    form.get_by_label("Email", exact=True).fill("ada")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text('"ada" is no email address.')).to_be_visible()
    form.get_by_label("Email", exact=True).fill("ada@brightline.example")
    choose(page, "May do", "Viewer")
    form.get_by_role("button", name="Add", exact=True).click()
    link = page.get_by_role("dialog", name="The sign-in link").locator("[data-link]").inner_text()
    page.get_by_role("button", name="Done", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="ada@brightline.example")
    expect(row).to_be_visible()

    guest = browser.new_context(base_url=flowstudio.url, locale="en-GB")
    try:
        other = guest.new_page()
        other.goto(link)
        expect(other.get_by_role("navigation", name="Main").get_by_text("Ada Moss")).to_be_visible()
        expect(other.get_by_role("heading", name="Home", exact=True)).to_be_visible()
        expect(other.get_by_role("button", name="New workflow")).to_have_count(0)
        other.goto("/audit")
        expect(other.get_by_text("Only admins and owners read the audit.")).to_be_visible()
        other.goto("/members")
        expect(other.get_by_role("button", name="Add a person")).to_have_count(0)

        with other.expect_navigation():  # an open page is loaded anew when what its person may do has changed
            choose(page, "Role of Ada Moss", "Builder")
        expect(page.get_by_text("Ada Moss is builder now.")).to_be_visible()
        other.goto("/")
        expect(other.get_by_role("button", name="New workflow").first).to_be_visible()

        page.get_by_role("button", name="Remove Ada Moss", exact=True).click()
        with other.expect_navigation():
            page.get_by_role("dialog", name="Remove Ada Moss?").get_by_role("button", name="Remove", exact=True).click()
        expect(row).to_have_count(0)
        other.goto("/workflows")
        expect(other).to_have_url(re.compile("/sign-in"))
    finally:
        guest.close()

    page.goto("/audit")
    page.get_by_label("Find a line").fill("member.")
    expect(page.locator("[data-audit]")).to_have_count(3)
    expect(page.locator("[data-audit]").first).to_contain_text("Member removed")
    expect(page.locator("[data-audit]").first).to_contain_text("Ada Moss")


def test_the_only_owner_stays(visitor: Callable[..., BrowserContext]):
    page = visitor().new_page()
    page.goto("/members")
    choose(page, "Role of Owner", "Viewer")
    expect(page.get_by_text("A workspace keeps at least one owner.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Role of Owner")).to_have_value("Owner")


def test_figures_lead_from_all_runs_to_one_workflow_and_its_run(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor().new_page()
    page.goto("/analytics")
    expect(page.locator("[data-analytics-voice]")).to_contain_text(re.compile(r"In 30 days \d+ runs? ended"))
    expect(page.get_by_role("img", name=re.compile("Runs per day: .*completed"))).to_be_visible()
    expect(page.get_by_role("region", name="In short")).to_contain_text("Answered in 4 hours")
    expect(page.get_by_role("table", name="What started them").get_by_role("row")).not_to_have_count(0)
    expect(page.locator("[data-step-kind='action.query_records']")).to_contain_text("100 %")
    with page.expect_download() as got:
        page.get_by_role("button", name="Download as CSV").click()
    sheet = got.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert sheet[0] == "day,workflow,name,completed,failed,other"
    assert any(",wf_001,Invoice Reminder Workflow," in line for line in sheet)
    page.locator("[data-workflow=wf_001]").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/workflows/wf_001/overview$"))
    expect(page.locator("[data-standing]")).to_contain_text(re.compile("Version 1, .* so far"))
    expect(page.get_by_role("region", name="What it does")).to_contain_text("invoice")
    page.locator("[data-run]").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/runs/run_"))


def _alerts(app: App) -> dict[str, dict[str, Any]]:
    return {one["metric"]: one for one in app.api("GET", "/alerts").json()["alerts"]}


def test_an_alert_keeps_its_limit_and_says_what_does_not_fit(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor().new_page()
    page.goto("/analytics")
    page.get_by_role("button", name="Alerts", exact=True).click()
    expect(page).to_have_url(re.compile("/alerts$"))
    card = page.get_by_role("region", name="Runs that wait for their turn")
    limit = card.get_by_label("Above (runs)")
    limit.fill("40")
    limit.press("Enter")
    expect(page.get_by_text("Kept.")).to_be_visible()
    card.get_by_label("Mail to").fill("nobody")
    card.get_by_label("Mail to").press("Enter")
    expect(page.get_by_text("Write mail addresses with commas between them")).to_be_visible()
    page.get_by_role("switch", name="Alert: Processor use").click()
    until(lambda: not _alerts(furnished)["processor"]["on"], "The alert is not switched off.")
    page.reload()
    expect(limit).to_have_value("40")
    expect(card.get_by_label("Mail to")).to_have_value("")
    expect(page.get_by_role("switch", name="Alert: Processor use")).not_to_be_checked()
    furnished.api("PATCH", "/alerts/queued_runs", json={"above": 100}).raise_for_status()
    furnished.api("PATCH", "/alerts/processor", json={"on": True}).raise_for_status()


OFFERED_TO_BUILDERS = {
    "/": "New workflow",
    "/workflows": "New workflow",
    "/workflows/wf_001": "Publish",
    "/workflows/wf_001/outline": "Undo",
    "/records?type=invoices": "New record",
    "/credentials": "New connection",
    "/messages": "Keep this wording",
    "/members": "Add a person",
}
"""By page: a deed that only builders or admins may do."""


def test_what_a_role_may_not_do_is_not_offered(
    visitor: Callable[..., BrowserContext], browser: Browser, furnished: App
):
    flowstudio = furnished
    page = visitor().new_page()
    person = {"name": "Ben Roe", "email": "ben@brightline.example", "role": "viewer"}
    added = flowstudio.api("POST", "/members", json=person).raise_for_status().json()
    guest = browser.new_context(base_url=flowstudio.url, locale="en-GB")
    try:
        other = guest.new_page()
        other.goto(added["sign_in_link"])
        for place, deed in OFFERED_TO_BUILDERS.items():
            page.goto(place)
            expect(page.get_by_role("button", name=deed, exact=True).first).to_be_visible()
            other.goto(place)
            expect(other.locator("h1, [aria-level='1']").first).to_be_attached()
            expect(other.locator(".fs-page, .fs-canvas-host .fs-node").first).to_be_visible()
            expect(other.get_by_role("button", name=deed, exact=True)).to_have_count(0)
        other.goto("/workflows/wf_001")
        other.locator(".vue-flow__node[data-id=node_1]").click(position={"x": 20, "y": 20})
        expect(other.locator(".fs-detail")).to_have_attribute("data-node", "node_1")
        expect(other.locator(".fs-detail")).to_have_js_property("inert", True)
        other.keyboard.press("Delete")
        other.reload()
        expect(other.locator(".vue-flow__node[data-id=node_1]")).to_be_visible()
    finally:
        guest.close()
        flowstudio.api("DELETE", f"/members/{added['id']}").raise_for_status()


def test_a_used_link_asks_nobody_who_is_signed_in_to_sign_in(
    visitor: Callable[..., BrowserContext], browser: Browser, flowstudio: App
):
    page = visitor().new_page()
    page.goto(flowstudio.link)
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    guest = browser.new_context(base_url=flowstudio.url).new_page()
    guest.goto(flowstudio.link)
    expect(guest.get_by_text("This link is used or too old.")).to_be_visible()
    guest.context.close()


def test_signing_out_in_one_tab_ends_the_others(browser: Browser, flowstudio: App):
    guest = browser.new_context(base_url=flowstudio.url, locale="en-GB")
    page, other = guest.new_page(), guest.new_page()
    page.goto(flowstudio.command("user", "link").stdout.strip())
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    other.goto("/templates")
    expect(other.get_by_role("heading", name="Templates", exact=True)).to_be_visible()
    page.goto("/settings")
    page.get_by_role("button", name="Sign out", exact=True).click()
    other.wait_for_url("**/sign-in?to=/templates")
    guest.close()


def test_whoever_signs_in_comes_to_the_page_they_asked_for(browser: Browser, flowstudio: App):
    """The last test of this file: a new password ends the owner's sessions."""
    members = flowstudio.api("GET", "/members").json()["members"]
    email = next(one["email"] for one in members if one["role"] == "owner")
    flowstudio.command("user", "password", "--password", "a long password")
    guest = browser.new_context(base_url=flowstudio.url, locale="en-GB")
    page = guest.new_page()
    page.goto("/runs?status=failed")
    expect(page.get_by_role("heading", name="Sign in to FlowStudio")).to_be_visible()
    for password, seen in (("a wrong password", "do not fit together"), ("a long password", "")):
        page.get_by_label("Email", exact=True).fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        if seen:
            expect(page.get_by_text(seen)).to_be_visible()
    page.wait_for_url("**/runs?status=failed")
    guest.close()
