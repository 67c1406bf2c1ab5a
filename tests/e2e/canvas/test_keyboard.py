"""The canvas works without a mouse, and says by name what everything is."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_every_step_port_and_button_has_its_name(open_canvas):
    canvas = open_canvas()
    for name in ("trigger: Every weekday at 09:00", "action: Find overdue invoices", "loop: Invoice", "end: Done"):
        expect(canvas.node(name)).to_have_count(1)
    for name in ("output true of Fewer than 3 reminders?", "output done of Invoice", "input of Send reminder"):
        expect(canvas.port(name)).to_have_count(1)
    for name in ("Zoom in", "Zoom out", "Fit to screen"):
        expect(canvas.port(name)).to_be_visible()


def test_arrow_keys_walk_from_step_to_step(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Find overdue invoices").click()
    keyboard = canvas.page.keyboard
    keyboard.press("ArrowUp")
    expect(canvas.node("trigger: Every weekday at 09:00")).to_be_focused()
    canvas.node("condition: Fewer than 3 reminders?").click()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowLeft")
    chosen = canvas.event("select", lambda each: each["nodes"] in (["n4"], ["n5"]))
    assert chosen["nodes"]


def test_control_and_arrows_move_a_step_in_one_patch(open_canvas):
    canvas = open_canvas()
    canvas.node("end: Done").click()
    canvas.page.keyboard.down("Control")
    canvas.page.keyboard.press("ArrowRight")
    canvas.page.keyboard.press("ArrowRight")
    canvas.page.keyboard.press("ArrowDown")
    canvas.page.keyboard.up("Control")
    assert canvas.op("move")["to"] == {"end": [324, 600]}
    assert len(canvas.events("patch")) == 1


def test_an_arrow_is_wired_by_keyboard(open_canvas):
    canvas = open_canvas("nested")
    canvas.node("action: Thank the customer").click()
    port = canvas.port("output out of Thank the customer")
    port.focus()
    port.press("Enter")
    status = canvas.page.locator(".fs-canvas [role=status]")
    expect(status).to_contain_text("Thank the customer leads to")
    for _ in range(8):
        if "Complaint" in (status.text_content() or ""):
            break
        canvas.page.keyboard.press("Tab")
        canvas.page.wait_for_timeout(30)
    canvas.page.keyboard.press("Enter")
    assert canvas.op("connect")["to"] == "empty"


def test_python_starts_wiring_and_escape_ends_it(open_canvas):
    canvas = open_canvas("nested")
    canvas.call("connect_from", "e", "out")
    expect(canvas.page.locator(".fs-wire")).to_have_count(1)
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator(".fs-wire")).to_have_count(0)
    assert canvas.events("patch") == []


def test_space_chooses_the_step_that_has_the_focus_and_renames_it_once_it_is_chosen(open_canvas):
    canvas = open_canvas()
    node = canvas.node("action: Send reminder")
    node.focus()
    canvas.page.keyboard.press("Space")
    assert canvas.event("select")["nodes"] == ["n4"]
    assert not canvas.events("command")
    canvas.page.keyboard.press("Space")
    command = canvas.event("command")
    assert (command["name"], command["nodes"]) == ("rename", ["n4"])


@pytest.mark.parametrize("key", ["ArrowUp", "ArrowDown"])
def test_shift_and_an_arrow_ask_for_all_that_leads_here_or_follows(open_canvas, key):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press(f"Shift+{key}")
    assert canvas.event("command")["name"] == ("select_up" if key == "ArrowUp" else "select_down")


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("Alt+ArrowLeft", "align_left"), ("Alt+ArrowRight", "align_right"), ("Alt+ArrowUp", "align_top"),
        ("Alt+ArrowDown", "align_bottom"), ("Alt+Shift+h", "distribute_x"), ("Alt+Shift+v", "distribute_y"),
        ("Control+g", "group"), ("Control+Shift+g", "ungroup"), ("Shift+s", "note"), ("p", "pin"),
    ],
)  # fmt: skip
def test_keys_for_several_boxes_become_commands(open_canvas, keys, name):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.node("action: Create ticket").click(modifiers=["Control"])
    canvas.page.keyboard.press(keys)
    command = canvas.event("command")
    assert command["name"] == name
    assert set(command["nodes"]) == {"n4", "n5"}


def test_r_asks_for_another_kind_of_step(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press("r")
    command = canvas.event("command")
    assert (command["name"], command["nodes"]) == ("swap", ["n4"])


def test_delete_removes_what_is_chosen_and_a_frame_with_its_body(open_canvas):
    canvas = open_canvas()
    canvas.page.locator(".fs-frame__caption").click()
    canvas.page.keyboard.press("Delete")
    assert set(canvas.op("remove")["nodes"]) == {"n2", "n3", "n4", "n5"}
    assert canvas.edges() == {"trigger:out>n1"}


def test_control_delete_asks_to_close_the_gap(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Find overdue invoices").click()
    canvas.page.keyboard.press("Control+Delete")
    assert canvas.op("remove") == {"op": "remove", "nodes": ["n1"], "edges": [], "heal": True}


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("Control+z", "undo"), ("Control+y", "redo"), ("Control+Shift+z", "redo"), ("Control+c", "copy"), ("Control+x", "cut"),
        ("Control+d", "duplicate"), ("d", "disable"), ("F2", "rename"), ("n", "palette"), ("Control+Enter", "test"),
        ("Shift+Alt+t", "tidy"), ("?", "shortcuts"),
    ],
)  # fmt: skip
def test_keys_become_commands(open_canvas, keys, name):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press(keys)
    command = canvas.event("command")
    assert command["name"] == name
    assert command["nodes"] == ["n4"]


def test_enter_opens_and_control_a_chooses_everything(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press("Enter")
    assert canvas.event("open")["node"] == "n4"
    canvas.page.keyboard.press("Control+a")
    assert len(canvas.event("select", lambda each: len(each["nodes"]) > 1)["nodes"]) == 7
    canvas.page.keyboard.press("Escape")
    canvas.event("select", lambda each: not each["nodes"])


def test_text_from_the_clipboard_is_sent_to_be_pasted(open_canvas, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas = open_canvas()
    canvas.page.evaluate("navigator.clipboard.writeText('{\"nodes\": []}')")
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press("Control+v")
    assert canvas.op("paste")["text"] == '{"nodes": []}'


def test_zoom_keys_and_buttons(open_canvas):
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.page.keyboard.press("0")
    canvas.wait(lambda: abs(canvas.zoom - 1) < 0.001, "not at 100 %")
    canvas.port("Zoom in").click()
    canvas.wait(lambda: abs(canvas.zoom - 1.1) < 0.001, "not nearer")
    canvas.port("Zoom out").click()
    canvas.wait(lambda: abs(canvas.zoom - 1) < 0.001, "not farther")


@pytest.mark.parametrize(
    ("key", "command"), [("d", "disable"), ("r", "swap"), ("F2", "rename"), ("p", "pin"), ("Control+d", "duplicate")]
)
def test_keys_act_on_the_step_that_has_the_focus_when_nothing_is_chosen(open_canvas, key, command):
    canvas = open_canvas()
    canvas.node("end: Done").focus()
    canvas.page.keyboard.press(key)
    assert canvas.event("command", lambda each: each["name"] == command)["nodes"] == ["end"]


def test_delete_takes_the_step_that_has_the_focus_but_what_is_chosen_goes_first(open_canvas):
    canvas = open_canvas()
    canvas.node("end: Done").focus()
    canvas.page.keyboard.press("Delete")
    assert canvas.op("remove")["nodes"] == ["end"]
    canvas = open_canvas()
    canvas.node("action: Send reminder").click()
    canvas.node("end: Done").focus()
    canvas.page.keyboard.press("Delete")
    assert canvas.op("remove")["nodes"] == ["n4"]
