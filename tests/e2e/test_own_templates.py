"""A workflow becomes a template, stands in the gallery and is used; a step becomes a preset and is put in again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.looking import nameless, pale, too_wide

pytestmark = pytest.mark.browser


def use_shipped(app: App, template_id: str) -> str:
    made = app.api("POST", f"/templates/{template_id}/create")
    assert made.is_success, made.text
    return str(made.json()["id"])


def looks_right(page: Page) -> None:
    assert not nameless(page)
    assert not pale(page)
    assert not too_wide(page)


def test_from_a_workflow_to_the_gallery_and_back(editor: EditorPage, flowstudio: App, tmp_path: Path) -> None:
    page = editor.page
    editor.open(use_shipped(flowstudio, "invoice-reminder"))
    editor.press("Save as template")
    page.get_by_label("Name of the template").fill("How we chase invoices")
    page.get_by_label("Ask the next person for").press_sequentially("priority")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option", name="Open ticket for collections: Priority").click()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Department")).to_have_value("Finance")
    editor.press("Save the template")
    editor.said("How we chase invoices is a template now.")

    page.goto("/templates")
    ours = page.get_by_role("region", name="Ours")
    expect(ours.locator(".fs-picture rect").first).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name=re.compile("^Ours")).click()
    expect(page.get_by_role("region", name="Ours")).to_contain_text("1 template")
    page.get_by_role("link", name="How we chase invoices").click()
    page.wait_for_url("**/templates/our-how-we-chase-invoices")
    editor.ready()
    expect(page.get_by_role("region", name="With its sample data it does this")).to_contain_text("1 email")
    expect(page.get_by_role("region", name="It needs")).to_contain_text("Open ticket for collections: Priority")
    looks_right(page)

    editor.press("Use this template")
    page.get_by_label("Open ticket for collections: Priority").click()
    page.get_by_role("option", name="Urgent").click()
    editor.press("Make the workflow")
    page.wait_for_url("**/workflows/our-how-we-chase-invoices")
    editor.ready()
    expect(page.get_by_text("No problems")).to_be_visible()
    draft = flowstudio.api("GET", "/workflows/our-how-we-chase-invoices?draft=true").json()
    assert "'priority': 'urgent'" in str(draft)


def test_details_change_a_file_goes_out_and_comes_in(editor: EditorPage, flowstudio: App, tmp_path: Path) -> None:
    page = editor.page
    said = {
        "workflow_id": use_shipped(flowstudio, "expense-report-approval"),
        "name": "Our expenses",
        "category": "finance",
    }
    assert flowstudio.api("POST", "/templates", json=said).is_success
    page.goto("/templates/our-expenses")
    editor.ready()
    editor.press("More about this template")
    page.get_by_text("Edit details").click()
    page.get_by_label("Name of the template").fill("Expenses the quick way")
    editor.press("Save")
    expect(page.get_by_role("heading", name="Expenses the quick way")).to_be_visible()
    editor.ready()
    editor.press("More about this template")
    with page.expect_download() as waiting:
        page.get_by_text("Export", exact=True).click()
    waiting.value.save_as(tmp_path / "expenses.json")
    raw = (tmp_path / "expenses.json").read_text()

    editor.press("More about this template")
    page.get_by_text("Delete", exact=True).click()
    editor.press("Delete the template")
    page.wait_for_url("**/templates")
    expect(page.get_by_text("Expenses the quick way")).to_have_count(0)
    editor.drop_file("body", "expenses.json", raw)
    editor.said("Expenses the quick way is among your templates.")
    assert flowstudio.api("GET", "/templates/our-expenses/export").text == raw

    bad = {**json.loads(raw), "template": {"category": "cooking", "difficulty": "hard"}}
    editor.drop_file("body", "bad.json", json.dumps(bad))
    problems = page.get_by_role("list", name="Problems")
    expect(problems).to_contain_text("$.template.category")
    expect(problems).to_contain_text("$.template.difficulty")


def test_a_workflow_with_errors_is_told_why_it_cannot(editor: EditorPage) -> None:
    page = editor.page
    editor.new()
    name = editor.workflow_id
    page.goto("/workflows")
    row = page.locator(f"[data-workflow='{name}']")
    row.get_by_role("button", name="More about New workflow").click()
    page.get_by_text("Save as template").click()
    editor.press("Save the template")
    expect(page.get_by_text("This cannot become a template yet")).to_be_visible()


def test_a_step_is_kept_and_put_in_by_click_drag_and_keyboard(editor: EditorPage, flowstudio: App) -> None:
    page = editor.page
    editor.open(use_shipped(flowstudio, "invoice-reminder"))
    editor.choose("action: Send reminder")
    editor.press("More about this step")
    page.get_by_text("Save as preset").click()
    page.get_by_label("Name of the preset").fill("Polite reminder")
    editor.press("Save the preset")
    editor.said("Polite reminder stands under Presets.")

    editor.new()
    editor.entry("By hand").click()
    expect(editor.node("trigger: By hand")).to_be_visible()
    editor.entry("Polite reminder").click()
    expect(editor.node("action: Send reminder")).to_be_visible()
    expect(editor.detail).to_contain_text("Please transfer the amount within seven days.")
    editor.drag_in("Polite reminder", 500, 420)
    expect(editor.node("action: Send reminder 2")).to_be_visible()
    find = page.get_by_label("Find a step")
    find.fill("polite")
    find.press("Enter")
    expect(editor.node("action: Send reminder 3")).to_be_visible()
    find.fill("")
    looks_right(page)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("textbox").fill("add polite")
    page.keyboard.press("Enter")
    expect(editor.node("action: Send reminder 4")).to_be_visible()

    editor.press("Rename or delete Polite reminder")
    page.get_by_label("Name of the preset").fill("Kind reminder")
    editor.press("Rename")
    expect(editor.entry("Kind reminder")).to_be_visible()
    editor.press("Rename or delete Kind reminder")
    editor.press("Delete")
    expect(page.locator(".fs-palette__preset")).to_have_count(0)
    page.locator(".fs-toast").get_by_text("Undo").click()
    expect(editor.entry("Kind reminder")).to_be_visible()
