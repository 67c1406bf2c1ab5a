"""Gestures of the canvas that end in the document: cut, rename, a list that stays open, a wire let go over nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage, centre
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CALL, WRITE, END = "action: Call the customer", "action: Write it down", "end: End"


def test_a_line_cuts_arrows_and_one_undo_brings_all_back(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    x, top = centre(editor.node(CALL))
    box = editor.node(END).bounding_box()
    assert box
    middle = centre(editor.node(WRITE))[1]
    start = editor.node(CALL).bounding_box()
    assert start
    above = start["y"] - 8
    page.keyboard.down("Alt")
    page.mouse.move(x - 190, above - 30)
    page.mouse.down()
    page.mouse.move(x + 30, above + 4, steps=6)
    expect(page.locator(".fs-edge.is-cut")).to_have_attribute("data-edge", "trigger:out>first")
    page.mouse.up()
    expect(page.locator(".fs-edge")).to_have_count(2)
    page.mouse.move(x + 200, top + 10)
    page.mouse.down()
    page.mouse.move(x + 200, middle, steps=3)
    page.mouse.move(x - 20, box["y"] - 9, steps=6)
    page.mouse.up()
    page.keyboard.up("Alt")
    expect(page.locator(".fs-edge")).to_have_count(1)
    editor.press("Undo")
    expect(page.locator(".fs-edge")).to_have_count(2)
    editor.press("Undo")
    expect(page.locator(".fs-edge")).to_have_count(3)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


@pytest.mark.parametrize("key", ["F2", "Space"])
def test_a_key_leads_to_the_name_of_the_chosen_step(editor: EditorPage, flowstudio: App, key: str):
    page = editor.open(small(flowstudio)).page
    editor.choose(CALL)
    page.keyboard.press(key)
    field = page.get_by_label("Name of the step")
    expect(field).to_be_focused()
    page.keyboard.type("Ring the customer")
    page.keyboard.press("Tab")
    expect(editor.node("action: Ring the customer")).to_be_visible()


def test_with_control_the_list_of_steps_stays_open_and_each_stands_behind_the_one_before(
    editor: EditorPage, flowstudio: App
):
    page = editor.open(small(flowstudio)).page
    box = editor.canvas.bounding_box()
    assert box
    page.keyboard.down("Control")
    page.mouse.click(box["x"] + 150, box["y"] + 120)
    page.keyboard.up("Control")
    field = page.get_by_label("Which step comes here?")
    expect(field).to_be_focused()
    field.fill("Wait")
    field.press("Control+Enter")
    expect(editor.node("delay: Wait")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.get_by_role("option", name="Create ticket", exact=True).click(modifiers=["Control"])
    expect(editor.node("action: Create ticket")).to_be_visible()
    expect(page.locator('.fs-edge[data-edge="node_1:out>node_2"]')).to_have_count(1)
    field.fill("End")
    field.press("Control+Enter")
    expect(page.locator('.fs-edge[data-edge="node_2:out>node_3"]')).to_have_count(1)
    expect(field).to_be_hidden()
    for _ in range(3):
        editor.press("Undo")
    expect(page.locator(".fs-node")).to_have_count(4)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_on_an_arrow_the_list_that_stays_open_puts_one_behind_the_other(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    page.get_by_role("button", name="Add a step between Call the customer and Write it down").click()
    field = page.get_by_label("Which step comes here?")
    for step, name in (("Wait", "delay: Wait"), ("Create ticket", "action: Create ticket")):
        field.fill(step)
        page.get_by_role("option", name=step, exact=True).click(modifiers=["Control"])
        expect(editor.node(name)).to_be_visible()
    field.press("Escape")
    expect(field).to_be_hidden()
    for edge in ("first:out>node_1", "node_1:out>node_2", "node_2:out>second"):
        expect(page.locator(f'.fs-edge[data-edge="{edge}"]')).to_have_count(1)


def test_a_wire_let_go_over_nothing_asks_for_a_step_and_puts_it_there(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.node(END).click(position={"x": 20, "y": 20})
    page.keyboard.press("Delete")
    expect(editor.node(END)).to_have_count(0)
    editor.node(WRITE).hover()
    start = centre(editor.port("output out of Write it down"))
    at = (start[0] + 190, start[1] + 70)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] + 40, steps=3)
    page.mouse.move(*at, steps=4)
    page.mouse.up()
    field = page.get_by_label("Which step comes here?")
    expect(field).to_be_focused()
    field.fill("Wait")
    field.press("Enter")
    made = editor.node("delay: Wait")
    expect(made).to_be_visible()
    expect(page.locator('.fs-edge[data-edge="second:out>node_1"]')).to_have_count(1)
    card = made.bounding_box()
    assert card
    assert abs(card["x"] + card["width"] / 2 - at[0]) < 16
    assert abs(card["y"] - at[1]) < 16


def test_the_plus_of_a_free_way_asks_what_comes_there(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.node(END).click(position={"x": 20, "y": 20})
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Add a step after Write it down").click()
    page.get_by_label("Which step comes here?").fill("Wait")
    page.get_by_role("option", name="Wait", exact=True).click()
    expect(page.locator('.fs-edge[data-edge="second:out>node_1"]')).to_have_count(1)
    expect(editor.node("delay: Wait")).to_have_class(re.compile("selected"))


def test_keys_take_back_double_cut_and_switch_off(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    press = page.keyboard.press
    editor.choose(WRITE)
    press("d")
    expect(editor.node(WRITE).locator(".is-off")).to_be_visible()
    expect(editor.node(WRITE)).to_contain_text("Off, For support email")
    press("d")
    expect(editor.node(WRITE).locator(".is-off")).to_have_count(0)
    press("Control+d")
    double = editor.node("action: Write it down 2")
    expect(double).to_be_visible()
    editor.canvas.focus()
    press("Control+z")
    expect(double).to_have_count(0)
    press("Control+Shift+z")
    expect(double).to_be_visible()
    press("Control+z")
    expect(double).to_have_count(0)
    press("Control+y")
    expect(double).to_be_visible()
    editor.choose("action: Write it down 2")
    press("Control+x")
    editor.said("1 step copied.")
    expect(double).to_have_count(0)


def test_n_leads_to_the_palette_where_a_name_and_enter_add_a_step(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose(END)
    page.keyboard.press("n")
    field = page.get_by_label("Find a step")
    expect(field).to_be_focused()
    page.keyboard.type("Wait")
    page.keyboard.press("Enter")
    expect(editor.node("delay: Wait")).to_be_visible()


def test_f10_goes_through_a_test_run_step_by_step(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.press("Test run")
    expect(page.locator(".fs-editor--trial")).to_be_visible()
    state = "data-state"
    page.keyboard.press("F10")
    expect(page.get_by_test_id("node-first")).to_have_attribute(state, "completed")
    expect(page.get_by_test_id("node-second")).not_to_have_attribute(state, "completed")
    page.keyboard.press("F10")
    expect(page.get_by_test_id("node-second")).to_have_attribute(state, "completed")


def test_enter_folds_and_opens_the_chosen_group(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose(CALL)
    editor.node(WRITE).click(position={"x": 20, "y": 20}, modifiers=["Control"])
    page.keyboard.press("Control+g")
    group = editor.node("group: Group")
    expect(group).to_have_class(re.compile("selected"))
    group.focus()
    page.keyboard.press("Enter")
    expect(group.locator(".is-folded")).to_be_visible()
    group.focus()
    page.keyboard.press("Enter")
    expect(group.locator(".fs-frame")).to_be_visible()
