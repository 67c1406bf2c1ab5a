"""The list after the first publishing: found from facts, it leads to each point, and is put away for good."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TITLE = "Before it works unattended"


def a_mail(flowstudio: App) -> str:
    document = {
        "name": "A mail to Ana", "trigger": {"type": "schedule", "config": {"cron": "0 9 * * *"}},
        "nodes": [
            {"id": "mail", "name": "Write to Ana", "type": "action", "action": "send_email", "config": {"to": "ana@harbor.example", "subject": "Hello", "body": "Hello"}},
            {"id": "last", "type": "end"},
        ],
        "edges": [{"from": "trigger", "to": "mail"}, {"from": "mail", "to": "last"}],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_the_list_leads_to_each_point_and_is_put_away(editor: EditorPage, flowstudio: App):
    workflow_id = a_mail(flowstudio)
    page = editor.open(workflow_id).page
    points = page.get_by_role("complementary", name=TITLE)
    expect(points).to_have_count(0)
    editor.publish()
    expect(points.get_by_role("listitem")).to_have_count(6)
    expect(points.get_by_role("img", name="Open")).to_have_count(5)  # the mail server of the test is connected
    points.get_by_role("button", name="Say who is told").click()
    field = editor.detail.get_by_label("When a run fails, mail to")
    expect(field).to_be_focused()
    field.fill("ops@harbor.example")
    field.blur()
    expect(points.locator("[data-topic=told]")).to_contain_text("ops@harbor.example hears of a failed run by mail.")
    expect(points).to_contain_text("What you change here holds once it is published again.")
    points.get_by_role("button", name="Say what happens then").click()
    expect(editor.detail).to_have_attribute("data-node", "mail")
    expect(editor.detail.get_by_role("tab", name="If it fails")).to_have_attribute("aria-selected", "true")
    points.get_by_role("button", name="Make a test run").click()
    expect(page.get_by_label("Sample", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    points.get_by_role("button", name="Switch it on").click()
    editor.said("It is on.")
    expect(points.locator("[data-topic=start]")).to_contain_text("It is on and starts next ")
    points.get_by_role("button", name="Put it away").click()
    expect(points).to_have_count(0)
    editor.publish()
    expect(points).to_have_count(0)


def test_the_overview_keeps_the_list_and_its_ways(editor: EditorPage, flowstudio: App):
    workflow_id = a_mail(flowstudio)
    page = editor.page
    page.goto(f"/workflows/{workflow_id}/overview")
    points = page.get_by_role("region", name=TITLE)
    expect(page.get_by_role("region", name="What it does")).to_be_visible()
    expect(points).to_have_count(0)
    assert flowstudio.api("POST", f"/workflows/{workflow_id}/publish").is_success
    page.reload()
    expect(points).to_contain_text("5 open")
    expect(points.get_by_role("listitem").first).to_be_visible()
    points.get_by_role("button", name="Put it away").click()
    expect(points.get_by_role("listitem").first).to_be_hidden()
    page.reload()
    expect(points.get_by_text("5 open")).to_be_visible()
    expect(points.get_by_role("listitem").first).to_be_hidden()
    points.get_by_text("5 open").click()
    points.get_by_role("button", name="Say what happens then").click()
    page.wait_for_url(f"**/workflows/{workflow_id}?point=failures")
    editor.ready()
    expect(editor.detail).to_have_attribute("data-node", "mail")
    expect(editor.detail.get_by_role("tab", name="If it fails")).to_have_attribute("aria-selected", "true")
