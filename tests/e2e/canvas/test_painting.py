"""A run painted on the drawing, the levels of detail, and a large drawing."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas.app_run import RUN

pytestmark = pytest.mark.browser


def test_a_run_is_painted_with_marks_words_and_counts_and_wiped_again(open_canvas):
    canvas = open_canvas()
    canvas.call("status", RUN)
    failed = canvas.page.get_by_test_id("node-n4")
    expect(failed).to_have_attribute("data-state", "failed")
    expect(failed).to_contain_text("Mailbox full, try 3 of 3")
    expect(failed.locator(".fs-seal")).to_contain_text("Failed")
    expect(canvas.page.get_by_test_id("node-n3").locator(".fs-seal")).to_contain_text("Completed, 2 times")
    expect(canvas.page.locator(".fs-way", has_text="Yes, 2")).to_be_visible()
    expect(canvas.page.locator(".fs-way", has_text=re.compile("^13$"))).to_be_visible()
    expect(canvas.page.locator(".fs-edge.is-taken")).to_have_count(4)
    expect(canvas.page.locator(".fs-edge.is-not_taken")).to_have_count(2)
    canvas.call("clear_status")
    expect(failed).not_to_have_attribute("data-state", "failed")
    expect(failed).to_contain_text("To Customer email")
    expect(canvas.page.locator(".fs-edge.is-taken")).to_have_count(0)


def test_the_running_seal_turns_unless_less_motion_is_wanted(open_canvas):
    canvas = open_canvas()
    canvas.call("status", RUN)
    mark = canvas.page.get_by_test_id("node-n2").locator(".fs-seal .fs-ico")
    expect(mark).to_have_css("animation-name", "fs-seal-turn")
    canvas.page.emulate_media(reduced_motion="reduce")
    expect(mark).to_have_css("animation-name", "none")


def test_far_away_the_second_line_goes_and_the_name_keeps_its_size(open_canvas):
    canvas = open_canvas()
    card = canvas.page.get_by_test_id("node-n4")
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press("0")
    for _ in range(5):
        canvas.page.keyboard.press("-")
        canvas.page.wait_for_timeout(400)
    canvas.wait(lambda: canvas.zoom < 0.55, "not far enough")
    expect(card.locator(".fs-node__line")).to_be_hidden()
    size = card.locator(".fs-node__name").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert 10 <= size * canvas.zoom <= 12
    for _ in range(3):
        canvas.page.keyboard.press("-")
        canvas.page.wait_for_timeout(400)
    canvas.wait(lambda: canvas.zoom < 0.3, "not very far")
    expect(card.locator(".fs-node__name")).to_be_hidden()


def test_a_change_replaces_a_card_in_place(open_canvas):
    canvas = open_canvas()
    canvas.page.get_by_test_id("node-n4").evaluate("each => { each.dataset.kept = 'yes' }")
    node = {
        "id": "n4", "type": "action", "kind": "action", "word": "Do", "icon": "mail", "name": "Send a kind reminder", "line": "To Accounts",
        "label": "action: Send a kind reminder", "x": 144, "y": 428, "body": None, "caption": None, "entry": True,
        "ways": [{"way": "out", "label": "", "name": "output out of Send a kind reminder"}], "off": True, "problem": None,
        "pinned": False, "note": None,
    }  # fmt: skip
    canvas.call("apply", {"rev": 2, "nodes": [node]})
    card = canvas.page.get_by_test_id("node-n4")
    expect(card).to_contain_text("Send a kind reminder")
    expect(card).to_contain_text("Off, To Accounts")
    expect(card).to_have_attribute("data-kept", "yes")
    expect(canvas.node("action: Send a kind reminder")).to_be_visible()


def test_five_hundred_steps_open_at_the_beginning_with_only_what_is_in_view(open_canvas):
    canvas = open_canvas("large")
    expect(canvas.node("trigger: A ticket comes in")).to_be_in_viewport()
    assert canvas.zoom >= 0.5
    assert 0 < canvas.page.locator(".fs-node").count() < 120
    assert canvas.page.locator(".fs-edge").count() < 200


def test_python_moves_the_camera_to_a_step_far_away(open_canvas):
    canvas = open_canvas("large")
    canvas.call("focus_node", "s480")
    expect(canvas.node("condition: Step 480")).to_be_in_viewport()
    assert canvas.event("select", lambda each: each["nodes"])["nodes"] == ["s480"]


@pytest.mark.parametrize("query", ["", "?dark=true"])
@pytest.mark.parametrize("name", ["invoice", "lr", "nested"])
def test_cards_do_not_lie_over_each_other_and_no_text_is_cut_off_silently(open_canvas, name, query):
    canvas = open_canvas(name, query)
    boxes = canvas.page.locator(".fs-node").evaluate_all(
        "list => list.map((each) => each.getBoundingClientRect().toJSON())"
    )
    for index, a in enumerate(boxes):
        for b in boxes[index + 1 :]:
            assert (
                a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
            )
    titles = canvas.page.locator(".fs-node__name").evaluate_all(
        "list => list.every((each) => each.title === each.textContent)"
    )
    assert titles
