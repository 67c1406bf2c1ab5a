"""Where triggers have places of their own: the schedules' list and calendar, and a public form."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import App, until
from tests.e2e.editor_page import EditorPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def switched_on(flowstudio: App, name: str, trigger: dict[str, Any], title: str = "Call") -> dict[str, Any]:
    """A workflow of one task by the API, published and on."""
    task = {
        "id": "task", "type": "action", "action": "create_task",
        "config": {"title": title, "assignee": "{{settings.support_email}}"},
    }  # fmt: skip
    document = {"name": name, "trigger": trigger, "nodes": [task], "edges": [{"from": "trigger", "to": "task"}]}
    answer = flowstudio.api("POST", "/workflows", json=document)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    for method, deed in (("POST", "publish"), ("PATCH", "toggle")):
        answer = flowstudio.api(method, f"/workflows/{found['id']}/{deed}", json={"active": True})
        assert answer.status_code < 300, answer.text
    return found


def executions(flowstudio: App, workflow_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = flowstudio.api("GET", f"/workflows/{workflow_id}/executions").json()["executions"]
    return rows


def test_schedules_stand_in_a_list_and_in_a_calendar(editor: EditorPage, flowstudio: App) -> None:
    config = {"cron": "30 7 * * *", "timezone": "Europe/Berlin"}
    switched_on(flowstudio, "Every morning", {"type": "schedule", "config": config})
    page = editor.page
    page.goto("/schedules")
    row = page.get_by_role("listitem").filter(has_text="Every morning").first
    expect(row).to_contain_text("Europe/Berlin")
    expect(row.get_by_role("list", name="Next times of Every morning").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("radio", name="Month").or_(page.get_by_text("Month", exact=True)).first.click()
    calendar = page.get_by_role("grid", name="Calendar of schedules")
    expect(calendar).to_be_visible()
    month = page.locator("[aria-live=polite]").filter(has_text=re.compile(r"^\w+ \d{4}$"))
    before = month.inner_text()
    page.get_by_role("button", name="Later month").click()
    expect(month).not_to_have_text(before)
    expect(calendar.locator("[data-day$='-15']")).to_contain_text("Every morning")
    calendar.get_by_role("link", name=re.compile("Every morning")).first.click()
    page.wait_for_url(re.compile(r"/workflows/wf_\w+$"))
    editor.ready()


def test_the_schedule_says_in_words_and_times_what_is_chosen(editor: EditorPage, flowstudio: App) -> None:
    monthly = {"mode": "monthly", "day": "last friday", "time": "17:00", "timezone": "America/New_York"}
    made = switched_on(flowstudio, "Monthly report", {"type": "schedule", "config": monthly})
    editor.open(made["id"])
    editor.choose("trigger: On a schedule")
    page = editor.page
    when = page.get_by_role("group", name="How often")
    expect(when).to_contain_text("On the last Friday of each month at 17:00, America/New_York time")
    expect(when.get_by_role("listitem")).to_have_count(10)
    for text in when.get_by_role("listitem").all_inner_texts():
        assert re.fullmatch(r"Fri \d+ \w{3}, 17:00", text)
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_label("Time zone").blur()
    expect(when).to_contain_text("On the last Friday of each month at 17:00, Asia/Tokyo time")
    page.get_by_label("Time zone").fill("Mars/Base")
    page.get_by_label("Time zone").blur()
    expect(when).to_contain_text("Mars/Base")
    expect(when.get_by_role("listitem")).to_have_count(0)


def test_next_times_say_when_the_clocks_change(editor: EditorPage, flowstudio: App) -> None:
    monthly = {"mode": "monthly", "day": "last sunday", "time": "02:30", "timezone": "Europe/Berlin"}
    made = switched_on(flowstudio, "Night count", {"type": "schedule", "config": monthly})
    editor.open(made["id"])
    editor.choose("trigger: On a schedule")
    changes = editor.page.get_by_role("listitem").filter(has_text="(the clocks change)")
    expect(changes).not_to_have_count(0)
    for text in changes.all_inner_texts():  # the gap in spring is left at three, the doubled hour in autumn comes once
        assert re.fullmatch(r"Sun \d+ (Mar, 03:00|Oct, 02:30) \(the clocks change\)", text)


def test_a_date_that_is_over_says_so_and_slack_gets_its_address(editor: EditorPage, flowstudio: App) -> None:
    over = switched_on(flowstudio, "Long over", {"type": "schedule", "config": {"at": "2020-01-01T09:00"}})
    slack = switched_on(flowstudio, "Help", {"type": "new_message", "config": {"channel": "slack"}})
    editor.open(over["id"])
    editor.choose("trigger: On a schedule")
    expect(editor.page.get_by_text("That moment is over: nothing starts.")).to_be_visible()
    editor.open(slack["id"])
    editor.choose("trigger: When a message comes in")
    expect(editor.page.locator("[data-hook-address]")).to_have_text(slack["hooks"][0]["url"])


def test_missed_times_are_caught_up_by_a_button(editor: EditorPage, flowstudio: App) -> None:
    half_a_day_off = datetime.now(UTC) + timedelta(hours=12)
    config = {"time": f"{half_a_day_off:%H:%M}", "timezone": "UTC", "missed": "skip"}
    made = switched_on(flowstudio, "Daily count", {"type": "schedule", "config": config})
    with closing(sqlite3.connect(flowstudio.data / "flowstudio.db", timeout=30)) as database, database:
        # as if FlowStudio had not been running for three days
        due = "UPDATE schedule SET next_fire = next_fire - 3 * 86400 * 1000000 WHERE workflow_id = ?"
        assert database.execute(due, [made["id"]]).rowcount == 1
    switched_on(flowstudio, "Another", {"type": "schedule", "config": config})  # lets it look at what is due at once
    page = editor.page
    row = page.get_by_role("listitem").filter(has_text="Daily count")

    def missed() -> bool:
        page.goto("/schedules")
        expect(row.first).to_be_visible()
        return row.get_by_role("button", name="Catch up on 3 missed times").is_visible()

    until(missed, "the missed times are not offered")
    assert executions(flowstudio, made["id"]) == []
    row.get_by_role("button", name="Catch up on 3 missed times").click()
    expect(page.get_by_text("3 runs started.")).to_be_visible()
    expect(row.get_by_role("button", name=re.compile("Catch up"))).to_have_count(0)
    assert len(executions(flowstudio, made["id"])) == 3


def test_the_calendar_marks_the_day_on_which_the_clocks_go_forward(editor: EditorPage, flowstudio: App) -> None:
    config = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}
    switched_on(flowstudio, "Night shift", {"type": "schedule", "config": config})
    page = editor.page
    page.goto("/schedules?view=month")
    month = page.locator("[aria-live=polite]").filter(has_text=re.compile(r"^\w+ \d{4}$"))
    for _ in range(12):
        before = month.inner_text()
        if before.startswith("March"):
            break
        page.get_by_role("button", name="Later month").click()
        expect(month).not_to_have_text(before)
    marked = page.get_by_role("gridcell").filter(has_text="Clocks change")
    expect(marked).to_have_count(1)
    assert date.fromisoformat(marked.get_attribute("data-day") or "").weekday() == 6
    marked.get_by_text("Clocks change").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("02:00 to 03:00 does not exist on this day")


def test_a_form_with_a_mistake_comes_back_filled_in_and_then_starts_one_run(browser: Browser, flowstudio: App) -> None:
    fields = [
        {"name": "who", "label": "Your name", "required": True},
        {"name": "mail", "label": "Your email", "type": "email", "required": True},
        {"name": "topic", "label": "Topic", "choices": ["Sales", "Support"]},
        {"name": "words", "label": "What is it about?", "type": "longtext"},
        {"name": "urgent", "label": "It is urgent", "type": "boolean"},
    ]
    trigger = {"type": "form", "config": {"slug": "contact", "title": "Write to us", "fields": fields}}
    made = switched_on(flowstudio, "Contact", trigger, "Answer {{trigger.who}}")
    context = browser.new_context(base_url=flowstudio.url)
    try:
        page = context.new_page()
        page.goto(made["forms"][0]["url"])
        expect(page.get_by_role("heading", name="Write to us")).to_be_visible()
        fill(page)
        # The browser lets this address pass, FlowStudio does not.
        page.get_by_label("Your email").fill("ada@example")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_have_text("Your email is no email address.")
        expect(page.get_by_label("Your name")).to_have_value("Ada")
        expect(page.get_by_label("Topic")).to_have_value("Support")
        expect(page.get_by_label("What is it about?")).to_have_value("Two\nlines")
        expect(page.get_by_label("It is urgent")).to_be_checked()
        assert "Ada" not in page.url
        page.get_by_label("Your email").fill("ada@example.com")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_contain_text("Your answers have arrived")
        page.go_back()
        expect(page.get_by_role("button", name="Send")).to_be_visible()
    finally:
        context.close()
    until(lambda: executions(flowstudio, made["id"]), "the form started no run")
    assert len(executions(flowstudio, made["id"])) == 1


def test_programs_that_fill_in_forms_start_nothing(flowstudio: App) -> None:
    config = {"slug": "call", "title": "Call me", "fields": [{"name": "who", "label": "Your name", "required": True}]}
    made = switched_on(flowstudio, "Call back", {"type": "form", "config": config})
    url = made["forms"][0]["url"]
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        trapped = client.post(f"{url}/send", data={"who": "Bot", "_homepage": "https://casino.example"})
        assert "Your answers have arrived" in trapped.text
        assert "Dial 0900" not in client.get(f"{url}?failed=Dial+0900&wrong.who=Dial+0900").text
        for _ in range(29):
            assert "Your name is missing." in client.post(f"{url}/send", data={"who": ""}).text
        assert "sent too often" in client.post(f"{url}/send", data={"who": "Ada"}).text
        flowstudio.api("PATCH", f"/workflows/{made['id']}/toggle", json={"active": False}).raise_for_status()
        assert "There is no form here" in client.get(url).text
    assert executions(flowstudio, made["id"]) == []


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Topic").select_option("Support")
    page.get_by_label("What is it about?").fill("Two\nlines")
    page.get_by_label("It is urgent").check()
