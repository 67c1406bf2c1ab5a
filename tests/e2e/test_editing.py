"""Editing: what was done can be taken back, taken along, seen in another tab, and is still there after a reload."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MOD = "Control"


def small(flowstudio: App, name: str = "Small") -> str:
    """A workflow by the API: a schedule, two tasks, an end."""
    document = {
        "name": name,
        "trigger": {"type": "schedule", "config": {"cron": "0 9 * * *"}},
        "nodes": [
            {"id": "first", "name": "Call the customer", "type": "action", "action": "create_task", "config": {"title": "Call", "assignee": "{{settings.support_email}}"}},
            {"id": "second", "name": "Write it down", "type": "action", "action": "create_task", "config": {"title": "Write", "assignee": "{{settings.support_email}}"}},
            {"id": "last", "type": "end"},
        ],
        "edges": [
            {"from": "trigger", "to": "first"}, {"from": "first", "to": "second"}, {"from": "second", "to": "last"},
        ],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


def test_undo_and_redo_go_back_and_forth_over_panel_and_canvas(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose("action: Call the customer")
    editor.rename("Ring the customer")
    expect(editor.node("action: Ring the customer")).to_be_visible()
    editor.node("end: End").click()
    page.keyboard.press("Delete")
    expect(editor.node("end: End")).to_have_count(0)
    editor.press("Undo")
    expect(editor.node("end: End")).to_be_visible()
    assert "second:out>last" in editor.edges()
    editor.press("Undo")
    expect(editor.node("action: Call the customer")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    editor.press("Redo")
    expect(editor.node("action: Ring the customer")).to_be_visible()
    editor.choose("action: Ring the customer")
    expect(page.get_by_label("Name of the step")).to_have_value("Ring the customer")
    editor.press("Redo")
    expect(editor.node("end: End")).to_have_count(0)
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_disabled()


def test_steps_are_copied_and_pasted_with_what_is_between_them(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.node("action: Call the customer").click()
    editor.node("action: Write it down").click(modifiers=[MOD])
    page.keyboard.press(f"{MOD}+c")
    editor.said("2 steps copied.")
    # a headless browser's paste sees the clipboard a moment later than the page that wrote to it
    for _ in range(5):
        page.keyboard.press(f"{MOD}+v")
        if appears(editor.node("action: Call the customer 2")):
            break
    expect(editor.node("action: Call the customer 2")).to_be_visible()
    expect(editor.node("action: Write it down 2")).to_be_visible()
    expect(page.locator(".fs-edge")).to_have_count(4)


def appears(locator: Locator) -> bool:
    """Say whether an element comes within a second."""
    try:
        locator.wait_for(timeout=1000)
    except PlaywrightTimeout:
        return False
    return True


def test_delete_can_close_the_gap(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.node("action: Write it down").click()
    page.keyboard.press(f"{MOD}+Delete")
    expect(editor.node("action: Write it down")).to_have_count(0)
    expect(page.locator('.fs-edge[data-edge="first:out>last"]')).to_have_count(1)


def test_a_step_goes_between_two_others_by_the_plus(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    page.get_by_role("button", name="Add a step between Call the customer and Write it down").click()
    field = page.get_by_label("Which step comes here?")
    expect(field).to_be_focused()
    field.fill("email")
    page.get_by_role("option", name="Send email").click()
    expect(editor.node("action: Send email")).to_be_visible()
    page.wait_for_function("[...document.querySelectorAll('.fs-edge')].length === 4")
    assert {"first:out>node_1", "node_1:out>second"} <= editor.edges()


def test_two_tabs_see_what_the_other_does(visitor: Callable[..., BrowserContext], flowstudio: App):
    context = visitor()
    workflow_id = small(flowstudio)
    one, two = EditorPage(context.new_page()).open(workflow_id), EditorPage(context.new_page()).open(workflow_id)
    one.choose("action: Call the customer")
    one.rename("Ring the customer")
    expect(two.node("action: Ring the customer")).to_be_visible()
    two.choose("action: Ring the customer")
    two.write("Title", "Ring them")
    expect(one.text("Title")).to_have_text("Ring them")
    two.node("end: End").click()
    two.page.keyboard.press("Delete")
    expect(one.node("end: End")).to_have_count(0)
    one.press("Undo")
    expect(two.node("end: End")).to_be_visible()


def test_a_reload_keeps_the_draft_and_what_can_be_undone(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose("action: Call the customer")
    editor.rename("Ring the customer")
    expect(editor.node("action: Ring the customer")).to_be_visible()
    page.reload()
    editor.ready()
    expect(editor.node("action: Ring the customer")).to_be_visible()
    editor.press("Undo")
    expect(editor.node("action: Call the customer")).to_be_visible()


def test_leaving_at_once_keeps_what_was_just_typed(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    editor.choose("action: Call the customer")
    editor.text("Title").click()
    page.keyboard.press("End")
    page.keyboard.type(" them all")
    page.goto("/runs")
    editor.open(workflow_id)
    editor.choose("action: Call the customer")
    expect(editor.text("Title")).to_have_text("Call them all")


def test_problems_come_and_go_on_the_step_and_in_the_list(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")
    editor.choose("action: Call the customer")
    editor.write("Title", "Call {{ nobody }}")
    listed = page.get_by_role("list", name="Problems").get_by_role("listitem").filter(has_text="nobody")
    expect(listed).to_be_visible()
    expect(editor.detail.get_by_role("alert").or_(editor.detail.locator(".fsf-error")).first).to_contain_text("nobody")
    editor.choose_nothing()
    listed.get_by_role("button").first.click()
    expect(page.get_by_label("Name of the step")).to_have_value("Call the customer")
    editor.write("Title", "Call them")
    expect(listed).to_have_count(0)
    expect(page.locator("[data-problems]")).to_have_attribute("data-problems", "0")


def test_publish_says_what_is_missing_and_leads_there(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose("action: Call the customer")
    editor.write("Title", "")
    expect(page.locator("[data-problems]")).not_to_have_attribute("data-problems", "0")
    editor.choose_nothing()
    editor.press("Publish")
    editor.said(re.compile("Not yet"))
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_label("Name of the step")).to_have_value("Call the customer")


def test_settings_of_the_workflow_stand_where_no_step_is_chosen(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    editor.choose_nothing()
    editor.select("If it starts while it runs", "The new one waits for its turn")
    limit = page.get_by_label("Give a run up after")
    limit.fill("soon")
    limit.blur()
    expect(page.get_by_role("alert").filter(has_text="Write a number and a unit")).to_be_visible()
    limit.fill("2 hours")
    limit.blur()
    expect(page.get_by_role("alert").filter(has_text="Write a number and a unit")).to_have_count(0)
    for label, text in (("Start once for the same record within", "5 minutes"), ("Keep finished runs for", "90 days")):
        page.get_by_label(label).fill(text)
        page.get_by_label(label).blur()
    most = page.get_by_label("Most runs an hour")
    for odd in ("-3", "2.5", "9999999"):
        most.fill(odd)
        expect(page.get_by_role("alert").filter(has_text="Write a whole number from 1 to")).to_be_visible()
    most.fill("20")
    expect(page.get_by_role("alert").filter(has_text="Write a whole number")).to_have_count(0)
    editor.select("When much is to do, its runs go", "Before others")
    expected = {
        "concurrency": "queued", "max_runs_per_hour": 20, "dedupe_window": "5 minutes", "timeout": "2 hours",
        "priority": "high", "retention": "90 days",
    }  # fmt: skip
    until(
        lambda: flowstudio.api("GET", f"/workflows/{workflow_id}").json().get("settings") == expected,
        "the settings were not kept",
    )
    page.reload()
    editor.ready()
    editor.choose_nothing()
    expect(page.get_by_label("Keep finished runs for")).to_have_value("90 days")


def test_a_dropped_file_replaces_the_draft_or_becomes_a_workflow(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    other = json.dumps(
        {
            "name": "Other",
            "trigger": {"type": "manual"},
            "nodes": [{"id": "e", "type": "end"}],
            "edges": [{"from": "trigger", "to": "e"}],
        }
    )
    page = editor.open(workflow_id).page
    editor.drop_file(".fs-canvas", "other.json", other)
    page.get_by_role("button", name="Replace this draft").click()
    editor.said("other.json is the draft now.")
    expect(editor.node("action: Call the customer")).to_have_count(0)
    expect(page.get_by_label("Name of the workflow")).to_have_value("Other")
    editor.press("Undo")
    expect(editor.node("action: Call the customer")).to_be_visible()
    expect(page.get_by_label("Name of the workflow")).to_have_value("Small")
    editor.drop_file(".fs-canvas", "other.json", other)
    page.get_by_role("button", name="A new workflow").click()
    page.wait_for_url(lambda url: workflow_id not in url and "/workflows/" in url)
    editor.ready()
    expect(editor.node("trigger: By hand")).to_be_visible()
