"""The canvas: draws a view graph in the browser and reports what a person does to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self

from nicegui import ui
from nicegui.events import GenericEventArguments

STATIC = Path(__file__).parent.parent / "static"
MODULE = {"flowstudio-canvas": str(STATIC / "canvas")}
"""The bundle's name in the import map and its folder: every element of the bundle registers the same pair."""

ViewGraph = dict[str, Any]
"""`{"rev", "direction", "readonly", "nodes": [...], "edges": [...]}`, see `frontend/src/canvas/protocol.js`."""
Direction = Literal["TB", "LR"]
On = Callable[[dict[str, Any]], object]


class FlowCanvas(ui.element, component=STATIC / "flow_canvas.js", esm=MODULE):
    """A workflow's drawing.

    The document is the truth and lives in Python; the browser shows moves, removals and new edges at once and waits for
    `apply` for the rest. Pass every listener here: adding one after the first render mounts the element anew.
    """

    def __init__(
        self,
        graph: ViewGraph,
        *,
        workflow: str | None = None,
        minimap: bool = True,
        fit: bool = True,
        on_patch: On | None = None,
        on_select: On | None = None,
        on_open: On | None = None,
        on_command: On | None = None,
        on_palette: On | None = None,
        on_ready: On | None = None,
        on_viewport: On | None = None,
        on_round: On | None = None,
    ) -> None:
        """Draw `graph`; `workflow` is the id under which the browser keeps the camera and unsaved gestures."""
        super().__init__()
        self._props["graph"] = graph
        self._props["minimap"] = minimap
        self._props["fit-first"] = fit
        if workflow:
            self._props["workflow"] = workflow
        self.classes("fs-canvas-host")
        listeners = {
            "patch": on_patch,
            "select": on_select,
            "open": on_open,
            "command": on_command,
            "palette": on_palette,
            "ready": on_ready,
            "viewport": on_viewport,
            "round": on_round,
        }
        for event, listener in listeners.items():
            if listener is not None:
                self.on(event, _unpack(listener))

    def load(self, graph: ViewGraph) -> Self:
        """Replace everything that is drawn."""
        with self._props.suspend_updates():  # for a later mount; this one gets it by the method
            self._props["graph"] = graph
        return self._call("load", graph)

    def apply(self, diff: dict[str, Any]) -> Self:
        """Bring the drawing up to date: `rev`, `ack`, `reject`, `message`, `nodes`, `edges`, `gone_*`, `select`."""
        return self._call("apply", diff)

    def status(self, status: dict[str, Any]) -> Self:
        """Paint a run: `{"nodes": {id: {"state", "line", "count"}}, "edges": {id: {"state", "count"}}}`, added up."""
        return self._call("status", status)

    def clear_status(self) -> Self:
        """Wipe the painted run."""
        return self._call("clear_status")

    def start(self, node_id: str, text: str) -> Self:
        """Light a trigger up once, and say `text` on its card for a moment."""
        return self._call("start", node_id, text)

    def select(self, ids: list[str]) -> Self:
        """Select these nodes and nothing else."""
        return self._call("select", ids)

    def highlight(self, ids: list[str]) -> Self:
        """Lift these nodes a little, as when a person points at their words; an empty list ends it."""
        return self._call("highlight", ids)

    def focus_node(self, node_id: str) -> Self:
        """Bring a node to the middle and select it."""
        return self._call("focus_node", node_id)

    def fit(self) -> Self:
        """Show everything."""
        return self._call("fit")

    def zoom_in(self) -> Self:
        """Come one step nearer."""
        return self._call("zoom_in")

    def zoom_out(self) -> Self:
        """Go one step back."""
        return self._call("zoom_out")

    def zoom_reset(self) -> Self:
        """Show at 100 %."""
        return self._call("zoom_reset")

    def set_readonly(self, value: bool) -> Self:
        """Let people look only, or edit."""
        return self._call("set_readonly", value)

    def set_direction(self, direction: Direction) -> Self:
        """Draw from top to bottom or from left to right; the positions come by `apply`."""
        return self._call("set_direction", direction)

    def write_note(self, node_id: str) -> Self:
        """Begin to write in a note."""
        return self._call("write_note", node_id)

    def connect_from(self, node_id: str, way: str) -> Self:
        """Start wiring by keyboard from a way out."""
        return self._call("connect_from", node_id, way)

    def add_at_centre(self, key: str) -> Self:
        """Add a palette entry without dragging: after the selected node where one is, else in the middle."""
        return self._call("add_at_centre", key)

    def _call(self, method: str, *arguments: Any) -> Self:
        """Run a method of the component without waiting for it; what comes before the first paint waits for it."""
        self.run_method(method, *arguments)
        return self


def _unpack(listener: On) -> Callable[[GenericEventArguments], object]:
    """Hand the event's content to `listener`."""
    return lambda event: listener(event.args if isinstance(event.args, dict) else {})
