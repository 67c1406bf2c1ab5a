"""Where triggers have places of their own: the schedules' list and calendar, and a public form."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def switched_on(flowstudio: App, name: str, trigger: dict[str, Any], title: str = "Call") -> dict[str, Any]:
    """A workflow of one task by the API, published and on."""
    task = {
        "id": "task", "type": "action", "action": "create_task",
        "config": {"title": title, "assignee": "{{settings.support_email}}"},
    }  # fmt: skip
    document = {"name": name, "trigger": trigger, "nodes": [task], "edges": [{"from": "trigger", "to": "task"}]}
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    for method, deed in (("POST", "publish"), ("PATCH", "toggle")):
        answer = flowstudio.api(method, f"/workflows/{found['id']}/{deed}", json={"active": True})
        assert answer.status_code < 300, answer.text
    return found


def executions(flowstudio: App, workflow_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = flowstudio.api("GET", f"/workflows/{workflow_id}/executions").json()["executions"]
    return rows


def test_schedules_stand_in_a_list_and_in_a_calendar(editor: EditorPage, flowstudio: App) -> None:
    config = {"cron": "30 7 * * *", "timezone": "Europe/Berlin"}
    switched_on(flowstudio, "Every morning", {"type": "schedule", "config": config})
    page = editor.page
    page.goto("/schedules")
    row = page.get_by_role("listitem").filter(has_text="Every morning").first
    expect(row).to_contain_text("Europe/Berlin")
    expect(row.get_by_role("list", name="Next times of Every morning").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("radio", name="Month").or_(page.get_by_text("Month", exact=True)).first.click()
    calendar = page.get_by_role("grid", name="Calendar of schedules")
    expect(calendar).to_be_visible()
    month = page.locator("[aria-live=polite]").filter(has_text=re.compile(r"^\w+ \d{4}$"))
    before = month.inner_text()
    page.get_by_role("button", name="Later month").click()
    expect(month).not_to_have_text(before)
    expect(calendar.locator("[data-day$='-15']")).to_contain_text("Every morning")
    calendar.get_by_role("link", name=re.compile("Every morning")).first.click()
    page.wait_for_url(re.compile(r"/workflows/wf_\w+$"))
    editor.ready()


def test_a_form_with_a_mistake_comes_back_filled_in_and_then_starts_one_run(browser: Browser, flowstudio: App) -> None:
    fields = [
        {"name": "who", "label": "Your name", "required": True},
        {"name": "mail", "label": "Your email", "type": "email", "required": True},
        {"name": "topic", "label": "Topic", "choices": ["Sales", "Support"]},
        {"name": "words", "label": "What is it about?", "type": "longtext"},
        {"name": "urgent", "label": "It is urgent", "type": "boolean"},
    ]
    trigger = {"type": "form", "config": {"slug": "contact", "title": "Write to us", "fields": fields}}
    made = switched_on(flowstudio, "Contact", trigger, "Answer {{trigger.who}}")
    context = browser.new_context(base_url=flowstudio.url)
    try:
        page = context.new_page()
        page.goto(made["forms"][0]["url"])
        expect(page.get_by_role("heading", name="Write to us")).to_be_visible()
        fill(page)
        # The browser lets this address pass, FlowStudio does not.
        page.get_by_label("Your email").fill("ada@example")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_have_text("Your email is no email address.")
        expect(page.get_by_label("Your name")).to_have_value("Ada")
        expect(page.get_by_label("Topic")).to_have_value("Support")
        expect(page.get_by_label("What is it about?")).to_have_value("Two\nlines")
        expect(page.get_by_label("It is urgent")).to_be_checked()
        assert "Ada" not in page.url
        page.get_by_label("Your email").fill("ada@example.com")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_contain_text("Your answers have arrived")
        page.go_back()
        expect(page.get_by_role("button", name="Send")).to_be_visible()
    finally:
        context.close()
    until(lambda: executions(flowstudio, made["id"]), "the form started no run")
    assert len(executions(flowstudio, made["id"])) == 1


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Topic").select_option("Support")
    page.get_by_label("What is it about?").fill("Two\nlines")
    page.get_by_label("It is urgent").check()
