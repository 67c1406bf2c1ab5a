"""Publishing, versions and the outline, as people use them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MAIL = "{{settings.support_email}}"


def made(flowstudio: App, name: str, *, waits: bool = False) -> str:
    """A workflow by the API, published as version 1 and on: by hand, two steps; the first may wait for a day."""
    first = (
        {"id": "first", "name": "Wait a day", "type": "delay", "config": {"for": "1 day"}}
        if waits
        else {
            "id": "first", "name": "Call", "type": "action", "action": "create_task",
            "config": {"title": "Call", "assignee": MAIL},
        }
    )  # fmt: skip
    document = {
        "name": name,
        "trigger": {"type": "manual"},
        "nodes": [
            first,
            {
                "id": "second", "name": "Write it down", "type": "action", "action": "create_task",
                "config": {"title": "Write", "assignee": MAIL},
            },
        ],
        "edges": [{"from": "trigger", "to": "first"}, {"from": "first", "to": "second"}],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    workflow_id: str = answer.json()["id"]
    for method, deed in (("POST", "publish"), ("PATCH", "toggle")):
        answer = flowstudio.api(method, f"/workflows/{workflow_id}/{deed}", json={"active": True})
        assert answer.status_code < 300, answer.text
    return workflow_id


def runs_that_are(flowstudio: App, workflow_id: str, status: str) -> list[dict[str, object]]:
    answer = flowstudio.api("GET", f"/workflows/{workflow_id}/executions", params={"status": status})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, object]] = answer.json()["executions"]
    return rows


def choose_in(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_one_click_publishes_and_the_toast_leads_to_what_changed(editor: EditorPage, flowstudio: App):
    page = editor.open(made(flowstudio, "One click")).page
    editor.choose("action: Call")
    editor.rename("Ring")
    editor.press("Publish")
    editor.said("Version 2 is published.")
    page.get_by_role("button", name="See what changed").click()
    page.wait_for_url(re.compile(r"earlier=1&later=2"))
    expect(page.get_by_role("list", name="What changes")).to_contain_text('"Call" is now called "Ring".')
    expect(page.get_by_role("group", name="action: Ring").locator("[data-state=changed]")).to_be_visible()


def test_publishing_what_has_not_changed_says_so_and_makes_no_version(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "The same")
    editor.open(workflow_id)
    for name in ("Publish", "What changes"):
        editor.press(name)
        editor.said("Nothing has changed since version 1.")
    assert len(flowstudio.api("GET", f"/workflows/{workflow_id}/versions").json()["versions"]) == 1


def test_the_dialog_says_what_changes_and_names_the_version(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "Named")
    page = editor.open(workflow_id).page
    editor.choose("action: Call")
    editor.rename("Ring")
    page.get_by_role("button", name="Publish", exact=True).click(modifiers=["Shift"])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('"Call" is now called "Ring".')
    expect(dialog.get_by_role("radio")).to_have_count(0)
    dialog.get_by_label("Name of the version").fill("Clearer names")
    page.keyboard.press("Enter")
    editor.said("Version 2 is published.")
    assert flowstudio.api("GET", f"/workflows/{workflow_id}/versions").json()["versions"][0]["name"] == "Clearer names"


def test_publishing_asks_what_happens_to_waiting_runs(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "Waiting", waits=True)
    assert flowstudio.api("POST", f"/workflows/{workflow_id}/execute", json={}).status_code == 202
    until(lambda: runs_that_are(flowstudio, workflow_id, "waiting"), "the run does not wait")
    page = editor.open(workflow_id).page
    editor.choose("action: Write it down")
    editor.rename("Note it")
    editor.press("Publish")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 run of earlier versions is not finished")
    expect(dialog.get_by_role("radio", name="It finishes by the version it began with")).to_be_checked()
    dialog.get_by_role("radio", name="It is cancelled").click()
    dialog.get_by_role("button", name="Publish version 2").click()
    editor.said("Version 2 is published.")
    until(lambda: runs_that_are(flowstudio, workflow_id, "cancelled"), "the run is not cancelled")


def test_an_old_version_comes_back_and_the_undo_takes_it_away(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "Back")
    page = editor.open(workflow_id).page
    editor.choose("action: Call")
    editor.rename("Ring")
    editor.publish()
    page.goto(f"/workflows/{workflow_id}/versions")
    page.wait_for_selector(".fs-canvas[data-ready=true]")
    page.get_by_role("button", name="More about version 1").click()
    page.get_by_text("Restore as the draft").click()
    editor.said("Version 1 is the draft again")
    told = page.get_by_role("list", name="What changes")
    expect(told).to_contain_text('"Ring" is now called "Call".')
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They do the same.")).to_be_visible()


def test_two_versions_are_compared_and_an_old_one_is_copied(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "Compared")
    page = editor.open(workflow_id).page
    editor.choose("action: Write it down")
    page.keyboard.press("Delete")
    editor.publish()
    page.goto(f"/workflows/{workflow_id}/versions?earlier=1&later=2")
    page.wait_for_selector(".fs-canvas[data-ready=true]")
    gone = page.get_by_role("group", name="action: Write it down")
    expect(gone.locator("[data-state=removed]")).to_be_visible()
    choose_in(page, "To", "Version 1")
    expect(page.get_by_text("They do the same.")).to_be_visible()
    page.get_by_role("button", name="More about version 1").click()
    page.get_by_text("Duplicate as a new workflow").click()
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url(re.compile(rf"/workflows/{workflow_id}-\d+$"))
    editor.ready()
    assert "action: Write it down" in editor.names()


def test_the_outline_and_the_canvas_are_one_document(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "In step")
    canvas = editor.open(workflow_id).page
    page = canvas.context.new_page()
    page.goto(f"/workflows/{workflow_id}/outline")
    page.get_by_role("treeitem", name=re.compile("^Do: Call")).click()
    page.get_by_label("Name of the step").fill("Ring")
    expect(editor.node("action: Ring")).to_be_visible()
    page.get_by_role("button", name="Add a step after Ring").click()
    page.get_by_label("Find a step").fill("create ticket")
    expect(page.get_by_role("group", name="Steps that fit").get_by_role("button").first).to_have_text("Create ticket")
    page.keyboard.press("Enter")
    expect(editor.node("action: Create ticket")).to_be_visible()
    steps = page.locator("[data-step] .fs-outline__name")
    expect(steps).to_have_text(["By hand", "Ring", "Create ticket", "Write it down"])
    canvas.bring_to_front()
    editor.choose("action: Create ticket")
    canvas.keyboard.press("Control+Delete")
    expect(steps).to_have_text(["By hand", "Ring", "Write it down"])
    page.bring_to_front()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(steps).to_have_text(["By hand", "Ring", "Create ticket", "Write it down"])


def test_the_outline_is_worked_by_keyboard(editor: EditorPage, flowstudio: App):
    page = editor.page
    page.goto(f"/workflows/{made(flowstudio, 'Keys')}/outline")
    first = page.get_by_role("treeitem", name=re.compile("^When"))
    first.focus()
    page.keyboard.press("ArrowDown")
    call = page.get_by_role("treeitem", name=re.compile("^Do: Call"))
    expect(call).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the step")).to_have_value("Call")
    expect(call).to_be_focused()
    page.keyboard.press("Delete")
    expect(call).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(call).to_be_visible()
