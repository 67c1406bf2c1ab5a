"""Keeps what is typed on a page without a canvas until the server has it."""

from collections.abc import Callable
from typing import Any, Self

from nicegui import ui

from flowstudio.ui.components.canvas import MODULE, STATIC


class EntryKeeper(ui.element, component=STATIC / "entry_keeper.js", esm=MODULE):
    """Shows nothing; its journal is that of the workflow's canvas."""

    def __init__(self, workflow: str, on_patch: Callable[[dict[str, Any]], object]) -> None:
        """`on_patch` gets each entry, and what earlier pages of this workflow were never answered for."""
        super().__init__()
        self._props["workflow"] = workflow
        self.on("patch", lambda event: on_patch(event.args if isinstance(event.args, dict) else {}))

    def apply(self, diff: dict[str, Any]) -> Self:
        """Answer a patch: `ack`, `reject` or `held`; `marks` of what stands at the places of the fields."""
        self.run_method("apply", diff)
        return self
