"""Every page, in light and dark, on a desk and on a phone: no error, nothing cut off, everything named and readable."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.looking import nameless, pale, too_wide
from tests.e2e.test_starting import EXAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def furnished(flowstudio: App) -> App:
    """A server with the example switched on and a run of it, so that no page is empty."""
    if flowstudio.api("GET", "/workflows/wf_001").status_code == 404:
        flowstudio.api("POST", "/workflows/import", content=EXAMPLE).raise_for_status()
        flowstudio.api("POST", "/workflows/wf_001/execute?wait=20", json={"input_data": {}}).raise_for_status()
    return flowstudio


BEHIND = ("/bin", "/members", "/audit", "/storage", "/notifications", "/alerts", "/workflows/wf_001/overview")
"""Pages that stand behind those of the rail."""


def pages_of(page: Page) -> list[str]:
    """Every page that the rail leads to, and one of each kind behind them."""
    page.goto("/workflows")
    rail = page.locator(".fs-rail a[href]")
    found = list(dict.fromkeys(rail.evaluate_all("all => all.map(each => each.getAttribute('href'))")))
    page.goto("/runs")
    run = page.locator("[data-run] a").first.get_attribute("href")
    return [*found, *BEHIND, "/workflows/wf_001", run]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_stands_in_both_looks_and_sizes(
    visitor: Callable[..., BrowserContext], furnished: App, look: str, size: str
):
    page = visitor(viewport=SIZES[size], color_scheme=look, reduced_motion="reduce").new_page()
    faults: dict[str, list[str]] = {}
    for path in pages_of(page):
        page.goto(path)
        expect(page.locator("main").first).to_be_visible()
        if path == "/workflows/wf_001":
            EditorPage(page).ready()
        expect(page).to_have_title(re.compile("FlowStudio"))
        expect(page.locator("body")).to_have_class(re.compile("body--dark" if look == "dark" else "body--light"))
        found = [*nameless(page), *pale(page), *(f"wide: {one}" for one in too_wide(page))]
        if found:
            faults[path] = found
    assert not faults, "\n".join(f"{path}\n  " + "\n  ".join(found) for path, found in faults.items())


def test_what_is_not_there_is_said_with_the_way_to_all_of_them(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor().new_page()
    for path, thing, back in (
        ("/workflows/none", "workflow", "/workflows"),
        ("/workflows/none/outline", "workflow", "/workflows"),
        ("/workflows/none/versions", "workflow", "/workflows"),
        ("/runs?workflow=none", "workflow", "/workflows"),
        ("/runs/none", "run", "/runs"),
        ("/templates/none", "template", "/templates"),
    ):
        page.goto(path)
        expect(page.get_by_text(f"This {thing} is not there.")).to_be_visible()
        page.get_by_role("button", name=f"See all {thing}s").click()
        page.wait_for_url(f"**{back}")


def test_an_address_that_leads_nowhere_leads_home(browser: Browser, flowstudio: App):
    context = browser.new_context(storage_state=flowstudio.state, base_url=flowstudio.url)
    page = context.new_page()
    assert page.goto("/nowhere").status == 404
    expect(page.get_by_text("There is no page at this address.")).to_be_visible()
    expect(page.get_by_text("HTTPException")).to_have_count(0)
    page.get_by_role("button", name="Home").click()
    page.wait_for_url(f"{flowstudio.url}/")
    context.close()


def test_a_test_run_reads_well_in_dark(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor(color_scheme="dark").new_page()
    editor = EditorPage(page).open("wf_001")
    editor.press("Test run")
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    page.locator("[data-step=node_4]").first.click()
    expect(page.get_by_role("article", name="Mail")).to_be_visible()
    assert not nameless(page)
    assert not pale(page)


def test_the_editor_is_worked_by_keyboard_alone(editor: EditorPage):
    """Add by Enter, wire by keyboard, open, rename, delete, undo."""
    page = editor.new().page
    page.keyboard.press("n")
    field = page.locator("[data-palette-search]")
    if not field.evaluate("field => field === document.activeElement"):
        editor.canvas.focus()
        page.keyboard.press("n")
    expect(field).to_be_focused()
    page.keyboard.type("by hand")
    page.keyboard.press("Enter")
    expect(editor.node("trigger: By hand")).to_be_visible()
    field.focus()
    field.fill("send email")
    page.keyboard.press("Enter")
    expect(editor.node("action: Send email")).to_be_visible()
    assert "trigger:out>node_1" in editor.edges()
    editor.node("action: Send email").focus()
    page.keyboard.press("F2")
    expect(page.get_by_label("Name of the step")).to_be_focused()
    page.keyboard.type("Tell them")
    page.keyboard.press("Tab")
    expect(editor.node("action: Tell them")).to_be_visible()
    editor.node("action: Tell them").focus()
    page.keyboard.press("Delete")
    expect(editor.node("action: Tell them")).to_have_count(0)
    editor.canvas.focus()
    page.keyboard.press("Control+z")
    expect(editor.node("action: Tell them")).to_be_visible()


def test_the_pages_are_reached_by_keyboard(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor().new_page()
    page.goto("/workflows")
    expect(page.locator("[data-workflow]").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Import")).to_be_focused()
    page.get_by_role("link", name=re.compile("Invoice Reminder")).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/workflows/wf_001")


def test_who_is_not_signed_in_sees_nothing(browser: Browser, flowstudio: App):
    context = browser.new_context(base_url=flowstudio.url)
    page = context.new_page()
    for path in ("/workflows", "/workflows/wf_001", "/runs", "/records", "/settings", "/workflows/wf_001/file"):
        page.goto(path)
        assert "/sign-in" in page.url
    assert not nameless(page)
    context.close()


def test_the_lists_of_steps_scroll_up_and_down_only_and_cover_nothing(editor: EditorPage):
    page = editor.new().page
    sideways = "each => [...each.querySelectorAll('*'), each].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto').map(e => e.className)"
    assert page.locator(".fs-palette").evaluate(sideways) == []
    editor.entry("By hand").click()
    page.get_by_role("button", name="Add a step after By hand").click()
    titles = page.locator(".fs-quick__title").first
    expect(titles).to_be_visible()
    field, first = page.get_by_label("Which step comes here?").bounding_box(), titles.bounding_box()
    assert field["y"] + field["height"] <= first["y"]


def test_a_double_click_on_a_deed_is_one_deed(editor: EditorPage, flowstudio: App):
    page = editor.page
    before = flowstudio.api("GET", "/workflows").json()["total"]
    page.goto("/workflows")
    page.get_by_role("button", name="New workflow").first.dblclick()
    page.wait_for_url(re.compile(r"/workflows/[^/?]+$"))
    editor.ready()
    assert flowstudio.api("GET", "/workflows").json()["total"] == before + 1
