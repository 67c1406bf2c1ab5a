"""Help: every step with what it does, the operators, and what errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import FlowStudioError
from flowstudio.expressions import OPERATORS
from flowstudio.ui.components.shell import shell
from flowstudio.ui.editor.detail import help_text
from flowstudio.ui.editor.palette import steps_of
from flowstudio.ui.theme import tile
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


def _errors() -> list[type[FlowStudioError]]:
    found: list[type[FlowStudioError]] = []
    open_: list[type[FlowStudioError]] = [FlowStudioError]
    while open_:
        one = open_.pop(0)
        found.append(one)
        open_.extend(one.__subclasses__())
    return found


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/help", response_timeout=PATIENCE)
    def page() -> None:
        with shell(current_actor(), "/help", "Help"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Help").classes("fs-page__title").props("role=heading aria-level=1")
            with ui.element("section").classes("fs-card"):
                ui.label("How it goes").classes("fs-title")
                ui.label(
                    "Draw when it starts and what happens. Try it: a test run sends nothing. "
                    "Publish it, switch it on, and watch its runs."
                ).classes("fs-voice")
            for title, steps in steps_of(studio.registry):
                with ui.element("section").classes("fs-card"):
                    ui.label(title).classes("fs-title")
                    for one in steps:
                        with ui.element("div").classes("fs-row"):
                            tile(one.kind, one.icon)
                            with ui.element("div"):
                                ui.label(one.title).classes("fs-strong")
                                ui.label(help_text(one)).classes("fs-caption")
            with ui.element("section").classes("fs-card"):
                ui.label("Comparisons").classes("fs-title")
                with ui.element("dl").classes("fs-facts"):
                    for operator in OPERATORS.values():
                        with ui.element("dt"):
                            ui.label(operator.label)
                        with ui.element("dd"):
                            ui.label(operator.meaning)
            with ui.element("section").classes("fs-card"):
                ui.label("What errors mean").classes("fs-title")
                with ui.element("dl").classes("fs-facts"):
                    for error in _errors():
                        with ui.element("dt"):
                            ui.label(error.code).classes("fs-mono").props(f'id="error-{error.code}"')
                        with ui.element("dd"):
                            ui.label((error.__doc__ or "").strip().splitlines()[0])
