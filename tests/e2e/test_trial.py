"""The test run: stop, go on, choose what it starts with, change what a step gave, keep it, and be asked at publishing."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

YES, NO = "action: Thank them", "action: Remind them"


def branching(flowstudio: App) -> str:
    """A workflow by the API: count the words of what comes in, and go one way or the other."""
    document = {
        "name": "Branching",
        "trigger": {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number"}]}},
        "nodes": [
            {"id": "sum", "name": "Work it out", "type": "action", "action": "create_task", "config": {"title": "Sum of {{amount}}", "assignee": "{{settings.support_email}}"}},
            {"id": "big", "name": "Is it much?", "type": "condition", "condition": {"field": "{{amount}}", "operator": "greater_than", "value": 50}},
            {"id": "thank", "name": "Thank them", "type": "action", "action": "send_email", "config": {"to": "mara@harborprint.example", "subject": "Thank you", "body": "For {{steps.sum.record.title}}", "from_name": "Northwind"}},
            {"id": "remind", "name": "Remind them", "type": "action", "action": "create_task", "config": {"title": "Remind", "assignee": "{{settings.support_email}}"}},
            {"id": "last", "type": "end"},
        ],
        "edges": [
            {"from": "trigger", "to": "sum"}, {"from": "sum", "to": "big"}, {"from": "big", "to": "thank", "condition": "true"},
            {"from": "big", "to": "remind", "condition": "false"}, {"from": "thank", "to": "last"}, {"from": "remind", "to": "last"},
        ],
        "tests": [{"name": "Example", "sample": {"trigger": {"amount": 80}}}],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


def begun(editor: EditorPage) -> None:
    editor.press("Test run")
    expect(editor.page.get_by_label("Sample", exact=True)).to_be_visible()


def ended(editor: EditorPage) -> None:
    expect(editor.page.locator("[data-trial-ended]")).to_be_visible()


def test_it_runs_to_a_step_stops_there_and_goes_on_with_another_result(editor: EditorPage, flowstudio: App):
    page = editor.open(branching(flowstudio)).page
    begun(editor)
    editor.node(YES).click()
    expect(page.get_by_role("complementary", name="Step", exact=True)).to_contain_text("Thank them")
    page.get_by_role("button", name="Run to here").click()
    expect(page.get_by_test_id("node-thank")).to_have_attribute("data-state", "running")
    expect(page.locator("[data-step]")).to_have_count(2)
    page.get_by_role("button", name="Stop here", exact=True).click()
    page.get_by_role("button", name="From the start").click()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_test_id("node-thank")).to_have_attribute("data-state", "running")
    page.locator("[data-step=sum]").click()
    page.get_by_text("Change the result and go on").click()
    field = page.get_by_label("Goes out instead")
    field.fill('{"record": {"id": "T-9", "title": "something better"}}')
    field.blur()
    expect(page.locator("[data-step]")).to_have_count(1)
    page.get_by_role("button", name="Run all", exact=True).click()
    ended(editor)
    page.locator("[data-step=thank]").click()
    mail = page.get_by_role("article", name="Mail")
    expect(mail.frame_locator("iframe").locator("body")).to_contain_text("For something better")
    expect(mail).to_contain_text(re.compile(r"From\s*Northwind <\S+@\S+>"))


def shown_as(page: Page, way: str) -> None:
    page.get_by_role("group", name="Show what comes in as").get_by_role("button", name=way).click()


def test_running_from_a_step_keeps_what_earlier_ones_gave(editor: EditorPage, flowstudio: App):
    page = editor.open(branching(flowstudio)).page
    begun(editor)
    page.get_by_role("button", name="Run all", exact=True).first.click()
    ended(editor)
    editor.node(YES).click()
    expect(page.get_by_role("complementary", name="Step", exact=True)).to_contain_text("Thank them")
    page.get_by_role("button", name="Run from here").click()
    expect(page.get_by_test_id("node-thank")).to_have_attribute("data-state", "running")
    expect(page.locator("[data-step=sum]")).to_contain_text("Not carried out")
    page.keyboard.press("F10")
    page.locator("[data-step=thank]").click()
    mail = page.get_by_role("article", name="Mail")
    expect(mail.frame_locator("iframe").locator("body")).to_contain_text("For Sum of 80")


def test_the_sample_is_chosen_written_kept_covered_and_asked_for_at_publishing(editor: EditorPage, flowstudio: App):
    workflow_id = branching(flowstudio)
    page = editor.open(workflow_id).page
    begun(editor)
    amount = page.get_by_label("Amount", exact=True)
    expect(amount).to_have_value("80")
    amount.fill("20")
    amount.blur()
    expect(page.get_by_label("Sample", exact=True)).to_have_value("By hand")
    shown_as(page, "JSON")
    field = page.get_by_label("What comes in, as JSON")
    expect(field).to_have_value(re.compile('"amount": 20'))
    field.fill('{"amount": 15}')
    field.blur()
    shown_as(page, "Fields")
    expect(amount).to_have_value("15")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    ended(editor)
    expect(page.locator("[data-step=remind]")).to_be_visible()
    editor.press("Keep as test case")
    page.get_by_label("Name", exact=True).fill("A small amount")
    page.get_by_role("button", name="Keep it").click()
    editor.said("Kept.")
    editor.press("Coverage")
    editor.said(re.compile("1 test case take[s]? "))
    expect(page.get_by_test_id("node-thank")).to_have_attribute("data-state", "not_reached")
    expect(page.get_by_test_id("node-remind")).to_have_attribute("data-state", "completed")
    editor.press("Close")
    editor.choose(NO)
    editor.write("Title", "Remind them kindly")
    expect(page.locator(".fs-voice__part").filter(has_text="Remind").first).to_be_attached()
    editor.press("Publish")
    expect(page.get_by_text("1 of 1 test case no longer as promised")).to_be_visible()
    page.get_by_role("button", name="Promise the new results and publish").click()
    editor.said("is published")
    tests = flowstudio.api("GET", f"/workflows/{workflow_id}/export").json()["tests"]
    assert "Remind them kindly" in str(tests[1]["expects"])
    assert flowstudio.api(
        "POST", f"/workflows/{workflow_id}/execute?wait=20", json={"input_data": {"amount": 70}}
    ).is_success
    begun(editor)
    page.get_by_label("Sample", exact=True).click()
    page.get_by_role("option", name=re.compile("^Last run")).click()
    expect(amount).to_have_value("70")
    page.get_by_label("Sample", exact=True).click()
    page.get_by_role("option", name="Test case: A small amount").click()
    expect(amount).to_have_value("15")


def test_a_call_is_caught_as_the_example_of_a_webhook(editor: EditorPage, flowstudio: App):
    document = {
        "name": "Hooked", "trigger": {"type": "webhook", "config": {"slug": "orders"}},
        "nodes": [{"id": "last", "type": "end"}], "edges": [{"from": "trigger", "to": "last"}],
    }  # fmt: skip
    workflow_id = flowstudio.api("POST", "/workflows", json=document).json()["id"]
    page = editor.open(workflow_id).page
    page.locator(".vue-flow__node[data-id=trigger]").click(position={"x": 20, "y": 20})
    page.get_by_role("button", name="Catch an example").click()
    address = page.locator("[data-catch-address]")
    expect(address).to_be_visible()
    page.get_by_role("button", name="Stop waiting").click()
    expect(address).to_have_count(0)
    page.get_by_role("button", name="Catch an example").click()
    path = re.sub(r"^https?://[^/]+", "", address.inner_text())
    assert httpx.post(f"{flowstudio.url}{path}", json={"order": {"number": "A-17"}}, timeout=30).is_success
    editor.said("Caught.")
    expect(page.get_by_label("What comes in, for example")).to_have_value(re.compile("A-17"))
    kept = flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()["tests"][0]["sample"]["trigger"]
    assert kept["body"] == {"order": {"number": "A-17"}}
    assert flowstudio.api("GET", f"/workflows/{workflow_id}/runs").json()["total"] == 0


def test_a_form_is_filled_in_and_says_at_the_field_what_is_wrong(editor: EditorPage, flowstudio: App):
    fields = [
        {"name": "email", "type": "email", "required": True}, {"name": "days", "type": "integer"},
        {"name": "kind", "label": "What kind", "type": "choice", "choices": ["Holiday", "Sick leave"], "required": True},
    ]  # fmt: skip
    document = {
        "name": "Leave", "trigger": {"type": "form", "config": {"heading": "Request time off", "fields": fields}},
        "nodes": [{"id": "mail", "type": "action", "action": "send_email",
                   "config": {"to": "{{email}}", "subject": "{{kind}}, {{days}} days", "body": "Noted."}}],
        "edges": [{"from": "trigger", "to": "mail"}],
    }  # fmt: skip
    page = editor.open(flowstudio.api("POST", "/workflows", json=document).json()["id"]).page
    begun(editor)
    expect(page.get_by_label("What kind", exact=True)).to_have_value("Holiday")
    page.get_by_label("What kind", exact=True).click()
    page.get_by_role("option", name="Sick leave").click()
    email = page.get_by_label("Email", exact=True)
    email.fill("lea")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    expect(page.get_by_text("Email is no email address.")).to_be_visible()
    editor.said("Something is wrong with what comes in.")
    expect(page.locator("[data-step]")).to_have_count(0)
    email.fill("lea@harbor.example")
    page.get_by_label("Days", exact=True).fill("4")
    page.keyboard.press("F10")
    ended(editor)
    page.locator("[data-step=mail]").click()
    mail = page.get_by_role("article", name="Mail")
    expect(mail).to_contain_text("lea@harbor.example")
    expect(mail).to_contain_text("Sick leave, 4 days")


def test_rules_are_tried_on_the_sample_that_was_chosen_last(editor: EditorPage, flowstudio: App):
    workflow_id = branching(flowstudio)
    tests = [
        {"name": "Example", "sample": {"trigger": {"amount": 80}}},
        {"name": "Small", "sample": {"trigger": {"amount": 20}}},
    ]
    assert flowstudio.api("PATCH", f"/workflows/{workflow_id}", json={"tests": tests}).status_code == 200
    page = editor.open(workflow_id).page
    rule = editor.choose("condition: Is it much?").get_by_role("group", name="Rule: Amount")
    expect(rule).to_contain_text("now 80")
    begun(editor)
    page.get_by_label("Sample", exact=True).click()
    page.get_by_role("option", name="Test case: Small").click()
    expect(page.get_by_label("Sample", exact=True)).to_have_value("Test case: Small")
    editor.press("Close")
    rule = editor.choose("condition: Is it much?").get_by_role("group", name="Rule: Amount")
    expect(rule).to_contain_text("now 20")
    expect(rule.get_by_role("img", name="No")).to_be_visible()


def test_a_template_brings_its_samples_and_an_approval_is_answered_by_hand(editor: EditorPage, flowstudio: App):
    made = flowstudio.api("POST", "/templates/expense-report-approval/create", json={})
    assert made.is_success, made.text
    workflow_id = made.json()["id"]
    document = flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()
    approval = next(node["id"] for node in document["nodes"] if node["type"] == "approval")
    page = editor.open(workflow_id).page
    begun(editor)
    page.get_by_label("Sample", exact=True).click()
    page.get_by_role("option", name=f"Test case: {document['tests'][0]['name']}").click()
    expect(page.get_by_label("Sample", exact=True)).to_have_value(f"Test case: {document['tests'][0]['name']}")
    page.get_by_role("button", name="Step", exact=True).first.click()
    expect(page.locator("[data-step]")).to_have_count(1)
    page.get_by_role("button", name="Run all", exact=True).first.click()
    ended(editor)
    expect(page.get_by_test_id(f"node-{approval}")).to_have_attribute("data-state", "completed")
    page.get_by_role("button", name="What starts it").click()
    name = next(node["name"] for node in document["nodes"] if node["id"] == approval)
    page.get_by_label(f"Decision: {name}").click()
    page.get_by_role("option", name="Rejected").click()
    expect(page.get_by_label("Sample", exact=True)).to_have_value("By hand")
    page.get_by_role("button", name="Run all", exact=True).first.click()
    ended(editor)
    refused = page.locator(f".fs-edge[data-edge^='{approval}:rejected>']")
    expect(refused).to_have_class(re.compile("is-taken"))
    expect(page.locator(f".fs-edge[data-edge^='{approval}:approved>']")).to_have_class(re.compile("is-not_taken"))
