"""Rules tried on the sample while they are written, warnings at their row, one-click fixes, and names that uses follow."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from flowstudio.config import TEMPLATES
from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = pytest.mark.browser
RULES = {
    "type": "and",
    "conditions": [
        {"field": "invoice.reminder_count", "operator": "less_than", "value": 3},
        {
            "type": "or",
            "conditions": [
                {"field": "invoice.amount", "operator": "greater_than", "value": 1000},
                {"field": "invoice.customer.name", "operator": "equals", "value": "Nobody"},
            ],
        },
    ],
}
DECISION = "condition: Fewer than 3 reminders?"


def made(app: App, workflow_id: str, rules: object = RULES) -> str:
    document = json.loads((TEMPLATES / "finance" / "invoice-reminder.json").read_text())
    node = next(one for one in document["nodes"] if one["id"] == "fewer_than_3_reminders")
    node["condition"] = rules
    answer = app.api("POST", "/workflows/import", json={**document, "id": workflow_id, "status": "draft"})
    assert answer.status_code == 201, answer.text
    return workflow_id


def draft(app: App, workflow_id: str) -> dict:
    return app.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()


def node_of(document: dict, node_id: str) -> dict:
    return next(one for one in document["nodes"] if one["id"] == node_id)


def row(panel: Locator, place: str) -> Locator:
    return panel.locator(f'[data-path="{place}"]').first


def test_each_rule_shows_its_value_and_verdict_on_the_sample(flowstudio: App, editor: EditorPage) -> None:
    editor.open(made(flowstudio, "tried"))
    panel = editor.choose(DECISION)
    expect(row(panel, "0")).to_contain_text("now 1")
    expect(row(panel, "0").get_by_role("img", name="Yes")).to_be_visible()
    expect(row(panel, "1.0")).to_contain_text("now 4800")
    expect(row(panel, "1.1").get_by_role("img", name="No")).to_be_visible()
    expect(row(panel, "1")).to_contain_text("1 of 2")
    panel.get_by_role("textbox", name="Value for Reminder count").fill("1")
    expect(row(panel, "0").get_by_role("img", name="No")).to_be_visible()
    panel = editor.choose("action: Find overdue invoices")
    expect(row(panel, "1")).to_contain_text("now 19")
    expect(row(panel, "1").get_by_role("img", name="Yes")).to_be_visible()


def test_a_rule_that_can_never_hold_says_so_and_is_put_right_by_a_click(flowstudio: App, editor: EditorPage) -> None:
    never = [{"field": "invoice.status", "operator": "equals", "value": one} for one in ("overdue", "sent")]
    both = [{"field": "invoice.amount", "operator": "greater_than", "value": 5}, {"type": "and", "conditions": never}]
    editor.open(made(flowstudio, "never", {"type": "and", "conditions": both}))
    panel = editor.choose(DECISION)
    expect(row(panel, "1")).to_contain_text("can never be true together")
    editor.page.get_by_role("button", name="Ask for any of them").click()
    expect(row(panel, "1")).not_to_contain_text("can never be true together")
    expect(row(panel, "1").get_by_role("radio", name="Any")).to_be_checked()
    assert node_of(draft(flowstudio, "never"), "fewer_than_3_reminders")["condition"]["conditions"][1]["type"] == "or"
    editor.press("Undo")
    expect(row(panel, "1").get_by_role("radio", name="All")).to_be_checked()
    expect(row(panel, "1")).to_contain_text("can never be true together")


def test_a_new_name_of_a_result_reaches_every_use_and_is_undone_at_once(flowstudio: App, editor: EditorPage) -> None:
    editor.open(made(flowstudio, "renamed"))
    before = draft(flowstudio, "renamed")
    panel = editor.choose("action: Find overdue invoices")
    name = panel.get_by_label("Call the result")
    expect(name).to_have_value("invoices")
    name.fill("now")
    expect(panel.get_by_text('"now" cannot be the name of a variable.')).to_be_visible()
    assert draft(flowstudio, "renamed") == before
    name.fill("late_invoices")
    expect(editor.node("loop: Go through the invoices")).to_contain_text(re.compile("late invoices", re.IGNORECASE))
    panel = editor.choose("loop: Go through the invoices")
    expect(panel.get_by_role("button", name="Variable Late invoices")).to_be_visible()
    document = draft(flowstudio, "renamed")
    assert node_of(document, "go_through_invoices")["collection"] == "{{late_invoices}}"
    assert node_of(document, "find_overdue_invoices")["outputs"] == ["late_invoices"]
    editor.press("Undo")
    expect(panel.get_by_role("button", name="Variable Invoices")).to_be_visible()
    assert draft(flowstudio, "renamed") == before


def test_the_warning_and_the_verdict_fit_on_a_narrow_panel(
    flowstudio: App, visitor: Callable[..., BrowserContext]
) -> None:
    wrong = {"type": "and", "conditions": [{"field": "invoice.status", "operator": "equals", "value": "overdu"}]}
    made(flowstudio, "narrow", wrong)
    page = EditorPage(visitor(color_scheme="dark").new_page())
    panel = page.open("narrow").choose(DECISION)
    rule = row(panel, "0")
    expect(rule).to_contain_text('"invoice.status" is never "overdu".')
    inside = rule.evaluate(
        "rule => { const box = rule.getBoundingClientRect(); return [...rule.querySelectorAll('.fsf-verdict, .fsf-rule-warning')]"
        ".every(one => one.getBoundingClientRect().right <= box.right + 1 && one.scrollWidth <= one.clientWidth + 1); }"
    )
    assert inside


def test_a_variable_is_found_by_braces_slash_button_and_drag(flowstudio: App, editor: EditorPage) -> None:
    editor.open(made(flowstudio, "picked"))
    page = editor.page
    panel = editor.choose("action: Open ticket for collections")
    subject = editor.text("Subject")
    picker = page.get_by_role("dialog", name="Pick a variable")

    subject.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(subject).to_have_text("")
    page.keyboard.type("{{")
    away = picker.get_by_role("option", disabled=True)
    expect(away.filter(has_text=re.compile("On another branch|Only on the Yes branch")).first).to_be_attached()
    page.keyboard.type("reminder count")
    expect(picker.get_by_role("option").first).to_contain_text(re.compile(r"Reminder count\s*\d"))
    page.keyboard.press("Enter")
    expect(subject.get_by_role("button", name="Variable Reminder count")).to_be_visible()
    page.keyboard.type(" /amount")
    page.keyboard.press("Enter")
    expect(subject.get_by_role("button", name="Variable Amount")).to_be_visible()
    panel.get_by_role("button", name="Pick a variable for Subject").click()
    editor.pick("status", "Status")
    panel.get_by_text("What is known here").click()
    panel.locator("[data-variable='invoice.number']").drag_to(editor.text("Description"))
    expect(editor.text("Description").get_by_role("button", name="Variable Number")).to_be_visible()
    subject.get_by_role("button", name="Variable Amount").click()
    page.get_by_role("option", name=re.compile("Money|money")).first.click()

    def kept() -> dict | None:
        config = node_of(draft(flowstudio, "picked"), "open_ticket_for_collections")["config"]
        return config if "money" in config["subject"] else None

    config = until(kept, "the format is not part of the document")
    assert config["description"] == "{{invoice.number}}"
    assert config["subject"].startswith("{{invoice.reminder_count}} {{invoice.amount | money")
    assert "{{invoice.status}}" in config["subject"]
