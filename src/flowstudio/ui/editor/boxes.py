"""What a person moves as one thing: a card, a loop with its body, a group with its steps, a note."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flowstudio.graph import Shape
from flowstudio.graph.sizes import CARD
from flowstudio.services.editing import ops
from flowstudio.services.editing.annotating import (
    GROUP,
    NOTE,
    change_note,
    groups_in,
    groups_of,
    members,
    notes_of,
    steps_in,
)
from flowstudio.services.editing.arranging import Box
from flowstudio.services.editing.cutting import parts_of
from flowstudio.ui.editor.annotations import note_box
from flowstudio.ui.editor.view import direction_of

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Workflow

Spot = tuple[float, float]
AROUND = {"TB": (30.0, 60.0, 30.0, 48.0), "LR": (42.0, 60.0, 30.0, 30.0)}
"""How far a frame reaches left, up, right and down beyond what stands in it (`frontend/src/canvas/geometry.js`)."""
LEAST_FRAME = 324.0
_GAP = 12.0
"""How much stays free between a group's frame and its neighbours."""


def boxes_of(workflow: Workflow, shape: Shape, box_ids: Iterable[str]) -> dict[str, Box]:
    """Return where these boxes stand; what moves with another one of them is left out."""
    wanted = list(dict.fromkeys(box_ids))
    inside = {inner for one in wanted for inner in parts_of(workflow, shape, one) if inner != one}
    found = {one: _box(workflow, shape, one) for one in wanted if one not in inside}
    return {key: box for key, box in found.items() if box is not None}


def _box(workflow: Workflow, shape: Shape, box_id: str) -> Box | None:
    if box_id.startswith(NOTE):
        note = notes_of(workflow).get(box_id.removeprefix(NOTE))
        if note is None:
            return None
        at = note_box(note)
        return at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"]
    if box_id.startswith(GROUP):
        return _group_box(workflow, shape, box_id)
    inner = [box for one in shape.bodies.get(box_id, ()) if (box := _box(workflow, shape, one)) is not None]
    if inner:
        return _around(workflow, inner)
    spot = workflow.layout.nodes.get(box_id)
    return (spot["x"], spot["y"], spot["x"] + CARD[0], spot["y"] + CARD[1]) if spot else None


def _group_box(workflow: Workflow, shape: Shape, box_id: str) -> Box | None:
    group = groups_of(workflow).get(box_id.removeprefix(GROUP)) or {}
    if group.get("collapsed"):
        known = workflow.layout.nodes
        spots = [known[one] for one in parts_of(workflow, shape, box_id) if one in known]
        left, top = min((one["x"] for one in spots), default=0.0), min((one["y"] for one in spots), default=0.0)
        return (left, top, left + CARD[0], top + CARD[1]) if spots else None
    outer = {inner for one in groups_in(workflow, box_id.removeprefix(GROUP)) for inner in steps_in(workflow, one)}
    named = [one for one in members(group) if one not in outer]
    held = set(groups_in(workflow, box_id.removeprefix(GROUP)))
    inside = [one for one in named if not one.startswith(GROUP) or one.removeprefix(GROUP) in held]
    inner = [box for one in inside if (box := _box(workflow, shape, one)) is not None]
    return _around(workflow, inner)


def _around(workflow: Workflow, inner: list[Box]) -> Box | None:
    """Return the frame around boxes."""
    if not inner:
        return None
    left, up, right, down = AROUND[direction_of(workflow)]
    start, end = min(one[0] for one in inner) - left, max(one[2] for one in inner) + right
    more = max(0.0, LEAST_FRAME - (end - start)) / 2
    top, bottom = min(one[1] for one in inner) - up, max(one[3] for one in inner) + down
    return start - more, top, end + more, bottom


