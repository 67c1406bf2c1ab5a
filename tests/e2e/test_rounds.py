"""A run gone through: rounds of loops on the canvas and in the log, moments of the time line, runs before and after."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import App
from tests.e2e.editor_page import EditorPage
from tests.e2e.outline_page import OutlinePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

REGIONS = [
    {"name": "North", "orders": [{"name": "Pens", "amount": 20}, {"name": "Desks", "amount": 900, "due": "2026-03-09"}]},
    {"name": "South", "orders": [{"name": "Lamps", "amount": 300, "due": "soon"}, {"name": "Cups", "amount": 5}]},
    {"name": "West", "orders": [{"name": "Chairs", "amount": 150, "due": "2026-03-09"}]},
]  # fmt: skip


def a_task(node_id: str, name: str, **config: str) -> dict:
    settings = {"title": f"{name} {{{{order.name}}}}", "assignee": "{{settings.support_email}}", **config}
    return {"id": node_id, "name": name, "type": "action", "action": "create_task", "config": settings}


@pytest.fixture(scope="module")
def workflow_id(flowstudio: App) -> str:
    """For each region, for each order: large ones are delivered, small ones packed; a date that is none fails."""
    document = {
        "name": "Regions", "trigger": {"type": "manual", "config": {"inputs": [{"name": "regions", "type": "list"}]}},
        "nodes": [
            {"id": "regions", "name": "Regions", "type": "loop", "collection": "{{trigger.regions}}", "item_variable": "region", "on_item_error": "continue"},
            {"id": "orders", "name": "Orders", "type": "loop", "collection": "{{region.orders}}", "item_variable": "order"},
            {"id": "large", "name": "Is it large?", "type": "condition", "condition": {"field": "order.amount", "operator": "greater_than", "value": 100}},
            a_task("deliver", "Deliver", due_date="{{order.due}}"), a_task("pack", "Pack"),
            {"id": "last", "type": "end"},
        ],
        "edges": [
            {"from": "trigger", "to": "regions"}, {"from": "regions", "to": "orders", "condition": "each"},
            {"from": "orders", "to": "large", "condition": "each"}, {"from": "large", "to": "deliver", "condition": "true"},
            {"from": "large", "to": "pack", "condition": "false"}, {"from": "regions", "to": "last", "condition": "done"},
        ],
        "tests": [{"name": "Example", "sample": {"trigger": {"regions": REGIONS}}}],
    }  # fmt: skip
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture(scope="module")
def run_ids(flowstudio: App, workflow_id: str) -> list[str]:
    """Three real runs, the oldest first."""
    assert flowstudio.api("POST", f"/workflows/{workflow_id}/publish").is_success
    started = [
        flowstudio.api("POST", f"/workflows/{workflow_id}/execute?wait=20", json={"input_data": {"regions": REGIONS}})
        for _ in range(3)
    ]
    assert all(one.is_success for one in started)
    return [one.json()["run_id"] for one in started]


def pager(page: Page, name: str) -> Locator:
    """The pager of a loop on the canvas."""
    return page.locator(".fs-canvas").get_by_role("group", name=f"Rounds of {name}", exact=True)


def chip(page: Page, edge: str) -> Locator:
    return page.locator(f".fs-way[data-edge='{edge}']")


def done(editor: EditorPage, workflow_id: str) -> Page:
    """A test run that has come to its end."""
    page = editor.open(workflow_id).page
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Sample", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    return page


def test_a_round_is_painted_alone_and_fills_its_steps(editor: EditorPage, workflow_id: str):
    page = done(editor, workflow_id)
    regions, orders = pager(page, "Regions"), pager(page, "Orders")
    expect(regions).to_contain_text("All 3 rounds")
    expect(chip(page, "large:true>deliver")).to_have_text("Yes, 3")
    expect(chip(page, "large:false>pack")).to_have_text("No, 1")
    expect(page.locator("[data-step=large]")).to_have_count(4)
    regions.get_by_role("button", name="Next round").click()
    expect(regions).to_contain_text("Round 1 of 3, North")
    orders.get_by_role("button", name="Next round").click()
    orders.get_by_role("button", name="Next round").click()
    expect(orders).to_contain_text("Round 2 of 2, Desks")
    expect(page.locator("[data-step=large]")).to_have_count(1)
    expect(chip(page, "large:true>deliver")).to_have_text("Yes")
    expect(page.get_by_test_id("node-pack")).to_have_attribute("data-state", "not_reached")
    page.get_by_test_id("node-deliver").click()
    step = page.get_by_role("complementary", name="Step", exact=True)
    expect(step.locator("[data-round]")).to_have_text("Round 2 of 2, Desks, in round 1 of 3, North")
    expect(step).to_contain_text("Deliver Desks")
    page.get_by_test_id("node-pack").click()
    expect(step).to_contain_text("Not in this round")
    orders.get_by_role("button", name="Previous round").click()
    expect(step).to_contain_text("Pack Pens")
    regions.locator(".fs-rounds__text").click()
    expect(regions).to_contain_text("All 3 rounds")
    expect(chip(page, "large:true>deliver")).to_have_text("Yes, 3")


def test_failed_rounds_are_marked_and_reached_by_button_and_keyboard(editor: EditorPage, workflow_id: str):
    page = done(editor, workflow_id)
    regions = pager(page, "Regions")
    regions.get_by_role("button", name="Next failed round, 1 failed").click()
    expect(regions).to_contain_text("Round 2 of 3, South")
    expect(page.get_by_test_id("node-deliver")).to_have_attribute("data-state", "failed")
    step = page.get_by_role("complementary", name="Step", exact=True)
    expect(step).to_contain_text('"soon" is not a date')
    page.locator(".fs-canvas").focus()
    page.locator(".vue-flow__node[data-id=regions] .fs-frame__name").click()
    page.keyboard.press("PageDown")
    expect(regions).to_contain_text("Round 3 of 3, West")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    expect(regions).to_contain_text("Round 1 of 3, North")
    page.keyboard.press("Shift+PageDown")
    expect(regions).to_contain_text("Round 2 of 3, South")
    log = page.get_by_role("complementary", name="Steps of the test run")
    log.locator(".fs-pages").first.get_by_role("button", name="All rounds").click()
    expect(regions).to_contain_text("All 3 rounds")
    log.locator("[data-round='2']").first.click()
    expect(regions).to_contain_text("Round 3 of 3, West")


def test_the_time_line_is_stepped_through_and_the_canvas_follows(editor: EditorPage, workflow_id: str):
    page = done(editor, workflow_id)
    line = page.get_by_role("group", name="Time line")
    slider = line.get_by_role("slider", name="Moment of the run")
    expect(line).to_contain_text("Step 13 of 13")
    page.keyboard.press("Home")
    expect(line).to_contain_text("Step 1 of 13")
    expect(line.get_by_role("button", name="Previous step")).to_be_disabled()
    expect(page.get_by_test_id("node-regions")).to_have_attribute("data-state", "running")
    expect(page.get_by_test_id("node-last")).to_have_attribute("data-state", "pending")
    page.keyboard.press(".")
    page.keyboard.press(".")
    expect(line).to_contain_text("Step 3 of 13")
    expect(page.get_by_test_id("node-large")).to_have_attribute("data-state", "completed")
    expect(pager(page, "Orders")).to_contain_text("Round 1 of 2, Pens")
    page.keyboard.press(",")
    expect(line).to_contain_text("Step 2 of 13")
    slider.fill("4")
    expect(line).to_contain_text("Step 5 of 13")
    expect(page.locator("[data-step][aria-current=true]")).to_have_attribute("data-step", "large")
    expect(pager(page, "Orders")).to_contain_text("Round 2 of 2, Desks")
    line.get_by_role("button", name="Last step").click()
    expect(line).to_contain_text("Step 13 of 13")
    expect(page.get_by_test_id("node-last")).to_have_attribute("data-state", "completed")
    expect(pager(page, "Regions")).to_contain_text("All 3 rounds")


def test_the_outline_goes_through_a_test_run_by_the_same_keys(editor: EditorPage, workflow_id: str):
    page = editor.page
    outline = OutlinePage(page).open(workflow_id)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Sample", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    line = page.get_by_role("group", name="Time line")
    expect(line).to_contain_text("Step 13 of 13")
    line.get_by_role("button", name="Previous step").focus()
    page.keyboard.press("Home")
    expect(line).to_contain_text("Step 1 of 13")
    expect(outline.line("For each: Regions")).to_be_focused()
    page.keyboard.press(".")
    page.keyboard.press(".")
    expect(line).to_contain_text("Step 3 of 13")
    expect(outline.line("If: Is it large?")).to_be_focused()
    page.keyboard.press(",")
    expect(line).to_contain_text("Step 2 of 13")
    expect(outline.line("For each: Orders")).to_be_focused()
    page.keyboard.press("End")  # in the list: to its last line, and the run stays where it is
    expect(outline.line("End: End")).to_be_focused()
    expect(line).to_contain_text("Step 2 of 13")
    line.get_by_role("button", name="Last step").focus()
    page.keyboard.press("End")
    expect(line).to_contain_text("Step 13 of 13")
    expect(outline.line("End: End")).to_be_focused()
    regions = page.get_by_role("group", name="Rounds of Regions")
    page.keyboard.press("PageDown")
    expect(regions).to_contain_text("Round 1 of 3, North")
    outline.go("Do: Pack")
    page.keyboard.press("PageDown")
    expect(page.get_by_role("group", name="Rounds of Orders")).to_contain_text("Round 1 of 2, Pens")
    outline.go("For each: Regions")
    page.keyboard.press("PageDown")
    expect(regions).to_contain_text("Round 2 of 3, South")
    page.keyboard.press("PageUp")
    expect(regions).to_contain_text("Round 1 of 3, North")
    page.keyboard.press("Shift+PageDown")
    expect(regions).to_contain_text("Round 2 of 3, South")
    expect(outline.line("Do: Deliver")).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(page.locator(".fs-editor--trial")).to_have_count(0)


def test_test_runs_before_are_looked_at_again_and_say_what_is_stale(editor: EditorPage, workflow_id: str):
    page = done(editor, workflow_id)
    page.keyboard.press("Escape")
    expect(page.locator(".fs-editor--trial")).to_have_count(0)
    editor.choose("action: Pack")
    title = editor.text("Title")
    title.click(position={"x": 8, "y": 8})  # beside the pill, which has a menu of its own
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Wrap {{order.name}}")
    title.blur()
    came_out = editor.detail.locator("details.fs-came-out")
    came_out.locator("summary").first.click()
    expect(came_out).to_contain_text("Settings changed since this run.")
    came_out.get_by_role("button", name="Run again").click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    arrows = page.get_by_role("group", name="Older and newer runs")
    expect(arrows).to_contain_text(re.compile(r"Run (\d+) of \1"))
    page.get_by_test_id("node-pack").click()
    step = page.get_by_role("complementary", name="Step", exact=True)
    expect(step).to_contain_text("Wrap Pens")
    expect(step.get_by_role("note")).to_have_count(0)
    arrows.get_by_role("button", name="Older run").click()
    expect(arrows.get_by_role("button", name="Newer run")).to_be_enabled()
    page.locator("[data-step=pack]").first.click()
    expect(step).to_contain_text("Pack Pens")
    expect(step.get_by_role("note")).to_contain_text("Settings changed since this run.")
    expect(page.get_by_test_id("node-pack").locator(".fs-seal")).to_have_class(re.compile("is-stale"))
    expect(page.get_by_test_id("node-large").locator(".fs-seal")).not_to_have_class(re.compile("is-stale"))
    expect(page.get_by_role("button", name="Step", exact=True)).to_be_disabled()
    step.get_by_role("button", name="Run again").click()
    expect(arrows.get_by_role("button", name="Newer run")).to_be_disabled()
    page.locator("[data-step=pack]").first.click()
    expect(step).to_contain_text("Wrap Pens")
    page.keyboard.press("Escape")
    editor.press("Undo")


def test_a_step_is_tried_by_its_key_and_the_panel_below_stays_as_it_was_left(editor: EditorPage, workflow_id: str):
    page = editor.open(workflow_id).page
    editor.node("condition: Is it large?").click(position={"x": 20, "y": 20})
    page.keyboard.press("Shift+Enter")
    step = page.get_by_role("complementary", name="Step", exact=True)
    expect(step).to_contain_text("20 is not more than 100")
    expect(page.locator("[data-step]")).to_have_count(3)
    page.keyboard.press("Escape")
    reads = page.get_by_role("group", name="Reads as")
    expect(reads).to_be_visible()
    page.keyboard.press("l")
    expect(reads).to_be_hidden()
    editor.open(workflow_id)
    expect(reads).to_be_hidden()
    page.get_by_role("button", name="The panel below (L)").click()
    expect(reads).to_be_visible()
    page.locator(".fs-canvas").focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Open or close the panel below")
    expect(keys).to_contain_text("Previous and next round of a loop")


def test_a_real_run_has_rounds_moments_neighbours_and_opens_in_the_editor(
    editor: EditorPage, workflow_id: str, run_ids: list[str]
):
    page = editor.page
    page.goto(f"/runs/{run_ids[1]}")
    editor.ready()
    regions = pager(page, "Regions")
    expect(regions).to_contain_text("All 3 rounds")
    expect(chip(page, "large:true>deliver")).to_have_text("Yes, 3")
    regions.get_by_role("button", name=re.compile("Next failed round")).click()
    expect(regions).to_contain_text("Round 2 of 3, South")
    expect(pager(page, "Orders")).to_contain_text("Round 1 of 2, Lamps")
    step = page.get_by_role("region", name="Step", exact=True)
    expect(step).to_contain_text('"soon" is not a date')
    page.keyboard.press("Home")
    expect(page.get_by_role("group", name="Time line")).to_contain_text("Step 1 of 13")
    expect(page.get_by_test_id("node-last")).to_have_attribute("data-state", "pending")
    page.get_by_role("button", name="Older run").click()
    page.wait_for_url(f"**/runs/{run_ids[0]}")
    expect(page.get_by_role("group", name="Older and newer runs")).to_contain_text("Run 1 of 3")
    expect(page.get_by_role("button", name="Older run")).to_be_disabled()
    page.get_by_role("button", name="Newer run").click()
    page.wait_for_url(f"**/runs/{run_ids[1]}")
    page.get_by_role("button", name="Open in the editor with its data").click()
    page.wait_for_url(f"**/workflows/{workflow_id}?run={run_ids[1]}")
    editor.ready()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    expect(pager(page, "Regions")).to_contain_text("All 3 rounds")
    expect(page.get_by_test_id("node-deliver")).to_have_attribute("data-state", "failed")
    page.get_by_role("button", name="What starts it").click()
    expect(page.get_by_label("Sample", exact=True)).to_have_value(re.compile("^(Last run|Run), "))
    expect(page.get_by_text("Records are as the run saw them")).to_be_visible()
