"""A page for each view of the canvas, with a small answering side in place of the editor: `python app.py PORT`."""

import copy
import sys
from functools import partial
from typing import Any

from nicegui import app, ui

from flowstudio.ui import theme
from flowstudio.ui.components.canvas import FlowCanvas
from tests.e2e.canvas import sample
from tests.e2e.canvas.ways import ways

GRAPHS = {
    "invoice": sample.invoice_reminder,
    "lr": sample.left_to_right,
    "nested": sample.nested,
    "large": lambda: sample.large(500),
    "hundred": lambda: sample.large(100),
    "tall": sample.tall,
    "marked": sample.marked,
    **{f"ways-{to}-{drawn}": partial(ways, to, drawn) for to in ("TB", "LR") for drawn in ("free", "arrows", "both")},
}
EVENTS: list[dict[str, Any]] = []
CANVASES: list[FlowCanvas] = []
PALETTE = [
    ("action.send_email", "action", "mail", "Send email"),
    ("delay", "flow", "hourglass", "Wait"),
    ("end", "end", "flag", "End"),
]

theme.install(app)


@app.get("/events")
def events() -> list[dict[str, Any]]:
    return EVENTS


@app.post("/call/{method}")
async def call(method: str, arguments: list[Any]) -> None:
    getattr(CANVASES[-1], method)(*arguments)


@ui.page("/{name}")
def page(name: str, dark: bool = False, readonly: bool = False) -> None:
    EVENTS.clear()
    ui.dark_mode(value=dark)
    graph = copy.deepcopy(GRAPHS[name]())
    graph["readonly"] = readonly
    labels = {each["id"]: each["name"] for each in graph["nodes"]}

    def keep(event: str) -> Any:
        return lambda content: EVENTS.append({"event": event, **content})

    def patch(content: dict[str, Any]) -> None:
        EVENTS.append({"event": "patch", **content})
        graph["rev"] += 1
        diff: dict[str, Any] = {"rev": graph["rev"], "ack": content["op_id"]}
        for op in content["ops"]:
            if op["op"] == "add":
                number = len(labels) + 1
                new = sample.node(
                    f"x{number}", "action", "Do", "mail", f"Send email {number}", "To nobody yet", op["x"], op["y"]
                )
                labels[new["id"]] = new["name"]
                diff |= {"nodes": [new], "select": [new["id"]], "edges": []}
                if op["after"]:
                    diff["edges"].append(sample.edge(op["after"]["from"], op["after"]["way"], new["id"]))
                if op["into"]:
                    before, target = op["into"].split(">")
                    source, way = before.split(":")
                    diff["gone_edges"] = [op["into"]]
                    diff["edges"] += [sample.edge(source, way, new["id"]), sample.edge(new["id"], "out", target)]
            if op["op"] == "connect" and op["to"] == "c":
                diff |= {"ack": None, "reject": content["op_id"], "message": "That would go round in a circle."}
        canvas.apply(diff)

    shell = "display:grid;grid-template-columns:212px minmax(0,1fr);height:100vh;width:100vw"
    with ui.element("div").style(shell):
        with ui.element("div").classes("fs-panel fs-panel--left").style("padding:12px;gap:4px"):
            for key, kind, icon, title in PALETTE:
                with (
                    ui.element("button")
                    .classes("fs-rail__item")
                    .props(f'draggable=true aria-label="{title}"')
                    .on(
                        "dragstart",
                        js_handler=f"(e) => e.dataTransfer.setData('application/x-flowstudio-step', '{key}')",
                    )
                    .on("click", lambda key=key: canvas.add_at_centre(key))
                ):
                    theme.tile(kind, icon)
                    ui.label(title)
        with ui.element("div").style("position:relative;min-width:0;height:100vh"):
            canvas = FlowCanvas(
                graph, workflow="wf_1", on_patch=patch,
                **{f"on_{each}": keep(each) for each in ("select", "open", "command", "palette", "ready", "viewport")},
            )  # fmt: skip
    CANVASES.append(canvas)


if __name__ in {"__main__", "__mp_main__"}:
    ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False, title="Canvas", tailwind=False)
