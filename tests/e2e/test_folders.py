"""Folders in folders in the browser: by drag, by menu, by keyboard; the way to a folder; deleted and taken back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.test_shelf import Shelf, shelf

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
__all__ = ["shelf"]


def made(flowstudio: App, name: str, parent: str = "") -> str:
    return flowstudio.api("POST", "/folders", json={"name": name, "parent": parent}).raise_for_status().json()["id"]


@pytest.fixture
def tree(shelf: Shelf, flowstudio: App) -> Shelf:
    """Finance with Invoices with Late in it, and Sales; Alpha is late, Beta in Invoices."""
    finance = made(flowstudio, "Finance")
    invoices = made(flowstudio, "Invoices", finance)
    late = made(flowstudio, "Late", invoices)
    made(flowstudio, "Sales")
    for workflow, folder in (("wf_a", late), ("wf_b", invoices)):
        flowstudio.api("POST", "/shelf/move", json={"workflows": [workflow], "folder": folder}).raise_for_status()
    return shelf.open()


def test_a_folder_shows_what_is_below_and_the_way_to_it(tree: Shelf):
    page, way = tree.page, tree.page.get_by_role("navigation", name="Way to this folder")
    expect(tree.place("Finance")).to_have_accessible_name("Finance 2")
    expect(way).to_have_count(0)
    tree.place("Finance").click()
    expect(tree.row("Gamma")).to_have_count(0)
    expect(tree.row("Alpha")).to_contain_text("Invoices / Late")
    tree.place("Late").click()
    expect(tree.row("Beta")).to_have_count(0)
    expect(way).to_have_text(re.compile("All workflows.*Finance.*Invoices.*Late"))
    way.get_by_role("button", name="Invoices").click()
    expect(tree.row("Beta")).to_be_visible()
    expect(tree.row("Alpha")).to_contain_text("Late")
    page.get_by_label("Find a workflow").fill("news of alpha")
    expect(tree.row("Beta")).to_have_count(0)
    expect(tree.row("Alpha")).to_be_visible()
    page.reload()
    expect(way).to_have_text(re.compile("All workflows.*Finance.*Invoices$"))
    way.get_by_role("button", name="All workflows").click()
    expect(tree.row("Delta")).to_be_visible()
    expect(way).to_have_count(0)


def test_folders_are_closed_and_stay_so(tree: Shelf):
    page = tree.page
    page.get_by_role("button", name="Folders in Finance").click()
    expect(tree.place("Invoices")).to_have_count(0)
    page.reload()
    expect(tree.place("Sales")).to_be_visible()
    expect(tree.place("Invoices")).to_have_count(0)
    tree.place("Finance").focus()
    page.keyboard.press("ArrowRight")
    expect(tree.place("Late")).to_be_visible()
    expect(tree.place("Finance")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(tree.place("Invoices")).to_be_focused()


def test_a_folder_is_moved_by_drag_by_menu_and_by_key_and_back(tree: Shelf, flowstudio: App):
    page = tree.page

    def ways() -> dict[str, str]:
        found = {one["id"]: one for one in flowstudio.api("GET", "/folders").json()["folders"]}
        return {one["name"]: found.get(one["parent"], {"name": ""})["name"] for one in found.values()}

    tree.place("Invoices").drag_to(tree.place("Sales"))
    tree.said("Invoices stands in Sales now.")
    expect(tree.place("Sales")).to_have_accessible_name("Sales 2")
    assert ways() == {"Finance": "", "Invoices": "Sales", "Late": "Invoices", "Sales": ""}
    tree.press("Undo")
    expect(tree.place("Finance")).to_have_accessible_name("Finance 2")
    tree.place("Invoices").drag_to(tree.place("All workflows"))
    tree.said("Invoices stands at the top now.")
    tree.more("Invoices", "Move")
    dialog = page.get_by_role("dialog", name="Move Invoices")
    expect(dialog.get_by_role("button", name="Late")).to_have_count(0)
    dialog.get_by_role("button", name="Sales").click()
    tree.said("Invoices stands in Sales now.")
    tree.place("Late").focus()
    page.keyboard.press("m")
    page.get_by_role("dialog", name="Move Late").get_by_role("button", name="At the top").click()
    tree.said("Late stands at the top now.")
    assert ways() == {"Finance": "", "Invoices": "Sales", "Late": "", "Sales": ""}
    tree.place("Sales").focus()
    page.keyboard.press("F2")
    tree.ask("Name of the folder", "late", "Rename the folder")
    tree.said('There is a folder "late" already.')


def test_a_folder_is_made_in_another_deleted_and_taken_back(tree: Shelf):
    page = tree.page
    tree.place("Invoices").click()
    expect(tree.place("Invoices")).to_have_attribute("aria-pressed", "true")
    tree.press("New folder")
    expect(page.get_by_role("dialog", name="A new folder in Invoices")).to_be_visible()
    tree.ask("Name of the folder", "Late", "Make the folder")
    tree.said('There is a folder "Late" in Invoices already.')
    tree.place("Invoices").focus()
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Delete the folder Invoices?")
    expect(dialog).to_contain_text("The 1 workflow and 1 folder in it move up to Finance.")
    dialog.get_by_role("button", name="Delete the folder").click()
    tree.said("The folder Invoices is deleted. What was in it moved up.")
    expect(tree.place("Invoices")).to_have_count(0)
    expect(tree.place("Finance")).to_have_accessible_name("Finance 2")
    expect(tree.place("Finance")).to_have_attribute("aria-pressed", "true")
    expect(tree.row("Alpha")).to_contain_text("Late")
    tree.press("Undo")
    tree.said("The folder Invoices is back.")
    expect(tree.place("Invoices")).to_have_accessible_name("Invoices 2")
    expect(tree.row("Alpha")).to_contain_text("Invoices / Late")


@pytest.mark.parametrize("width", [360, 768])
def test_a_finger_opens_folder_after_folder(visitor: Callable[..., BrowserContext], tree: Shelf, width: int):
    hand = Shelf(visitor(viewport={"width": width, "height": 900}, has_touch=True, is_mobile=True).new_page()).open()
    way = hand.page.get_by_role("navigation", name="Way to this folder")
    for name in ("Finance", "Invoices", "Late"):
        hand.place(name).tap()
        expect(way).to_have_text(re.compile(f"{name}$"))
    expect(hand.row("Alpha")).to_be_visible()
    expect(hand.row("Beta")).to_have_count(0)
    way.get_by_role("button", name="Finance").tap()
    expect(hand.row("Beta")).to_be_visible()
