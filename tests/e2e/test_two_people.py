"""Two people with accounts of their own on one workflow: seen, both edits kept, nothing taken back in silence."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CALL, WRITE, END = "action: Call the customer", "action: Write it down", "end: End"


class Member:
    """Somebody with an account and a browser of their own."""

    def __init__(self, flowstudio: App, browser: Browser, name: str, role: str) -> None:
        person = {"name": name, "email": f"{name.split(maxsplit=1)[0].lower()}@brightline.example", "role": role}
        added = flowstudio.api("POST", "/members", json=person).raise_for_status().json()
        self.id, self.name, self._app = added["id"], name, flowstudio
        self.context: BrowserContext = browser.new_context(
            base_url=flowstudio.url, viewport={"width": 1440, "height": 900}, locale="en-GB"
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.goto(added["sign_in_link"])
        expect(self.page.get_by_role("navigation", name="Main").get_by_text(name)).to_be_visible()

    def open(self, workflow_id: str) -> EditorPage:
        return EditorPage(self.page).open(workflow_id)

    def may(self, role: str) -> None:
        self._app.api("PATCH", f"/members/{self.id}", json={"role": role}).raise_for_status()

    def leave(self) -> None:
        self.context.close()
        self._app.api("DELETE", f"/members/{self.id}")


Joins = Callable[[str, str], Member]


@pytest.fixture
def joins(flowstudio: App, browser: Browser) -> Iterator[Joins]:
    """Let people join the workspace; they leave it at the end."""
    joined: list[Member] = []

    def join(name: str, role: str) -> Member:
        joined.append(Member(flowstudio, browser, name, role))
        return joined[-1]

    yield join
    for one in joined:
        one.leave()


def draft(flowstudio: App, workflow_id: str) -> dict:
    return flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()


def config(flowstudio: App, workflow_id: str, node: str) -> dict:
    return next(one["config"] for one in draft(flowstudio, workflow_id)["nodes"] if one["id"] == node)


def here(editor: EditorPage, *names: str) -> None:
    expect(editor.page.get_by_role("group", name=f"Also here: {', '.join(names)}")).to_be_visible()


def test_each_sees_the_other_by_name_and_both_edits_stay(joins: Joins, flowstudio: App):
    workflow_id = small(flowstudio)
    ada, ben = joins("Ada Moss", "builder"), joins("Ben Roe", "admin")
    one, two = ada.open(workflow_id), ben.open(workflow_id)
    here(one, "Ben Roe")
    here(two, "Ada Moss")
    one.choose(CALL)
    two.choose(WRITE)
    one.write("Title", "Ring them first")
    two.write("Title", "Write all of it down")
    one.choose(WRITE)
    two.choose(CALL)
    expect(one.page.get_by_label("Title", exact=True)).to_contain_text("Write all of it down")
    expect(two.page.get_by_label("Title", exact=True)).to_contain_text("Ring them first")
    assert config(flowstudio, workflow_id, "first")["title"] == "Ring them first"
    assert config(flowstudio, workflow_id, "second")["title"] == "Write all of it down"
    two.page.goto("/workflows")
    expect(one.page.get_by_role("group", name=re.compile("Also here"))).to_have_count(0)


def test_the_same_field_written_by_both_is_asked_about_with_the_name(joins: Joins, flowstudio: App):
    workflow_id = small(flowstudio)
    ada, ben = joins("Ada Moss", "builder"), joins("Ben Roe", "admin")
    one, two = ada.open(workflow_id), ben.open(workflow_id)
    one.choose(CALL)
    two.choose(CALL)
    ben.context.set_offline(True)
    two.page.evaluate("window.socket.io.engine.close()")
    two.page.wait_for_function("!window.socket.connected")
    two.write("Title", "From Ben")
    one.write("Title", "From Ada")
    one.page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('flowstudio.journal.'))")
    assert config(flowstudio, workflow_id, "first")["title"] == "From Ada"
    ben.context.set_offline(False)
    clash = two.page.locator("[data-clash]")
    expect(clash).to_contain_text("From Ben")
    expect(clash).to_contain_text("Ada Moss changed it to")
    expect(clash).to_contain_text("From Ada")
    assert config(flowstudio, workflow_id, "first")["title"] == "From Ada"
    clash.get_by_role("button", name="Put mine in").click()
    expect(clash).to_have_count(0)
    expect(one.page.get_by_label("Title", exact=True)).to_contain_text("From Ben")
    assert config(flowstudio, workflow_id, "first")["title"] == "From Ben"


def test_a_step_that_one_deletes_while_the_other_moves_it_is_gone_for_both_and_comes_back(
    joins: Joins, flowstudio: App
):
    workflow_id = small(flowstudio)
    ada, ben = joins("Ada Moss", "builder"), joins("Ben Roe", "admin")
    one, two = ada.open(workflow_id), ben.open(workflow_id)
    box = two.node(END).bounding_box()
    two.page.mouse.move(box["x"] + 20, box["y"] + 20)
    two.page.mouse.down()
    two.page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    one.node(END).click(position={"x": 20, "y": 20})
    one.page.keyboard.press("Delete")
    expect(one.node(END)).to_have_count(0)
    two.page.mouse.move(box["x"] + 160, box["y"] + 80, steps=4)
    two.page.mouse.up()
    expect(two.node(END)).to_have_count(0)
    expect(one.node(END)).to_have_count(0)
    assert [each["id"] for each in draft(flowstudio, workflow_id)["nodes"]] == ["first", "second"]
    one.press("Undo")
    one.said("Undone: Delete.")
    for tab in (one, two):
        expect(tab.node(END)).to_be_visible()


def test_undo_says_whose_change_it_is_before_it_takes_it_back(joins: Joins, flowstudio: App):
    workflow_id = small(flowstudio)
    ada, ben = joins("Ada Moss", "builder"), joins("Ben Roe", "admin")
    one, two = ada.open(workflow_id), ben.open(workflow_id)
    one.node(END).click(position={"x": 20, "y": 20})
    one.page.keyboard.press("Delete")
    expect(two.node(END)).to_have_count(0)
    two.press("Undo")
    two.said("The last change is of Ada Moss: Delete. Undo once more takes it back.")
    expect(two.node(END)).to_have_count(0)
    two.press("Undo")
    two.said("Undone: Delete.")
    expect(one.node(END)).to_be_visible()


def test_a_role_that_is_taken_away_counts_at_once_on_open_pages(joins: Joins, flowstudio: App):
    workflow_id = small(flowstudio)
    ada = joins("Ada Moss", "builder")
    editor = ada.open(workflow_id)
    expect(editor.page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
    with editor.page.expect_navigation():
        ada.may("viewer")
    editor.ready()
    expect(editor.page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    editor.node(END).click(position={"x": 20, "y": 20})
    editor.page.keyboard.press("Delete")
    editor.page.reload()
    editor.ready()
    expect(editor.node(END)).to_be_visible()
    with editor.page.expect_navigation(url=re.compile("/sign-in")):
        flowstudio.api("DELETE", f"/members/{ada.id}").raise_for_status()


def test_a_viewer_sees_edits_as_they_are_made_and_changes_nothing(joins: Joins, flowstudio: App):
    workflow_id = small(flowstudio)
    ada, eve = joins("Ada Moss", "builder"), joins("Eve Hart", "viewer")
    one, looking = ada.open(workflow_id), eve.open(workflow_id)
    here(one, "Eve Hart")
    one.choose(CALL)
    one.rename("Ring the customer")
    expect(looking.node("action: Ring the customer")).to_be_visible()
    one.node(END).click(position={"x": 20, "y": 20})
    one.page.keyboard.press("Delete")
    expect(looking.node(END)).to_have_count(0)
    before = draft(flowstudio, workflow_id)
    looking.node(WRITE).click(position={"x": 20, "y": 20})
    for key in ("Delete", "Control+z", "Control+d"):
        looking.page.keyboard.press(key)
    expect(looking.page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    expect(looking.node(WRITE)).to_be_visible()
    assert draft(flowstudio, workflow_id) == before
