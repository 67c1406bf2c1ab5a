"""axe-core finds nothing on any page, in light and dark, on a desk and on a phone, nor in what opens on them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from hatch_build import SCANNER, build_frontend
from tests.e2e.conftest import ROOT, App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_pages import SIZES, furnished, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
__all__ = ["furnished"]

SCAN = """async () => (await axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
})).violations.flatMap((rule) => rule.nodes.slice(0, 3).map((node) =>
  `${rule.id} (${rule.impact}): ${node.target.join(' ')} ${node.html.slice(0, 140)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`))"""


@pytest.fixture(scope="module")
def scanner() -> str:
    """axe-core as the front end's lock names it; the build lays it beside the sources."""
    for place in (ROOT / "frontend/node_modules/axe-core/axe.min.js", ROOT / SCANNER):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    build_frontend(ROOT, force=True)
    return (ROOT / SCANNER).read_text(encoding="utf-8")


STILL = "() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)"


def faults(page: Page, scanner: str) -> list[str]:
    """What axe-core finds once nothing moves: a dialog that is still growing measures smaller than it is."""
    page.wait_for_function(STILL)
    page.evaluate(scanner)
    return page.evaluate(SCAN)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_fault(
    visitor: Callable[..., BrowserContext], furnished: App, scanner: str, look: str, size: str
):
    page = visitor(viewport=SIZES[size], color_scheme=look, reduced_motion="reduce").new_page()
    found: dict[str, list[str]] = {}
    places = [*pages_of(page), "/workflows/wf_001/outline", "/workflows/wf_001/versions", "/records?type=invoices"]
    for place in dict.fromkeys(places):
        page.goto(place)
        expect(page.locator("main").first).to_be_visible()
        if place == "/workflows/wf_001":
            EditorPage(page).ready()
        if told := faults(page, scanner):
            found[place] = told
    assert not found, "\n".join(f"{place}\n  " + "\n  ".join(told) for place, told in found.items())


def test_nothing_that_opens_in_the_editor_has_a_fault(
    visitor: Callable[..., BrowserContext], furnished: App, scanner: str
):
    page = visitor(reduced_motion="reduce").new_page()
    editor = EditorPage(page).open("wf_001")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        if told := faults(page, scanner):
            found[name] = told

    for node in ("trigger", "node_1", "node_3", "node_4"):
        page.locator(f".vue-flow__node[data-id={node}]").click(position={"x": 20, "y": 20})
        expect(editor.detail).to_have_attribute("data-node", node)
        look(f"panel of {node}")
    editor.canvas.focus()
    page.keyboard.press("Control+a")
    expect(page.get_by_text(re.compile("boxes chosen"))).to_be_visible()
    look("several chosen")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Command", exact=True)).to_be_focused()
    look("command bar")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Command", exact=True)).to_have_count(0)
    editor.press("Test run")
    expect(page.get_by_label("Sample", exact=True)).to_be_visible()
    look("test run, before its first step")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    page.locator("[data-step=node_4]").first.click()
    expect(page.get_by_role("article", name="Mail")).to_be_visible()
    look("test run, a mail")
    assert not found, "\n".join(f"{place}\n  " + "\n  ".join(told) for place, told in found.items())


OPENED = (
    ("/workflows", "More about Invoice Reminder Workflow", "Save as template", "Save as template"),
    ("/workflows", "More about Invoice Reminder Workflow", "Delete", "Delete Invoice Reminder Workflow?"),
    ("/workflows", "New folder", "", "A new folder"),
    ("/workflows", "More about Invoice Reminder Workflow", "Move to a folder", "Move 1 workflow"),
    ("/workflows", "More about Invoice Reminder Workflow", "Tags", "Tags of Invoice Reminder Workflow"),
    ("/settings", "Add holidays", "", "Add holidays"),
    ("/settings", "Add a value", "", "Add a value"),
    ("/templates/web-form-lead-routing", "Use this template", "", "Use this template"),
    ("/records?type=invoices", "New record", "", "New in invoices"),
    ("/records?type=invoices", "New record type", "", "New record type"),
    ("/records?type=invoices", "Import CSV", "", "Bring in invoices from a table"),
    ("/credentials", "New connection", "", "New connection"),
)
"""Page, button, entry of its menu, and the name of the dialog that opens."""


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_dialog_outside_the_editor_has_a_fault(
    visitor: Callable[..., BrowserContext], furnished: App, scanner: str, look: str, size: str
):
    page = visitor(viewport=SIZES[size], color_scheme=look, reduced_motion="reduce").new_page()
    found: dict[str, list[str]] = {}
    for place, button, entry, name in OPENED:
        page.goto(place)
        page.get_by_role("button", name=button, exact=True).first.click()
        if entry:
            page.get_by_role("menuitem", name=entry, exact=True).click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        expect(page.get_by_role("menuitem")).to_have_count(0)
        if told := faults(page, scanner):
            found[f"{place}: {name}"] = told
    assert not found, "\n".join(f"{place}\n  " + "\n  ".join(told) for place, told in found.items())


@pytest.mark.parametrize("size", SIZES)
def test_nothing_that_opens_in_the_outline_has_a_fault(
    visitor: Callable[..., BrowserContext], furnished: App, scanner: str, size: str
):
    page = visitor(viewport=SIZES[size], reduced_motion="reduce").new_page()
    page.goto("/workflows/wf_001/outline")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        if told := faults(page, scanner):
            found[name] = told

    line = page.locator("[role=treeitem][data-line=node_3]")
    line.focus()
    page.keyboard.press("w")
    expect(page.get_by_role("dialog", name="Which way should lead on?")).to_be_visible()
    look("which way")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=re.compile("Where should"))).to_be_visible()
    look("where it leads")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    line.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("2 boxes chosen")).to_be_visible()
    look("several chosen")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    look("test run")
    assert not found, "\n".join(f"{place}\n  " + "\n  ".join(told) for place, told in found.items())
