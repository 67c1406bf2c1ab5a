"""The outline as a person works in it who has a keyboard alone: keys, and the words that are read out."""

import re

from playwright.sync_api import Locator, Page, expect


class OutlinePage:
    """One tab; nothing here clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, workflow_id: str) -> "OutlinePage":
        self.page.goto(f"/workflows/{workflow_id}/outline")
        expect(self.page.get_by_role("complementary", name="Details")).to_be_visible()
        self.page.wait_for_function("() => window.socket?.connected ?? true")
        return self

    @property
    def tree(self) -> Locator:
        return self.page.get_by_role("tree", name="Steps")

    @property
    def lines(self) -> Locator:
        return self.tree.get_by_role("treeitem")

    @property
    def detail(self) -> Locator:
        return self.page.get_by_role("complementary", name="Details")

    def line(self, name: str) -> Locator:
        """The line that is read out with these words in its beginning, as `Do: Call`."""
        return self.tree.get_by_role("treeitem", name=re.compile("^" + re.escape(name) + r"(?![\w ])"))

    def names(self) -> list[str]:
        """What stands in the list, with two spaces for each level."""
        return self.lines.evaluate_all(
            "all => all.map(e => '  '.repeat(e.ariaLevel - 1) + e.querySelector('.fs-outline__name').innerText)"
        )

    def reads(self, *lines: str) -> None:
        """Wait until the list is read like this, from top to bottom."""
        expect(self.lines).to_have_count(len(lines))
        self.page.wait_for_function(
            """(wanted) => JSON.stringify([...document.querySelectorAll('[role=treeitem]')].map(
                 (e) => '  '.repeat(e.ariaLevel - 1) + e.querySelector('.fs-outline__name').innerText)) === wanted""",
            arg=_compact(lines),
        )

    def go(self, name: str) -> Locator:
        """Walk to a line with the arrow keys, from wherever the keyboard is in the list."""
        target = self.line(name)
        expect(target).to_have_count(1)
        if not self.page.evaluate("document.activeElement.closest('[role=tree]') !== null"):
            self.enter()
        self.page.keyboard.press("Home")
        steps = self.lines.evaluate_all(
            "(all, id) => all.findIndex(e => e.dataset.line === id)", target.get_attribute("data-line")
        )
        for _ in range(steps):
            self.page.keyboard.press("ArrowDown")
        expect(target).to_be_focused()
        return target

    def enter(self) -> None:
        """Come into the list by Tab, as from anywhere on the page."""
        self.page.locator("body").press("Tab")
        for _ in range(60):
            if self.page.evaluate("document.activeElement.closest('[role=treeitem]') !== null"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not come into the list")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def answer(self, dialog: str | re.Pattern[str], text: str) -> None:
        """Type into the dialog that asks, and take the first that fits with Enter."""
        found = self.page.get_by_role("dialog", name=dialog)
        expect(found).to_be_visible()
        field = found.get_by_label("Find a step")
        expect(field).to_be_focused()
        self.page.keyboard.type(text)
        expect(found.locator(".fs-choose__option").first).to_contain_text(re.compile(re.escape(text), re.IGNORECASE))
        self.page.keyboard.press("Enter")
        expect(found).to_have_count(0)

    def pick(self, dialog: str | re.Pattern[str], option: str) -> None:
        """Walk to an option of a short dialog with the arrow keys."""
        found = self.page.get_by_role("dialog", name=dialog)
        expect(found).to_be_visible()
        options = found.locator(".fs-choose__option")
        expect(options.first).to_be_focused()
        target = options.filter(has_text=option)
        for _ in range(options.count()):
            if target.evaluate("e => e === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        expect(target).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(found).to_have_count(0)

    def menu(self, name: str, entry: str) -> None:
        """Open a line's menu with the context menu's key and walk to an entry."""
        self.go(name)
        self.page.keyboard.press("Shift+F10")
        items = self.page.get_by_role("menuitem")
        expect(items.first).to_be_focused()
        target = self.page.get_by_role("menuitem", name=entry, exact=True)
        expect(target).to_have_count(1)
        while not target.evaluate("e => e === document.activeElement"):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("menu")).to_have_count(0)

    def field(self, label: str) -> None:
        """Come into a field of the settings by Tab, from the line whose settings they are."""
        wanted = self.detail.get_by_label(label, exact=True).first
        expect(wanted).to_be_visible()
        for _ in range(60):
            if wanted.evaluate("e => e === document.activeElement || e.contains(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not come to {label}")

    def select(self, label: str, option: str) -> None:
        """Choose in a list of the settings by typing a part of the option."""
        self.field(label)
        self.page.keyboard.press("Enter")
        choices = self.page.get_by_role("listbox")
        expect(choices).to_be_visible()
        self.page.keyboard.type(option)
        expect(choices.get_by_role("option").first).to_contain_text(option)
        self.page.keyboard.press("Enter")
        expect(choices).to_have_count(0)

    def write(self, label: str, text: str) -> None:
        """Write into a field of the settings."""
        self.field(label)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def settings(self, name: str) -> None:
        """Open a line's settings with Enter and go into them."""
        line = self.go(name)
        self.page.keyboard.press("Enter")
        expect(self.detail).to_have_attribute("data-node", line.get_attribute("data-line") or "")
        if self.page.evaluate("document.activeElement.closest('[role=tree]') !== null"):
            self.page.keyboard.press("Enter")
        expect(self.detail.locator(":focus")).to_have_count(1)

    def said(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".fs-toast").filter(has_text=text).first).to_be_visible()


def _compact(lines: tuple[str, ...]) -> str:
    return "[" + ",".join('"' + one.replace('"', '\\"') + '"' for one in lines) + "]"
