"""Who was asked by mail decides from the mail's link, on a phone and without an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import App, until
from tests.e2e.test_scan import faults, scanner

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
__all__ = ["scanner"]
PHONE = {"width": 390, "height": 844}
ASKS: dict[str, Any] = {
    "id": "wf_asks", "name": "Refunds", "status": "active", "trigger": {"type": "manual", "config": {}},
    "nodes": [
        {"id": "ask", "type": "approval", "config": {
            "subject": "May we pay back 1,486.20 EUR to Amara Osei?", "message": "Trade fair in Lisbon, 7 receipts.",
            "approvers": ["jonas@example.net"], "deadline": "2 days"}},
        {"id": "tell", "type": "action", "action": "send_email",
         "config": {"to": "amara@example.net", "subject": "Your money is on its way", "body": "By {{steps.ask.by}}"}},
    ],
    "edges": [{"from": "trigger", "to": "ask"}, {"from": "ask", "to": "tell", "condition": "approved"}],
}  # fmt: skip


def _asked(app: App) -> tuple[str, str]:
    """Start a run that asks; return it, and the path of the link in the mail."""
    app.post.server.mails.clear()
    run = app.api("POST", "/workflows/wf_asks/execute", json={}).json()["execution_id"]
    text = app.post.to("jonas@example.net").get_body(("plain",)).get_content()
    found = re.search(r"https?://[^/\s]+(/a/\S+)", text)
    assert found, text
    return run, found[1]


@pytest.fixture
def phone(browser: Browser, flowstudio: App) -> Any:
    if flowstudio.api("GET", "/workflows/wf_asks").status_code != 200:
        assert flowstudio.api("POST", "/workflows", json=ASKS).status_code == 201
    context = browser.new_context(base_url=flowstudio.url, viewport=PHONE, reduced_motion="reduce", locale="en-GB")
    yield context.new_page()
    context.close()


def _ended(app: App, run: str, status: str) -> None:
    until(lambda: app.api("GET", f"/workflows/runs/{run}").json()["status"] == status, f"{run} is not {status}")


def test_a_yes_from_the_phone_lets_the_run_go_on_and_counts_once(phone: Page, flowstudio: App, scanner: str):
    run, path = _asked(flowstudio)
    phone.goto(path)
    expect(phone.get_by_role("heading", name="May we pay back 1,486.20 EUR to Amara Osei?")).to_be_visible()
    expect(phone.get_by_text("for jonas@example.net")).to_be_visible()
    expect(phone.get_by_text("Trade fair in Lisbon, 7 receipts.")).to_be_visible()
    expect(phone.get_by_role("listitem")).to_contain_text("Send email")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not faults(phone, scanner)
    assert flowstudio.api("GET", f"/workflows/runs/{run}").json()["status"] == "waiting", "looking decides nothing"
    phone.get_by_label("A note with your answer").fill("Fine with me")
    phone.get_by_role("button", name="Approve").click()
    expect(phone.get_by_role("status")).to_have_text("You approved it. Thank you.")
    expect(phone.get_by_role("button", name="Approve")).to_have_count(0)
    _ended(flowstudio, run, "completed")
    assert "By jonas@example.net" in flowstudio.post.to("amara@example.net").get_body(("plain",)).get_content()
    phone.goto(path)
    expect(phone.get_by_role("heading", name="This is not open any more")).to_be_visible()
    assert not faults(phone, scanner)


def test_a_no_and_an_answer_that_comes_too_late(phone: Page, flowstudio: App):
    run, path = _asked(flowstudio)
    second = phone.context.new_page()
    for page in (phone, second):
        page.goto(path)
        expect(page.get_by_role("button", name="Reject")).to_be_visible()
    phone.get_by_role("button", name="Reject").click()
    expect(phone.get_by_role("status")).to_have_text("You rejected it. Thank you.")
    _ended(flowstudio, run, "rejected")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("status")).to_have_text("This was decided before your answer came.")


def test_a_link_that_is_not_ours_shows_nothing(phone: Page, flowstudio: App):
    _, path = _asked(flowstudio)
    for wrong in ("/a/anything", f"{path}x", path.replace(".", "x.", 1)):
        phone.goto(wrong)
        expect(phone.get_by_role("heading", name="There is nothing to decide here")).to_be_visible()
        expect(phone.get_by_text("Amara")).to_have_count(0)
