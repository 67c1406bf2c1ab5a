"""On the page of a run: the files that came with it and that its steps gave, to download."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.files import files_of
from flowstudio.ui.components.words import size_words
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.domain.run import Run, Step


class RunFiles:
    """The section; nothing where the run holds no file."""

    def __init__(self, run: Run, steps: Sequence[Step]) -> None:
        self._run_id = run.id
        self._files = files_of(run, steps)

    def look_again(self, run: Run, steps: Sequence[Step]) -> None:
        """Draw anew where files have come since."""
        found = files_of(run, steps)
        if found != self._files:
            self._files = found
            self.draw.refresh()

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list."""
        if not self._files:
            return
        with ui.element("section").classes("fs-card").props('aria-label="Files"'):
            ui.label("Files").classes("fs-title")
            with ui.element("div").classes("fs-fieldlines").props("role=list"):
                for file in self._files:
                    with ui.element("div").classes("fs-toolbar").props("role=listitem"):
                        icon("paperclip")
                        ui.link(str(file["name"]), f"/runs/{self._run_id}/files/{file['digest']}").classes(
                            "fs-link"
                        ).props("download").style("overflow-wrap:anywhere")
                        size = file.get("size")
                        kind = str(file.get("type") or "")
                        known = size_words(size) if isinstance(size, int) else ""
                        ui.label(", ".join(filter(None, (kind, known)))).classes("fs-caption")
