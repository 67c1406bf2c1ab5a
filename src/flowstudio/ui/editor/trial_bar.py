"""The bar of a test run, in the place of the editor's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.run_log import run_arrows
from flowstudio.ui.components.shell import mark
from flowstudio.ui.theme import button, chip

if TYPE_CHECKING:
    from flowstudio.ui.editor.trial import Trial


class TrialBar:
    """Draws the bar once; `refresh` says which deeds there are now."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._onward: list[ui.button] = []
        self._keep: ui.button | None = None
        self._all: ui.button | None = None

    def draw(self) -> None:
        """Draw the bar."""
        trial = self.trial
        mark()
        ui.label(trial.desk.workflow.name).classes("fs-bar__title")
        chip("Test run, nothing leaves", "warn", icon="flask")
        ui.element("div").classes("fs-bar__gap")
        button("", icon="player-skip-back", label="From the start", on_click=trial.restart)
        self._onward = [
            button("Step", icon="player-track-next", on_click=trial.step),
            button("Continue", icon="player-play", on_click=trial.continue_),
        ]
        self._all = button("Run all", "primary", icon="player-skip-forward", on_click=trial.run_all)
        ui.element("div").classes("fs-bar__gap")
        self.others()
        button("Coverage", "quiet", icon="route", on_click=trial.cover)
        self._keep = button("Keep as test case", "quiet", icon="device-floppy", on_click=trial.keep)
        button("Close", "quiet", icon="x", on_click=trial.close)
        self.refresh()

    @ui.refreshable_method
    def others(self) -> None:
        """Draw the way to the test runs before this one."""
        place = self.trial.past.place
        if place.total > 1:
            run_arrows(place, self.trial.past.show)

    def refresh(self) -> None:
        """Say what can be done now."""
        trial, present = self.trial, self.trial.past.shown is None
        for one in self._onward:
            one.set_enabled(present and not trial.finished)
        if self._all is not None:
            self._all.set_text("Run again" if trial.finished or not present else "Run all")
        if self._keep is not None:
            self._keep.set_enabled(present and trial.finished)
            self.others.refresh()
