"""Who else is here is seen, and a whole workflow that is pasted asks what it should become."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_arranging import CALL, END, draft
from tests.e2e.test_editing import small

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_another_page_on_the_workflow_is_seen_while_it_is_there(
    visitor: Callable[..., BrowserContext], flowstudio: App
):
    workflow_id = small(flowstudio)
    context = visitor()
    one = EditorPage(context.new_page()).open(workflow_id)
    others = one.page.get_by_role("group", name="Also here: you, in another tab")
    expect(others).to_have_count(0)
    two = EditorPage(context.new_page()).open(workflow_id)
    expect(others).to_be_visible()
    expect(two.page.get_by_role("group", name="Also here: you, in another tab")).to_be_visible()
    two.page.goto(f"/workflows/{workflow_id}/outline")
    expect(two.page.get_by_role("group", name="Also here: you, in another tab")).to_be_visible()
    two.page.close()
    expect(others).to_have_count(0)


def test_a_pasted_workflow_replaces_the_draft_when_asked_to(editor: EditorPage, flowstudio: App):
    other = draft(flowstudio, small(flowstudio, "From the chat"))
    other["nodes"] = [one for one in other["nodes"] if one["id"] != "first"]
    other["edges"] = [one for one in other["edges"] if "first" not in (one["from"], one["to"])]
    workflow_id = small(flowstudio)
    page = editor.open(workflow_id).page
    editor.canvas.focus()
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          document.querySelector('.fs-canvas').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        json.dumps(other),
    )
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('What should "From the chat" become?')
    dialog.get_by_role("button", name="Replace this draft").click()
    editor.said('"From the chat" is the draft now.')
    expect(editor.node(CALL)).to_have_count(0)
    expect(editor.node(END)).to_be_visible()
    assert draft(flowstudio, workflow_id)["name"] == "From the chat"
    editor.press("Undo")
    expect(editor.node(CALL)).to_be_visible()
