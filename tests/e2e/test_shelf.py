"""The shelf in the browser: folders, tags, search, columns, many at once, the bin; by mouse and by keyboard."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import App
from tests.e2e.looking import nameless, pale, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NAMES = {"wf_a": "Alpha", "wf_b": "Beta", "wf_c": "Gamma", "wf_d": "Delta"}


def document(workflow_id: str, name: str) -> dict:
    mail = {"to": "ada@harbor.example", "subject": f"News of {name.lower()}", "body": "Soon"}
    return {
        "id": workflow_id, "name": name, "trigger": {"type": "manual", "config": {}},
        "nodes": [
            {"id": "m", "name": f"Tell {name}", "type": "action", "action": "send_email", "config": mail},
            {"id": "e", "name": "Done", "type": "end"},
        ],
        "edges": [{"from": "trigger", "to": "m"}, {"from": "m", "to": "e"}],
    }  # fmt: skip


class Shelf:
    """The page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bar = page.get_by_role("toolbar", name="Chosen workflows")
        self.side = page.get_by_role("navigation", name="Folders and tags")

    def open(self) -> "Shelf":
        self.page.goto("/workflows")
        self.row("Alpha").wait_for()
        return self

    def row(self, name: str) -> Locator:
        link = self.page.get_by_role("link", name=name, exact=True)
        return self.page.locator("[data-workflow]").filter(has=link)

    def sort_by_name(self) -> None:
        """Let the names run from A to Z, whatever order an earlier test left for the person."""
        heading = self.page.get_by_role("columnheader", name="Workflow")
        if heading.get_attribute("aria-sort") != "ascending":
            heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", "ascending")
        expect(self.page.locator("[data-workflow] a.fs-row__name").first).to_have_text("Alpha")

    def rows(self) -> list[str]:
        return self.page.locator("[data-workflow] a.fs-row__name").all_inner_texts()

    def tick(self, name: str) -> Locator:
        return self.page.get_by_role("checkbox", name=f"Choose {name}", exact=True)

    def place(self, name: str) -> Locator:
        return self.side.get_by_role("button", name=re.compile(f"^{name} [0-9]+$"))

    def more(self, name: str, deed: str) -> None:
        self.page.get_by_role("button", name=f"More about {name}", exact=True).click()
        self.page.get_by_role("menuitem", name=deed, exact=True).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def said(self, text: str) -> None:
        expect(self.page.locator(".fs-toast")).to_contain_text(text)

    def ask(self, label: str, text: str, deed: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.fill(text)
        self.page.get_by_role("dialog").get_by_role("button", name=deed, exact=True).click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def shelf(visitor: Callable[..., BrowserContext], flowstudio: App) -> Iterator[Shelf]:
    """A shelf of four workflows, in no folder and without tags."""
    for workflow_id, name in NAMES.items():
        flowstudio.api("POST", "/workflows/import?on_conflict=replace", json=document(workflow_id, name))
    yield Shelf(visitor(accept_downloads=True).new_page()).open()
    every = [one["id"] for one in flowstudio.api("GET", "/workflows?page_size=100").json()["workflows"]]
    flowstudio.api("POST", "/shelf/delete", json={"workflows": every})
    for kind in ("folders", "tags"):
        for one in flowstudio.api("GET", f"/{kind}").json()[kind]:
            flowstudio.api("DELETE", f"/{kind}/{one['id']}")


def test_folders_are_made_filled_by_drag_and_by_menu_renamed_and_deleted(shelf: Shelf):
    page = shelf.page
    shelf.press("New folder")
    shelf.ask("Name of the folder", "Finance", "Make the folder")
    expect(shelf.place("Finance")).to_have_accessible_name("Finance 0")
    shelf.row("Beta").drag_to(shelf.place("Finance"))
    shelf.said("Beta moved to Finance.")
    expect(shelf.place("Finance")).to_have_accessible_name("Finance 1")
    expect(shelf.row("Beta")).to_contain_text("Finance")
    page.get_by_role("button", name="Undo").click()
    expect(shelf.place("Finance")).to_have_accessible_name("Finance 0")
    shelf.more("Gamma", "Move to a folder")
    page.get_by_role("dialog").get_by_role("button", name="Finance").click()
    expect(shelf.place("Finance")).to_have_accessible_name("Finance 1")
    shelf.place("Finance").click()
    expect(shelf.row("Alpha")).to_have_count(0)
    assert shelf.rows() == ["Gamma"]
    expect(page).to_have_url(re.compile("folder="))
    page.reload()
    expect(shelf.row("Gamma")).to_be_visible()
    expect(shelf.row("Alpha")).to_have_count(0)
    shelf.more("Finance", "Rename")
    shelf.ask("Name of the folder", "Money", "Rename the folder")
    expect(shelf.place("Money")).to_have_accessible_name("Money 1")
    shelf.more("Money", "Delete the folder")
    expect(page.get_by_role("dialog")).to_contain_text("The 1 workflow in it stays as it is, in no folder.")
    page.get_by_role("dialog").get_by_role("button", name="Delete the folder").click()
    expect(shelf.row("Alpha")).to_be_visible()
    expect(shelf.row("Gamma")).to_be_visible()
    expect(shelf.place("Money")).to_have_count(0)


def test_an_empty_folder_says_what_to_do(shelf: Shelf):
    shelf.press("New folder")
    shelf.ask("Name of the folder", "Later", "Make the folder")
    shelf.place("Later").click()
    expect(shelf.page.get_by_text("This folder is empty.")).to_be_visible()
    shelf.press("Show all workflows")
    expect(shelf.row("Alpha")).to_be_visible()


def test_tags_are_given_filtered_by_changed_and_taken_off(shelf: Shelf):
    page = shelf.page
    shelf.tick("Alpha").check()
    shelf.tick("Beta").check()
    shelf.bar.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="New tag").click()
    shelf.ask("Name of the tag", "Urgent", "Make the tag")
    expect(shelf.row("Alpha")).to_contain_text("Urgent")
    expect(shelf.row("Beta")).to_contain_text("Urgent")
    expect(shelf.row("Gamma")).not_to_contain_text("Urgent")
    shelf.place("Urgent").click()
    expect(shelf.row("Gamma")).to_have_count(0)
    assert sorted(shelf.rows()) == ["Alpha", "Beta"]
    shelf.more("Urgent", "Rename or colour")
    page.get_by_label("Colour").click()
    page.get_by_role("option", name="Red").click()
    shelf.ask("Name of the tag", "Now", "Keep the tag")
    expect(shelf.row("Alpha").locator(".fs-chip--bad")).to_have_text("Now")
    shelf.more("Alpha", "Tags")
    page.get_by_role("dialog").get_by_role("checkbox", name="Now").click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(shelf.row("Alpha")).to_have_count(0)
    shelf.place("Now").click()
    expect(shelf.row("Alpha")).to_be_visible()
    shelf.more("Now", "Delete the tag")
    page.get_by_role("dialog").get_by_role("button", name="Delete the tag").click()
    expect(shelf.row("Beta")).not_to_contain_text("Now")


