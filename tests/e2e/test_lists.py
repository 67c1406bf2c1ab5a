"""Long lists and the ways to all places: by hand, by keyboard, on a phone; words stay words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.test_pages import furnished

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
__all__ = ["furnished"]

PHONE = {"width": 360, "height": 740}


def test_a_record_opens_by_keyboard_and_its_words_stay_words(visitor: Callable[..., BrowserContext], flowstudio: App):
    evil = '<img src=x onerror="document.title=1"> & Co.'
    company = flowstudio.api("GET", "/records/companies").json()["records"][0]["id"]
    flowstudio.api("PATCH", f"/records/companies/{company}", json={"name": evil}).raise_for_status()
    page = visitor().new_page()
    page.goto("/records?type=companies")
    line = page.locator(f"[data-record={company}]")
    expect(line.get_by_role("button", name=evil)).to_be_visible()
    expect(line.locator("img")).to_have_count(0)
    line.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=evil)).to_be_visible()


def test_a_list_keeps_the_keyboard_when_news_arrive(visitor: Callable[..., BrowserContext], furnished: App):
    page = visitor().new_page()
    page.goto("/runs")
    first = page.get_by_role("table", name="Runs").get_by_role("link").first
    first.focus()
    address = first.get_attribute("href")
    before = page.locator("[data-run]").count()
    furnished.api("POST", "/workflows/wf_001/execute?wait=20", json={"input_data": {}}).raise_for_status()
    expect(page.locator("[data-run]")).to_have_count(before + 1)
    expect(page.locator(f"a[href='{address}']")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_a_row_opens_as_a_whole_and_beside_with_ctrl(visitor: Callable[..., BrowserContext], furnished: App):
    context = visitor()
    page = context.new_page()
    page.goto("/runs")
    row = page.locator("[data-run]").first
    with context.expect_page() as opened:
        row.locator("td").nth(2).click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile(r"/runs/run_"))
    expect(page).to_have_url(re.compile(r"/runs$"))
    row.locator("td").nth(2).click()
    page.wait_for_url("**/runs/run_*")


def test_the_list_at_the_left_is_narrowed_down(visitor: Callable[..., BrowserContext], flowstudio: App):
    page = visitor().new_page()
    page.goto("/records")
    lines = page.get_by_role("navigation", name="Record types").get_by_role("link")
    expect(lines.nth(5)).to_be_visible()
    page.get_by_label("Find a record type").fill("invo")
    expect(lines.filter(has_text="Assets")).to_have_count(0)
    lines.filter(has_text="Invoices").first.click()
    page.wait_for_url("**/records?type=invoices")


def test_a_phone_reaches_every_place_by_keyboard(visitor: Callable[..., BrowserContext], flowstudio: App):
    page = visitor(viewport=PHONE).new_page()
    page.goto("/runs")
    dock = page.get_by_role("navigation", name="Most used")
    expect(dock.get_by_role("link", name="Runs")).to_have_attribute("aria-current", "page")
    places = page.get_by_role("navigation", name="Main")
    expect(places).to_be_hidden()
    dock.get_by_role("button", name="All").focus()
    page.keyboard.press("Enter")
    expect(places).to_be_visible()
    page.keyboard.press("Escape")
    expect(places).to_be_hidden()
    expect(dock.get_by_role("button", name="All")).to_be_focused()
    page.keyboard.press("Enter")
    wanted = places.get_by_role("link", name="Connections")
    expect(wanted).to_be_in_viewport(ratio=1)
    for _ in range(20):
        page.keyboard.press("Tab")
        if wanted.evaluate("link => link === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/credentials")
