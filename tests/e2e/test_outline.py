"""Everything that is done on the canvas is done in the outline with the keyboard alone."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage
from tests.e2e.outline_page import OutlinePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
MAIL = "ada@harbor.example"
EDGES = ("trigger>ask", "ask>large", "large.true>call", "large.false>write", "call>file", "write>file")
AT_FIRST = ("By hand", "Ask", "Large?", "  Yes", "    Call", "  No", "    Write", "File")


def task(node_id: str, name: str) -> dict[str, Any]:
    config = {"title": name, "assignee": MAIL}
    return {"id": node_id, "name": name, "type": "action", "action": "create_task", "config": config}


def made(flowstudio: App, *edges: str, **more: Any) -> str:
    """A workflow by the API: ask, a question with two branches, and what joins them."""
    large = {"field": "amount", "operator": "greater_than", "value": 9}
    nodes = [task("ask", "Ask"), {"id": "large", "name": "Large?", "type": "condition", "condition": large},
             task("call", "Call"), task("write", "Write"), task("file", "File")]  # fmt: skip
    drawn = [one.partition(">") for one in edges or EDGES]
    document = {
        "name": "By keys", "trigger": {"type": "manual"}, "nodes": nodes, **more,
        "edges": [
            {"from": source.partition(".")[0], "to": target, **({"condition": way} if (way := source.partition(".")[2]) else {})}
            for source, _, target in drawn
        ],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def kept(flowstudio: App, workflow_id: str) -> dict[str, Any]:
    found: dict[str, Any] = flowstudio.api("GET", f"/workflows/{workflow_id}/export?draft=true").json()
    return found


def arrows(flowstudio: App, workflow_id: str) -> set[str]:
    edges = kept(flowstudio, workflow_id)["edges"]
    return {f"{one['from']}{'.' + one['condition'] if 'condition' in one else ''}>{one['to']}" for one in edges}


def leads(flowstudio: App, workflow_id: str, *wanted: str) -> None:
    until(lambda: arrows(flowstudio, workflow_id) == set(wanted), f"not {wanted}: {arrows(flowstudio, workflow_id)}")


@pytest.fixture
def outline(editor: EditorPage) -> OutlinePage:
    return OutlinePage(editor.page)


def test_a_way_is_led_elsewhere_cut_and_led_on_to_one_more(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).reads(*AT_FIRST)
    expect(outline.line("Do: Call")).to_have_accessible_name(re.compile("Goes on with File"))
    # a step's own way: straight to the list of steps
    outline.go("Do: Call")
    outline.press("w")
    dialog = outline.page.get_by_role("dialog", name=re.compile('Where should "Call" lead'))
    expect(dialog.locator(".fs-choose__option")).to_have_text(
        [re.compile("Nowhere"), re.compile("Write"), re.compile("File")]
    )
    outline.pick(re.compile('Where should "Call" lead'), "Write")
    leads(
        flowstudio,
        workflow_id,
        "trigger>ask",
        "ask>large",
        "large.true>call",
        "large.false>write",
        "call>write",
        "write>file",
    )
    expect(outline.line("Do: Call")).to_be_focused()
    outline.press("Control+z")
    leads(flowstudio, workflow_id, *EDGES)
    # a way of its own line
    outline.go("No")
    outline.press("w")
    outline.pick(re.compile('"No" of "Large\\?" lead'), "File")
    leads(flowstudio, workflow_id, *(EDGES[:3]), "large.false>file", "call>file", "write>file")
    outline.reads(
        "By hand", "Ask", "Large?", "  Yes", "    Call", "  No", "File", "Nothing leads to these yet", "  Write"
    )
    expect(outline.line("No")).to_have_accessible_name("No, Goes on with File")
    outline.go("No")
    outline.press("Shift+W")
    outline.pick(re.compile("Where should"), "Write")
    leads(flowstudio, workflow_id, *EDGES, "large.false>file")
    # of several arrows one is cut, a single one at once
    outline.go("No")
    outline.press("x")
    outline.pick("Which arrow should go?", '"File"')
    leads(flowstudio, workflow_id, *EDGES)
    outline.go("Do: Ask")
    outline.press("x")
    leads(flowstudio, workflow_id, *(set(EDGES) - {"ask>large"}))
    expect(outline.line("Do: Ask")).to_have_accessible_name(re.compile("Nothing follows"))
    outline.press("x")
    outline.said("No arrow leaves here.")
    outline.press("Control+z")
    leads(flowstudio, workflow_id, *EDGES)
    # the question asks which of its ways is meant
    outline.go("If: Large?")
    outline.press("w")
    outline.pick("Which way should lead on?", "Yes")
    outline.pick(re.compile('"Yes" of "Large\\?" lead'), "Nowhere")
    leads(flowstudio, workflow_id, *(set(EDGES) - {"large.true>call"}))


def test_steps_are_added_put_between_and_moved_along_their_chain(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Ask")
    outline.press("n")
    outline.answer("What happens then?", "Create ticket")
    outline.reads("By hand", "Ask", "Create ticket", "Large?", "  Yes", "    Call", "  No", "    Write", "File")
    expect(outline.line("Do: Create ticket")).to_be_focused()
    expect(outline.line("Do: Create ticket")).to_have_attribute("aria-selected", "true")
    outline.press("Alt+ArrowUp")
    outline.reads("By hand", "Create ticket", "Ask", "Large?", "  Yes", "    Call", "  No", "    Write", "File")
    expect(outline.line("Do: Create ticket")).to_be_focused()
    outline.press("Alt+ArrowUp")
    outline.said('"Create ticket" is the first step already.')
    outline.press("Alt+ArrowDown")
    outline.reads("By hand", "Ask", "Create ticket", "Large?", "  Yes", "    Call", "  No", "    Write", "File")
    outline.press("Alt+ArrowDown")
    outline.said('"Large?" has several ways out.')
    outline.press("m")
    outline.pick(re.compile('Between which two should "Create ticket" stand'), '"Yes" of "Large?" to "Call"')
    outline.reads("By hand", "Ask", "Large?", "  Yes", "    Create ticket", "    Call", "  No", "    Write", "File")
    for _ in range(3):
        outline.press("Control+z")
    outline.reads("By hand", "Ask", "Create ticket", "Large?", "  Yes", "    Call", "  No", "    Write", "File")
    outline.press("Control+z")
    leads(flowstudio, workflow_id, *EDGES)
    # to a way that leads nowhere yet, and after what ends everything
    outline.go("Do: File")
    outline.press("n")
    outline.answer("What happens then?", "End")
    outline.reads(*AT_FIRST, "End")
    outline.press("n")
    outline.said('Nothing can follow "End".')


def test_several_are_chosen_grouped_folded_and_dissolved(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Ask")
    outline.press("Shift+ArrowDown")
    expect(outline.page.get_by_text("2 boxes chosen")).to_be_visible()
    expect(outline.tree.locator("[aria-selected=true]")).to_have_count(2)
    expect(outline.tree.locator("xpath=following-sibling::*[@aria-live]")).to_have_text("2 chosen")
    outline.press("Control+g")
    outline.reads("By hand", "Group", "  Ask", "  Large?", "    Yes", "      Call", "    No", "      Write", "File")
    group = outline.line("Group: Group")
    expect(group).to_be_focused()
    expect(group).to_have_attribute("aria-expanded", "true")
    outline.press("F2")
    expect(outline.detail.get_by_label("Name of the group")).to_be_focused()
    outline.page.keyboard.type("Deciding")
    outline.press("Escape")
    expect(outline.line("Group: Deciding")).to_be_focused()
    outline.press("ArrowLeft")
    outline.reads("By hand", "Deciding", "File")
    expect(outline.line("Group: Deciding")).to_have_attribute("aria-expanded", "false")
    assert kept(flowstudio, workflow_id)["layout"]["groups"][0]["collapsed"] is True
    outline.press("ArrowRight")
    outline.reads("By hand", "Deciding", "  Ask", "  Large?", "    Yes", "      Call", "    No", "      Write", "File")
    outline.press("Control+Shift+g")
    outline.reads(*AT_FIRST)
    for _ in range(4):  # ungroup, open, fold, name
        outline.press("Control+z")
    outline.reads("By hand", "Group", "  Ask", "  Large?", "    Yes", "      Call", "    No", "      Write", "File")
    outline.press("Control+z")
    outline.reads(*AT_FIRST)
    # one more with the space bar, all, none
    outline.go("Do: Ask")
    outline.press(" ", "ArrowDown", "ArrowDown", "ArrowDown", " ")
    expect(outline.tree.locator("[aria-selected=true]")).to_have_count(2)
    outline.press("Control+a")
    expect(outline.tree.locator("[aria-selected=true]")).to_have_count(6)
    outline.press("Escape")
    expect(outline.tree.locator("[aria-selected=true]")).to_have_count(0)
    # a branch folds for this reader alone
    outline.go("If: Large?")
    outline.press("ArrowLeft")
    outline.reads("By hand", "Ask", "Large?", "File")
    outline.press("ArrowRight")
    outline.reads(*AT_FIRST)


def test_steps_are_copied_cut_pasted_doubled_and_deleted(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Call")
    outline.press("Control+c")
    outline.said("1 step copied.")
    copied = json.loads(until(lambda: outline.page.evaluate("navigator.clipboard.readText()"), "nothing copied"))
    assert (copied["flowstudio"], [one["id"] for one in copied["nodes"]]) == ("steps", ["call"])
    outline.go("Do: File")
    pasted(outline, copied)
    outline.reads(*AT_FIRST, "Call 2")
    expect(outline.line("Do: Call 2")).to_be_focused()
    outline.press("Control+x")
    outline.said("1 step copied.")
    outline.reads(*AT_FIRST)
    # into the middle of a chain it goes between
    outline.go("Do: Ask")
    pasted(outline, copied)
    outline.reads("By hand", "Ask", "Call 2", *AT_FIRST[2:])
    outline.press("Control+d")
    outline.reads("By hand", "Ask", "Call 2", *AT_FIRST[2:], "Nothing leads to these yet", "  Call 2 2")
    outline.press("Delete")
    outline.reads("By hand", "Ask", "Call 2", *AT_FIRST[2:])
    outline.go("Do: Call 2")
    outline.press("Delete")
    outline.reads(*AT_FIRST)
    leads(flowstudio, workflow_id, *EDGES)
    expect(outline.line("If: Large?")).to_be_focused()
    # with the gap, by the menu
    outline.menu("Do: Ask", "Delete and leave the gap")
    outline.reads(
        "By hand", "Nothing leads to these yet", "  Large?", "    Yes", "      Call", "    No", "      Write", "  File"
    )
    outline.press("Control+z")
    outline.reads(*AT_FIRST)


def pasted(outline: OutlinePage, part: Any) -> None:
    """Press Ctrl V: a headless browser's own clipboard comes late, so its event is sent as the key sends it."""
    outline.page.evaluate(
        """(text) => {
          const data = new DataTransfer(); data.setData('text/plain', text);
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        json.dumps(part),
    )


def test_a_step_is_renamed_changed_switched_off_and_pinned(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Call")
    outline.press("F2")
    expect(outline.page.get_by_label("Name of the step")).to_be_focused()
    outline.press("Control+a")
    outline.page.keyboard.type("Ring")
    outline.press("Escape")
    expect(outline.line("Do: Ring")).to_be_focused()
    outline.press("d")
    expect(outline.line("Do: Ring")).to_have_accessible_name(re.compile("Off"))
    outline.press("d")
    expect(outline.line("Do: Ring")).not_to_have_accessible_name(re.compile("Off"))
    outline.press("p")
    expect(outline.line("Do: Ring")).to_have_accessible_name(re.compile("pinned"))
    outline.press("r")
    outline.answer("What should this step be instead?", "Create ticket")
    until(lambda: kept(flowstudio, workflow_id)["nodes"][2]["action"] == "create_ticket", "not changed")
    expect(outline.line("Do: Ring")).to_be_focused()
    leads(flowstudio, workflow_id, *EDGES)
    # into the settings with Enter, back with Esc
    outline.press("Enter")
    expect(outline.detail.locator(":focus")).to_have_count(1)
    outline.press("Escape")
    expect(outline.line("Do: Ring")).to_be_focused()


def test_notes_are_written_and_deleted(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Ask")
    outline.press("Shift+S")
    field = outline.detail.get_by_label("Text", exact=True)
    expect(field).to_be_focused()
    outline.page.keyboard.type("Ask Ada first.")
    outline.press("Escape")
    outline.reads(*AT_FIRST, "Notes", "  Ask Ada first.")
    expect(outline.line("Note: Ask Ada first.")).to_be_focused()
    assert kept(flowstudio, workflow_id)["layout"]["notes"][0]["text"] == "Ask Ada first."
    outline.press("F2")
    expect(field).to_be_focused()
    outline.press("Escape", "Delete")
    outline.reads(*AT_FIRST)
    outline.press("Control+z")
    outline.reads(*AT_FIRST, "Notes", "  Ask Ada first.")


def test_the_command_bar_the_keys_and_the_menus_are_there(outline: OutlinePage, flowstudio: App):
    workflow_id = made(flowstudio)
    outline.open(workflow_id).go("Do: Ask")
    outline.press("?")
    keys = outline.page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Lead on to another step")
    expect(keys).not_to_contain_text("Zoom")
    outline.press("Escape")
    expect(keys).to_have_count(0)
    outline.press("Control+k")
    expect(outline.page.get_by_label("Command", exact=True)).to_be_focused()
    outline.page.keyboard.type("go to file")
    outline.press("Enter")
    expect(outline.line("Do: File")).to_be_focused()
    expect(outline.line("Do: File")).to_have_attribute("aria-selected", "true")
    outline.press("Control+k")
    expect(outline.page.get_by_label("Command", exact=True)).to_be_focused()
    outline.page.keyboard.type("switch a step on or off")
    outline.press("Enter")
    expect(outline.line("Do: File")).to_have_accessible_name(re.compile("Off"))
    outline.menu("No", "Add a step here")
    outline.answer("What happens then?", "Wait")
    outline.reads("By hand", "Ask", "Large?", "  Yes", "    Call", "  No", "    Wait", "    Write", "File")


def test_who_may_only_look_reads_and_changes_nothing(
    visitor: Callable[..., BrowserContext], browser: Any, flowstudio: App
):
    workflow_id = made(flowstudio)
    person = {"name": "Ben Roe", "email": "ben@brightline.example", "role": "viewer"}
    added = flowstudio.api("POST", "/members", json=person).raise_for_status().json()
    guest = browser.new_context(base_url=flowstudio.url, locale="en-GB")
    try:
        page = guest.new_page()
        page.goto(added["sign_in_link"])
        outline = OutlinePage(page).open(workflow_id)
        before = kept(flowstudio, workflow_id)
        outline.reads(*AT_FIRST)
        outline.go("Do: Ask")
        outline.press("Delete", "d", "Alt+ArrowDown", "n", "w", "x")
        expect(page.get_by_role("dialog")).to_have_count(0)
        outline.press("Enter")
        expect(outline.detail).to_have_attribute("data-node", "ask")
        outline.press("Shift+F10")
        expect(page.get_by_role("menuitem")).to_have_text(
            [re.compile("Open the step's settings"), re.compile("Copy"), re.compile("Choose")]
        )
        outline.press("Escape")
        outline.go("If: Large?")
        outline.press("ArrowLeft")
        outline.reads("By hand", "Ask", "Large?", "File")
        assert kept(flowstudio, workflow_id) == before
    finally:
        guest.close()
        flowstudio.api("DELETE", f"/members/{added['id']}").raise_for_status()
