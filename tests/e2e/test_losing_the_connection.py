"""A connection lost amid edits, a page closed before its answer, two browsers at once: nothing that was done is lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CALL, WRITE, END = "action: Call the customer", "action: Write it down", "end: End"
CUT = 30_000
"""Milliseconds that the connection is away."""
PENDING = """() => Object.keys(localStorage).filter((key) => key.startsWith('flowstudio.journal.')).length"""


def draft(flowstudio: App, workflow_id: str) -> dict:
    return flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()


@pytest.fixture
def traveller(flowstudio: App, browser: Browser) -> Iterator[BrowserContext]:
    """A signed-in browser of which we expect that it complains: its connection is cut."""
    context = browser.new_context(
        storage_state=flowstudio.state, base_url=flowstudio.url, viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def cut(editor: EditorPage) -> None:
    """Take the network away and close the socket that is open."""
    editor.page.context.set_offline(True)
    editor.page.evaluate("window.socket.io.engine.close()")
    editor.page.wait_for_function("!window.socket.connected")


def delete_and_move(editor: EditorPage) -> None:
    """Delete the end, and move a step by keys: both show at once."""
    editor.node(END).click(position={"x": 20, "y": 20})
    editor.page.keyboard.press("Delete")
    expect(editor.node(END)).to_have_count(0)
    editor.node(WRITE).click(position={"x": 20, "y": 20})
    editor.page.keyboard.press("Control+ArrowRight")
    editor.page.wait_for_function(f"({PENDING})() === 1")


@pytest.mark.slow
def test_edits_made_while_the_connection_is_away_arrive_when_it_is_back(traveller: BrowserContext, flowstudio: App):
    workflow_id = small(flowstudio)
    editor = EditorPage(traveller.new_page()).open(workflow_id)
    page = editor.page
    before = draft(flowstudio, workflow_id)
    editor.choose(CALL)
    cut(editor)
    editor.write("Title", "Ring them")
    delete_and_move(editor)
    page.wait_for_timeout(CUT)  # what is tested: a loss of this length, longer than the server's first patience
    page.context.set_offline(False)
    page.wait_for_function(f"({PENDING})() === 0")
    after = draft(flowstudio, workflow_id)
    assert [one["id"] for one in after["nodes"]] == ["first", "second"]
    assert after["nodes"][0]["config"]["title"] == "Ring them"
    spots = before.get("layout", {}).get("nodes", {}).get("second"), after["layout"]["nodes"]["second"]
    assert spots[0] != spots[1]
    editor.ready()
    expect(editor.node(END)).to_have_count(0)
    expect(editor.node(WRITE)).to_be_visible()


def test_a_page_closed_before_the_answer_leaves_its_edits_to_the_next(traveller: BrowserContext, flowstudio: App):
    context = traveller
    workflow_id = small(flowstudio)
    editor = EditorPage(context.new_page()).open(workflow_id)
    cut(editor)
    delete_and_move(editor)
    editor.page.close()
    assert len(draft(flowstudio, workflow_id)["nodes"]) == 3
    context.set_offline(False)
    again = EditorPage(context.new_page()).open(workflow_id)
    expect(again.node(END)).to_have_count(0)
    again.page.wait_for_function(f"({PENDING})() === 0")
    assert [one["id"] for one in draft(flowstudio, workflow_id)["nodes"]] == ["first", "second"]
    again.page.reload()
    again.ready()
    expect(again.node(END)).to_have_count(0)
    again.press("Undo")
    again.said("Undone: Move.")
    again.press("Undo")
    again.said("Undone: Delete.")
    expect(again.node(END)).to_be_visible()


def test_two_browsers_edit_at_once_and_both_see_everything(visitor: Callable[..., BrowserContext], flowstudio: App):
    workflow_id = small(flowstudio)
    one, two = (EditorPage(visitor().new_page()).open(workflow_id) for _ in range(2))
    for number in range(3):  # in turns, without waiting for one another
        one.canvas.focus()
        one.page.keyboard.press("Shift+S")
        field = one.page.get_by_label("Text of the note")
        field.fill(f"From the first, {number}")
        field.press("Escape")
        two.node(WRITE).click(position={"x": 20, "y": 20})
        two.page.keyboard.press("Control+d")
        expect(two.node(f"{WRITE} {number + 2}")).to_be_visible()
    for tab in (one, two):
        expect(tab.page.locator(".fs-note")).to_have_count(3)
        for number in range(3):
            expect(tab.node(f"note: From the first, {number}")).to_be_visible()
            expect(tab.node(f"{WRITE} {number + 2}")).to_be_visible()
    assert one.names() == two.names()
    two.choose(CALL)
    two.rename("Ring the customer")
    expect(one.node("action: Ring the customer")).to_be_visible()
    kept = draft(flowstudio, workflow_id)
    assert len(kept["layout"]["notes"]) == 3
    assert len([each for each in kept["nodes"] if re.match("Write it down", each.get("name", ""))]) == 4
