"""What a person does with mouse and palette becomes one patch at the end of the gesture."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_paints_the_graph_and_says_when_it_is_ready(open_canvas):
    canvas = open_canvas()
    expect(canvas.node("action: Send reminder")).to_be_visible()
    expect(canvas.node("loop: Invoice")).to_be_visible()
    assert len(canvas.edges()) == 6
    assert canvas.event("ready")["ms"] > 0
    box = canvas.node("end: Done").bounding_box()
    assert box["y"] + box["height"] < 900


def test_dragging_a_card_moves_it_by_one_patch_on_the_grid(open_canvas):
    canvas = open_canvas()
    canvas.drag(canvas.node("end: Done"), 60, 40)
    moved = canvas.op("move")["to"]
    assert list(moved) == ["end"]
    x, y = moved["end"]
    assert x % 12 == 0
    assert y % 12 == 0
    assert (x, y) != (300, 588)
    assert len(canvas.events("patch")) == 1


def test_what_is_dragged_is_told_as_chosen_once_it_is_let_go(open_canvas):
    """The page draws the detail of a chosen step, and that would stand in the way of the drag."""
    canvas = open_canvas()
    canvas.drag(canvas.node("end: Done"), 60, 40)
    assert canvas.event("select")["nodes"] == ["end"]
    told = [each["event"] for each in canvas.page.request.get(f"{canvas.address}/events").json()]
    assert told.index("patch") < told.index("select")


def test_dragging_several_chosen_cards_keeps_their_distance(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.node("action: Create ticket").click(modifiers=["Control"])
    canvas.drag(canvas.node("action: Send reminder"), 0, 70)
    moved = canvas.op("move")["to"]
    assert moved["n5"][0] - moved["n4"][0] == 312
    assert moved["n5"][1] == moved["n4"][1] > 428


def test_a_frame_is_moved_by_its_header_and_takes_its_body_along(open_canvas):
    canvas = open_canvas()
    before = canvas.node("condition: Fewer than 3 reminders?").bounding_box()
    canvas.drag(canvas.page.locator(".fs-frame__caption"), 100, 0)
    moved = canvas.op("move")["to"]
    assert set(moved) == {"n2", "n3", "n4", "n5"}
    after = canvas.node("condition: Fewer than 3 reminders?").bounding_box()
    assert after["x"] > before["x"] + 60
    assert moved["n4"][0] - 144 == moved["n5"][0] - 456 == moved["n3"][0] - 300


def test_a_frame_grows_with_what_stands_in_it(open_canvas):
    canvas = open_canvas()
    before = canvas.node("loop: Invoice").bounding_box()
    canvas.drag(canvas.node("action: Create ticket"), 140, 0)
    after = canvas.node("loop: Invoice").bounding_box()
    assert after["width"] > before["width"] + 100


def test_nested_frames_stand_one_in_the_other(open_canvas):
    canvas = open_canvas("nested")
    outer = canvas.node("loop: Parcel").bounding_box()
    inner = canvas.node("loop: Item").bounding_box()
    assert outer["x"] < inner["x"]
    assert outer["y"] < inner["y"]
    assert outer["x"] + outer["width"] > inner["x"] + inner["width"]
    assert outer["y"] + outer["height"] > inner["y"] + inner["height"]


def test_a_palette_entry_dropped_on_the_desk_adds_a_step_there(open_canvas):
    canvas = open_canvas()
    canvas.page.get_by_role("button", name="Send email").drag_to(
        canvas.page.locator(".fs-canvas"), target_position={"x": 200, "y": 500}
    )
    added = canvas.op("add")
    assert added["key"] == "action.send_email"
    assert added["after"] is None
    assert added["into"] is None
    expect(canvas.node("action: Send email 8")).to_be_visible()
    expect(canvas.node("action: Send email 8")).to_have_class(re.compile("selected"))


def test_a_palette_entry_dropped_on_an_arrow_goes_between(open_canvas):
    canvas = open_canvas()
    plus = canvas.page.get_by_role("button", name="Add a step between Find overdue invoices and Invoice").bounding_box()
    desk = canvas.page.locator(".fs-canvas").bounding_box()
    entry = canvas.page.get_by_role("button", name="Send email").bounding_box()
    mouse = canvas.page.mouse
    mouse.move(entry["x"] + 20, entry["y"] + 10)
    mouse.down()
    mouse.move(desk["x"] + 100, desk["y"] + 100, steps=3)
    mouse.move(plus["x"] + 16, plus["y"] + 10, steps=3)
    mouse.move(plus["x"] + 14, plus["y"] + 10)
    expect(canvas.page.locator(".fs-edge.is-dropping")).to_have_count(1)
    mouse.up()
    assert canvas.op("add")["into"] == "n1:out>n2"
    canvas.wait(lambda: {"n1:out>x8", "x8:out>n2"} <= canvas.edges(), "the arrow was not parted")
    assert "n1:out>n2" not in canvas.edges()


def onto(canvas, name: str, plus: str) -> None:
    """Take a card by its middle and hold it over the arrow with this "+"."""
    mark = canvas.page.get_by_role("button", name=plus).bounding_box()
    card = canvas.node(name).bounding_box()
    mouse = canvas.page.mouse
    mouse.move(card["x"] + card["width"] / 2, card["y"] + card["height"] / 2)
    mouse.down()
    mouse.move(mark["x"] + 120, mark["y"] + 60, steps=3)
    mouse.move(mark["x"] + mark["width"] / 2 + 6, mark["y"] + mark["height"] / 2, steps=3)


def test_a_card_dropped_on_an_arrow_goes_between_by_one_patch(open_canvas):
    canvas = open_canvas()
    onto(canvas, "action: Create ticket", "Add a step between Fewer than 3 reminders? and Send reminder")
    expect(canvas.page.locator(".fs-edge.is-dropping")).to_have_attribute("data-edge", "n3:true>n4")
    expect(canvas.page.locator("[data-testid=node-n5].is-landing")).to_have_count(1)
    canvas.page.mouse.up()
    expect(canvas.page.locator(".fs-edge.is-dropping, .is-landing")).to_have_count(0)
    patch = canvas.event("patch")
    assert [one["op"] for one in patch["ops"]] == ["move", "insert"]
    assert list(patch["ops"][0]["to"]) == ["n5"]
    assert patch["ops"][1] == {"op": "insert", "node": "n5", "into": "n3:true>n4"}
    assert len(canvas.events("patch")) == 1


@pytest.mark.parametrize("name", ["condition: Fewer than 3 reminders?", "end: Done"])
def test_a_card_that_cannot_go_between_is_only_moved(open_canvas, name):
    """What has two ways on, and what has none."""
    canvas = open_canvas()
    onto(canvas, name, "Add a step between Every weekday at 09:00 and Find overdue invoices")
    expect(canvas.page.locator(".fs-edge.is-dropping")).to_have_count(0)
    canvas.page.mouse.up()
    assert [one["op"] for one in canvas.event("patch")["ops"]] == ["move"]


def test_several_cards_dragged_over_an_arrow_are_only_moved(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.node("action: Create ticket").click(modifiers=["Control"])
    onto(canvas, "action: Create ticket", "Add a step between Find overdue invoices and Invoice")
    expect(canvas.page.locator(".fs-edge.is-dropping")).to_have_count(0)
    canvas.page.mouse.up()
    assert [one["op"] for one in canvas.event("patch")["ops"]] == ["move"]


@pytest.mark.parametrize("key", ["Control", "Meta"])
def test_control_and_a_click_on_the_empty_canvas_ask_for_a_step_there(open_canvas, key):
    canvas = open_canvas()
    box = canvas.page.locator(".fs-canvas").bounding_box()
    canvas.page.keyboard.down(key)
    canvas.page.mouse.click(box["x"] + 40, box["y"] + 300)
    canvas.page.keyboard.up(key)
    place = canvas.event("palette")
    assert (place["after"], place["into"]) == (None, None)
    assert place["screen"] == [box["x"] + 40, box["y"] + 300]


def test_control_and_a_click_ask_for_nothing_where_one_only_looks(open_canvas):
    canvas = open_canvas("invoice", "?readonly=true")
    box = canvas.page.locator(".fs-canvas").bounding_box()
    canvas.page.keyboard.down("Control")
    canvas.page.mouse.click(box["x"] + 40, box["y"] + 300)
    canvas.page.keyboard.up("Control")
    canvas.node("end: Done").click()
    canvas.event("select")
    assert not canvas.events("palette")


def test_a_palette_entry_that_is_clicked_follows_the_chosen_step(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").click()
    canvas.page.get_by_role("button", name="Send email", exact=True).click()
    assert canvas.op("add")["after"] == {"from": "e", "way": "out"}


def test_dragging_from_a_port_to_a_card_connects(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").hover()
    start = canvas.port("output out of Thank the customer").bounding_box()
    target = canvas.page.get_by_text("in Complaints").bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    canvas.drag_points(x, y, target["x"] + 10 - x, target["y"] + 5 - y)
    assert canvas.op("connect") == {"op": "connect", "from": "e", "way": "out", "to": "empty"}
    assert "e:out>empty" in canvas.edges()


def test_clicking_a_port_and_then_a_card_connects(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").hover()
    canvas.port("output out of Thank the customer").click()
    canvas.port("input of Complaint").click()
    assert canvas.op("connect")["to"] == "empty"


def test_letting_an_arrow_go_over_nothing_asks_for_a_step(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").hover()
    canvas.drag(canvas.port("output out of Thank the customer"), 260, 20)
    asked = canvas.event("palette")
    assert asked["after"] == {"from": "e", "way": "out"}
    assert asked["into"] is None
    assert len(asked["screen"]) == 2
    assert canvas.events("patch") == []


def test_the_plus_on_an_arrow_and_on_a_free_way_asks_for_a_step(open_canvas):
    canvas = open_canvas("nested")
    canvas.page.get_by_role("button", name="Add a step between Ask the owner and Thank the customer").click()
    assert canvas.event("palette")["into"] == "d:out>e"
    canvas.page.get_by_role("button", name="Add a step after Thank the customer").click()
    assert canvas.event("palette", lambda each: each["after"])["after"] == {"from": "e", "way": "out"}
    canvas.page.get_by_role("button", name="Add the first step").click()
    assert canvas.event("palette", lambda each: (each["after"] or {}).get("way") == "each")["after"]["from"] == "empty"


def test_an_arrow_is_chosen_moved_to_another_step_and_removed(open_canvas):
    canvas = open_canvas()
    chip = canvas.page.locator(".fs-way", has_text="No")
    chip.click()
    assert canvas.event("select", lambda each: each["edges"])["edges"] == ["n3:false>n5"]
    end = canvas.page.get_by_role(
        "button", name="Move the end of the arrow from Fewer than 3 reminders? to Create ticket"
    ).bounding_box()
    target = canvas.node("action: Send reminder").bounding_box()
    canvas.drag_points(end["x"] + 12, end["y"] + 12, target["x"] + 60 - end["x"], target["y"] + 20 - end["y"])
    assert canvas.op("reconnect") == {
        "op": "reconnect",
        "edge": "n3:false>n5",
        "from": "n3",
        "way": "false",
        "to": "n4",
    }
    canvas.page.locator(".fs-way", has_text="No").click()
    canvas.page.keyboard.press("Delete")
    assert canvas.op("remove") == {"op": "remove", "nodes": [], "edges": ["n3:false>n4"], "heal": False}


@pytest.mark.parametrize(("edge", "share", "way"), [
    ("t:out>outer", 0.2, "true"), ("t:out>outer", 0.8, "false"), ("d:out>e", 0.8, "true"),
])  # fmt: skip
def test_the_start_of_an_arrow_let_go_on_a_card_takes_the_nearest_way_that_fits(open_canvas, edge, share, way):
    """The way "No" leads to the last step already: there the other one is taken."""
    canvas = open_canvas("nested")
    canvas.page.locator(f'.fs-edge[data-edge="{edge}"] .fs-edge__hit').dispatch_event("click")
    start = canvas.page.get_by_role("button", name=re.compile("Move the start of the arrow")).bounding_box()
    card = canvas.node("condition: Large order?").bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    canvas.drag_points(x, y, card["x"] + card["width"] * share - x, card["y"] + card["height"] / 2 - y)
    done = canvas.op("reconnect")
    assert (done["edge"], done["from"], done["way"]) == (edge, "c", way)


def test_an_arrow_let_go_on_a_card_that_cannot_take_it_asks_for_no_step(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").hover()
    start = canvas.port("output out of Thank the customer").bounding_box()
    target = canvas.node("trigger: An order is placed").bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    canvas.drag_points(x, y, target["x"] + target["width"] / 2 - x, target["y"] + 30 - y)
    expect(canvas.page.locator(".fs-canvas [role=status]")).to_contain_text("this arrow cannot lead here")
    expect(canvas.page.locator(".fs-wire")).to_have_count(0)
    assert not canvas.events("palette")
    assert not canvas.events("patch")


@pytest.mark.parametrize("key", ["Control", "Meta", "Shift"])
def test_a_click_with_a_key_adds_a_card_to_what_is_chosen(open_canvas, key):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.node("action: Create ticket").click(modifiers=[key])
    assert set(canvas.event("select", lambda each: len(each["nodes"]) > 1)["nodes"]) == {"n4", "n5"}
    canvas.node("end: Done").click()
    assert canvas.event("select", lambda each: each["nodes"] == ["end"])


def test_shift_drag_chooses_everything_in_the_box(open_canvas):
    canvas = open_canvas()
    ticket = canvas.node("action: Create ticket").bounding_box()
    reminder = canvas.node("action: Send reminder").bounding_box()
    canvas.page.locator(".fs-canvas").focus()
    canvas.page.keyboard.down("Shift")
    x, y = reminder["x"] - 12, reminder["y"] - 14
    canvas.drag_points(x, y, ticket["x"] + ticket["width"] + 14 - x, ticket["y"] + ticket["height"] + 12 - y)
    canvas.page.keyboard.up("Shift")
    assert set(canvas.event("select", lambda each: len(each["nodes"]) > 1)["nodes"]) == {"n4", "n5"}


def test_a_refused_arrow_disappears_again(open_canvas):
    canvas = open_canvas("nested")
    canvas.page.get_by_role("group", name="action: Thank the customer").hover()
    start = canvas.port("output out of Thank the customer").bounding_box()
    target = canvas.node("condition: Large order?").bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    canvas.drag_points(x, y, target["x"] + 40 - x, target["y"] + 20 - y)
    assert canvas.op("connect")["to"] == "c"
    expect(canvas.page.locator(".fs-canvas [role=status]")).to_have_text("That would go round in a circle.")
    assert "e:out>c" not in canvas.edges()


def test_looking_only_lets_nothing_be_moved_or_wired(open_canvas):
    canvas = open_canvas("invoice", "?readonly=true")
    expect(canvas.page.get_by_role("button", name=re.compile("Add a step"))).to_have_count(0)
    canvas.drag(canvas.node("end: Done"), 60, 40)
    canvas.node("end: Done").click()
    canvas.page.keyboard.press("Delete")
    assert canvas.event("select")["nodes"] == ["end"]
    assert canvas.events("patch") == []


def test_a_double_click_opens_a_step(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").dblclick()
    assert canvas.event("open")["node"] == "n4"
