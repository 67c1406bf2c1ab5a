"""The head of the outline: the workflow's name, what is live, and the deeds that concern the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.views import views
from flowstudio.ui.theme import button, chip

if TYPE_CHECKING:
    from flowstudio.ui.editor.outline_desk import OutlineDesk


class OutlineBar:
    """Drawn once; `refresh` brings it up to date in place, so that no click and no focus is lost."""

    def __init__(self, desk: OutlineDesk) -> None:
        self.desk = desk

    def draw(self) -> None:
        """Draw the head."""
        desk = self.desk
        with ui.element("header").classes("fs-views__head fs-outline__head"):
            self._name = ui.label().classes("fs-page__title").props("role=heading aria-level=1")
            desk.people.draw()
            if desk.readonly:
                chip("For reading", "idle", icon="eye")
            with ui.element("div").classes("fs-outline__deeds") as self._deeds:
                self._draw_deeds()
            self._trial_deeds = ui.element("div").classes("fs-outline__deeds")
            self._trial_deeds.set_visibility(False)
            views(desk.workflow.id, "Outline")
        self.refresh()

    def _draw_deeds(self) -> None:
        desk = self.desk
        if not desk.readonly:
            self._undo = button("", "quiet", icon="arrow-back-up", label="Undo", on_click=desk.deeds.undo)
            self._redo = button("", "quiet", icon="arrow-forward-up", label="Redo", on_click=desk.deeds.redo)
        button(
            "", "quiet", icon="command", label="Command bar", on_click=lambda: desk.commands.run({"name": "commands"})
        )
        if not desk.readonly:
            button("Test run", icon="player-play", on_click=desk.deeds.start_trial)
            button("Publish", "primary", on_click=desk.deeds.publish)

    def refresh(self) -> None:
        """Bring the head up to date after edits and deeds."""
        self._name.set_text(self.desk.workflow.name)
        if not self.desk.readonly:
            self._undo.set_enabled(self.desk.session.can_undo is not None)
            self._redo.set_enabled(self.desk.session.can_redo is not None)

    def show_trial(self, draw: Callable[[], None] | None) -> None:
        """Put the deeds of a test run in the place of these; None brings these back."""
        self._deeds.set_visibility(draw is None)
        self._trial_deeds.clear()
        self._trial_deeds.set_visibility(draw is not None)
        if draw is not None:
            with self._trial_deeds:
                draw()
        else:
            self.desk.surface.select(self.desk.selected)  # the button that ended it is gone: back to the list
