"""Laying out anew only what is chosen: everything else stays where it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flowstudio.graph import Shape, layout
from flowstudio.graph.sizes import GRID
from flowstudio.services.editing import ops
from flowstudio.services.editing.arranging import Box
from flowstudio.services.editing.cutting import parts_of
from flowstudio.ui.editor.boxes import boxes_of, shifted
from flowstudio.ui.editor.view import direction_of, shape_of

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

_GAP = 24.0
"""How much stays free beside a box that would have been covered."""


def tidied_part(workflow: Workflow, registry: Registry, box_ids: Iterable[str]) -> Workflow:
    """Return the workflow with these boxes laid out anew where they stand, clear of all others.

    Boxes of different loops are laid out loop by loop, so that none leaves its frame.
    """
    shape = shape_of(workflow, registry)
    chosen = {inner for one in box_ids for inner in parts_of(workflow, shape, one)}
    parts: dict[tuple[str, ...], list[str]] = {}
    for one in _steps(workflow):
        if one in chosen:
            around = shape.scope.get(one, ())
            outermost = next((at for at, loop in enumerate(around) if loop in chosen), len(around))
            parts.setdefault(tuple(around[:outermost]), []).append(one)
    for around, part in parts.items():
        if len(part) > 1:
            workflow = _laid_out(workflow, registry, shape, part, around)
    return workflow


def _laid_out(
    workflow: Workflow, registry: Registry, shape: Shape, part: list[str], around: tuple[str, ...]
) -> Workflow:
    others = [one for one in _steps(workflow) if one not in part]
    alone = ops.remove(workflow, others, heal=True)  # steps with others between them keep their order
    fresh = ops.move(workflow, layout(alone, shape_of(alone, registry), direction_of(workflow)))
    old, new = boxes_of(workflow, shape, part), boxes_of(fresh, shape, part)
    if not old or not new:
        return workflow
    x, y = (_snapped(min(one[at] for one in old.values()) - min(one[at] for one in new.values())) for at in (0, 1))
    standing = boxes_of(workflow, shape, [one for one in others if one not in around])
    aside = _aside([_moved(one, x, y) for one in new.values()], list(standing.values()), direction_of(workflow) == "LR")
    return shifted(fresh, shape, dict.fromkeys(new, (x + aside[0], y + aside[1])))


def _aside(boxes: list[Box], standing: list[Box], down: bool) -> tuple[float, float]:
    """Return how far to the right (else down) boxes move until they cover none that stand."""
    low, high, by = (1, 3, 0.0) if down else (0, 2, 0.0)
    while True:
        here = [_moved(one, 0.0, by) if down else _moved(one, by, 0.0) for one in boxes]
        further = [other[high] - one[low] for one in here for other in standing if _covers(one, other)]
        if not further:
            return (0.0, by) if down else (by, 0.0)
        by += math.ceil((max(further) + _GAP) / GRID) * GRID


def _covers(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _snapped(length: float) -> float:
    return float(round(length / GRID) * GRID)


def _steps(workflow: Workflow) -> list[str]:
    return [*(one.id for one in workflow.triggers), *(one.id for one in workflow.nodes)]
