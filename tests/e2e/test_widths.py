"""Every page fits a phone, a tablet and two desks; by touch everything that is pressed is large enough to be hit."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.looking import too_small, too_wide
from tests.e2e.test_pages import furnished

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
__all__ = ["furnished"]

SHELF = "/workflows"
PLACES = (
    "/", SHELF, "/workflows/wf_001", "/workflows/wf_001/outline", "/workflows/wf_001/overview",
    "/workflows/wf_001/versions", "/workflows/wf_001/past", "/runs", "/runs/{run}", "/runs/{run}/replay",
    "/templates", "/templates/web-form-lead-routing", "/approvals", "/records", "/records?type=invoices",
    "/credentials", "/messages", "/schedules", "/analytics", "/notifications", "/audit", "/settings", "/members",
    "/storage", "/bin", "/help",
)  # fmt: skip
"""Every page, with what is on it once people work here."""
TOUCHED = {360: 740, 768: 1024}
"""Widths that are worked by touch, with their heights."""


@pytest.fixture(scope="module")
def full(furnished: App) -> App:
    """A shelf with folders in folders, tags, long names and every column, and something in the bin."""
    app, parent = furnished, ""
    for name in ("Accounts of the north and the south", "Invoices that are late", "Reminders to the largest payers"):
        made = app.api("POST", "/folders", json={"name": name, "parent": parent}).raise_for_status()
        parent = made.json()["id"]
    app.api("POST", "/shelf/move", json={"workflows": ["wf_001"], "folder": parent}).raise_for_status()
    for number, colour in enumerate(("bad", "ok", "data")):
        tag = app.api("POST", "/tags", json={"name": f"Tag number {number}", "colour": colour}).json()["id"]
        app.api("POST", "/shelf/tag", json={"workflows": ["wf_001"], "tag": tag}).raise_for_status()
    copies = app.api("POST", "/shelf/duplicate", json={"workflows": ["wf_001"]}).json()["done"]
    app.api("POST", "/shelf/delete", json={"workflows": copies}).raise_for_status()
    return app


def shown(page: Page, place: str) -> None:
    """Open a page and wait until it stands."""
    page.goto(place)
    expect(page.locator("main").first).to_be_visible()
    if place == "/workflows/wf_001":
        EditorPage(page).ready()
    if place == SHELF:
        expect(page.locator("[data-workflow]").first).to_be_visible()


def places(page: Page) -> list[str]:
    page.goto("/runs")
    run = page.locator("[data-run] a").first.get_attribute("href").rsplit("/", 1)[-1]
    return [place.format(run=run) for place in PLACES]


@pytest.mark.parametrize("width", [360, 768, 1024, 1440])
def test_no_page_is_wider_than_the_window(visitor: Callable[..., BrowserContext], full: App, width: int):
    touch = width in TOUCHED
    size = {"width": width, "height": TOUCHED.get(width, 900)}
    page = visitor(viewport=size, has_touch=touch, is_mobile=touch, reduced_motion="reduce").new_page()
    faults: dict[str, list[str]] = {}
    for place in places(page):
        shown(page, place)
        found = [f"wide: {one}" for one in too_wide(page)]
        found += [f"small: {one}" for one in too_small(page)] if touch else []
        if found:
            faults[place] = found
    assert not faults, "\n".join(f"{place}\n  " + "\n  ".join(found) for place, found in faults.items())


def test_the_shelf_fits_with_every_column(visitor: Callable[..., BrowserContext], full: App):
    page = visitor().new_page()
    shown(page, SHELF)
    page.get_by_role("button", name="View", exact=True).click()
    boxes = page.get_by_role("checkbox", name=re.compile("Owner|Folder|Changed|Next run"))
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        if box.get_attribute("aria-checked") != "true":
            box.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    for width in (1440, 1024, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert not too_wide(page), width
