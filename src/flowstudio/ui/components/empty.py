"""What stands where nothing is yet: the question the page exists for, and likely answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from flowstudio.ui.theme import button

Answer = tuple[str, str, Callable[[], object]]
"""Text, icon, deed."""


def empty(question: str, answers: Sequence[Answer] = (), note: str = "") -> ui.element:
    """Draw an empty state."""
    with ui.element("div").classes("fs-empty") as element:
        ui.label(question).classes("fs-empty__question")
        if answers:
            with ui.element("div").classes("fs-empty__answers"):
                for text, symbol, deed in answers:
                    button(text, icon=symbol, on_click=deed)
        if note:
            ui.label(note).classes("fs-caption")
    return element
