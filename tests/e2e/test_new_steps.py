"""A step that was just added: what it lacks is said quietly until it is left, or somebody wants to use the workflow."""

import pytest
from playwright.sync_api import expect

from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MAIL = "action: Send email"


def test_what_a_new_step_lacks_is_said_without_alarm_until_it_is_left(editor: EditorPage):
    page = editor.new().page
    editor.drag_in("By hand", 400, 60)
    editor.drag_in("Send email", 400, 220)
    still = page.locator("[data-still]")
    expect(still).to_contain_text("Still to fill in: To")
    seal = editor.node(MAIL).locator(".fs-seal")
    expect(page.get_by_role("list", name="Problems")).not_to_contain_text('needs "To"')
    editor.choose("trigger: By hand")
    expect(still).to_have_count(0)
    expect(page.get_by_role("list", name="Problems")).to_contain_text('needs "To"')
    expect(seal).to_have_count(1)
    editor.choose(MAIL)
    expect(still).to_have_count(0)
    expect(page.get_by_role("list", name="Problems")).to_contain_text('needs "To"')


@pytest.mark.parametrize("deed", ["Test run", "Validate", "Publish"])
def test_who_wants_to_use_the_workflow_is_told_what_is_lacking(editor: EditorPage, deed: str):
    page = editor.new().page
    editor.drag_in("By hand", 400, 60)
    editor.drag_in("Send email", 400, 220)
    expect(page.locator("[data-still]")).to_contain_text("Still to fill in: To")
    page.get_by_role("button", name=deed, exact=True).first.click()
    expect(page.locator("[data-still]")).to_have_count(0)
    expect(page.get_by_role("list", name="Problems")).to_contain_text('needs "To"')
