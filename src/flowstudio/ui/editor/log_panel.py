"""The panel below the canvas: open or closed as each person likes it."""

from __future__ import annotations

from nicegui import app, ui

from flowstudio.ui.theme import button

CLOSED = "log_closed"
_CLASS = "fs-editor--no-log"


class LogPanel:
    """Opens and closes what stands below the canvas: the sentence and the problems, or what a test run would do."""

    def __init__(self) -> None:
        self._root: ui.element | None = None
        self._toggle: ui.button | None = None

    def draw(self, root: ui.element) -> None:
        """Draw what opens and closes it, and show it as this person left it."""
        self._root = root
        self._toggle = button("", "quiet", icon="chevron-down", label="The panel below (L)", on_click=self.turn)
        self._toggle.classes("fs-log-toggle")
        self._show(closed=bool(app.storage.user.get(CLOSED)))

    def turn(self) -> None:
        """Open it, or close it."""
        closed = not app.storage.user.get(CLOSED)
        app.storage.user[CLOSED] = closed
        self._show(closed=closed)

    def _show(self, *, closed: bool) -> None:
        assert self._root is not None
        assert self._toggle is not None
        self._root.classes(add=_CLASS) if closed else self._root.classes(remove=_CLASS)
        self._toggle.props["aria-expanded"] = "false" if closed else "true"
