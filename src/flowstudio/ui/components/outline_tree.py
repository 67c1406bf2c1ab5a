"""The list of the outline as one element: a workflow of a hundred steps costs the server what one label costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from flowstudio.domain.json import JsonObject
from flowstudio.ui.components.canvas import STATIC

On = Callable[[dict[str, Any]], object]


class OutlineTree(ui.element, component=STATIC / "outline_tree.js"):
    """Lines of which each may stand below another; what is chosen and folded lives in the browser.

    It answers to the same calls as the canvas, so that commands and test runs work with either.
    """

    def __init__(
        self,
        *,
        keys: Mapping[str, JsonObject],
        menus: Mapping[str, Sequence[JsonObject]],
        readonly: bool,
        on_choose: Callable[[list[str]], object],
        on_command: On,
        on_patch: On,
        on_round: On,
        on_write: Callable[[str], object],
    ) -> None:
        """Draw an empty list; `show` brings the lines. `on_write` is asked to begin writing in a note."""
        super().__init__()
        # Tuples: a list among the props would be watched for changes, item by item.
        self._props.update(
            rows=(), keys=dict(keys), readonly=readonly, menus={kind: tuple(items) for kind, items in menus.items()}
        )
        self._on_write = on_write
        self.on("choose", lambda event: on_choose(_texts(event.args)))
        self.on("command", lambda event: on_command(_parts(event.args)))
        self.on("patch", lambda event: on_patch(_parts(event.args)))
        self.on("round", lambda event: on_round(_parts(event.args)))

    def show(self, rows: Sequence[JsonObject]) -> None:
        """Show these lines; nothing is sent when they are what is shown already."""
        if self._props["rows"] != (found := tuple(rows)):
            self._props["rows"] = found

    def say(self, text: str) -> None:
        """Tell a screen reader what has been done."""
        self.run_method("say", text)

    def select(self, ids: list[str]) -> None:
        """Choose these boxes and nothing else, and put the keyboard on the first."""
        self.run_method("select", ids)

    def highlight(self, ids: list[str]) -> None:
        """Lift these lines a little; an empty list ends it."""
        self.run_method("highlight", ids)

    def focus_node(self, node_id: str) -> None:
        """Bring a line into view, choose it and put the keyboard there."""
        self.run_method("focus_node", node_id)

    def write_note(self, node_id: str) -> None:
        """Begin to write in a note, whose text stands in the panel."""
        self._on_write(node_id)

    def fit(self) -> None:
        """Do nothing: a list shows everything."""

    def set_readonly(self, value: bool) -> None:
        """Let people look only, or edit."""
        self.run_method("set_readonly", value)

    def status(self, status: dict[str, Any]) -> None:
        """Show at each line how far a run is."""
        self.run_method("status", status)

    def clear_status(self) -> None:
        """Take the shown run away."""
        self.run_method("clear_status")


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _parts(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
