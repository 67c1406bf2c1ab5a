"""Alt and a drag draw a line; the arrows it crosses are cut."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

YES, NO = "n3:true>n4", "n3:false>n5"


def line(canvas, *, let_go: bool = True) -> None:
    """Draw from left to right through both ways of the decision."""
    left = canvas.node("action: Send reminder").bounding_box()
    right = canvas.node("action: Create ticket").bounding_box()
    y = left["y"] - 8
    mouse, keyboard = canvas.page.mouse, canvas.page.keyboard
    keyboard.down("Alt")
    mouse.move(left["x"] - 10, y)
    mouse.down()
    mouse.move(left["x"] + 60, y, steps=3)
    mouse.move(right["x"] + right["width"] + 10, y, steps=5)
    if let_go:
        mouse.up()
        keyboard.up("Alt")


def test_the_arrows_that_a_line_crosses_are_shown_and_cut_by_one_patch(open_canvas):
    canvas = open_canvas()
    line(canvas, let_go=False)
    cut = canvas.page.locator(".fs-edge.is-cut")
    expect(cut).to_have_count(2)
    expect(canvas.page.locator(f'.fs-edge[data-edge="{YES}"] .fs-edge__line')).to_have_css(
        "stroke-dasharray", "3px, 6px"
    )
    expect(canvas.page.locator(".fs-wiring-hint")).to_have_text("Let go to cut 2 arrows, Esc ends")
    assert {YES, NO} <= canvas.edges()
    canvas.page.mouse.up()
    canvas.page.keyboard.up("Alt")
    assert canvas.op("remove") == {"op": "remove", "nodes": [], "edges": [YES, NO], "heal": False}
    assert len(canvas.events("patch")) == 1
    assert not {YES, NO} & canvas.edges()
    expect(canvas.page.locator(".fs-slice, .fs-wiring-hint")).to_have_count(0)
    expect(canvas.page.locator(".fs-canvas [role=status]")).to_have_text("2 arrows are cut.")
    assert canvas.page.locator(".vue-flow__node.selected").count() == 0


def test_a_line_that_goes_back_spares_what_it_no_longer_crosses(open_canvas):
    canvas = open_canvas()
    line(canvas, let_go=False)
    box = canvas.node("action: Send reminder").bounding_box()
    canvas.page.mouse.move(box["x"] + box["width"] + 12, box["y"] - 8, steps=3)
    expect(canvas.page.locator(".fs-edge.is-cut")).to_have_count(1)
    canvas.page.mouse.up()
    canvas.page.keyboard.up("Alt")
    assert canvas.op("remove")["edges"] == [YES]


def test_escape_and_looking_only_cut_nothing(open_canvas):
    canvas = open_canvas()
    line(canvas, let_go=False)
    expect(canvas.page.locator(".fs-edge.is-cut")).to_have_count(2)
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator(".fs-edge.is-cut, .fs-slice")).to_have_count(0)
    canvas.page.mouse.up()
    canvas.page.keyboard.up("Alt")
    assert len(canvas.edges()) == 6
    canvas = open_canvas("invoice", "?readonly=true")
    line(canvas)
    canvas.node("end: Done").click()
    canvas.event("select")
    assert not canvas.events("patch")
    assert len(canvas.edges()) == 6
