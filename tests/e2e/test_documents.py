"""Documents among the records: their text stays as it is written, and a click opens the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TEXT = "# Briefing for Monday\n\n- Meeting point: Gate seven\n- Crew: Ada and Bo"


def test_a_documents_text_keeps_its_lines_and_the_file_opens(
    visitor: Callable[..., BrowserContext], flowstudio: App
) -> None:
    fields = {"id": "docu_lines", "title": "Briefing for Monday", "template": "own sheet", "url": "x", "body": TEXT}
    flowstudio.api("POST", "/records/documents", json=fields).raise_for_status()
    page = visitor().new_page()
    page.goto("/records?type=documents")
    page.locator('[data-record="docu_lines"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Body")).to_have_value(TEXT)
    expect(page.locator("th", has_text="Body")).to_have_count(0)
    address = dialog.get_by_role("link", name="Open the document").get_attribute("href")
    assert address == "/documents/docu_lines"
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-")
    dialog.get_by_label("Body").press("Control+End")
    dialog.get_by_label("Body").press_sequentially(" and Cy")
    dialog.get_by_role("button", name="Save the record").click()
    expect(dialog).to_be_hidden()
    assert flowstudio.api("GET", "/records/documents/docu_lines").json()["body"] == f"{TEXT} and Cy"


def test_who_has_no_link_that_holds_reads_a_page_and_is_asked_to_sign_in_without_one(
    browser: Browser, flowstudio: App
) -> None:
    context = browser.new_context(base_url=flowstudio.url, color_scheme="dark")
    page = context.new_page()
    answer = page.goto("/documents/none?expires=1&signature=0")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading")).to_have_text("There is no document at this address")
    expect(page.locator("body")).to_have_class("body--dark")
    page.goto("/documents/none")
    page.wait_for_url("**/sign-in")
    context.close()
