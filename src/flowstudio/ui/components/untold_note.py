"""The note where people are asked: they were not told, and what helps."""

from __future__ import annotations

from nicegui import ui

from flowstudio.ui.theme import icon


def untold_note(text: str) -> None:
    """Say that nobody was told; nothing where there is nothing to say."""
    if text:
        with ui.element("div").classes("fs-stale").style("flex-wrap: nowrap").props("role=note"):
            icon("alert-triangle", 16).classes("fs-warn")
            ui.label(text)
