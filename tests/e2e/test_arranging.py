"""Arranging the canvas: notes, groups, lines and selections, by mouse, by keys and by the command bar."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage, centre
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CALL, WRITE, END = "action: Call the customer", "action: Write it down", "end: End"


def draft(flowstudio: App, workflow_id: str) -> dict:
    return flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()


def choose(editor: EditorPage, *names: str) -> None:
    for number, name in enumerate(names):
        editor.node(name).click(position={"x": 20, "y": 20}, modifiers=["Control"] if number else [])
        expect(editor.node(name)).to_have_class(re.compile("selected"))


def left(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return round(box["x"])


def command(editor: EditorPage, text: str) -> None:
    """Type a command into the bar and take it."""
    editor.page.keyboard.press("Control+k")
    field = editor.page.get_by_label("Command", exact=True)
    expect(field).to_be_focused()
    field.fill(text)
    expect(editor.page.locator(".fs-commands__line").first).to_contain_text(text)
    field.press("Enter")
    expect(field).to_have_count(0)


def test_a_note_is_written_resized_undone_and_exported(editor: EditorPage, flowstudio: App, tmp_path: Path):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    editor.canvas.focus()
    page.keyboard.press("Shift+S")
    field = page.get_by_label("Text of the note")
    expect(field).to_be_focused()
    field.fill("Ask Jonas first")
    field.press("Escape")
    note = editor.node("note: Ask Jonas first")
    expect(note).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("1")
    box = note.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 6, box["y"] + box["height"] - 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 60, box["y"] + box["height"] + 40, steps=4)
    page.mouse.up()
    page.get_by_role("complementary", name="Details").get_by_text("Blue").click()
    expect(page.locator(".fs-note--blue")).to_be_visible()
    kept = draft(flowstudio, workflow_id)["layout"]["notes"]
    assert [(one["text"], one["tone"]) for one in kept] == [("Ask Jonas first", "blue")]
    assert kept[0]["w"] > 264
    assert kept[0]["h"] > 132
    editor.press("Undo")
    expect(page.locator(".fs-note--yellow")).to_be_visible()
    for _ in range(3):
        editor.press("Undo")
    expect(page.locator(".fs-note")).to_have_count(0)
    editor.press("Redo")
    expect(page.locator(".fs-note")).to_have_count(1)


def test_a_group_folds_into_one_card_and_opens_again(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    choose(editor, CALL, WRITE)
    page.keyboard.press("Control+g")
    group = editor.node("group: Group")
    expect(group).to_be_visible()
    page.get_by_label("Name of the group").fill("Follow up")
    group = editor.node("group: Follow up")
    expect(group).to_be_visible()
    page.get_by_role("button", name="Fold Follow up").click()
    expect(editor.node(CALL)).to_have_count(0)
    expect(page.locator(".fs-edge")).to_have_count(2)
    page.reload()
    editor.ready()
    expect(group).to_be_visible()
    expect(editor.node(WRITE)).to_have_count(0)
    start = centre(group)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 120, start[1] + 24, steps=5)
    page.mouse.up()
    before = draft(flowstudio, workflow_id)["layout"]["nodes"]
    group.dblclick(position={"x": 60, "y": 20})
    expect(editor.node(CALL)).to_be_visible()
    assert draft(flowstudio, workflow_id)["layout"]["nodes"] == before, "opening moves nothing"
    assert draft(flowstudio, workflow_id)["layout"]["groups"] == [
        {"id": "group_1", "name": "Follow up", "nodes": ["first", "second"], "collapsed": False}
    ]
    editor.node(CALL).click(position={"x": 20, "y": 20})
    page.keyboard.press("Control+Shift+G")
    expect(group).to_have_count(0)
    expect(editor.node(WRITE)).to_be_visible()


def test_boxes_come_into_line_by_key_button_and_command(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    start = centre(editor.node(WRITE))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 96, start[1], steps=5)
    page.mouse.up()
    choose(editor, CALL, WRITE)
    apart = left(editor.node(WRITE)) - left(editor.node(CALL))
    assert apart > 60
    editor.node(WRITE).focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_function(SAME_LEFT)
    editor.press("Undo")
    page.wait_for_function(f"!({SAME_LEFT})")
    page.get_by_role("button", name="Align left", exact=True).click()
    page.wait_for_function(SAME_LEFT)
    editor.press("Undo")
    page.wait_for_function(f"!({SAME_LEFT})")
    command(editor, "Align left")
    page.wait_for_function(SAME_LEFT)


SAME_LEFT = """(() => {
  const x = (id) => Math.round(document.querySelector(`.vue-flow__node[data-id=${id}]`).getBoundingClientRect().x);
  return x('first') === x('second');
})()"""


def test_what_leads_to_a_step_and_what_follows_is_chosen(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    choose(editor, WRITE)
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".vue-flow__node.selected")).to_have_count(3)
    expect(page.get_by_text("3 boxes chosen")).to_be_visible()
    choose(editor, WRITE)
    command(editor, "Select all that follows")
    expect(page.locator(".vue-flow__node.selected")).to_have_count(2)


def test_a_step_becomes_another_kind_and_keeps_its_arrows(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    choose(editor, WRITE)
    before = editor.edges()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Find a step").fill("Create ticket")
    dialog.get_by_role("button", name="Create ticket").first.click()
    expect(page.locator(".fs-detail .fs-caption").filter(has_text="Create ticket").first).to_be_visible()
    assert editor.edges() == before
    expect(editor.node(WRITE)).to_be_visible()


def test_the_command_bar_goes_to_steps_and_adds_them(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    command(editor, "Go to Write it down")
    expect(editor.node(WRITE)).to_have_class(re.compile("selected"))
    choose(editor, END)
    command(editor, "Add Wait")
    expect(editor.node("delay: Wait")).to_be_visible()
    command(editor, "All keys")
    expect(page.get_by_text("Select all that leads here")).to_be_visible()


def test_a_pinned_result_stands_in_for_the_step_in_a_test_run(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    choose(editor, CALL)
    page.keyboard.press("p")
    field = page.get_by_label("Pinned: gives this in test runs")
    expect(field).to_be_visible()
    field.fill('{"record": {"id": "T-7", "title": "Pinned by hand"}}')
    field.blur()
    expect(editor.node(CALL).get_by_title("The answer of this step is pinned")).to_be_visible()
    editor.press("Test run")
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    page.locator("[data-step=first]").click()
    expect(page.locator(".fs-trial__step")).to_contain_text("Pinned by hand")
    expect(page.locator(".fs-trial__sum")).to_contain_text("1 task")
    tests = draft(flowstudio, workflow_id)["tests"]
    assert json.dumps(tests).count("Pinned by hand") == 1


def test_the_offer_of_a_tour_stands_in_nobodys_way_who_draws(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    offer = page.get_by_role("complementary", name="First time here?")
    expect(offer).to_be_visible()
    choose(editor, WRITE)
    page.keyboard.press("Control+d")
    expect(offer).to_have_count(0)
    page.reload()
    editor.ready()
    expect(offer).to_be_visible()


def test_the_tour_leads_through_the_page_and_stays_away_afterwards(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    page.get_by_role("button", name="Show me around").click()
    for _ in range(4):
        page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".fs-editor__bar")).to_have_class(re.compile("fs-toured"))
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_role("dialog", name="Tour")).to_have_count(0)
    page.reload()
    editor.ready()
    expect(page.get_by_role("button", name="Show me around")).to_have_count(0)


def test_a_step_dragged_onto_an_arrow_goes_between_and_one_undo_takes_it_back(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    before = draft(flowstudio, workflow_id)
    start = centre(editor.node(WRITE))
    target = centre(page.locator('.fs-edge[data-edge="trigger:out>first"] .fs-edge__hit'))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(target[0] + 160, target[1] + 40, steps=4)
    page.mouse.move(target[0] + 4, target[1], steps=4)
    expect(page.locator(".fs-edge.is-dropping")).to_have_attribute("data-edge", "trigger:out>first")
    page.mouse.up()
    for edge in ("trigger:out>second", "second:out>first", "first:out>last"):
        expect(page.locator(f'.fs-edge[data-edge="{edge}"]')).to_have_count(1)
    expect(page.locator(".fs-edge")).to_have_count(3)
    page.wait_for_function(f"{top_of('trigger')} < {top_of('second')} && {top_of('second')} < {top_of('first')}")
    editor.press("Undo")
    expect(page.locator('.fs-edge[data-edge="first:out>second"]')).to_have_count(1)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    assert draft(flowstudio, workflow_id)["edges"] == before["edges"]


def top_of(node_id: str) -> str:
    return f"document.querySelector('.vue-flow__node[data-id={node_id}]').getBoundingClientRect().y"


def test_tidy_up_with_boxes_chosen_moves_only_these_by_key_button_and_command(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    for name, across in ((WRITE, 120), (END, 60)):
        start = centre(editor.node(name))
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(start[0] + across, start[1] + 36, steps=5)
        page.mouse.up()
    apart = f"!({SAME_LEFT})"
    page.wait_for_function(apart)
    choose(editor, CALL, WRITE)
    kept = draft(flowstudio, workflow_id)["layout"]["nodes"]
    for deed in (
        lambda: page.keyboard.press("Shift+Alt+T"),
        lambda: page.get_by_role("button", name="Tidy up these", exact=True).click(),
        lambda: command(editor, "Tidy up everything, or only what is chosen"),
    ):
        deed()
        page.wait_for_function(SAME_LEFT)
        now = draft(flowstudio, workflow_id)["layout"]["nodes"]
        assert {key: now[key] for key in ("trigger", "first", "last")} == {
            key: kept[key] for key in ("trigger", "first", "last")
        }
        editor.press("Undo")
        page.wait_for_function(apart)
        assert draft(flowstudio, workflow_id)["layout"]["nodes"] == kept
    page.keyboard.press("Escape")


def test_a_click_with_control_on_the_empty_canvas_adds_a_step_there(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    box = editor.canvas.bounding_box()
    assert box
    x, y = box["x"] + 170, box["y"] + box["height"] - 130
    page.keyboard.down("Control")
    page.mouse.click(x, y)
    page.keyboard.up("Control")
    field = page.get_by_label("Which step comes here?")
    expect(field).to_be_focused()
    field.fill("Wait")
    field.press("Enter")
    made = editor.node("delay: Wait")
    expect(made).to_be_visible()
    expect(page.locator(".fs-edge")).to_have_count(3)
    at = centre(made)
    assert abs(at[0] - x) < 16
    assert abs(at[1] - y) < 16
