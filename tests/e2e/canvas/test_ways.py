"""The words of the ways and their "+" stand clear of the cards and of each other."""

import pytest

pytestmark = pytest.mark.browser

BOXES = """(select) => [...document.querySelectorAll(select)]
 .filter((each) => each.checkVisibility() && getComputedStyle(each.closest('.fs-edge-plus, .fs-stub') ?? each).opacity !== '0')
 .map((each) => [each.textContent.trim() || each.ariaLabel, each.getBoundingClientRect().toJSON()])"""
MARKS = ".fs-way, .fs-edge-plus .fs-plus, .fs-stub .fs-plus"


def overlapping(ours, theirs):
    return [
        (name, other)
        for name, a in ours
        for other, b in theirs
        if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
    ]


def clear(page) -> None:
    marks, cards = page.evaluate(BOXES, MARKS), page.evaluate(BOXES, ".fs-node")
    assert marks
    assert not overlapping(marks, cards)
    for index, mark in enumerate(marks):
        assert not overlapping([mark], marks[index + 1 :])


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("drawn", ["free", "arrows", "both"])
def test_words_and_plus_signs_stand_clear(page, open_canvas, direction, drawn):
    page.set_viewport_size({"width": 1800, "height": 1250})  # "+" is shown from 60 % of the size on
    clear(open_canvas(f"ways-{direction}-{drawn}").page)


@pytest.mark.parametrize("name", ["invoice", "lr", "nested", "marked"])
def test_they_stand_clear_in_whole_workflows_too(open_canvas, name):
    clear(open_canvas(name).page)
