"""The note beside what a step gave: the step is another one now, and how to see what it gives today."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from flowstudio.ui.theme import button, icon


def stale_note(text: str | None, run_again: Callable[[], object]) -> None:
    """Say that a step is another one now than when it gave what is shown; nothing where it is the same."""
    if text:
        with ui.element("div").classes("fs-stale").props("role=note"):
            icon("alert-triangle", 16).classes("fs-warn")
            ui.label(text)
            button("Run again", on_click=run_again)
