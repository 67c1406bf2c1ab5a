"""A workflow as it becomes over the years: 246 steps with loops, decisions, notes and groups, some of them folded."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from flowstudio.cli._bench.workflows import lived_in
from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage, centre

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FIND = "action: Find invoices 0"


@pytest.fixture
def long_one(flowstudio: App) -> str:
    """The workflow's id."""
    answer = flowstudio.api("POST", "/workflows/import", json={**lived_in(), "id": None})
    assert answer.is_success, answer.text
    workflow_id: str = answer.json()["id"]
    return workflow_id


def draft(flowstudio: App, workflow_id: str) -> Any:
    return flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()


def test_it_opens_readable_and_only_what_is_in_view_is_drawn(editor: EditorPage, long_one: str):
    page = editor.open(long_one).page
    expect(editor.node("trigger: On a schedule")).to_be_in_viewport()
    assert 0 < page.locator(".vue-flow__node").count() < 80
    size = page.locator(".fs-node__name").first.evaluate("each => each.getBoundingClientRect().height")
    assert size >= 14, "names can be read"
    expect(editor.node("loop: Go through them 0")).to_be_visible()
    expect(editor.node("group: Follow up 0")).to_be_attached()
    expect(editor.node(FIND).locator(".fs-remark")).to_have_text("Those of part 0, without drafts")


def test_moved_through_from_end_to_end_it_shows_what_is_there(editor: EditorPage, long_one: str):
    page = editor.open(long_one).page
    page.emulate_media(reduced_motion="reduce")
    editor.canvas.focus()
    page.keyboard.press("1")
    expect(editor.node("end: Finish")).to_be_in_viewport()
    expect(page.locator(".fs-canvas")).to_have_class(re.compile("is-faint"))
    page.keyboard.press("0")
    page.keyboard.press("Control+k")
    field = page.get_by_label("Command", exact=True)
    expect(field).to_be_focused()
    field.fill("Go to Call 12")
    expect(page.locator(".fs-commands__line").first).to_contain_text("Call 12")
    field.press("Enter")
    call = editor.node("action: Call 12")
    expect(call).to_be_in_viewport()
    before = call.bounding_box()
    assert before
    x, y = editor.canvas.bounding_box()["x"] + 30, editor.canvas.bounding_box()["y"] + 200  # type: ignore[index]
    page.mouse.move(x, y)
    page.mouse.wheel(0, 150)
    page.mouse.down()
    page.mouse.move(x + 80, y - 50, steps=6)
    page.mouse.up()
    moved = [round(before["x"]) + 80, round(before["y"]) - 200]
    page.wait_for_function(
        """([name, x, y]) => { const box = [...document.querySelectorAll('.fs-canvas [role=group]')]
         .find((each) => each.ariaLabel === name)?.getBoundingClientRect();
         return box && Math.abs(box.x - x) < 3 && Math.abs(box.y - y) < 3; }""",
        arg=["action: Call 12", *moved],
    )
    expect(editor.node("group: Follow up 14")).to_have_count(0)
    page.mouse.wheel(0, 1300)
    expect(page.locator(".fs-node.is-folded").first).to_be_visible()


def test_a_drag_an_insert_and_undo_touch_only_what_they_should(editor: EditorPage, flowstudio: App, long_one: str):
    page = editor.open(long_one).page
    before = draft(flowstudio, long_one)
    start = centre(editor.node(FIND))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 160, start[1] + 12, steps=6)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Add a step between Remind 0 and Count 0").click()
    page.get_by_label("Which step comes here?").fill("Wait")
    page.get_by_role("option", name="Wait", exact=True).click()
    expect(editor.node("delay: Wait")).to_be_visible()
    after = draft(flowstudio, long_one)
    assert len(after["nodes"]) == len(before["nodes"]) + 1
    kept = {one["id"]: one for one in after["nodes"]}
    assert all(kept[one["id"]] == one for one in before["nodes"])
    assert after["layout"]["groups"] == before["layout"]["groups"]
    for _ in range(2):
        editor.press("Undo")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    until(lambda: draft(flowstudio, long_one)["edges"] == before["edges"], "the arrows are not as they were")
    assert draft(flowstudio, long_one)["nodes"] == before["nodes"]


def test_a_folded_group_opens_among_the_others_and_folds_again(visitor: Callable[..., BrowserContext], long_one: str):
    editor = EditorPage(visitor().new_page()).open(long_one)
    page = editor.page
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("Control+k")
    field = page.get_by_label("Command", exact=True)
    field.fill("Go to Hand over 4")
    expect(page.locator(".fs-commands__line").first).to_contain_text("Hand over 4")
    field.press("Enter")
    expect(editor.node("action: Hand over 4")).to_be_in_viewport()
    folded = editor.node("group: Follow up 4")
    expect(folded.locator(".is-folded")).to_be_visible()
    page.get_by_role("button", name="Open Follow up 4").click()
    expect(folded.locator(".fs-frame")).to_be_visible()
    expect(editor.node("action: Call 4")).to_be_attached()
    page.get_by_role("button", name="Fold Follow up 4").click()
    expect(editor.node("action: Call 4")).to_have_count(0)
