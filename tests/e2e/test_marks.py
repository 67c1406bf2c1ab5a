"""What the cards of a workflow say beside their words: what has changed since it went live, what starts, what is wrong."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage, centre
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CALL, WRITE, END = "action: Call the customer", "action: Write it down", "end: End"
CHANGED, ADDED = "Changed since it went live", "Added since it went live"


def since(editor: EditorPage, words: str) -> Locator:
    """The cards that carry this mark."""
    return editor.page.locator(".vue-flow__node").filter(has=editor.page.get_by_title(words))


def live(editor: EditorPage, flowstudio: App) -> str:
    """A workflow that is published and on, opened."""
    workflow_id = small(flowstudio)
    assert flowstudio.api("POST", f"/workflows/{workflow_id}/publish").is_success
    assert flowstudio.api("PATCH", f"/workflows/{workflow_id}/toggle", json={"active": True}).is_success
    editor.open(workflow_id)
    return workflow_id


def test_steps_that_changed_since_it_went_live_carry_a_mark_until_it_is_published_again(
    editor: EditorPage, flowstudio: App
):
    live(editor, flowstudio)
    page = editor.page
    marks = page.locator(".fs-signs__since")
    expect(page.get_by_text("is live")).to_be_visible()
    start = centre(editor.node(END))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] + 24, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_enabled()
    editor.choose(CALL)
    editor.write("Title", "Ring")
    expect(since(editor, CHANGED)).to_have_count(1)
    expect(editor.node(CALL).locator(".fs-signs__since .fs-unseen")).to_have_text(CHANGED)
    expect(editor.node(CALL).locator(".fs-signs__since svg")).to_have_count(1)
    page.get_by_role("button", name="Add a step between Call the customer and Write it down").click()
    page.get_by_label("Which step comes here?").fill("Wait")
    page.get_by_role("option", name="Wait", exact=True).click()
    expect(since(editor, ADDED)).to_have_attribute("aria-label", "delay: Wait")
    expect(marks).to_have_count(2)
    editor.press("Undo")
    expect(marks).to_have_count(1)
    editor.press("Undo")
    expect(marks).to_have_count(0)
    editor.press("Redo")
    expect(marks).to_have_count(1)
    editor.publish()
    expect(marks).to_have_count(0)


def test_while_it_is_off_nothing_is_marked(editor: EditorPage, flowstudio: App):
    live(editor, flowstudio)
    editor.choose(CALL)
    editor.write("Title", "Ring")
    expect(since(editor, CHANGED)).to_have_count(1)
    editor.page.get_by_role("switch", name="On", exact=True).click()
    editor.said("It is off.")
    expect(since(editor, CHANGED)).to_have_count(0)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_trigger_lights_up_once_when_a_run_begins(editor: EditorPage, flowstudio: App, motion: str):
    page = editor.page
    page.emulate_media(reduced_motion=motion)
    workflow_id = live(editor, flowstudio)
    card = page.get_by_test_id("node-trigger")
    before = card.locator(".fs-node__line").text_content()
    answer = flowstudio.api("POST", f"/workflows/{workflow_id}/execute", json={})
    assert answer.is_success, answer.text
    expect(card).to_have_class(re.compile("is-started"))
    expect(card.locator(".fs-node__line")).to_have_text("Started just now")
    expect(card.locator(".fs-seal")).to_contain_text("Started")
    expect(page.locator(".fs-canvas [role=status]")).to_contain_text("Started just now")
    name = card.evaluate("each => getComputedStyle(each, '::after').animationName")
    assert name == ("none" if motion == "reduce" else "fs-started")
    expect(card).not_to_have_class(re.compile("is-started"))
    expect(card.locator(".fs-node__line")).to_have_text(before or "")


def test_the_mark_of_a_problem_names_the_field(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    editor.choose(CALL)
    editor.write("Title", "")
    seal = editor.node(CALL).locator(".fs-seal")
    expect(seal).to_have_attribute("title", re.compile('needs "Title"'))
    expect(seal.locator("svg")).to_have_count(1)
    expect(page.locator("[data-problems]")).not_to_have_attribute("data-problems", "0")


def test_a_note_of_a_step_stands_under_its_card(editor: EditorPage, flowstudio: App):
    page = editor.open(small(flowstudio)).page
    text = "Only on working days, because nobody is there on Saturdays and the mailbox is full by then"
    editor.choose(CALL)
    page.get_by_role("tab", name="Notes").click()
    page.get_by_label("Note", exact=True).fill(text)
    page.get_by_label("Note", exact=True).blur()
    remark = editor.node(CALL).locator(".fs-remark")
    expect(remark).to_have_text(text)
    expect(remark).to_have_attribute("title", text)
    box, card = remark.bounding_box(), editor.node(CALL).bounding_box()
    assert box
    assert card
    zoom = card["width"] / 264
    assert box["y"] >= card["y"] + card["height"]
    assert box["height"] <= 33 * zoom, "two lines at most"
    assert box["x"] + box["width"] < centre(editor.node(CALL))[0] - 11 * zoom, "the arrow keeps its place"
    expect(page.locator(".fs-remark")).to_have_count(1)
