"""Looking around: the canvas is moved and brought nearer by hand, wheel, key and finger."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.canvas.conftest import Canvas

pytestmark = pytest.mark.browser

END = "end: Done"
VIEW = """() => { const m = new DOMMatrix(getComputedStyle(document.querySelector('.vue-flow__transformationpane')).transform);
 return [m.e, m.f, m.a]; }"""


def view(canvas: Canvas) -> list[float]:
    """Where the drawing stands and how near it is: x, y, zoom."""
    found: list[float] = canvas.page.evaluate(VIEW)
    return found


def desk(canvas: Canvas, x: float, y: float) -> tuple[float, float]:
    """A spot of the canvas, in pixels of the page."""
    box = canvas.page.locator(".fs-canvas").bounding_box()
    assert box
    return box["x"] + x, box["y"] + y


def moved(canvas: Canvas, before: list[float], dx: float, dy: float) -> None:
    """Wait until the drawing has moved by that much, and is as near as before."""

    def there() -> bool:
        x, y, zoom = view(canvas)
        return abs(x - before[0] - dx) < 2 and abs(y - before[1] - dy) < 2 and zoom == before[2]

    canvas.wait(there, f"not moved by {dx}, {dy}: {before} became {view(canvas)}")


def test_the_canvas_is_dragged_with_the_hand_and_the_middle_button(open_canvas):
    canvas = open_canvas()
    before = view(canvas)
    canvas.drag_points(*desk(canvas, 60, 300), 80, 40)
    moved(canvas, before, 80, 40)
    mouse = canvas.page.mouse
    x, y = desk(canvas, 60, 300)
    mouse.move(x, y)
    mouse.down(button="middle")
    mouse.move(x - 30, y + 25, steps=4)
    mouse.up(button="middle")
    moved(canvas, before, 50, 65)


@pytest.mark.parametrize("button", ["left", "middle"])
def test_from_a_card_the_middle_button_and_space_move_the_canvas_and_not_the_card(open_canvas, button):
    canvas = open_canvas()
    canvas.node(END).click()
    before = view(canvas)
    box = canvas.node(END).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if button == "left":
        canvas.page.keyboard.down(" ")
        expect(canvas.page.locator(".fs-canvas")).to_have_class(_has("is-held"))
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down(button=button)
    canvas.page.mouse.move(x + 70, y - 50, steps=5)
    canvas.page.mouse.up(button=button)
    canvas.page.keyboard.up(" ")
    moved(canvas, before, 70, -50)
    expect(canvas.page.locator(".fs-canvas")).not_to_have_class(_has("is-held"))
    canvas.node("action: Send reminder").click()
    assert canvas.event("select", lambda each: each["nodes"] == ["n4"])
    assert not canvas.events("patch")
    assert not canvas.events("command"), "a space that was held for a drag renames nothing"


def test_space_moves_the_canvas_before_anything_has_the_focus(open_canvas):
    canvas = open_canvas()
    before = view(canvas)
    box = canvas.node(END).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    canvas.page.mouse.move(x, y)
    canvas.page.keyboard.down(" ")
    expect(canvas.page.locator(".fs-canvas")).to_have_class(_has("is-held"))
    canvas.page.mouse.down()
    canvas.page.mouse.move(x - 40, y - 40, steps=4)
    canvas.page.mouse.up()
    canvas.page.keyboard.up(" ")
    moved(canvas, before, -40, -40)
    canvas.page.mouse.move(*desk(canvas, 40, 300))
    expect(canvas.page.locator(".fs-canvas")).not_to_have_class(_has("is-held"))
    assert not canvas.events("patch")


def _has(name: str) -> Any:

    return re.compile(rf"(^|\s){name}(\s|$)")


def test_wheel_and_two_fingers_on_a_touchpad_move_the_canvas(open_canvas):
    canvas = open_canvas()
    before = view(canvas)
    canvas.page.mouse.move(*desk(canvas, 300, 300))
    canvas.page.mouse.wheel(0, 90)
    moved(canvas, before, 0, -90)
    canvas.page.mouse.wheel(-40, 30)
    moved(canvas, before, 40, -120)
    box = canvas.node(END).bounding_box()
    canvas.page.mouse.move(box["x"] + 60, box["y"] + 30)
    canvas.page.mouse.wheel(0, -60)
    moved(canvas, before, 40, -60)


@pytest.mark.parametrize("key", ["Control", "Meta", None])
def test_control_and_the_wheel_zoom_where_the_pointer_is(open_canvas, key):
    """Without a key: a pinch on a touchpad, which comes as a wheel that says Ctrl."""
    canvas = open_canvas()
    x, y, zoom = view(canvas)
    px, py = 500.0, 240.0
    at = ((px - x) / zoom, (py - y) / zoom)
    canvas.page.mouse.move(*desk(canvas, px, py))
    if key:
        canvas.page.keyboard.down(key)
        canvas.page.mouse.wheel(0, -120)
        canvas.page.keyboard.up(key)
    else:
        spot = desk(canvas, px, py)
        canvas.page.locator(".vue-flow__pane").dispatch_event(
            "wheel", {"deltaY": -12, "ctrlKey": True, "clientX": spot[0], "clientY": spot[1], "cancelable": True}
        )
    canvas.wait(lambda: view(canvas)[2] > zoom * 1.05, "not nearer")
    x2, y2, zoom2 = view(canvas)
    assert abs(at[0] * zoom2 + x2 - px) < 1.5
    assert abs(at[1] * zoom2 + y2 - py) < 1.5


def test_keys_bring_nearer_farther_to_full_size_and_show_everything(open_canvas):
    canvas = open_canvas()
    canvas.page.emulate_media(reduced_motion="reduce")
    canvas.node(END).click()
    press = canvas.page.keyboard.press
    press("0")
    canvas.wait(lambda: canvas.zoom == 1, "not at 100 %")
    press("+")
    canvas.wait(lambda: abs(canvas.zoom - 1.1) < 0.001, "not nearer")
    press("-")
    press("-")
    canvas.wait(lambda: abs(canvas.zoom - 0.9) < 0.001, "not farther")
    canvas.drag_points(*desk(canvas, 60, 300), 500, 300)
    press("1")
    for name in ("trigger: Every weekday at 09:00", END):
        expect(canvas.node(name)).to_be_in_viewport(ratio=1)


def test_what_cannot_be_read_as_a_whole_opens_at_its_beginning(open_canvas):
    canvas = open_canvas("tall")
    assert canvas.zoom == 0.75
    expect(canvas.node("trigger: A ticket comes in")).to_be_in_viewport()
    canvas.page.locator(".fs-canvas").focus()
    canvas.page.keyboard.press("1")
    canvas.wait(lambda: canvas.zoom < 0.3, "not everything is shown")


def test_dots_of_the_desk_move_with_the_drawing_and_boxes_stand_on_them(open_canvas):
    canvas = open_canvas()
    canvas.drag_points(*desk(canvas, 60, 300), 33, 21)
    x, y, zoom = view(canvas)
    dots = canvas.page.locator(".fs-desk-dots").evaluate(
        "each => [each.style.backgroundPosition, parseFloat(each.style.backgroundSize)]"
    )
    assert [float(one) for one in dots[0].replace("px", "").split()] == pytest.approx([x, y], abs=0.01)
    assert dots[1] == pytest.approx(24 * zoom, abs=0.01)
    canvas.drag(canvas.node(END), 61, 37)
    assert all(part % 12 == 0 for part in canvas.op("move")["to"]["end"])


@pytest.fixture
def touch_canvas(browser: Browser, canvas_app: str) -> Any:
    """A canvas on a tablet."""
    context = browser.new_context(has_touch=True, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(f"{canvas_app}/invoice")
    page.wait_for_selector(".fs-canvas[data-ready=true]")
    yield Canvas(page, canvas_app)
    context.close()


def fingers(canvas: Canvas, *paths: list[tuple[float, float]]) -> None:
    """Put down a finger for each path, move all along step by step, and lift them."""
    session = canvas.page.context.new_cdp_session(canvas.page)

    def send(kind: str, step: int) -> None:
        points = [{"x": path[step][0], "y": path[step][1], "id": number} for number, path in enumerate(paths)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0)
    for step in range(1, len(paths[0])):
        send("touchMove", step)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_one_finger_moves_the_canvas_two_bring_it_nearer(touch_canvas):
    canvas = touch_canvas
    before = view(canvas)
    x, y = desk(canvas, 50, 420)
    fingers(canvas, [(x + 10 * step, y + 6 * step) for step in range(8)])
    canvas.wait(lambda: view(canvas)[0] > before[0] + 40 and view(canvas)[1] > before[1] + 20, "a finger moved nothing")
    assert view(canvas)[2] == before[2]
    x, y = desk(canvas, 80, 400)
    fingers(canvas, [(x - 5 * step, y) for step in range(8)], [(x + 60 + 5 * step, y) for step in range(8)])
    canvas.wait(lambda: view(canvas)[2] > before[2] * 1.3, "two fingers brought nothing nearer")
    assert not canvas.events("patch")
