"""What a desk asks of the thing that shows its workflow, be it drawn on a canvas or written as a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Surface(Protocol):
    """Shows the boxes of a workflow: the canvas, or the list of the outline."""

    def select(self, ids: list[str]) -> object:
        """Choose these boxes and nothing else."""

    def highlight(self, ids: list[str]) -> object:
        """Lift these boxes a little; an empty list ends it."""

    def focus_node(self, node_id: str) -> object:
        """Bring a box into view, choose it and put the keyboard there."""

    def write_note(self, node_id: str) -> object:
        """Begin to write in a note."""

    def fit(self) -> object:
        """Show everything."""

    def set_readonly(self, value: bool) -> object:
        """Let people look only, or edit."""

    def status(self, status: dict[str, Any]) -> object:
        """Show how far a run is, as `painting.paint` tells it."""

    def clear_status(self) -> object:
        """Take the shown run away."""


class Bar(Protocol):
    """Where the deeds that concern the whole workflow stand."""

    def refresh(self) -> None:
        """Bring it up to date after edits and deeds."""

    def show_trial(self, draw: Callable[[], None] | None) -> None:
        """Put the deeds of a test run in its place; None brings its own back."""
