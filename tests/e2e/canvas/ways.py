"""Steps with several ways, each once with free ways, once with arrows, and once with both."""

from typing import Any

from flowstudio.graph import Direction
from tests.e2e.canvas.sample import edge, node, way

Json = dict[str, Any]
STEPS: dict[str, tuple[str, ...]] = {
    "Large order?": ("Yes", "No"),
    "Ask for approval": ("Approved", "Rejected", "No answer"),
    "Which country?": ("Germany", "Austria", "Switzerland", "Liechtenstein", "The Netherlands", "Another one"),
    "Which kind of letter?": ("A complaint about a delivery", "A question about an invoice"),
}


def ways(direction: Direction, drawn: str) -> Json:
    """`drawn`: `free`, `arrows`, or `both`, where the first way of each step has an arrow."""
    nodes: list[Json] = []
    edges: list[Json] = []
    top = 0
    for number, (name, labels) in enumerate(STEPS.items()):
        step = f"s{number}"
        outward = [way(f"w{i}", label, name) for i, label in enumerate(labels)]
        across = 780 if direction == "TB" else 0
        where = (across, top) if direction == "TB" else (0, top + 54 * (len(labels) - 1))
        nodes.append(node(step, "condition", "If", "arrows-split", name, "Of the order", *where, outward))
        led = {"free": 0, "arrows": len(labels), "both": 1}[drawn]
        for i, label in enumerate(labels[:led]):
            lane = i - (led - 1) / 2
            at = (int(across + lane * 312), top + 112) if direction == "TB" else (360, top + i * 108)
            nodes.append(node(f"{step}t{i}", "action", "Do", "mail", f"Tell {label}", "By email", *at))
            edges.append(edge(step, f"w{i}", f"{step}t{i}", label))
        top += 300 if direction == "TB" else 108 * len(labels) + 60
    fails = node("f", "action", "Do", "api", "Ask the bank", "By their interface", -360, 0,
                 [way("out", "", "Ask the bank"), way("error", "If it fails", "Ask the bank")])  # fmt: skip
    nodes.append(fails)
    if drawn != "free":
        nodes.append(node("ft", "action", "Do", "mail", "Tell the owner", "By email", -360 - 156, 192))
        edges.append(edge("f", "error", "ft", "If it fails"))
    return {"rev": 1, "direction": direction, "readonly": False, "nodes": nodes, "edges": edges}
