"""A place for one new box, near the box it follows, without moving any other."""

from __future__ import annotations

from collections.abc import Mapping

from flowstudio.domain.workflow import OUT, Workflow
from flowstudio.graph.layout import Spot, frame_of
from flowstudio.graph.plan import Shape
from flowstudio.graph.scopes import EACH
from flowstudio.graph.sizes import ACROSS, ALONG, CARD, PAD, TOP, Direction, snapped

TRIES = 200


def place_after(
    workflow: Workflow,
    positions: Mapping[str, Spot],
    source_id: str | None,
    way: str = OUT,
    *,
    shape: Shape,
    direction: Direction = "TB",
) -> Spot:
    """Return a free top left corner for a box that follows `source_id` by `way`; nothing else moves.

    By `each` it stands inside the loop's frame, by another way of a loop below the frame. Without a source, or without
    a place for it, it stands below everything.
    """
    ids = [*(trigger.id for trigger in workflow.triggers), *(node.id for node in workflow.nodes)]
    spots = {name: positions[name] for name in ids if name in positions}
    if source_id is None or source_id not in spots:
        return _below_all(spots, shape)
    wanted = _wanted(spots, source_id, way, shape, direction)
    boxes = _boxes(spots, shape, keep_inside=source_id if way == EACH else None, scope=shape.scope.get(source_id, ()))
    return _free(wanted, boxes, direction)


def _wanted(spots: Mapping[str, Spot], source: str, way: str, shape: Shape, direction: Direction) -> Spot:
    x, y = spots[source]
    if way == EACH:
        return x + PAD, y + TOP
    _, _, right, bottom = frame_of(source, spots, shape)
    ways = [one for one in shape.ways.get(source, (OUT,)) if one not in (EACH, "error")]
    place = ways.index(way) - (len(ways) - 1) / 2 if way in ways else len(ways) / 2
    if direction == "LR":
        return right + ALONG["LR"], y + place * (CARD[1] + ACROSS["LR"])
    middle = (x + right - CARD[0]) / 2
    return middle + place * (CARD[0] + ACROSS["TB"]), bottom + ALONG["TB"]


def _boxes(
    spots: Mapping[str, Spot], shape: Shape, *, keep_inside: str | None, scope: tuple[str, ...]
) -> list[tuple[float, float, float, float]]:
    """List what is in the way: frames as a whole, but cards alone in the frames that the new box will stand in."""
    open_frames = {*scope, *([keep_inside] if keep_inside else [])}
    boxes = []
    for name, (x, y) in spots.items():
        if name in open_frames and name in shape.bodies:
            boxes.append((x, y, x + CARD[0], y + CARD[1]) if not shape.bodies[name] else (x, y, x + CARD[0], y + TOP))
        else:
            boxes.append(frame_of(name, spots, shape))
    return boxes


def _free(wanted: Spot, boxes: list[tuple[float, float, float, float]], direction: Direction) -> Spot:
    """Step aside to both sides in turn, then onwards, until nothing is covered."""
    sideways = CARD[0] + ACROSS["TB"] if direction == "TB" else CARD[1] + ACROSS["LR"]
    x0, y0 = wanted
    for attempt in range(TRIES):
        step = (attempt + 1) // 2 * (1 if attempt % 2 else -1) * sideways
        x, y = (x0 + step, y0) if direction == "TB" else (x0, y0 + step)
        x, y = snapped(x), snapped(y)
        if not any(
            x < right and left < x + CARD[0] and y < bottom and top < y + CARD[1] for left, top, right, bottom in boxes
        ):
            return float(x), float(y)
    lowest = max(bottom for _, _, _, bottom in boxes)
    return float(snapped(x0)), float(snapped(lowest + ALONG["TB"]))


def _below_all(spots: Mapping[str, Spot], shape: Shape) -> Spot:
    if not spots:
        return 0.0, 0.0
    frames = [frame_of(name, spots, shape) for name in spots]
    return float(snapped(min(frame[0] for frame in frames))), float(
        snapped(max(frame[3] for frame in frames) + ALONG["TB"])
    )
