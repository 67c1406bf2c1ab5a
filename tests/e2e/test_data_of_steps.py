"""What a step gets and gives: as fields, as tables and as JSON, in the editor's panel and in a test run."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LINES = [{"sku": f"A-{n}", "pieces": n, "due": "2026-03-02", "express": n % 2 == 0} for n in range(60)]
EXAMPLE = {"buyer": "<b>Mara</b> & sons", "lines": LINES}


def ordering(flowstudio: App) -> str:
    """A workflow by the API: two tasks one after the other, begun by hand with a name and a list."""
    inputs = [{"name": "buyer", "type": "text"}, {"name": "lines", "type": "list"}]
    document = {
        "name": "Ordering",
        "trigger": {"type": "manual", "config": {"inputs": inputs}},
        "nodes": [
            {"id": "note", "name": "Note it", "type": "action", "action": "create_task", "config": {"title": "For {{buyer}}", "assignee": "{{settings.support_email}}"}},
            {"id": "pack", "name": "Pack it", "type": "action", "action": "create_task", "config": {"title": "Pack", "assignee": "{{settings.support_email}}"}},
            {"id": "last", "type": "end"},
        ],
        "edges": [{"from": "trigger", "to": "note"}, {"from": "note", "to": "pack"}, {"from": "pack", "to": "last"}],
        "tests": [{"name": "Example", "sample": {"trigger": EXAMPLE}}],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


def shown_as(place: Locator, way: str) -> None:
    place.get_by_role("button", name=way, exact=True).click()
    expect(place.get_by_role("button", name=way, exact=True)).to_have_attribute("aria-pressed", "true")


def text_of(place: Locator, name: str) -> str:
    return place.get_by_role("region", name=name, exact=True).inner_text()


def test_what_a_step_gets_is_shown_as_fields_tables_and_json(editor: EditorPage, flowstudio: App):
    page = editor.open(ordering(flowstudio)).page
    panel = editor.choose("action: Pack it")
    page.get_by_text("What is known here").click()
    tray = panel.locator(".fsf-tray").first
    expect(tray.get_by_role("group", name="Show what is known here as")).to_be_visible()
    piece = tray.locator(".fsf-tray-piece").filter(has=page.locator("[data-variable=buyer]"))
    expect(piece).to_contain_text("<b>Mara</b> & sons")

    shown_as(tray, "Table")
    lines = tray.get_by_role("region", name="Lines (60)")
    expect(lines.get_by_role("columnheader")).to_have_text([re.compile(f"^{one}$") for one in (
        "SKU text", "Pieces number", "Due date", "Express yes or no",
    )])  # fmt: skip
    expect(lines.locator("tbody tr")).to_have_count(50)
    expect(tray).to_contain_text("Left out here: 10 more rows.")
    expect(tray.get_by_role("row", name=re.compile("^Buyer text"))).to_contain_text("<b>Mara</b> & sons")
    expect(tray).to_contain_text("The sample does not tell: Record. A test run tells more.")
    lines.focus()
    expect(lines).to_be_focused()
    tray.get_by_role("button", name="Table", exact=True).focus()
    page.keyboard.press("Tab")
    expect(tray.get_by_role("button", name="JSON", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    expect(tray.get_by_role("region", name="What is known here")).to_be_visible()
    expect(tray).to_contain_text("Left out here: 10 more entries of long lists.")
    known = json.loads(text_of(tray, "What is known here"))
    assert known["buyer"] == EXAMPLE["buyer"]
    assert known["lines"] == LINES[:50]
    tray.get_by_role("button", name="Copy as JSON").click()
    editor.said("Copied.")
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))["lines"] == LINES

    page.reload()
    editor.ready()
    panel = editor.choose("action: Pack it")
    page.get_by_text("What is known here").click()
    expect(panel.get_by_role("button", name="JSON", exact=True).first).to_have_attribute("aria-pressed", "true")
    shown_as(panel.locator(".fsf-tray").first, "Fields")


def test_what_steps_gave_in_a_test_run_is_shown_there_and_known_to_later_steps(editor: EditorPage, flowstudio: App):
    page = editor.open(ordering(flowstudio)).page
    editor.press("Test run")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    page.locator("[data-step=note]").click()
    step = page.get_by_role("complementary", name="Step", exact=True)
    expect(step).to_contain_text("Note it")
    shown_as(step, "JSON")
    assert json.loads(text_of(step, "Goes out"))["record"]["title"] == f"For {EXAMPLE['buyer']}"
    shown_as(step, "Table")
    expect(step.get_by_role("region", name="Record").get_by_role("row", name=re.compile("^Title text"))).to_be_visible()
    editor.press("Close")

    panel = editor.choose("action: Note it")
    page.get_by_text("What came out in the last test run").click()
    expect(panel.locator(".fs-came-out").get_by_role("row", name=re.compile("^Title text"))).to_be_visible()
    panel = editor.choose("action: Pack it")
    page.get_by_text("What is known here").click()
    tray = panel.locator(".fsf-tray").first
    shown_as(tray, "JSON")
    assert (
        json.loads(text_of(tray, "What is known here"))["steps"]["note"]["record"]["title"] == "For <b>Mara</b> & sons"
    )
    shown_as(tray, "Fields")


def test_a_run_stops_at_each_break_point_and_goes_on_from_there(editor: EditorPage, flowstudio: App):
    page = editor.open(ordering(flowstudio)).page
    editor.press("Test run")
    expect(page.get_by_label("Sample", exact=True)).to_be_visible()
    for name in ("Note it", "Pack it"):
        editor.node(f"action: {name}").click()
        page.get_by_role("button", name="Stop here", exact=True).click()
        expect(page.get_by_role("button", name="Do not stop here")).to_be_visible()
    on = page.get_by_role("button", name="Continue", exact=True)
    on.click()
    expect(page.get_by_test_id("node-note")).to_have_attribute("data-state", "running")
    expect(page.get_by_test_id("node-note")).to_contain_text("Stopped here")
    expect(page.get_by_test_id("node-pack")).to_contain_text("Stops here")
    expect(page.locator("[data-step]")).to_have_count(0)
    on.click()
    expect(page.get_by_test_id("node-pack")).to_have_attribute("data-state", "running")
    expect(page.locator("[data-step]")).to_have_count(1)
    expect(page.locator("[data-trial-ended]")).to_have_count(0)
    on.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    expect(on).to_be_disabled()

    editor.node("action: Note it").click()
    page.get_by_role("button", name="Do not stop here").click()
    expect(page.get_by_role("button", name="Stop here", exact=True)).to_be_visible()
    page.get_by_role("button", name="From the start").click()
    expect(page.locator("[data-step]")).to_have_count(0)
    on.click()
    expect(page.get_by_test_id("node-pack")).to_have_attribute("data-state", "running")
    page.get_by_role("button", name="Run all", exact=True).click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
