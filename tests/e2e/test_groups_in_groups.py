"""Groups in groups, and copies of notes and groups: folded, moved, deleted, undone, and taken to another tab."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage, centre
from tests.e2e.test_arranging import CALL, END, WRITE, choose, draft
from tests.e2e.test_editing import appears, small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def group(editor: EditorPage, name: str, *boxes: str) -> Locator:
    """Put boxes into a group and give it a name."""
    choose(editor, *boxes)
    editor.page.keyboard.press("Control+g")
    field = editor.page.get_by_label("Name of the group")
    expect(field).to_have_value("Group")
    field.fill(name)
    field.press("Tab")
    made = editor.node(f"group: {name}")
    expect(made).to_be_visible()
    return made


def nested(editor: EditorPage, flowstudio: App) -> str:
    """A group with a step, and with a group of one step in it."""
    workflow_id = small(flowstudio)
    editor.open(workflow_id)
    group(editor, "All of it", CALL, WRITE)
    group(editor, "Writing", WRITE)
    return workflow_id


def fold(editor: EditorPage, name: str) -> None:
    editor.page.get_by_role("button", name=f"Fold {name}").click()


def drag(editor: EditorPage, box: Locator, by: tuple[int, int], at: tuple[float, float] | None = None) -> None:
    start = at or centre(box)
    mouse = editor.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + by[0], start[1] + by[1], steps=5)
    mouse.up()


def test_the_outer_group_hides_moves_and_deletes_the_inner_one(editor: EditorPage, flowstudio: App):
    workflow_id = nested(editor, flowstudio)
    page = editor.page
    outer, inner = editor.node("group: All of it"), editor.node("group: Writing")
    around, within = outer.bounding_box(), inner.bounding_box()
    assert around
    assert within
    assert around["x"] < within["x"]
    assert around["y"] < within["y"]
    assert around["y"] + around["height"] > within["y"] + within["height"]
    fold(editor, "Writing")
    expect(editor.node(WRITE)).to_have_count(0)
    expect(editor.node(CALL)).to_be_visible()
    fold(editor, "All of it")
    expect(inner).to_have_count(0)
    expect(editor.node(CALL)).to_have_count(0)
    expect(page.locator(".fs-edge")).to_have_count(2)
    before = draft(flowstudio, workflow_id).get("layout", {}).get("nodes", {})
    drag(editor, outer, (96, 48))
    until(lambda: draft(flowstudio, workflow_id)["layout"]["nodes"] != before, "nothing was moved")
    after = draft(flowstudio, workflow_id)["layout"]["nodes"]
    moves = {
        key: (after[key]["x"] - before[key]["x"], after[key]["y"] - before[key]["y"]) for key in ("first", "second")
    }
    assert moves["first"] == moves["second"] != (0, 0)
    outer.dblclick(position={"x": 60, "y": 20})
    expect(inner).to_be_visible()  # as it was left: one card
    expect(editor.node(WRITE)).to_have_count(0)
    outer.click(position={"x": 10, "y": 14})
    page.keyboard.press("Delete")
    expect(outer).to_have_count(0)
    expect(inner).to_have_count(0)
    expect(editor.node(END)).to_be_visible()
    assert [one["id"] for one in draft(flowstudio, workflow_id)["nodes"]] == ["last"]
    editor.press("Undo")
    expect(outer).to_be_visible()
    expect(inner).to_be_visible()
    outer.click(position={"x": 10, "y": 14})
    page.keyboard.press("Control+Shift+G")
    expect(outer).to_have_count(0)
    expect(inner).to_be_visible()


def test_an_open_outer_group_is_moved_by_its_header(editor: EditorPage, flowstudio: App):
    workflow_id = nested(editor, flowstudio)
    outer, inner = editor.node("group: All of it"), editor.node("group: Writing")
    before, inside = outer.bounding_box(), inner.bounding_box()
    assert before
    assert inside
    drag(editor, outer, (96, 48), (before["x"] + 10, before["y"] + 14))
    until(lambda: (outer.bounding_box() or before)["x"] > before["x"] + 60, "the frame did not move")
    moved = inner.bounding_box()
    assert moved
    assert moved["x"] > inside["x"] + 60
    until(lambda: "second" in draft(flowstudio, workflow_id).get("layout", {}).get("nodes", {}), "nothing was kept")
    editor.press("Undo")
    until(lambda: (outer.bounding_box() or before)["x"] < before["x"] + 60, "the move was not undone")


def test_notes_and_groups_come_along_to_another_tab_and_by_duplicate(editor: EditorPage, flowstudio: App):
    nested(editor, flowstudio)
    page = editor.page
    editor.choose_nothing()
    page.keyboard.press("Shift+S")
    field = page.get_by_label("Text of the note")
    field.fill("Ask Jonas first")
    field.press("Escape")
    editor.node("group: All of it").click(position={"x": 10, "y": 14})
    editor.node("note: Ask Jonas first").click(modifiers=["Control"])
    page.keyboard.press("Control+c")
    editor.said(re.compile("2 boxes copied."))
    second = EditorPage(page.context.new_page()).new()
    second.canvas.focus()
    for _ in range(5):  # a headless browser's paste sees the clipboard a moment later
        second.page.keyboard.press("Control+v")
        if appears(second.node("group: Writing")):
            break
    for name in ("group: All of it", "group: Writing", CALL, WRITE, "note: Ask Jonas first"):
        expect(second.node(name).first).to_be_visible()
    kept = draft(flowstudio, second.workflow_id)
    assert {(one["source"] if "source" in one else one["from"]) for one in kept["edges"]} == {"first"}
    second.page.close()
    editor.node("note: Ask Jonas first").click()
    page.keyboard.press("Control+d")
    expect(page.locator(".fs-note")).to_have_count(2)
    editor.node("group: Writing").click(position={"x": 10, "y": 14})
    page.keyboard.press("Control+d")
    expect(page.get_by_role("group", name="group: Writing", exact=True)).to_have_count(2)
    expect(editor.node(f"{WRITE} 2")).to_be_visible()
    editor.press("Undo")
    expect(page.get_by_role("group", name="group: Writing", exact=True)).to_have_count(1)
