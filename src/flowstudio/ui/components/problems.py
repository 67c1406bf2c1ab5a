"""Everything that is wrong with a document, in one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.theme import button, dialog_title, icon

if TYPE_CHECKING:
    from flowstudio.domain.problem import Problem

MARK = {"error": ("alert-circle", "fs-bad"), "warning": ("alert-triangle", "fs-warn"), "hint": ("bulb", "fs-text-2")}


def problem_line(problem: Problem) -> None:
    """Draw one problem: mark, sentence, hint and its place in the document."""
    symbol, colour = MARK[problem.severity]
    with ui.element("div").classes("fs-problem"):
        icon(symbol).classes(colour)
        with ui.element("div"):
            ui.label(problem.message).classes("fs-text")
            if problem.hint:
                ui.label(problem.hint).classes("fs-caption")
            ui.label(problem.path).classes("fs-mono fs-caption")


def problem_list(title: str, problems: Sequence[Problem], text: str = "") -> None:
    """Open a dialog with all problems; nothing was saved."""
    with ui.dialog().props("persistent=false") as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
        dialog_title(dialog, title)
        if text and not problems:
            ui.label(text).classes("fs-text")
        with ui.element("div").classes("fs-problems").props('role=list aria-label="Problems"'):
            for problem in problems:
                problem_line(problem)
        ui.label("Nothing was saved.").classes("fs-caption")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Back", "primary", on_click=dialog.close)
    dialog.open()
