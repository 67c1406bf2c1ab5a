"""What stands around the cards in the editor covers none of them, and says its words whole."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import until
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
    expect(editor.page.locator(".fs-node")).to_have_count(1)
    expect(offer).to_have_count(0)  # it steps aside for who draws


def test_a_step_that_a_plus_puts_beyond_the_edge_is_brought_into_view(editor: EditorPage) -> None:
    page = editor.new().page
    editor.entry("When a form is filled in").click()
    for after, step in (
        ("When a form is filled in", "If"), ("If, Yes", "Ask for approval"), ("Ask for approval, Approved", "Send email"),
    ):  # fmt: skip
        page.get_by_role("button", name=f"Add a step after {after}", exact=True).click()
        page.get_by_placeholder("Which step comes here?").fill(step)
        page.keyboard.press("Enter")
        expect(page.locator(".fs-node.selected, .selected .fs-node").first).to_contain_text(step)
    canvas, card = editor.canvas.bounding_box(), page.locator(".fs-node").filter(has_text="Send email")
    assert canvas

    def whole() -> bool:
        box = card.bounding_box()
        assert box
        right, bottom = canvas["x"] + canvas["width"], canvas["y"] + canvas["height"]
        return (
            canvas["x"] <= box["x"] and box["x"] + box["width"] <= right
            and canvas["y"] <= box["y"] and box["y"] + box["height"] <= bottom
        )  # fmt: skip

    until(whole, "the new step is not in view")
