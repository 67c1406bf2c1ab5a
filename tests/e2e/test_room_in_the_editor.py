"""What stands around the cards in the editor covers none of them, and says its words whole."""

import pytest
from playwright.sync_api import expect

from tests.e2e.editor_page import EditorPage

pytestmark = pytest.mark.browser

CUT = """all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""


@pytest.mark.parametrize("width", [1440, 768])
def test_titles_of_the_palette_are_whole_and_the_offer_of_a_tour_covers_no_card(editor: EditorPage, width: int) -> None:
    editor.page.set_viewport_size({"width": width, "height": 1000})
    editor.new()
    offer = editor.page.get_by_role("complementary", name="First time here?")
    expect(offer).to_be_visible()
    for group in editor.page.locator("details.fs-palette__group:not([open]) > summary").all()[::-1]:
        group.click()
    assert editor.page.locator(".fs-palette__step > span:last-child").evaluate_all(CUT) == []
    editor.page.get_by_role("button", name="Ask for approval", exact=True).first.click()
    card = editor.page.locator(".fs-node")
    expect(card).to_have_count(1)
    a, b = offer.bounding_box(), card.bounding_box()
    assert a
    assert b
    assert b["y"] + b["height"] <= a["y"] or b["x"] + b["width"] <= a["x"]
