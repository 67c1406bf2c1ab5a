"""Data of one's own by hand: a record type made, a table brought in with a preview, a step that tells somebody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import App
from tests.e2e.looking import nameless, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_record_type_is_made_and_filled_from_a_table(
    visitor: Callable[..., BrowserContext], flowstudio: App, tmp_path: Path
) -> None:
    page = visitor(viewport={"width": 360, "height": 740}).new_page()
    page.goto("/records?type=tasks")
    page.get_by_role("button", name="New record type").click()
    page.get_by_label("Name, in the plural").fill("Room bookings")
    page.get_by_label("Name of the field").fill("Room")
    page.get_by_role("button", name="Add a field").click()
    expect(page.get_by_label("Name of the field")).to_have_count(2)
    page.get_by_label("Name of the field").last.fill("State")
    page.get_by_label("Kind of the field").last.click()
    page.get_by_role("option", name="One of a list").click()
    page.get_by_label("Choices, with commas").fill("asked, booked")
    assert nameless(page) == []
    assert too_wide(page) == []
    page.get_by_role("button", name="Keep the record type").click()
    page.wait_for_url("**/records?type=room_bookings")
    table = tmp_path / "rooms.csv"
    table.write_text("Room;State;Colour\nBlue;asked;x\nRed;lost;y\n")
    page.get_by_role("button", name="Import CSV").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Choose a file").click()
    chosen.value.set_files(table)
    expect(page.get_by_text("rooms.csv: 1 new, 0 changed, 1 with a fault")).to_be_visible()
    expect(page.get_by_text("No field for: Colour.")).to_be_visible()
    expect(page.get_by_text("Line 3:")).to_be_visible()
    assert nameless(page) == []
    assert too_wide(page) == []
    page.get_by_role("button", name="Bring in 1 row").click()
    expect(page.get_by_text("Rows of rooms.csv that were left out")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("tr[data-record]")).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    assert "Blue,asked" in Path(saved.value.path()).read_text(encoding="utf-8-sig")


def test_choices_and_lists_are_changed_in_words(visitor: Callable[..., BrowserContext], flowstudio: App) -> None:
    fields = {
        "name": {"type": "text"}, "state": {"type": "enum", "enum": ["open", "on_the_way"]}, "tags": {"type": "list"},
    }  # fmt: skip
    assert flowstudio.api("PUT", "/records/parcels", json={"fields": fields}).is_success
    row = {"id": "p1", "name": "A parcel", "state": "open", "tags": ["red", "blue"]}
    assert flowstudio.api("POST", "/records/parcels", json=row).is_success
    fields["state"] = {"type": "enum", "enum": ["on_the_way", "handed_over"]}
    assert flowstudio.api("PUT", "/records/parcels", json={"fields": fields}).is_success

    page = visitor().new_page()
    page.goto("/records?type=parcels")
    page.get_by_role("button", name="A parcel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("State", exact=True)).to_have_value("Open")
    expect(dialog.get_by_label("Tags", exact=True)).to_have_value("red, blue")
    dialog.get_by_label("Tags", exact=True).fill("red, green")
    dialog.get_by_role("button", name="Save the record").click()
    expect(dialog).to_be_hidden()
    assert flowstudio.api("GET", "/records/parcels/p1").json() == {**row, "tags": ["red", "green"]}
    page.get_by_role("button", name="A parcel").click()
    dialog.get_by_label("State", exact=True).click()
    page.get_by_role("option", name="Handed over").click()
    dialog.get_by_role("button", name="Save the record").click()
    expect(page.locator("tr[data-record=p1]")).to_contain_text("Handed over")
    assert flowstudio.api("GET", "/records/parcels/p1").json()["state"] == "handed_over"
