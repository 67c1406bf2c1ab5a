"""The page about storage in a browser: what takes space, and removing old runs after a look at the figures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from flowstudio.app import House
from flowstudio.config import load_settings
from tests.admission.conftest import SHORT, Place
from tests.e2e.conftest import Post, running
from tests.support.databases import StillClock

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def _runs_of_long_ago(folder: Path) -> None:
    clock = StillClock(datetime.now(UTC) - timedelta(days=60))
    house = House(load_settings(data_dir=folder), clock=clock)
    await house.open()
    place = Place(house, clock, await house.owner("test"))
    await place.switch_on({"retention": "90 days"}, SHORT, "wf_old")
    for _ in range(3):
        await place.start(workflow_id="wf_old")
    await place.settle()
    clock.forward(days=50)
    await place.start(workflow_id="wf_old")
    await place.settle()
    await house.close()


@pytest.fixture
def page(tmp_path: Path, browser: Browser) -> Iterator[Page]:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(1) as beside:  # Playwright keeps a loop in the main thread
        beside.submit(lambda: asyncio.run(_runs_of_long_ago(folder))).result()
    with Post() as post, running(folder, post) as app:
        context = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(app.link)
        page.wait_for_url(re.compile(r"/workflows|/$"))
        page.goto("/settings")
        page.get_by_role("button", name="Storage", exact=True).click()
        page.wait_for_url("**/storage")
        yield page
        context.close()


def test_old_runs_are_removed_after_a_question_that_tells_the_figures(page: Page) -> None:
    expect(page.get_by_role("heading", name="Storage")).to_be_visible()
    row = page.locator('[data-workflow="wf_old"]')
    expect(row).to_contain_text("4 runs, 4 steps")
    expect(row).to_contain_text("kept for 90 days")
    expect(page.get_by_role("region", name="What takes space")).to_contain_text("in all")
    page.get_by_label("Most megabytes").fill("500")
    page.get_by_label("Most megabytes").press("Enter")
    expect(page.get_by_text("At most 500 MB are kept.")).to_be_visible()
    for odd in ("-5", "0.5", "99999999999999999999"):
        page.get_by_label("Most megabytes").fill(odd)
        page.get_by_label("Most megabytes").press("Enter")
        expect(
            page.get_by_role("alert").filter(has_text="Nothing has changed." if len(odd) < 5 else "cannot be kept")
        ).to_be_visible()
    page.reload()
    expect(page.get_by_label("Most megabytes")).to_have_value("500")
    page.get_by_role("button", name="Clean up now").click()
    expect(page.get_by_text("Cleaned up:")).to_be_visible()
    row.get_by_role("button", name="Remove runs of wf_old").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove 3 runs of wf_old older than 30 days?")
    expect(dialog).to_contain_text("3 steps and what they hold go too. The audit stays.")
    dialog.get_by_role("button", name="Remove 3 runs").click()
    expect(row).to_contain_text("1 run, 1 step")
    row.get_by_role("button", name="Remove runs of wf_old").click()
    expect(page.get_by_text("There are no runs of wf_old older than 30 days.")).to_be_visible()
