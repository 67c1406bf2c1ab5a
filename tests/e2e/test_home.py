"""Home, what tables call a record, and the editor on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_home_leads_a_new_person_and_then_tells_what_waits_failed_and_ran(editor: EditorPage, flowstudio: App):
    page = editor.page
    page.goto("/")
    first = page.get_by_role("region", name="First steps")
    expect(first).to_be_visible()
    expect(page.locator("[data-home-voice]")).to_have_text("Nothing has run since midnight. Nothing needs you.")
    expect(first.get_by_role("button", name="New workflow")).to_be_visible()
    first.get_by_role("button", name="Look at an example").click()
    page.wait_for_url(re.compile(r"/workflows/wf_001$"))
    editor.ready()
    asking = {
        "name": "Asking", "trigger": {"type": "manual"}, "status": "active",
        "nodes": [{"id": "ask", "type": "approval", "config": {"subject": "May we order paper?", "approvers": ["Owner"]}}],
        "edges": [{"from": "trigger", "to": "ask"}],
    }  # fmt: skip
    failing = {
        "name": "Failing", "trigger": {"type": "manual"}, "status": "active",
        "nodes": [{"id": "end", "type": "end", "config": {"outcome": "failed", "reason": "No paper left"}}],
        "edges": [{"from": "trigger", "to": "end"}],
    }  # fmt: skip
    for document in (asking, failing):
        made = flowstudio.api("POST", "/workflows", json=document)
        assert made.is_success, made.text
        flowstudio.api(
            "POST", f"/workflows/{made.json()['id']}/execute?wait=15", json={"input_data": {}}
        ).raise_for_status()
    page.goto("/")
    expect(page.get_by_role("region", name="Waits for a decision")).to_contain_text("May we order paper?")
    expect(page.get_by_role("region", name="Failed")).to_contain_text("Failing")
    expect(page.get_by_role("region", name="What ran")).to_contain_text("Asking")
    expect(page.locator("[data-home-voice]")).to_contain_text("1 decision waits for you")
    expect(first).to_have_count(0)
    failed = page.get_by_role("region", name="Failed")
    line = failed.get_by_role("link", name=re.compile("^Failing"))
    for width in (1440, 360):  # the title of a list begins where its lines begin
        page.set_viewport_size({"width": width, "height": 900})
        title = failed.get_by_role("heading", name="Failed").bounding_box()
        assert title["x"] == line.bounding_box()["x"], width
    line.click()
    page.wait_for_url(re.compile(r"/runs/run_"))


def test_a_table_calls_a_customer_by_name(editor: EditorPage):
    page = editor.page
    page.goto("/records?type=invoices")
    table = page.locator(".fs-table")
    expect(table).to_be_visible()
    expect(table).to_contain_text("Acme Robotics")
    assert not re.search(r"\bcust_", table.inner_text())


def test_on_a_phone_the_canvas_is_read_and_the_outline_edits(visitor: Callable[..., BrowserContext], flowstudio: App):
    workflow_id = small(flowstudio)
    editor = EditorPage(visitor(viewport={"width": 360, "height": 740}).new_page()).open(workflow_id)
    page = editor.page
    expect(editor.canvas).to_have_class(re.compile("is-readonly"))
    editor.node("end: End").click()
    page.keyboard.press("Delete")
    page.get_by_role("link", name="Edit in the outline").click()
    page.wait_for_url(re.compile(r"/outline$"))
    expect(page.get_by_role("treeitem", name=re.compile("End")).first).to_be_visible()
    kept = flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()
    assert len(kept["nodes"]) == 3
