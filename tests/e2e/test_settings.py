"""The settings of the workspace in the browser: its time, its holidays, the values that workflows use."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import App
from tests.e2e.looking import nameless, pale, too_wide
from tests.e2e.test_shelf import document

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def page(visitor: Callable[..., BrowserContext], flowstudio: App) -> Iterator[Page]:
    page = visitor().new_page()
    page.goto("/settings")
    page.locator("[data-setting]").first.wait_for()
    yield page
    kept = flowstudio.api("GET", "/settings").json()["settings"]
    own = {"business_hours", "holidays", "sales_email", "warehouse_email"} & kept.keys()
    flowstudio.api("PATCH", "/settings", json=dict.fromkeys(own)).raise_for_status()


def kept(app: App) -> dict:
    return app.api("GET", "/settings").json()["settings"]


def said(page: Page, text: str) -> None:
    expect(page.locator(".fs-toast")).to_contain_text(text)


def line(page: Page, key: str) -> Locator:
    return page.locator(f'[data-setting="{key}"]')


def test_hours_are_written_per_day_and_what_cannot_be_read_names_the_day(page: Page, flowstudio: App):
    page.get_by_label("Monday", exact=True).fill("9:00 to 12:00, 13:00 to 17:30")
    page.get_by_label("Friday", exact=True).fill("in the morning")
    page.get_by_role("button", name="Keep the hours").click()
    expect(page.get_by_role("alert").filter(has_text="Friday: these hours cannot be read")).to_be_visible()
    assert "business_hours" not in kept(flowstudio)
    page.get_by_label("Friday", exact=True).fill("")
    page.get_by_role("button", name="Keep the hours").click()
    said(page, "Business hours: kept.")
    hours = kept(flowstudio)["business_hours"]
    assert hours["monday"] == [["09:00", "12:00"], ["13:00", "17:30"]]
    assert "friday" not in hours
    page.reload()
    expect(page.get_by_label("Monday", exact=True)).to_have_value("09:00 to 12:00, 13:00 to 17:30")
    expect(page.get_by_label("Friday", exact=True)).to_have_value("")


def test_holidays_are_pasted_as_a_list_removed_and_brought_back(page: Page, flowstudio: App):
    page.get_by_role("button", name="Add holidays").click()
    page.get_by_role("textbox", name="Holidays").fill("2026-12-25 Christmas Day\nsome day")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("alert").filter(has_text='Line 2, "some day", begins with no day.')).to_be_visible()
    page.get_by_role("textbox", name="Holidays").fill("2026-12-25 Christmas Day\n2027-01-06 Epiphany\n01-01 New Year")
    page.get_by_role("button", name="Add them").click()
    said(page, "3 days added.")
    expect(page.get_by_role("list", name="Holidays, every year")).to_contain_text("New Year")
    expect(page.get_by_role("list", name="Holidays, 2026")).to_contain_text("Christmas Day")
    page.get_by_role("button", name="Remove 2027-01-06").click()
    said(page, "Epiphany removed.")
    expect(page.locator("[data-holiday]")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-holiday]")).to_have_count(3)
    assert [one["date"] for one in kept(flowstudio)["holidays"]] == ["01-01", "2026-12-25", "2027-01-06"]


def test_a_value_says_who_uses_it_and_is_changed_and_put_back(page: Page, flowstudio: App):
    made = document("wf_uses", "Uses the mailbox")
    made["nodes"][0]["config"]["to"] = "{{settings.sales_email}}"
    flowstudio.api("POST", "/workflows/import?on_conflict=replace", json=made).raise_for_status()
    page.reload()
    mailbox = line(page, "sales_email")
    expect(mailbox).to_contain_text("Used by 1 workflow")
    expect(line(page, "legal_email")).to_contain_text("Not used")
    expect(mailbox).to_contain_text("Example")
    field = mailbox.get_by_role("textbox")
    example = field.input_value()
    field.fill("nobody")
    field.press("Enter")
    expect(mailbox.get_by_role("alert")).to_contain_text("is no mail address")
    assert kept(flowstudio)["sales_email"] == example
    field.fill("sales@harbor.example")
    field.press("Enter")
    said(page, "Mailbox of sales is kept.")
    expect(mailbox).not_to_contain_text("Example")
    mailbox.get_by_role("button", name="Back to the example").click()
    expect(mailbox.get_by_role("textbox")).to_have_value(example)
    assert kept(flowstudio)["sales_email"] == example


def test_an_own_value_is_added_and_removing_it_while_in_use_is_warned_of(page: Page, flowstudio: App):
    page.get_by_role("button", name="Add a value").click()
    dialog = page.get_by_role("dialog", name="Add a value")
    dialog.get_by_label("Name", exact=True).fill("sales_email")
    dialog.get_by_label("Value", exact=True).fill("x")
    dialog.get_by_role("button", name="Add the value").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is a value sales_email already.")
    dialog.get_by_label("Name", exact=True).fill("warehouse_email")
    dialog.get_by_label("Value", exact=True).fill("stock@harbor.example")
    dialog.get_by_role("button", name="Add the value").click()
    said(page, "Workflows use it as settings.warehouse_email.")
    made = document("wf_stock", "Count the stock")
    made["nodes"][0]["config"]["to"] = "{{settings.warehouse_email}}"
    flowstudio.api("POST", "/workflows/import?on_conflict=replace", json=made).raise_for_status()
    page.get_by_role("button", name="Remove: Warehouse email").click()
    dialog = page.get_by_role("dialog", name="Remove Warehouse email?")
    expect(dialog).to_contain_text("1 workflow would find nothing there any more: Count the stock.")
    dialog.get_by_role("button", name="Not now").click()
    assert kept(flowstudio)["warehouse_email"] == "stock@harbor.example"
    page.get_by_role("button", name="Remove: Warehouse email").click()
    page.get_by_role("button", name="Remove it all the same").click()
    expect(line(page, "warehouse_email")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(line(page, "warehouse_email").get_by_role("textbox")).to_have_value("stock@harbor.example")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_the_settings_stand_in_every_look_and_width(
    visitor: Callable[..., BrowserContext], flowstudio: App, look: str, width: int
):
    days = [{"date": "2026-12-25", "name": "A day with quite a long name, as people write it"}]
    flowstudio.api("PATCH", "/settings", json={"holidays": days}).raise_for_status()
    page = visitor(viewport={"width": width, "height": 800}, color_scheme=look, reduced_motion="reduce").new_page()
    page.goto("/settings")
    page.locator("[data-holiday]").wait_for()
    assert [*nameless(page), *pale(page), *(f"wide: {one}" for one in too_wide(page))] == []
