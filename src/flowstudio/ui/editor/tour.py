"""The tour for somebody who is here for the first time: five places, each in a sentence; nothing is blocked by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import app, ui

from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from flowstudio.ui.editor.desk import EditorDesk

SEEN = "tour_seen"
PLACES: tuple[tuple[str, str, str], ...] = (
    (
        ".fs-palette",
        "Every step you can add",
        "Drag one onto the canvas, or click it. N puts the cursor into the search.",
    ),
    (".fs-editor__stage", "Your workflow as a drawing", "It reads from top to bottom. A + adds a step at that place."),
    (
        ".fs-detail",
        "What a step does",
        "Choose a step and its settings stand here. Pick values with { } or by typing {{.",
    ),
    (".fs-drawer", "The same in words", "Read whether it does what you mean. Below stands what is not right yet."),
    (
        ".fs-editor__bar",
        "Test, then publish",
        "A test run sends nothing. What you publish runs; your draft can go on changing.",
    ),
)


class Tour:
    """One visitor's tour."""

    def __init__(self, desk: EditorDesk) -> None:
        self.desk = desk
        self._at: int | None = None
        self._withdrawn = False

    @ui.refreshable_method
    def offer(self) -> None:
        """Draw the offer of a tour, or the place it has come to."""
        if self._at is not None:
            self._place(self._at)
        elif not (self._withdrawn or self.desk.readonly or app.storage.user.get(SEEN)):
            with ui.element("aside").classes("fs-tour fs-tour--offer").props('aria-label="First time here?"'):
                ui.label("First time here?").classes("fs-strong")
                with ui.element("div").classes("fs-deeds"):
                    button("Show me around", on_click=self.show)
                    button("Not now", "quiet", on_click=self.end)

    def show(self) -> None:
        """Begin at the first place."""
        self._go(0)

    def withdraw(self) -> None:
        """Stand in nobody's way: whoever draws is offered it again with the next workflow they open."""
        if self._at is None and not self._withdrawn:
            self._withdrawn = True
            self.offer.refresh()

    def end(self) -> None:
        """Put it away; the command bar brings it back."""
        app.storage.user[SEEN] = True
        self._at = None
        self.offer.refresh()
        ui.run_javascript(_UNMARK)

    def _go(self, at: int) -> None:
        self._at = at
        self.offer.refresh()
        ui.run_javascript(f"{_UNMARK} document.querySelector({json.dumps(PLACES[at][0])})?.classList.add('fs-toured');")

    def _place(self, at: int) -> None:
        _, title, text = PLACES[at]
        with (
            ui.element("aside").classes("fs-tour").props('role=dialog aria-label="Tour" tabindex="-1"')
            .on("keydown.escape", self.end)
        ):  # fmt: skip
            ui.label(f"{at + 1} of {len(PLACES)}").classes("fs-caption")
            ui.label(title).classes("fs-strong")
            ui.label(text).classes("fs-text")
            with ui.element("div").classes("fs-deeds"):
                if at:
                    button("Back", "quiet", on_click=lambda: self._go(at - 1))
                if at < len(PLACES) - 1:
                    button("Next", on_click=lambda: self._go(at + 1)).props("autofocus")
                    button("End the tour", "quiet", on_click=self.end)
                else:
                    button("Done", on_click=self.end).props("autofocus")


_UNMARK = "document.querySelectorAll('.fs-toured').forEach((one) => one.classList.remove('fs-toured'));"
