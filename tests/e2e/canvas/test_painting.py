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
        "id": "n4", "type": "action", "kind": "action", "word": "Do", "icon": "mail", "name": "Send a kind reminder", "line": "Off, To Accounts",
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


BOXES = """(select) => [...document.querySelectorAll(select)].filter((each) => each.checkVisibility())
 .map((each) => [each.className.baseVal ?? each.className, each.getBoundingClientRect().toJSON()])"""


def apart(a, b) -> bool:
    return a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]


@pytest.mark.parametrize("query", ["", "?readonly=true"])
def test_marks_of_a_card_stand_beside_each_other_and_notes_beside_arrows(open_canvas, query):
    canvas = open_canvas("marked", query)
    page = canvas.page
    page.emulate_media(reduced_motion="reduce")
    canvas.call("start", "trigger", "Started just now")
    expect(page.get_by_test_id("node-trigger")).to_have_class(re.compile("is-started"))
    for here, there in (
        (
            ".fs-signs",
            ".fs-node__line, .fs-node__name, .fs-seal, .fs-frame__name, .fs-frame__caption, .fs-frame__aside",
        ),
        (".fs-remark", ".fs-node, .fs-way, .fs-edge-plus, .fs-frame__next, .fs-frame__head, .fs-stub .fs-plus"),
        (".fs-seal", ".fs-node__name, .fs-node__line, .fs-remark"),
    ):
        ours = page.evaluate(BOXES, here)
        theirs = page.evaluate(BOXES, there)
        assert ours
        assert theirs
        for name, box in ours:
            for other, place in theirs:
                assert apart(box, place), f"{name} lies on {other}"


def test_what_changed_since_it_went_live_is_said_and_drawn_not_only_coloured(open_canvas):
    canvas = open_canvas("marked")
    changed = canvas.page.get_by_test_id("node-n1").locator(".fs-signs__since")
    added = canvas.page.get_by_test_id("node-n3").locator(".fs-signs__since")
    expect(changed).to_have_attribute("title", "Changed since it went live")
    expect(changed.locator(".fs-unseen")).to_have_text("Changed since it went live")
    expect(changed.locator("use")).to_have_attribute("href", re.compile("#pencil$"))
    expect(added).to_have_attribute("title", "Added since it went live")
    expect(added.locator("use")).to_have_attribute("href", re.compile("#plus$"))
    expect(canvas.page.get_by_test_id("node-n4").locator(".fs-signs__since")).to_have_count(0)


def test_a_trigger_that_starts_a_run_says_so_for_a_moment_and_not_over_a_painted_run(open_canvas):
    canvas = open_canvas("invoice")
    card = canvas.page.get_by_test_id("node-trigger")
    canvas.call("start", "trigger", "Started just now")
    expect(card).to_contain_text("Started just now")
    expect(card).not_to_contain_text("Started just now", timeout=8000)
    expect(card).to_contain_text("Next run Mon 23 Nov")
    canvas.call("status", RUN)
    expect(card).to_have_attribute("data-state", "completed")
    canvas.call("start", "trigger", "Started just now")
    canvas.call("highlight", ["end"])
    expect(canvas.page.get_by_test_id("node-end")).to_have_class(re.compile("is-lit"))
    expect(card).to_have_attribute("data-state", "completed")
