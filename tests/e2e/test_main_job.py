"""The main job, end to end: draw it, set it up, test it, switch it on, call it, read its mail, take it away and back."""

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage, without_status

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CALL = {"email": "ada@harbor.example", "amount": 1500, "company": {"name": "Harbor Print"}}


def draw(editor: EditorPage) -> None:
    """Draw a call, a question, two deeds and an end by mouse alone."""
    editor.drag_in("When a system calls", 400, 60)
    editor.drag_in("If", 400, 190)
    editor.drag_in("Send email", 200, 340)
    editor.drag_in("Create ticket", 620, 340)
    editor.drag_in("End", 400, 500)
    editor.connect("output out of When a system calls", "condition: If")
    editor.connect("output true of If", "action: Send email")
    editor.connect("output false of If", "action: Create ticket")
    editor.connect("output out of Send email", "end: End")
    editor.connect("output out of Create ticket", "end: End")


def set_up(editor: EditorPage) -> None:
    """Fill in every step, with the condition builder and the variable picker."""
    page = editor.page
    detail = editor.choose("trigger: When a system calls")
    detail.get_by_label("Address ends with").fill("lead-form")
    example = detail.get_by_label("What comes in, for example")
    example.fill(json.dumps(CALL))
    example.blur()
    expect(page.locator("[data-hook-address]")).to_contain_text("/lead-form")

    editor.choose("condition: If")
    editor.press("Rule")
    editor.press("Field: choose")
    editor.pick("amount", "Amount")
    editor.select("Comparison of Amount", "is more than")
    page.get_by_role("textbox", name="Value for Amount").fill("1000")
    editor.rename("A big order?")
    expect(editor.node("condition: A big order?")).to_contain_text("Amount is more than 1,000")

    editor.choose("action: Send email")
    editor.press("Pick a variable for To")
    editor.pick("email", "Email")
    editor.text("To").blur()
    expect(editor.node("action: Send email")).to_contain_text("To")
    editor.write("Subject", "Welcome ")
    editor.press("Pick a variable for Subject")
    editor.pick("name", "Name")
    editor.write("Body", "Your order of {{ body.amount | money('EUR') }} is on its way.")

    editor.choose("action: Create ticket")
    editor.write("Subject", "Call {{body.company.name}}")
    editor.select("Priority", "High")
    expect(page.get_by_role("list", name="Problems").locator(".fs-bad, .fs-warn")).to_have_count(0)
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")


def test_from_an_empty_canvas_to_a_mail_and_back_from_a_file(editor: EditorPage, flowstudio: App, tmp_path):
    page = editor.new().page
    expect(page.get_by_text("When should it start?")).to_be_visible()
    draw(editor)
    expect(page.locator("[data-problems]")).not_to_have_attribute("data-problems", "0")
    set_up(editor)
    page.get_by_label("Name of the workflow").fill("New orders")
    page.get_by_label("Name of the workflow").blur()

    try_it(editor)
    assert not flowstudio.post.server.mails, "a test run sent a mail"

    editor.publish()
    editor.switch_on()
    editor.choose("trigger: When a system calls")
    address = page.locator("[data-hook-address]").inner_text()
    watching = page.context.new_page()
    watching.goto(f"/runs?workflow={editor.workflow_id}")
    expect(watching.get_by_text("Nothing has run yet.")).to_be_visible()
    answer = httpx.post(address, json=CALL)
    assert answer.status_code == 202, answer.text
    mail = flowstudio.post.to("ada@harbor.example")
    assert mail["Subject"] == "Welcome Harbor Print"
    assert "1,500.00" in mail.get_body(("plain",)).get_content()
    # the run came into the list by itself
    expect(watching.locator("[data-run]")).to_have_count(1)
    expect(watching.locator("[data-run]")).to_contain_text("Completed")
    watching.close()

    assert httpx.post(address, json={**CALL, "amount": 20}).status_code == 202
    tickets = until(
        lambda: [one for one in flowstudio.api("GET", "/records/tickets?page_size=200").json()["records"] if one["subject"] == "Call Harbor Print"],
        "no ticket was made",
    )  # fmt: skip
    assert len(tickets) == 1

    take_away_and_back(editor, tmp_path)


def try_it(editor: EditorPage) -> None:
    """Test-run: one step, then all; painted on the canvas, the whole mail shown."""
    page = editor.page
    editor.press("Test run")
    expect(page.get_by_text("Test run, nothing leaves")).to_be_visible()
    expect(page.get_by_label("What comes in, as JSON")).to_have_value(re.compile("Harbor Print"))
    page.get_by_role("button", name="Step", exact=True).first.click()
    expect(page.locator("[data-step]")).to_have_count(1)
    expect(page.locator("[data-step]")).to_contain_text("Yes, 1,500 is more than 1,000")
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_have_text(re.compile("Finished"))
    expect(editor.node("action: Send email")).to_contain_text("Would send 1 email")
    expect(editor.node("action: Create ticket")).to_contain_text("Not reached")
    expect(page.get_by_label("Would have done so far")).to_contain_text("1 email to 1 person")
    page.locator("[data-step]").filter(has_text="Send email").click()
    mail = page.get_by_role("article", name="Mail")
    expect(mail).to_contain_text("ada@harbor.example")
    expect(mail).to_contain_text("Welcome Harbor Print")
    body = mail.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("1,500.00")
    editor.press("Close")
    expect(page.get_by_text("Test run, nothing leaves")).to_have_count(0)


def take_away_and_back(editor: EditorPage, tmp_path) -> None:
    """Export, delete, import again: the same bytes, the status aside."""
    page, workflow_id = editor.page, editor.workflow_id
    before = editor.export(tmp_path / "before.json")
    page.goto("/workflows")
    page.get_by_role("button", name="More about New orders").click()
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete the workflow").click()
    expect(page.locator(f'[data-workflow="{workflow_id}"]')).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files(tmp_path / "before.json")
    page.wait_for_url(f"**/workflows/{workflow_id}")
    editor.ready()
    after = editor.export(tmp_path / "after.json")
    assert without_status(after)[0] == without_status(before)[0]
    assert json.loads(before)["status"] == "active"
    assert json.loads(after)["status"] == "paused"
