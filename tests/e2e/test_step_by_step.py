"""An empty canvas leads to a first workflow by questions, or to the templates."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_three_answers_draw_a_workflow_that_one_undo_takes_away(visitor: Callable[..., BrowserContext]):
    page = visitor().new_page()
    editor = EditorPage(page).new()
    page.get_by_role("button", name="Step by step", exact=True).click()
    guide = page.get_by_role("dialog")
    expect(guide.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    guide.get_by_role("radio", name=re.compile("^On a schedule")).click()
    expect(guide.get_by_text("What should it do?")).to_be_visible()
    find = guide.get_by_label("Find a step")
    find.fill("send email")
    find.press("Enter")
    expect(guide.get_by_text("1. Send email")).to_be_visible()
    find.fill("create task")
    find.press("Enter")
    expect(guide.get_by_text("2. Create task")).to_be_visible()
    guide.get_by_role("button", name="Create task earlier", exact=True).click()
    expect(guide.get_by_text("1. Create task")).to_be_visible()
    guide.get_by_role("button", name="Next", exact=True).click()
    guide.get_by_role("radio", name=re.compile("^Only if something holds")).click()
    guide.get_by_role("button", name="Draw it", exact=True).click()
    expect(guide).to_have_count(0)
    expect(editor.node("action: Create task")).to_be_visible()
    expect(editor.node("action: Send email")).to_be_visible()
    assert len(editor.edges()) == 5
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".fs-canvas [role=group]")).to_have_count(0)
    expect(page.get_by_role("button", name="Step by step", exact=True)).to_be_visible()


def test_nothing_is_drawn_for_who_changes_their_mind_and_templates_are_a_click_away(
    visitor: Callable[..., BrowserContext],
):
    page = visitor().new_page()
    EditorPage(page).new()
    page.get_by_role("button", name="Step by step", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Not now", exact=True).click()
    expect(page.locator(".fs-canvas [role=group]")).to_have_count(0)
    page.get_by_role("button", name="From a template", exact=True).click()
    expect(page).to_have_url(re.compile("/templates$"))
