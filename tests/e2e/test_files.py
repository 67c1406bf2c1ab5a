"""Files in the browser: handed in by a public form, downloaded from the page of the run by members alone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CONTENT = b"%PDF-1.4 the contract"
DOCUMENT = {
    "id": "wf_contracts", "name": "Contracts", "status": "active",
    "trigger": {
        "type": "form",
        "config": {
            "title": "Send us your contract", "slug": "contracts",
            "fields": [{"name": "contract", "type": "file", "required": True}],
        },
    },
    "nodes": [
        {
            "id": "task", "type": "action", "action": "create_task",
            "config": {"title": "Read {{contract.name}}", "assignee": "{{settings.support_email}}"},
        }
    ],
    "edges": [{"from": "trigger", "to": "task"}],
}  # fmt: skip


def test_a_file_comes_by_a_form_and_goes_to_members_from_the_run(
    editor: EditorPage, flowstudio: App, browser: Browser, tmp_path: Path
) -> None:
    answer = flowstudio.api("POST", "/workflows", json=DOCUMENT)
    assert answer.status_code == 201, answer.text
    places = re.findall(r"/forms/[^\"]+", flowstudio.api("GET", "/workflows/wf_contracts").text)
    file = tmp_path / "Vertrag Ä.pdf"
    file.write_bytes(CONTENT)
    visitor = browser.new_context(base_url=flowstudio.url)
    outside = visitor.new_page()
    outside.goto(places[0])
    expect(outside.get_by_role("heading", name="Send us your contract")).to_be_visible()
    outside.locator("input[name=contract]").set_input_files(file)
    outside.get_by_role("button", name="Send").click()
    expect(outside.get_by_role("status")).to_contain_text("Thank you")

    [run] = until(
        lambda: flowstudio.api("GET", "/workflows/wf_contracts/runs").json()["executions"], "the form starts a run"
    )
    page = editor.page
    page.goto(f"/runs/{run['id']}")
    files = page.get_by_role("region", name="Files")
    link = files.get_by_role("link", name="Vertrag Ä.pdf")
    expect(link).to_be_visible()
    expect(files).to_contain_text("application/pdf, 1 kB")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Vertrag Ä.pdf"
    assert Path(download.value.path()).read_bytes() == CONTENT

    place = str(link.get_attribute("href"))
    refused = visitor.request.get(place, max_redirects=0)
    assert (refused.status, refused.headers["location"]) == (303, f"/sign-in?to={quote(place)}")
    visitor.close()
