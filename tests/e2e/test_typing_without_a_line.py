"""What is typed in the panel while the connection is away is there afterwards, and never writes over another's work."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_editing import small
from tests.e2e.test_losing_the_connection import CALL, PENDING, cut, draft, traveller

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
__all__ = ["traveller"]

ASK = "condition: Is it much?"
SEND = "action: Tell the shop"
DOCUMENT = {
    "name": "Away",
    "trigger": {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number", "required": True}]}},
    "nodes": [
        {"id": "first", "name": "Call the customer", "type": "action", "action": "create_task", "config": {"title": "Call", "assignee": "{{settings.support_email}}"}},
        {"id": "much", "name": "Is it much?", "type": "condition", "condition": {"all": [{"field": "amount", "operator": "greater_than", "value": 10}]}},
        {"id": "send", "name": "Tell the shop", "type": "action", "action": "http_request", "config": {"method": "POST", "url": "https://shop.example/tell", "headers": {"x-from": "us"}}},
        {"id": "last", "type": "end"},
    ],
    "edges": [
        {"from": "trigger", "to": "first"}, {"from": "first", "to": "much"},
        {"from": "much", "way": "true", "to": "send"}, {"from": "send", "to": "last"},
    ],
}  # fmt: skip


def made(app: App) -> str:
    answer = app.api("POST", "/workflows", json=DOCUMENT)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


def node_of(document: dict, node_id: str) -> dict:
    return next(one for one in document["nodes"] if one["id"] == node_id)


def tab(editor: EditorPage, name: str) -> Locator:
    """Go to a tab of the panel and return it."""
    editor.page.get_by_role("tab", name=name).click()
    return editor.page.get_by_role("tabpanel")


def test_every_kind_of_field_keeps_what_was_typed_while_the_line_was_cut(traveller: BrowserContext, flowstudio: App):
    workflow_id = made(flowstudio)
    task, rule, call, whole, failing, words = (EditorPage(traveller.new_page()).open(workflow_id) for _ in range(6))
    task.choose(CALL)
    rule.choose(ASK)
    call.choose(SEND)
    failing.choose(CALL)
    tab(failing, "If it fails")
    words.choose(CALL)
    tab(words, "Notes")
    expect(whole.page.get_by_label("What it is for")).to_be_visible()
    for one in (task, rule, call, whole, failing, words):
        cut(one)

    task.write("Title", "Ring them")  # a text, a name, a choice, moved boxes
    task.rename("Ring the customer")
    task.select("Priority", "High")
    task.node(SEND).click(position={"x": 20, "y": 20})
    task.page.keyboard.press("Control+ArrowRight")
    rule.detail.get_by_role("textbox", name="Value for Amount").fill("25")  # a rule, and one more
    rule.detail.get_by_role("button", name="Rule", exact=True).first.click()
    headers = call.detail.get_by_role("group", name="Headers")  # names with values, a length of time, a switch
    headers.get_by_role("textbox").last.fill("them")
    headers.get_by_role("button", name="Add field").click()
    headers.get_by_role("textbox", name="Name of the field").last.fill("x-why")
    headers.get_by_role("textbox").last.fill("because")
    call.detail.get_by_role("switch", name="Knows repeats").click()
    whole.page.get_by_label("What it is for").fill("Tells the shop")  # settings of the workflow
    whole.page.get_by_label("Most runs an hour").fill("7")
    failing.page.get_by_label("Tries in all").fill("4")
    failing.page.get_by_label("Give up after").fill("90 seconds")
    words.page.get_by_label("Note", exact=True).fill("Ask Mara first")
    for one in (task, rule, call, whole, failing, words):
        one.page.evaluate("document.activeElement?.blur?.()")
        one.page.close()
    assert node_of(draft(flowstudio, workflow_id), "first")["name"] == "Call the customer"

    traveller.set_offline(False)
    again = EditorPage(traveller.new_page()).open(workflow_id)
    again.page.wait_for_function(f"({PENDING})() === 0")
    now = draft(flowstudio, workflow_id)
    first, much, send = (node_of(now, one) for one in ("first", "much", "send"))
    assert (first["name"], first["note"]) == ("Ring the customer", "Ask Mara first")
    assert (first["config"]["title"], first["config"]["priority"]) == ("Ring them", "high")
    assert (first["retry"]["attempts"], first["timeout"]) == (4, "90 seconds")
    assert "25" in str(much)
    assert send["config"]["headers"] == {"x-from": "them", "x-why": "because"}
    assert send["config"]["honours_idempotency_key"] is True
    assert (now["description"], now["settings"]["max_runs_per_hour"]) == ("Tells the shop", 7)
    assert "send" in now["layout"]["nodes"]
    again.choose("action: Ring the customer")
    expect(again.text("Title")).to_have_text("Ring them")


def both(
    traveller: BrowserContext, visitor: Callable[..., BrowserContext], workflow_id: str
) -> tuple[EditorPage, EditorPage]:
    """One with the panel of a step before them whose line is cut, and one who works on."""
    away = EditorPage(traveller.new_page()).open(workflow_id)
    away.choose(CALL)
    other = EditorPage(visitor().new_page()).open(workflow_id)
    cut(away)
    return away, other


def title(app: App, workflow_id: str) -> str:
    return node_of(draft(app, workflow_id), "first")["config"]["title"]


@pytest.mark.parametrize(("answer", "result"), [("Put mine in", "Mine"), ("Keep what is there", "Theirs")])
def test_two_who_typed_in_one_field_are_asked(
    traveller: BrowserContext, visitor: Callable[..., BrowserContext], flowstudio: App, answer: str, result: str
):
    workflow_id = small(flowstudio)
    away, other = both(traveller, visitor, workflow_id)
    away.write("Title", "Mine")
    away.page.get_by_label("Name of the step").fill("Ring")
    away.page.get_by_label("Name of the step").press("Tab")
    away.page.wait_for_function(f"({PENDING})() === 1")
    away.page.close()
    other.choose(CALL)
    other.write("Title", "Theirs")
    until(lambda: title(flowstudio, workflow_id) == "Theirs", "the other's title did not arrive")

    traveller.set_offline(False)
    back = EditorPage(traveller.new_page()).open(workflow_id)
    clash = back.page.get_by_role("dialog").locator("[data-clash]")
    expect(clash).to_have_count(1)
    expect(clash).to_contain_text('Title of "Ring"')  # the name was nobody else's, and is in
    expect(clash).to_contain_text("Mine")
    expect(clash).to_contain_text("Theirs")
    assert title(flowstudio, workflow_id) == "Theirs"
    back.page.reload()  # undecided it is asked again
    back.ready()
    clash.get_by_role("button", name=answer).click()
    expect(clash).to_have_count(0)
    back.page.wait_for_function(f"({PENDING})() === 0")
    assert title(flowstudio, workflow_id) == result
    expect(other.text("Title")).to_have_text(result)


def test_the_same_page_asks_when_its_line_is_back(
    traveller: BrowserContext, visitor: Callable[..., BrowserContext], flowstudio: App
):
    workflow_id = small(flowstudio)
    away, other = both(traveller, visitor, workflow_id)
    away.write("Title", "Mine")
    other.choose(CALL)
    other.write("Title", "Theirs")
    until(lambda: title(flowstudio, workflow_id) == "Theirs", "the other's title did not arrive")
    traveller.set_offline(False)
    clash = away.page.get_by_role("dialog").locator("[data-clash]")
    expect(clash).to_contain_text("Mine", timeout=30_000)
    clash.get_by_role("button", name="Put mine in").click()
    expect(clash).to_have_count(0)
    until(lambda: title(flowstudio, workflow_id) == "Mine", "what was chosen did not arrive")
    expect(away.text("Title")).to_have_text("Mine")


def test_what_was_typed_for_a_step_that_is_gone_is_shown_once_more(
    traveller: BrowserContext, visitor: Callable[..., BrowserContext], flowstudio: App
):
    workflow_id = small(flowstudio)
    away, other = both(traveller, visitor, workflow_id)
    away.write("Title", "Half an hour of thought")
    other.node(CALL).click(position={"x": 20, "y": 20})
    other.page.keyboard.press("Delete")
    until(lambda: len(draft(flowstudio, workflow_id)["nodes"]) == 2, "the step was not deleted")
    traveller.set_offline(False)
    clash = away.page.get_by_role("dialog").locator("[data-clash]")
    expect(clash).to_contain_text("Half an hour of thought", timeout=30_000)
    expect(clash).to_contain_text("That step is not there any more.")
    clash.get_by_role("button", name="Let it go").click()
    expect(clash).to_have_count(0)
    away.page.wait_for_function(f"({PENDING})() === 0")


def test_an_undo_takes_typing_back_whole_and_a_new_page_sends_nothing_twice(editor: EditorPage, flowstudio: App):
    workflow_id = small(flowstudio)
    editor.open(workflow_id)
    editor.choose(CALL)
    editor.text("Title").click()
    editor.page.keyboard.type(" and again and again", delay=40)
    editor.text("Title").blur()
    expect(editor.text("Title")).to_have_text(re.compile("again and again"))
    editor.page.wait_for_function(f"({PENDING})() === 0")
    editor.press("Undo")
    expect(editor.text("Title")).to_have_text("Call")
    editor.page.reload()
    editor.ready()
    assert title(flowstudio, workflow_id) == "Call"
