"""The pictures of the user guide, taken from the app as it is.

`python3 run.py test --pictures -m slow tests/e2e/test_guide_pictures.py` keeps them in `docs/images`; without
`--pictures` they are taken all the same, and thrown away.
"""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, App
from tests.e2e.editor_page import EditorPage
from tests.e2e.test_main_job import CALL, draw, set_up
from tests.e2e.test_past import made, raise_the_limit, run_of
from tests.e2e.test_places_of_triggers import switched_on
from tests.e2e.test_starting import EXAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

IMAGES = ROOT / "docs" / "images"


Take = Callable[[EditorPage, str], None]


@pytest.fixture
def take(request: pytest.FixtureRequest, tmp_path: Path) -> Take:
    """Keep the page as a picture, once nothing moves and no sentence hangs over it."""
    folder = IMAGES if request.config.getoption("--pictures") else tmp_path

    def keep(editor: EditorPage, name: str) -> None:
        page = editor.page
        page.mouse.move(720, 4)
        page.evaluate("document.querySelectorAll('.fs-toasts').forEach(each => each.hidden = true)")
        page.add_style_tag(content=".fs-tour { display: none !important; }")
        page.evaluate(
            "Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished))"
        )
        page.evaluate("document.fonts.ready")
        (folder / f"{name}.png").write_bytes(page.screenshot(animations="disabled"))
        assert (IMAGES / f"{name}.png").exists(), f"the guide has no picture {name}: take it with --pictures"

    return keep


