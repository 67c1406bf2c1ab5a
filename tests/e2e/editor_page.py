"""The editor as a person works in it: by mouse, keyboard and the words on the page."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


class EditorPage:
    """One tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # places

    def open(self, workflow_id: str) -> "EditorPage":
        """Open a workflow and wait until it is painted."""
        self.page.goto(f"/workflows/{workflow_id}")
        self.ready()
        return self

    def new(self) -> "EditorPage":
        """Make a new workflow with the button."""
        self.page.goto("/workflows")
        self.page.get_by_role("button", name="New workflow").first.click()
        self.page.wait_for_url(re.compile(r"/workflows/[^/?]+$"))
        self.ready()
        return self

    def ready(self) -> None:
        self.page.wait_for_selector(".fs-canvas[data-ready=true]")

    @property
    def workflow_id(self) -> str:
        return self.page.url.rstrip("/").rsplit("/", 1)[1]

    # the canvas

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".fs-canvas")

    def node(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def port(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def names(self) -> set[str]:
        return set(self.page.locator(".fs-canvas [role=group]").evaluate_all("all => all.map(e => e.ariaLabel)"))

    def edges(self) -> set[str]:
        return set(self.page.locator(".fs-edge").evaluate_all("all => all.map(e => e.dataset.edge)"))

    def drag_in(self, step: str, x: float, y: float) -> None:
        """Drag an entry of the palette onto the canvas, at a spot of the canvas in screen pixels."""
        entry = self.entry(step)
        before = self.page.locator(".fs-canvas [role=group]").count()
        entry.drag_to(self.canvas, target_position={"x": x, "y": y})
        expect(self.page.locator(".fs-canvas [role=group]")).to_have_count(before + 1)

    def entry(self, step: str) -> Locator:
        """An entry of the palette, its group opened."""
        entry = self.page.get_by_role("button", name=step, exact=True, include_hidden=True)
        group = self.page.locator("details.fs-palette__group").filter(has=entry)
        entry = group.get_by_role("button", name=step, exact=True, include_hidden=True)
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        entry.scroll_into_view_if_needed()
        return entry

    def connect(self, port: str, target: str) -> None:
        """Drag from a way out to a card."""
        start, end = centre(self.port(port)), centre(self.node(target))
        before = len(self.edges())
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
        mouse.move(*end, steps=3)
        mouse.up()
        expect(self.page.locator(".fs-edge")).to_have_count(before + 1)

    def choose(self, name: str) -> Locator:
        """Choose a step and return the panel that then shows it."""
        self.node(name).click(position={"x": 20, "y": 20})
        expect(self.node(name)).to_have_class(re.compile("selected"))
        expect(self.detail).to_have_attribute("data-node", self.node(name).get_attribute("data-id") or "")
        return self.detail

    def choose_nothing(self) -> None:
        box = self.canvas.bounding_box()
        assert box
        self.page.mouse.click(box["x"] + 12, box["y"] + 12)

    # the panel

    @property
    def detail(self) -> Locator:
        return self.page.get_by_role("complementary", name="Details")

    def rename(self, name: str) -> None:
        field = self.page.get_by_label("Name of the step")
        field.fill(name)
        field.press("Tab")

    def text(self, label: str) -> Locator:
        """A text field that takes variables."""
        return self.detail.get_by_role("textbox", name=label, exact=True)

    def write(self, label: str, text: str) -> None:
        """Fill a text field; its variables are typed as `{{…}}` by the person."""
        field = self.text(label)
        field.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)
        field.blur()

    def pick(self, search: str, option: str) -> None:
        """Find a variable in the open picker and take it."""
        picker = self.page.get_by_role("dialog", name="Pick a variable")
        picker.get_by_label("Find a variable").fill(search)
        picker.get_by_role("option").filter(has_text=option).first.click()
        expect(picker).to_have_count(0)

    def select(self, label: str, option: str) -> None:
        """Choose from a list of the panel."""
        self.detail.get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    # deeds

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def said(self, text: str | re.Pattern[str]) -> None:
        """Wait for a sentence at the bottom of the page, and let it go."""
        toast = self.page.locator(".fs-toast").filter(has_text=text)
        expect(toast.first).to_be_visible()

    def publish(self) -> None:
        self.press("Publish")
        self.said("is published")

    def switch_on(self) -> None:
        self.page.get_by_role("switch", name="On", exact=True).click()
        self.said("It is on.")

    def drop_file(self, place: str, name: str, content: bytes | str) -> None:
        """Drop a file from the desktop onto a place of the page."""
        self.page.wait_for_selector("[data-drop][data-listens]", state="attached")
        text = content if isinstance(content, str) else content.decode()
        transfer = self.page.evaluate_handle(
            """([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name, {type: 'application/json'})); return t; }""",
            [name, text],
        )
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event(place, event, {"dataTransfer": transfer})

    def export(self, into: Path) -> bytes:
        """Press Export and return the file."""
        with self.page.expect_download() as waiting:
            self.press("Export")
        waiting.value.save_as(into)
        return into.read_bytes()


def centre(locator: Locator) -> tuple[float, float]:
    """The middle of an element, in screen pixels."""
    box = locator.bounding_box()
    assert box, locator
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def without_status(raw: bytes) -> Any:
    """A document's bytes without its status line."""
    return re.sub(rb'\n\s*"status": "[a-z]+",?', b"", raw), {**json.loads(raw), "status": None}
