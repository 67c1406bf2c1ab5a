"""The past, as people look at it: a run told, replayed on the draft, the last runs together, and a backtest."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.api.test_past_runs import document, larger, reminding
from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage
from tests.e2e.looking import nameless, pale, too_wide

PATIENCE = 60_000
"""Milliseconds that many runs may take on a busy machine."""
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def made(flowstudio: App, workflow_id: str, **fields: object) -> str:
    """The workflow of the API's tests, published and on."""
    answer = flowstudio.api("POST", "/workflows", json={**document(**fields), "id": workflow_id, "name": workflow_id})
    assert answer.status_code == 201, answer.text
    return workflow_id


def run_of(flowstudio: App, workflow_id: str, amount: float) -> str:
    answer = flowstudio.api(
        "POST", f"/workflows/{workflow_id}/execute", params={"wait": 25}, json={"input_data": {"amount": amount}}
    )
    assert answer.status_code == 200, answer.text
    run_id: str = answer.json()["id"]
    return run_id


def raise_the_limit(flowstudio: App, workflow_id: str, limit: float) -> None:
    draft = {**document(nodes=larger(limit)), "id": workflow_id, "name": workflow_id}
    del draft["status"]
    answer = flowstudio.api("PATCH", f"/workflows/{workflow_id}", json=draft)
    assert answer.status_code == 200, answer.text


def sentences(page: Page, name: str) -> list[str]:
    return page.get_by_role("list", name=name).locator("li").all_inner_texts()


def test_the_run_page_tells_what_happened_and_why(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "told")
    page = editor.page
    page.goto(f"/runs/{run_of(flowstudio, workflow_id, 850)}")
    expect(page.get_by_role("list", name="What happened")).to_be_visible()
    assert sentences(page, "What happened") == [
        "It starts when somebody starts it; this time with amount 850.",
        '"Large order?": No, 850 is not more than 1,000 (amount).',
        '"Small one": size is small.',
        'Not reached, because "Large order?" went No: "Find overdue invoices", "Go through them", "Mark it" and "Write a task".',
        "It came to its end: 2 steps done.",
    ]


def test_a_failed_run_says_what_to_do(editor: EditorPage, flowstudio: App):
    call = {
        "id": "call",
        "name": "Ask the shop",
        "type": "http",
        "config": {"method": "GET", "url": "http://127.0.0.1:9/x"},
    }
    workflow_id = made(flowstudio, "fails", nodes=[call], edges=[{"from": "trigger", "to": "call"}])
    page = editor.page
    page.goto(f"/runs/{run_of(flowstudio, workflow_id, 1)}")
    told = page.get_by_role("list", name="What happened")
    expect(told).to_contain_text('"Ask the shop" failed: ')
    expect(told).to_contain_text("What to do: ")


def test_a_run_is_replayed_on_the_draft_from_its_page(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "replayed")
    run_id = run_of(flowstudio, workflow_id, 1500)
    page = editor.page
    page.goto(f"/runs/{run_id}/replay")
    expect(page.get_by_text("It would go just as it went.")).to_be_visible()
    raise_the_limit(flowstudio, workflow_id, 2000)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Replay on the draft").click()
    page.wait_for_url(f"**/runs/{run_id}/replay")
    expect(page.get_by_text("It would go another way.")).to_be_visible()
    told = sentences(page, "Differences")
    assert told[0] == '"Large order?" goes No, 1,500 is not more than 2,000 (amount). It went Yes.'
    assert "so it would not change" in told[-1]
    expect(page.locator("[data-difference=way]")).to_contain_text("Large order?")
    expect(page.locator("[data-difference=new]")).to_contain_text("Small one")
    assert flowstudio.api("GET", f"/workflows/{workflow_id}/runs").json()["total"] == 1, "a replay is no run"


def test_a_past_run_is_a_sample_with_all_that_it_saw(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "sampled")
    run_id = run_of(flowstudio, workflow_id, 1500)
    steps = flowstudio.api("GET", f"/workflows/runs/{run_id}").json()["steps"]
    found = next(step["output"]["count"] for step in steps if step["node_id"] == "find")
    page = editor.open(workflow_id).page
    editor.press("Test run")
    page.get_by_label("Sample", exact=True).click()
    page.get_by_role("option").filter(has_text="Last run").click()
    expect(page.get_by_text("Records are as the run saw them")).to_be_visible()
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-step=find]")).to_contain_text(f"{found} invoice")
    expect(page.locator("[data-step=mark]")).to_have_count(found)


