"""Steps become a workflow of their own, a workflow becomes a picture, a drawing is turned, a name outlives a cut line."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_losing_the_connection import PENDING, cut, draft, traveller
from tests.e2e.test_typing_without_a_line import made, node_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
__all__ = ["traveller"]

CALL, ASK, SEND = "action: Call the customer", "condition: Is it much?", "action: Tell the shop"


def command(editor: EditorPage, text: str) -> None:
    editor.page.keyboard.press("Control+k")
    bar = editor.page.get_by_role("dialog", name="Command bar")
    bar.get_by_label("Command").fill(text)
    bar.get_by_role("button", name=text).first.click()


def test_chosen_steps_become_a_workflow_and_one_undo_brings_them_back(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio)
    editor.open(workflow_id)
    editor.choose(ASK)
    editor.node(SEND).click(position={"x": 20, "y": 20}, modifiers=["Shift"])
    expect(editor.page.get_by_text("2 boxes chosen")).to_be_visible()
    editor.page.keyboard.press("Alt+x")
    dialog = editor.page.get_by_role("dialog")
    expect(dialog).to_contain_text('2 steps move to it: "Is it much?" and "Tell the shop".')
    expect(dialog.get_by_label("What it is given")).to_contain_text("amount")
    expect(dialog.get_by_label("What it is given")).to_contain_text("Number")
    dialog.get_by_label("Name of the new workflow").fill("Tell about much")
    dialog.get_by_role("button", name="Make the workflow").click()
    expect(editor.node("workflow: Tell about much")).to_be_visible()
    expect(editor.node(ASK)).to_have_count(0)
    editor.said("stands on the shelf")

    called = node_of(draft(flowstudio, workflow_id), draft(flowstudio, workflow_id)["nodes"][1]["id"])
    made_id = called["config"]["workflow"]
    assert flowstudio.api("GET", f"/workflows/{made_id}").json()["published_version"] == 1
    editor.page.get_by_role("button", name="Undo", exact=True).click()
    expect(editor.node(ASK)).to_be_visible()
    assert [one["id"] for one in draft(flowstudio, workflow_id)["nodes"]] == ["first", "much", "send", "last"]

    editor.page.goto(f"/workflows/{made_id}")
    editor.ready()
    expect(editor.node(SEND)).to_be_visible()


def test_what_cannot_leave_is_said_and_nothing_changes(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio)
    editor.open(workflow_id)
    editor.choose(CALL)
    editor.node(SEND).click(position={"x": 20, "y": 20}, modifiers=["Shift"])
    expect(editor.page.get_by_text("2 boxes chosen")).to_be_visible()
    editor.press("Make a workflow")
    editor.said('"Call the customer" and "Tell the shop" are all led to from outside')
    assert len(draft(flowstudio, workflow_id)["nodes"]) == 4


def test_the_drawing_turns_in_one_step_and_stays_so(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio)
    editor.open(workflow_id)
    command(editor, "Draw from left to right, or from top to bottom")
    until(lambda: draft(flowstudio, workflow_id).get("layout", {}).get("direction") == "LR", "it was not turned")
    editor.page.reload()
    editor.ready()
    one, other = editor.node(CALL).bounding_box(), editor.node(ASK).bounding_box()
    assert other["x"] > one["x"] + one["width"]
    editor.press("Undo")
    editor.said("Turn the drawing")
    assert "direction" not in draft(flowstudio, workflow_id).get("layout", {})


def test_the_name_in_the_bar_is_kept_while_the_line_is_cut(traveller: BrowserContext, flowstudio: App):
    workflow_id = made(flowstudio)
    away = EditorPage(traveller.new_page()).open(workflow_id)
    cut(away)
    away.page.get_by_label("Name of the workflow").fill("Called otherwise")
    away.page.wait_for_function(f"({PENDING})() === 1")
    away.page.close()
    traveller.set_offline(False)
    back = EditorPage(traveller.new_page()).open(workflow_id)
    back.page.wait_for_function(f"({PENDING})() === 0")
    assert draft(flowstudio, workflow_id)["name"] == "Called otherwise"
    expect(back.page.get_by_label("Name of the workflow")).to_have_value("Called otherwise")
    expect(back.page).to_have_title("Called otherwise · FlowStudio")


def test_a_version_is_downloaded_as_a_picture(editor: EditorPage, flowstudio: App, tmp_path: Path):
    workflow_id = made(flowstudio)
    assert flowstudio.api("POST", f"/workflows/{workflow_id}/publish").status_code == 200
    editor.page.goto(f"/workflows/{workflow_id}/versions")
    editor.press("More about version 1")
    editor.page.get_by_role("menuitem", name="Download as a picture").click()
    with editor.page.expect_download() as waiting:
        editor.page.get_by_role("dialog").get_by_role("button", name="SVG").click()
    waiting.value.save_as(tmp_path / "picture")
    assert "Call the customer" in "".join(ET.parse(tmp_path / "picture").getroot().itertext())


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_a_workflow_is_downloaded_as_a_picture(editor: EditorPage, flowstudio: App, tmp_path: Path, kind: str):
    workflow_id = made(flowstudio)
    editor.open(workflow_id)
    command(editor, "Download as a picture")
    with editor.page.expect_download() as waiting:
        editor.page.get_by_role("dialog").get_by_role("button", name=kind).click()
    assert waiting.value.suggested_filename == f"Away.{kind.lower()}"
    waiting.value.save_as(tmp_path / "picture")
    raw = (tmp_path / "picture").read_bytes()
    if kind == "PNG":
        assert raw.startswith(b"\x89PNG")
        assert int.from_bytes(raw[16:20]) > 500, "drawn twice as large as on the canvas"
        return
    words = "".join(ET.fromstring(raw).itertext())
    assert all(name in words for name in ("Call the customer", "Is it much?", "Tell the shop"))
