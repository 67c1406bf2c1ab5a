"""Bringing boxes into line, and finding what comes before and after a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from flowstudio.domain.workflow import TRIGGER, Workflow
from flowstudio.errors import BadRequest

Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
Spot = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in canvas pixels."""
_FEWEST = {"align": 2, "distribute": 3}


def aligned(boxes: Mapping[str, Box], side: str) -> dict[str, tuple[float, float]]:
    """Return how far each box moves (x, y) so that all have this side in one line."""
    _enough(boxes, "align")
    left, top = min(one[0] for one in boxes.values()), min(one[1] for one in boxes.values())
    right, bottom = max(one[2] for one in boxes.values()), max(one[3] for one in boxes.values())
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    moves: dict[str, Callable[[Box], Spot]] = {
        "left": lambda box: (left - box[0], 0.0),
        "right": lambda box: (right - box[2], 0.0),
        "centre": lambda box: (middle_x - (box[0] + box[2]) / 2, 0.0),
        "top": lambda box: (0.0, top - box[1]),
        "bottom": lambda box: (0.0, bottom - box[3]),
        "middle": lambda box: (0.0, middle_y - (box[1] + box[3]) / 2),
    }
    if side not in moves:
        raise BadRequest("Steps are aligned left, centre, right, top, middle or bottom.")
    return {key: moves[side](box) for key, box in boxes.items()}


def distributed(boxes: Mapping[str, Box], along: str) -> dict[str, tuple[float, float]]:
    """Return how far each box moves so that the gaps between neighbours are the same; the outer two stay."""
    _enough(boxes, "distribute")
    low, high = (0, 2) if along == "x" else (1, 3)
    order = sorted(boxes, key=lambda key: (boxes[key][low], key))
    start, end = boxes[order[0]][low], max(box[high] for box in boxes.values())
    room = end - start - sum(box[high] - box[low] for box in boxes.values())
    gap, at, moves = room / (len(order) - 1), start, {}
    for key in order:
        by = at - boxes[key][low]
        moves[key] = (by, 0.0) if along == "x" else (0.0, by)
        at += boxes[key][high] - boxes[key][low] + gap
    return moves


def _enough(boxes: Mapping[str, Box], deed: str) -> None:
    fewest = _FEWEST[deed]
    if len(boxes) < fewest:
        raise BadRequest(f"Choose at least {fewest} boxes to {deed} them.")


def connected(workflow: Workflow, start: Sequence[str], direction: Literal["up", "down"]) -> list[str]:
    """Return the steps themselves and all that lead to them (`up`) or follow them (`down`), in the document's order."""
    triggers = [one.id for one in workflow.triggers]
    links: dict[str, list[str]] = {}
    for edge in workflow.edges:
        for source in _sources(edge.source, triggers):
            one, other = (edge.target, source) if direction == "up" else (source, edge.target)
            links.setdefault(one, []).append(other)
    found, look = set(start), list(start)
    while look:
        for other in links.get(look.pop(), ()):
            if other not in found:
                found.add(other)
                look.append(other)
    return [one for one in (*triggers, *(node.id for node in workflow.nodes)) if one in found]


def _sources(source: str, triggers: Sequence[str]) -> Iterable[str]:
    return triggers if source == TRIGGER and TRIGGER not in triggers else (source,)