def test_the_last_runs_are_replayed_and_those_that_differ_lead_to_their_difference(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "last")
    runs = {amount: run_of(flowstudio, workflow_id, amount) for amount in (850, 1500, 2500)}
    raise_the_limit(flowstudio, workflow_id, 2000)
    page = editor.open(workflow_id).page
    editor.press("Try on past data")
    page.wait_for_url(f"**/workflows/{workflow_id}/past")
    page.get_by_role("button", name="Replay the last runs").click()
    expect(page.locator("[data-replayed]")).to_have_text("1 of the last 3 runs would go another way.", timeout=PATIENCE)
    differing = page.get_by_role("list", name="Runs that differ")
    expect(differing.get_by_role("link")).to_have_count(1)
    differing.get_by_role("link").click()
    page.wait_for_url(f"**/runs/{runs[1500]}/replay")


def test_publishing_offers_the_past_and_a_backtest_shows_the_days(editor: EditorPage, flowstudio: App):
    workflow_id = made(flowstudio, "tried")
    for amount in (850, 5000):
        run_of(flowstudio, workflow_id, amount)
    page = editor.open(workflow_id).page
    editor.choose("action: Write a task")
    editor.write("Description", "A large order")
    place = f"/workflows/{workflow_id}/export?draft=true"
    until(lambda: "A large order" in flowstudio.api("GET", place).text, "the draft is as it was")
    editor.press("What changes")
    page.get_by_role("button", name="Try on past data first").click()
    page.wait_for_url(f"**/workflows/{workflow_id}/past")
    page.get_by_role("button", name="Try the last days").click()
    expect(page.locator("[data-backtested]")).to_have_text(re.compile(r"2 runs in 30 days"), timeout=PATIENCE)
    expect(page.get_by_role("img", name=re.compile("Runs per day: "))).to_be_visible()
    expect(page.get_by_role("list", name="What else")).to_contain_text("1 task created.")


def test_a_passage_can_be_stopped(editor: EditorPage, flowstudio: App):
    nightly = {**reminding(), "id": "stopped", "name": "stopped"}
    nightly["trigger"] = {"type": "schedule", "config": {"cron": "*/5 * * * *"}}
    answer = flowstudio.api("POST", "/workflows", json=nightly)
    assert answer.status_code == 201, answer.text
    page = editor.page
    page.goto("/workflows/stopped/past")
    page.get_by_role("button", name="Try the last days").click()
    expect(page.get_by_text(re.compile("of 1,000"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-backtested]")).to_have_count(0)


@pytest.mark.parametrize(("width", "look"), [(1440, "light"), (1440, "dark"), (360, "light")])
def test_the_pages_of_the_past_stand_in_both_looks_and_sizes(
    visitor: Callable[..., BrowserContext], flowstudio: App, width: int, look: str
):
    workflow_id = made(flowstudio, f"look-{width}-{look}")
    run_id = run_of(flowstudio, workflow_id, 1500)
    raise_the_limit(flowstudio, workflow_id, 2000)
    page = visitor(viewport={"width": width, "height": 800}, color_scheme=look, reduced_motion="reduce").new_page()
    page.goto(f"/workflows/{workflow_id}/past")
    page.get_by_role("button", name="Replay the last runs").click()
    expect(page.locator("[data-replayed]")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Try the last days").click()
    expect(page.locator("[data-backtested]")).to_be_visible(timeout=PATIENCE)
    assert (nameless(page), too_wide(page), pale(page)) == ([], [], [])
    page.goto(f"/runs/{run_id}/replay")
    expect(page.get_by_text("It would go another way.")).to_be_visible()
    assert (nameless(page), too_wide(page), pale(page)) == ([], [], [])
    page.goto(f"/runs/{run_id}")
    expect(page.get_by_role("list", name="What happened")).to_be_visible()
    assert (nameless(page), too_wide(page), pale(page)) == ([], [], [])
