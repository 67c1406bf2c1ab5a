"""A run told in plain English, a line for each thing that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.analysis import RunStory

OPEN = 14
"""A story of so many lines is shown at once; a longer one on demand."""
_MARKS = {
    "start": "bolt", "branch": "route-2", "done": "check", "wait": "hourglass", "skipped": "circle-dashed",
    "failed": "alert-circle", "advice": "bulb", "end": "flag",
}  # fmt: skip


def story_list(story: RunStory) -> None:
    """Draw the lines, folded away where there are many."""
    number = len(story.lines)
    with ui.element("details").classes("fs-story-box") as box:
        if number <= OPEN:
            box.props("open")
        with ui.element("summary").classes("fs-caption"):
            ui.label(f"What happened, in {count_of(number, 'sentence')}").style("display:inline")
        with ui.element("ol").classes("fs-story").props('aria-label="What happened"'):
            for line in story.lines:
                with (
                    ui.element("li")
                    .classes(f"fs-story__line fs-story__line--{line.mark}")
                    .style(f"--depth: {line.depth}")
                ):
                    icon(_MARKS[line.mark], 15)
                    ui.label(line.text)