def test_a_search_finds_steps_and_texts_and_says_where(shelf: Shelf):
    page = shelf.page
    page.keyboard.press("/")
    field = page.get_by_label("Find a workflow")
    expect(field).to_be_focused()
    field.fill("tell gamma")
    expect(shelf.row("Alpha")).to_have_count(0)
    expect(shelf.row("Gamma")).to_contain_text("node Tell Gamma")
    field.fill("news of beta")
    expect(shelf.row("Beta")).to_contain_text("node Tell Beta: News of beta")
    expect(shelf.row("Gamma")).to_have_count(0)
    field.fill("nowhere at all")
    expect(page.get_by_text("No workflow fits.")).to_be_visible()
    expect(page.get_by_text('There is none with "nowhere at all" in it.')).to_be_visible()
    shelf.press("Show all")
    expect(shelf.row("Alpha")).to_be_visible()
    expect(field).to_have_value("")


def test_columns_and_order_are_remembered_for_the_person(shelf: Shelf):
    page = shelf.page
    expect(page.get_by_role("columnheader", name="Owner")).to_have_count(0)
    shelf.press("View")
    page.get_by_role("checkbox", name="Owner").click()
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    page.get_by_role("checkbox", name="Last 14 days").click()
    page.keyboard.press("Escape")
    shelf.sort_by_name()
    heading = page.get_by_role("columnheader", name="Workflow")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(page.locator("[data-workflow] a.fs-row__name").first).to_have_text("Gamma")
    shelf.open()
    expect(page.get_by_role("columnheader", name="Workflow")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Last 14 days")).to_have_count(0)
    assert shelf.rows() == ["Gamma", "Delta", "Beta", "Alpha"]


def test_many_are_chosen_switched_copied_and_exported(shelf: Shelf, flowstudio: App):
    page = shelf.page
    shelf.sort_by_name()
    page.get_by_role("checkbox", name="Choose all that are shown").check()
    expect(shelf.bar).to_contain_text("4 chosen")
    shelf.press("Choose none")
    expect(shelf.bar).to_have_count(0)
    first, third = shelf.rows()[0], shelf.rows()[2]
    shelf.tick(first).click()
    shelf.tick(third).click(modifiers=["Shift"])
    expect(shelf.bar).to_contain_text("3 chosen")
    shelf.bar.get_by_role("button", name="Switch on").click()
    shelf.said("3 workflows are on.")
    expect(page.get_by_role("switch", name=f"Switch {first} on or off")).to_be_checked()
    shelf.bar.get_by_role("button", name="Switch off").click()
    shelf.said("3 workflows are off.")
    with page.expect_download() as download:
        shelf.bar.get_by_role("button", name="Export").click()
    found = json.loads(download.value.path().read_bytes())
    assert [one["name"] for one in found["workflows"]] == shelf.rows()[:3]
    shelf.bar.get_by_role("button", name="Duplicate").click()
    shelf.said("3 workflows copied.")
    expect(shelf.row(f"{first} copy")).to_be_visible()
    assert flowstudio.api("GET", "/workflows").json()["total"] == 7


def test_a_file_of_several_comes_in_as_copies_when_they_are_here(shelf: Shelf, flowstudio: App):
    page = shelf.page
    raw = flowstudio.api("POST", "/shelf/export", json={"workflows": ["wf_a", "wf_b"]}).content
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files({"name": "several.json", "mimeType": "application/json", "buffer": raw})
    expect(page.get_by_role("dialog")).to_contain_text("2 workflows of 2 in several.json are here already.")
    page.get_by_role("button", name="Import as copies").click()
    shelf.said("2 workflows came in, switched off.")
    expect(page.get_by_role("link", name="Alpha", exact=True)).to_have_count(2)
    expect(page.get_by_role("link", name="Beta", exact=True)).to_have_count(2)


def test_what_is_deleted_is_taken_back_at_once_and_from_the_bin(shelf: Shelf, flowstudio: App):
    page = shelf.page
    flowstudio.api("PATCH", "/workflows/wf_a/toggle", json={"active": True}).raise_for_status()
    shelf.open()
    for name in ("Alpha", "Beta"):
        shelf.tick(name).check()
    shelf.bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog", name="Delete 2 workflows?")).to_contain_text("Waiting runs are cancelled")
    page.get_by_role("button", name="Delete 2 workflows").click()
    expect(shelf.row("Alpha")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("switch", name="Switch Alpha on or off")).to_be_checked()
    expect(shelf.row("Beta")).to_be_visible()
    shelf.more("Alpha", "Delete")
    page.get_by_role("button", name="Delete the workflow").click()
    expect(shelf.row("Alpha")).to_have_count(0)
    shelf.side.get_by_role("link", name="Bin").click()
    page.wait_for_url("**/bin")
    gone = page.locator('[data-binned="wf_a"]')
    expect(gone).to_contain_text("Alpha")
    gone.get_by_role("button", name="Put back").click()
    expect(gone).to_have_count(0)
    page.get_by_role("button", name="All workflows").first.click()
    expect(page.get_by_role("switch", name="Switch Alpha on or off")).not_to_be_checked()


def test_deleting_names_the_workflows_that_run_what_goes(shelf: Shelf, flowstudio: App):
    calls = document("wf_b", "Beta")
    calls["nodes"].insert(0, {"id": "run", "name": "Run Alpha", "type": "workflow", "config": {"workflow": "wf_a"}})
    calls["edges"] = [{"from": "trigger", "to": "run"}]
    flowstudio.api("POST", "/workflows/import?on_conflict=replace", json=calls).raise_for_status()
    shelf.more("Alpha", "Delete")
    dialog = shelf.page.get_by_role("dialog", name="Delete Alpha?")
    expect(dialog).to_contain_text('"Beta" runs it: without it the step there fails.')
    dialog.get_by_role("button", name="Not now").click()
    shelf.more("Beta", "Delete")
    expect(shelf.page.get_by_role("dialog", name="Delete Beta?")).not_to_contain_text("runs it")
    shelf.page.get_by_role("button", name="Not now").click()


def test_the_bin_is_emptied_for_good_after_it_said_what_goes(shelf: Shelf, flowstudio: App):
    page = shelf.page
    flowstudio.api("POST", "/shelf/switch", json={"workflows": ["wf_a"], "active": True}).raise_for_status()
    flowstudio.api("POST", "/shelf/delete", json={"workflows": ["wf_a", "wf_b", "wf_c"]}).raise_for_status()
    page.goto("/bin")
    remove = page.locator('[data-binned="wf_a"]').get_by_role("button", name="Remove Alpha for good", exact=True)
    remove.click()
    dialog = page.get_by_role("dialog", name="Remove Alpha for good?")
    expect(dialog).to_contain_text("1 version and every change in the editor go too")
    expect(dialog).to_contain_text("Records that runs wrote stay")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Not now").click()
    expect(page.locator('[data-binned="wf_a"]')).to_be_visible()
    remove.click()
    dialog.get_by_role("button", name="Remove Alpha", exact=True).click()
    shelf.said("Alpha is gone for good.")
    expect(page.locator('[data-binned="wf_a"]')).to_have_count(0)
    expect(page.locator('[data-binned="wf_b"]')).to_be_visible()
    page.get_by_label("How long they stay").click()
    page.get_by_role("option", name="30 days", exact=True).click()
    page.get_by_role("button", name="Remove them after 30 days").click()
    shelf.said("Workflows stay in the bin for 30 days.")
    page.get_by_role("button", name="Remove all for good").click()
    page.get_by_role("button", name=re.compile(r"^Remove \d+ workflows$")).click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    assert flowstudio.api("GET", "/bin").json()["workflows"] == []


def test_the_shelf_is_worked_by_keyboard_alone(shelf: Shelf):
    page = shelf.page
    shelf.sort_by_name()
    page.get_by_role("link", name="Alpha", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Beta", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(shelf.tick("Beta")).to_be_checked()
    page.keyboard.press("Shift+ArrowDown")
    expect(shelf.tick("Delta")).to_be_checked()
    expect(page.get_by_role("link", name="Delta", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(shelf.tick("Beta")).not_to_be_checked()
    page.keyboard.press("Control+a")
    expect(shelf.bar).to_contain_text("4 chosen")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name="Move 1 workflow")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Delta", exact=True).focus()
    page.keyboard.press("Delete")
    page.get_by_role("dialog", name="Delete Delta?").get_by_role("button", name="Delete the workflow").press("Enter")
    expect(shelf.row("Delta")).to_have_count(0)


def test_the_menu_of_a_row_leads_to_settings_and_runs(shelf: Shelf):
    page = shelf.page
    shelf.more("Alpha", "Settings of the workflow")
    page.wait_for_url("**/workflows/wf_a")
    expect(page.get_by_text("If it starts while it runs")).to_be_visible()
    shelf.open().more("Alpha", "Its runs")
    page.wait_for_url("**/runs?workflow=wf_a")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 900, 360])
def test_the_full_shelf_stands_in_every_look_and_width(
    visitor: Callable[..., BrowserContext], shelf: Shelf, flowstudio: App, look: str, width: int
):
    folder = flowstudio.api("POST", "/folders", json={"name": "A folder with quite a long name, as people write"})
    flowstudio.api("POST", "/shelf/move", json={"workflows": ["wf_a"], "folder": folder.json()["id"]})
    for colour in ("idle", "ok", "busy", "warn", "bad", "data"):
        tag = flowstudio.api("POST", "/tags", json={"name": f"Tag {colour}", "colour": colour}).json()["id"]
        flowstudio.api("POST", "/shelf/tag", json={"workflows": ["wf_a"], "tag": tag})
    page = visitor(viewport={"width": width, "height": 800}, color_scheme=look, reduced_motion="reduce").new_page()
    other = Shelf(page).open()
    other.tick("Alpha").check()
    expect(other.bar).to_be_visible()
    assert [*nameless(page), *pale(page), *(f"wide: {one}" for one in too_wide(page))] == []
