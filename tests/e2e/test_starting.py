"""How workflows come in and how they start: files by button and by drop, an event by the API, the button, the clock."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import ROOT, App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

EXAMPLE = (ROOT / "assets" / "examples" / "invoice_reminder.json").read_bytes()


def mails_to(flowstudio: App) -> int:
    return len(flowstudio.post.server.mails)


def due(flowstudio: App) -> tuple[int, int]:
    """How many overdue invoices the example reminds of today, and how many it opens tickets for."""
    rows = flowstudio.api("GET", "/records/invoices?page_size=200").json()["records"]
    found = [row for row in rows if row["status"] == "overdue" and row["days_overdue"] >= 7]
    mails = sum(row["reminder_count"] < 3 for row in found)
    return mails, len(found) - mails


def count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def test_the_invoice_reminder_comes_in_by_the_button_is_tested_and_sends_for_real(editor: EditorPage, flowstudio: App):
    page = editor.page
    page.goto("/workflows")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files({"name": "reminder.json", "mimeType": "application/json", "buffer": EXAMPLE})
    page.wait_for_url("**/workflows/wf_001")
    editor.ready()
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")
    mails, tickets = due(flowstudio)
    assert mails >= 1
    assert tickets == 1
    editor.press("Test run")
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_contain_text("Finished")
    total = page.get_by_label("Would have done so far")
    expect(total).to_contain_text(f"{count(mails, 'email')} to")
    expect(total).to_contain_text("1 ticket")
    assert mails_to(flowstudio) == 0
    editor.press("Close")
    editor.press("Run now")
    editor.said("The run has started.")
    page.get_by_role("button", name="Watch it").click()
    page.wait_for_url("**/runs/run_*")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    until(lambda: mails_to(flowstudio) == mails, f"{mails_to(flowstudio)} mails came, {mails} were due")
    expect(page.locator("[data-step=node_4]")).to_have_count(mails)


def test_a_file_dropped_on_the_list_comes_in_as_a_copy_where_its_id_is_taken(editor: EditorPage, flowstudio: App):
    page = editor.page
    flowstudio.api("POST", "/workflows/import", json=json.loads(EXAMPLE) | {"id": "taken"})
    page.goto("/workflows")
    page.get_by_role("button", name="Import").wait_for()
    editor.drop_file("main", "again.json", json.dumps(json.loads(EXAMPLE) | {"id": "taken"}))
    page.get_by_role("button", name="Import as a copy").click()
    page.wait_for_url(re.compile("/workflows/taken-2$"))
    editor.ready()
    expect(editor.node("loop: For each")).to_be_visible()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"name": ', "This is no JSON"),
        ("[]", "JSON object"),
        ('{"name": "X", "trigger": {"type": "manual"}, "nodes": 7, "edges": []}', "$.nodes"),
        (
            '{"name": "X", "status": "active", "trigger": {"type": "manual"}, "nodes": [{"id": "a", "type": "end"}, {"id": "a", "type": "end"}], "edges": []}',
            '"a"',
        ),
        (
            (
                '{"name": "X", "status": "active", "trigger": {"type": "manual"},'
                ' "nodes": [{"id": "a", "type": "action", "action": "send_email", "config": {}}],'
                ' "edges": [{"from": "trigger", "to": "a"}, {"from": "a", "to": "nowhere"}]}'
            ),
            "nowhere",
        ),
    ],
    ids=["broken", "list", "wrong_type", "two_of_one_id", "dangling"],
)
def test_a_file_that_is_no_workflow_is_refused_in_words(editor: EditorPage, flowstudio: App, content: str, told: str):
    before = flowstudio.api("GET", "/workflows").json()["total"]
    page = editor.page
    page.goto("/workflows")
    page.get_by_role("button", name="Import").wait_for()
    editor.drop_file("main", "odd.json", content)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("odd.json cannot be imported")
    expect(dialog).to_contain_text(told)
    expect(dialog).to_contain_text("Nothing was saved.")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_have_count(0)
    assert flowstudio.api("GET", "/workflows").json()["total"] == before


def test_a_faulty_draft_comes_in_with_its_problems_shown(editor: EditorPage):
    page = editor.page
    page.goto("/workflows")
    page.get_by_role("button", name="Import").wait_for()
    steps = [
        {
            "id": "m",
            "name": "Tell them",
            "type": "action",
            "action": "send_email",
            "config": {"to": "{{nobody.email}}", "subject": "S", "body": "B"},
        }
    ]
    draft = {"name": "Faulty", "trigger": {"type": "manual"}, "nodes": steps, "edges": [{"from": "trigger", "to": "m"}]}
    editor.drop_file("main", "draft.json", json.dumps(draft))
    page.wait_for_url(re.compile("/workflows/wf_"))
    editor.ready()
    problems = page.get_by_role("list", name="Problems")
    expect(problems).to_contain_text("nobody")
    expect(editor.node("action: Tell them")).to_contain_text("nobody")
    editor.press("Validate")
    editor.said(re.compile("problem"))


def test_an_event_by_the_api_starts_a_run_that_the_list_shows_live(
    visitor: Callable[..., BrowserContext], flowstudio: App
):
    document = {
        "name": "Welcome", "trigger": {"type": "event", "config": {"event": "shipment.arrived"}}, "status": "active",
        "nodes": [{"id": "mail", "name": "Write to the buyer", "type": "action", "action": "send_email",
                   "config": {"to": "{{trigger.buyer}}", "subject": "It is here", "body": "Come and see."}}],
        "edges": [{"from": "trigger", "to": "mail"}],
    }  # fmt: skip
    made = flowstudio.api("POST", "/workflows", json=document)
    assert made.status_code in (200, 201), made.text
    page = visitor().new_page()
    page.goto(f"/runs?workflow={made.json()['id']}")
    expect(page.get_by_text("Nothing has run yet.")).to_be_visible()
    sent = flowstudio.api(
        "POST", "/events", json={"type": "shipment.arrived", "id": "s1", "data": {"buyer": "buyer@harbor.example"}}
    )
    assert sent.status_code in (200, 202), sent.text
    assert flowstudio.post.to("buyer@harbor.example")["Subject"] == "It is here"
    expect(page.locator("[data-run]")).to_have_count(1)
    page.locator("[data-run]").click()
    page.wait_for_url("**/runs/run_*")
    expect(page.get_by_text(re.compile("Done in .*1 message"))).to_be_visible()


def test_the_button_asks_for_what_the_workflow_needs(editor: EditorPage, flowstudio: App):
    document = {
        "name": "By hand", "status": "active",
        "trigger": {"type": "manual", "config": {"inputs": [
            {"name": "who", "type": "text", "required": True}, {"name": "copies", "type": "number"}, {"name": "customer", "type": "record:customers"},
        ]}},
        "nodes": [{"id": "mail", "type": "action", "action": "send_email",
                   "config": {"to": "{{who}}", "subject": "{{copies}} copies", "body": "Ready."}}],
        "edges": [{"from": "trigger", "to": "mail"}],
    }  # fmt: skip
    made = flowstudio.api("POST", "/workflows", json=document)
    assert made.status_code in (200, 201), made.text
    page = editor.open(made.json()["id"]).page
    editor.press("Run now")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Run it").click()
    expect(dialog).to_contain_text("Who is missing.")
    dialog.get_by_label("Who").fill("kim@harbor.example")
    dialog.get_by_label("Copies").fill("3")
    dialog.get_by_role("button", name="Run it").click()
    editor.said("The run has started.")
    assert flowstudio.post.to("kim@harbor.example")["Subject"] == "3 copies"


@pytest.mark.slow
def test_the_clock_starts_a_run(visitor: Callable[..., BrowserContext], flowstudio: App):
    minute = (datetime.now(UTC).minute + 1) % 60
    document = {
        "name": "On time", "trigger": {"type": "schedule", "config": {"cron": f"{minute},{(minute + 1) % 60} * * * *", "timezone": "UTC"}},
        "status": "active", "nodes": [{"id": "e", "type": "end"}], "edges": [{"from": "trigger", "to": "e"}],
    }  # fmt: skip
    made = flowstudio.api("POST", "/workflows", json=document)
    assert made.status_code in (200, 201), made.text
    page = visitor().new_page()
    page.goto(f"/runs?workflow={made.json()['id']}")
    expect(page.locator("[data-run]").first).to_contain_text("Completed", timeout=130_000)