def shifted(workflow: Workflow, shape: Shape, by: Mapping[str, Spot]) -> Workflow:
    """Return the workflow with boxes moved by (x, y), everything that belongs to them along."""
    to: dict[str, Spot] = {}
    for box_id, (x, y) in by.items():
        if box_id.startswith(NOTE):
            workflow = _note_at(workflow, box_id, x, y)
            continue
        for one in parts_of(workflow, shape, box_id):
            spot = workflow.layout.nodes.get(one)
            if spot is not None:
                to[one] = (spot["x"] + x, spot["y"] + y)
    return ops.move(workflow, to)


def _note_at(workflow: Workflow, box_id: str, x: float, y: float) -> Workflow:
    note_id = box_id.removeprefix(NOTE)
    at = note_box(notes_of(workflow)[note_id])
    return change_note(workflow, note_id, x=_snapped(at["x"] + x), y=_snapped(at["y"] + y))


def moved(workflow: Workflow, shape: Shape, to: Mapping[str, Spot]) -> Workflow:
    """Return the workflow with boxes put at these top left corners. The frame of an open group follows its steps."""
    plain: dict[str, Spot] = {}
    by: dict[str, Spot] = {}
    groups, notes = groups_of(workflow), notes_of(workflow)
    for box_id, (x, y) in to.items():
        if box_id.startswith(NOTE):
            note = notes.get(box_id.removeprefix(NOTE))
            if note is not None:
                at = note_box(note)
                by[box_id] = (x - at["x"], y - at["y"])
        elif box_id.startswith(GROUP):
            group = groups.get(box_id.removeprefix(GROUP))
            box = _box(workflow, shape, box_id)
            if group is not None and group.get("collapsed") and box is not None:
                by[box_id] = (x - box[0], y - box[1])
        elif workflow.node(box_id) or workflow.trigger(box_id):
            plain[box_id] = (x, y)
    return shifted(ops.move(workflow, plain), shape, by)


def _snapped(value: float) -> float:
    return float(round(value / ops.GRID) * ops.GRID)


def with_room(workflow: Workflow, shape: Shape, group_id: str) -> Workflow:
    """Return the workflow with what stands in the way of a new group's frame moved down, and all below it along."""
    frame, inside = _box(workflow, shape, group_id), set(parts_of(workflow, shape, group_id))
    spots = workflow.layout.nodes
    known = [spots[one]["y"] for one in inside if one in spots]
    if frame is None or not known:
        return workflow
    top, lowest = min(known), max(known)
    beside = [box for box in _outside(workflow, shape, inside) if box[0] < frame[2] and box[2] > frame[0]]
    down = _on_the_grid(max((box[3] + _GAP - frame[1] for box in beside if box[1] < top), default=0.0))
    below = [box[1] + down for box in beside if box[1] > lowest]
    further = _on_the_grid(frame[3] + down + _GAP - min(below)) if below else 0.0
    start = min(below, default=0.0) - down
    by: dict[str, Spot] = {}
    for one, y in _heights(workflow).items():
        more = further if below and one not in inside and y >= start else 0.0
        if (y >= top and down) or more:
            by[one] = (0.0, (down if y >= top else 0.0) + more)
    moved_notes = {one: where for one, where in by.items() if one.startswith(NOTE)}
    to = {one: (spots[one]["x"], spots[one]["y"] + where[1]) for one, where in by.items() if one not in moved_notes}
    return shifted(ops.move(workflow, to), shape, moved_notes)


def _outside(workflow: Workflow, shape: Shape, inside: set[str]) -> list[Box]:
    """Return the boxes that a group's frame can collide with: none that hold it, none in it."""
    ids = [*(one.id for one in workflow.triggers), *(one.id for one in workflow.nodes)]
    free = [one for one in ids if one not in inside and not inside & set(shape.bodies.get(one, ()))]
    return [box for one in free if (box := _box(workflow, shape, one)) is not None]


def _heights(workflow: Workflow) -> dict[str, float]:
    notes = {NOTE + key: note_box(note)["y"] for key, note in notes_of(workflow).items()}
    return {**{one: spot["y"] for one, spot in workflow.layout.nodes.items()}, **notes}


def _on_the_grid(length: float) -> float:
    return max(0.0, math.ceil(length / ops.GRID) * float(ops.GRID))