def test_pictures_of_the_first_ten_minutes(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    page.goto("/workflows")
    expect(page.get_by_text("What should happen by itself?")).to_be_visible()
    take(editor, "first-page")
    editor.new()
    take(editor, "empty-canvas")
    draw(editor)
    editor.choose_nothing()
    take(editor, "drawn")
    set_up(editor)
    page.get_by_label("Name of the workflow").fill("New orders")
    page.get_by_label("Name of the workflow").blur()
    editor.choose("trigger: When a system calls")
    take(editor, "webhook")
    editor.choose("condition: A big order?")
    expect(page.get_by_role("textbox", name="Value for Amount")).to_have_text("1000")
    take(editor, "condition")
    editor.press("Field: Amount")
    expect(page.get_by_role("dialog", name="Pick a variable")).to_be_visible()
    take(editor, "variables")
    page.keyboard.press("Escape")
    editor.choose("action: Send email")
    editor.press("Test run")
    page.get_by_role("button", name="Run all").first.click()
    expect(page.locator("[data-trial-ended]")).to_be_visible()
    page.locator("[data-step]").filter(has_text="Send email").click()
    expect(page.get_by_role("article", name="Mail")).to_be_visible()
    take(editor, "test-run")
    editor.press("Close")
    editor.publish()
    editor.switch_on()
    editor.choose("trigger: When a system calls")
    take(editor, "switched-on")
    address = page.locator("[data-hook-address]").inner_text()
    assert httpx.post(address, json=CALL).status_code == 202
    flowstudio.post.to("ada@harbor.example")
    page.goto("/runs")
    expect(page.locator("[data-run]").first).to_contain_text("Completed")
    take(editor, "runs")
    page.locator("[data-run]").first.click()
    expect(page.get_by_text("Why it stopped").or_(page.get_by_label("Steps")).first).to_be_visible()
    page.wait_for_selector(".fs-canvas[data-ready=true]")
    take(editor, "run")


def test_pictures_of_the_example_and_the_lists(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    flowstudio.api("POST", "/workflows/import", content=EXAMPLE).raise_for_status()
    flowstudio.api("PATCH", "/workflows/wf_001/toggle", json={"active": True}).raise_for_status()
    flowstudio.api("POST", "/workflows/wf_001/execute?wait=20", json={"input_data": {}}).raise_for_status()
    editor.open("wf_001")
    editor.choose("action: Send email")
    take(editor, "editor")
    page.goto("/workflows")
    expect(page.locator("[data-workflow]").first).to_be_visible()
    take(editor, "workflows")
    page.goto("/records?type=invoices")
    expect(page.locator("[data-record]").first).to_be_visible()
    take(editor, "records")


def test_pictures_of_templates_and_presets(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    made = flowstudio.api("POST", "/templates/invoice-reminder/create", json={"name": "How we chase invoices"})
    editor.open(made.raise_for_status().json()["id"])
    editor.press("Save as template")
    page.get_by_label("Ask the next person for").press_sequentially("priority")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option", name="Open ticket for collections: Priority").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    take(editor, "save-as-template")
    editor.press("Save the template")
    editor.said("is a template now")
    editor.choose("action: Send reminder")
    editor.press("More about this step")
    page.get_by_text("Save as preset").click()
    page.get_by_label("Name of the preset").fill("Polite reminder")
    editor.press("Save the preset")
    expect(editor.entry("Polite reminder")).to_be_visible()
    take(editor, "preset")
    page.goto("/templates")
    expect(page.get_by_role("region", name="Ours")).to_be_visible()
    take(editor, "templates")
    page.goto("/templates/expense-report-approval")
    editor.ready()
    take(editor, "template")


def test_pictures_of_the_past(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    workflow_id = made(flowstudio, "orders")
    runs = [run_of(flowstudio, workflow_id, amount) for amount in (850, 1500, 2500, 9000)]
    raise_the_limit(flowstudio, workflow_id, 2000)
    page.goto(f"/runs/{runs[1]}/replay")
    expect(page.get_by_text("It would go another way.")).to_be_visible()
    take(editor, "replay")
    page.goto(f"/workflows/{workflow_id}/past")
    page.get_by_role("button", name="Replay the last runs").click()
    expect(page.locator("[data-replayed]")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Try the last days").click()
    expect(page.locator("[data-backtested]")).to_be_visible(timeout=60_000)
    take(editor, "past")


def test_pictures_of_triggers(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    monthly = {"mode": "monthly", "day": "last friday", "time": "17:00", "timezone": "Europe/Berlin"}
    report = switched_on(flowstudio, "Monthly report", {"type": "schedule", "config": monthly}, "Send the report")
    editor.open(report["id"])
    editor.choose("trigger: On a schedule")
    expect(page.get_by_text("On the last Friday of each month at 17:00")).not_to_have_count(0)
    take(editor, "schedule")
    switched_on(flowstudio, "Check the stock", {"type": "schedule", "config": {"day": "monday", "time": "08:30"}})
    page.goto("/schedules?view=month")
    page.get_by_role("button", name="Later month").click()
    expect(page.get_by_role("grid").get_by_role("link", name="Monthly report")).to_have_count(1)
    take(editor, "schedules-month")
    fields = [
        {"name": "who", "label": "Your name", "required": True},
        {"name": "mail", "label": "Your email", "type": "email", "required": True},
        {"name": "topic", "label": "What is it about?", "choices": ["Sales", "Support"]},
        {"name": "words", "label": "Your message", "type": "longtext"},
    ]
    form = {"slug": "contact", "title": "Write to us", "fields": fields}
    made_form = switched_on(flowstudio, "Contact", {"type": "form", "config": form})
    page.goto(made_form["forms"][0]["url"])
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    take(editor, "form")


def test_pictures_of_the_shelf_and_the_settings(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    ids = [
        flowstudio.api("POST", f"/templates/{one}/create", json={}).raise_for_status().json()["id"]
        for one in (
            "expense-report-approval",
            "lead-scoring-automation",
            "deal-stage-playbook",
            "web-form-lead-routing",
        )
    ]
    for name, inside in (("Finance", ids[:1]), ("People", []), ("Sales", ids[1:3])):
        folder = flowstudio.api("POST", "/folders", json={"name": name}).raise_for_status().json()["id"]
        if inside:
            flowstudio.api("POST", "/shelf/move", json={"workflows": inside, "folder": folder}).raise_for_status()
    for name, colour, worn in (("Monthly", "busy", ids[:2]), ("Urgent", "bad", ids[1:3])):
        tag = flowstudio.api("POST", "/tags", json={"name": name, "colour": colour}).raise_for_status().json()["id"]
        flowstudio.api("POST", "/shelf/tag", json={"workflows": worn, "tag": tag}).raise_for_status()
    page.goto("/workflows")
    for box in ("Deal Stage Playbook", "Lead Scoring Automation"):
        page.get_by_role("checkbox", name=f"Choose {box}").check()
    expect(page.get_by_role("toolbar", name="Chosen workflows")).to_contain_text("2 chosen")
    take(editor, "shelf")
    days = [{"date": "12-25", "name": "Christmas Day"}, {"date": "2027-01-06", "name": "Epiphany"}]
    flowstudio.api("PATCH", "/settings", json={"holidays": days}).raise_for_status()
    page.goto("/settings")
    expect(page.locator("[data-holiday]")).to_have_count(2)
    page.get_by_role("region", name="Time").scroll_into_view_if_needed()
    take(editor, "settings")


def test_picture_of_people(editor: EditorPage, flowstudio: App, take: Take):
    page = editor.page
    added = [
        flowstudio.api("POST", "/members", json={"name": name, "email": email, "role": role}).raise_for_status().json()
        for name, email, role in (
            ("Maya Torres", "maya@brightline.example", "admin"),
            ("Noah Fischer", "noah@brightline.example", "builder"),
        )
    ]
    page.goto("/members")
    expect(page.get_by_role("listitem")).to_have_count(3)
    take(editor, "people")
    for one in added:
        flowstudio.api("DELETE", f"/members/{one['id']}").raise_for_status()
