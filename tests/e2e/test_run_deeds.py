"""The page of a run: a step whose outcome is unknown is decided there, and a run goes on from any of its steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import App, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def _workflow(app: App, name: str, url: str) -> None:
    document = {
        "id": name, "name": name, "status": "active", "trigger": {"type": "manual", "config": {}},
        "nodes": [
            {"id": "call", "name": "Order the goods", "type": "action", "action": "http_request",
             "config": {"method": "POST", "url": url, "body": {"order": 7}, "timeout": "1 second"}},
            {"id": "say", "name": "Note it", "type": "transform", "config": {"set": {"said": "done"}}},
        ],
        "edges": [{"from": "trigger", "to": "call"}, {"from": "call", "to": "say"}],
    }  # fmt: skip
    assert app.api("POST", "/workflows", json=document).status_code == 201


def _run(app: App, name: str, status: str) -> str:
    run = app.api("POST", f"/workflows/{name}/execute", json={}).json()["execution_id"]
    until(lambda: app.api("GET", f"/workflows/runs/{run}").json()["status"] == status, f"{run} is not {status}")
    return run


@pytest.fixture
def page(visitor: Callable[..., BrowserContext]) -> Page:
    return visitor().new_page()


def test_a_person_says_what_became_of_a_step_in_doubt(flowstudio: App, page: Page) -> None:
    silent = f"http://127.0.0.1:{_silent_port()}/orders"
    _workflow(flowstudio, "wf_doubt", silent)
    run = _run(flowstudio, "wf_doubt", "waiting")
    page.goto(f"/runs/{run}")
    deeds = page.get_by_role("group", name="What became of this step?")
    expect(deeds).to_be_visible()
    expect(page.get_by_role("region", name="Step", exact=True)).to_contain_text(silent)
    deeds.get_by_role("button", name="It happened").click()
    until(lambda: flowstudio.api("GET", f"/workflows/runs/{run}").json()["status"] == "completed", "it did not go on")
    expect(deeds).to_have_count(0)


def test_a_failed_run_goes_on_from_a_step_with_an_output_set_by_hand(flowstudio: App, page: Page) -> None:
    _workflow(flowstudio, "wf_fails", "http://127.0.0.1:9/orders")
    run = _run(flowstudio, "wf_fails", "failed")
    page.goto(f"/runs/{run}")
    page.get_by_role("button", name="Go on from here").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("This step").click()
    page.get_by_role("option", name="Say what it gave").click()
    field = dialog.get_by_label("Fields and values")
    field.fill("{not json")
    dialog.get_by_role("button", name="Go on", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is no JSON")
    field.fill('{"status": 200, "body": {"id": 7}}')
    dialog.get_by_role("button", name="Go on", exact=True).click()
    until(lambda: flowstudio.api("GET", f"/workflows/runs/{run}").json()["status"] == "completed", "it did not go on")
    call = [
        step for step in flowstudio.api("GET", f"/workflows/runs/{run}").json()["steps"] if step["node_id"] == "call"
    ]
    assert call[-1]["output"] == {"status": 200, "body": {"id": 7}}


def _silent_port() -> int:
    """Return a port that takes calls and never answers."""
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.close()

    threading.Thread(target=take, daemon=True).start()
    return int(listening.getsockname()[1])


def test_a_comment_that_is_being_written_outlives_other_runs_and_questions(flowstudio: App, page: Page) -> None:
    asks = {
        "id": "wf_asks", "name": "Asks", "status": "active", "trigger": {"type": "manual", "config": {}},
        "nodes": [{"id": "ask", "name": "Ask", "type": "approval",
                   "config": {"subject": "May it be ordered?", "approvers": ["ada@harbor.example"]}}],
        "edges": [{"from": "trigger", "to": "ask"}],
    }  # fmt: skip
    plain = {
        **asks, "id": "wf_plain", "name": "Plain",
        "nodes": [{"id": "ask", "name": "Note it", "type": "transform", "config": {"set": {"said": "done"}}}],
    }  # fmt: skip
    for document in (asks, plain):
        assert flowstudio.api("POST", "/workflows", json=document).status_code == 201
    first = _run(flowstudio, "wf_asks", "waiting")
    page.goto("/approvals")
    comment = page.get_by_role("textbox", name="Comment")
    comment.fill("Only the small")
    _run(flowstudio, "wf_plain", "completed")
    second = _run(flowstudio, "wf_asks", "waiting")
    expect(comment).to_have_count(2)
    assert sorted(one.input_value() for one in comment.all()) == ["", "Only the small"]
    page.locator("[data-approval]").filter(has=page.locator("input:not(:placeholder-shown)")).get_by_role(
        "button", name="Approve"
    ).click()
    expect(comment).to_have_count(1)
    told = flowstudio.api("GET", f"/workflows/runs/{first}").json()
    assert "Only the small" in str(told["steps"])
    assert flowstudio.api("GET", f"/workflows/runs/{second}").json()["status"] == "waiting"
