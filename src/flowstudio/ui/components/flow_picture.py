"""A small picture of a workflow for cards: a box per step in the colour of its kind, from left to right, no words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowstudio.graph import Shape
from flowstudio.services.editing.ops import ways_of
from flowstudio.ui.components.svg import shape as element

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

Cell = tuple[int, int]
"""(column, row)."""
STEP_X, STEP_Y = 36, 26
BOX = (24, 15)
LEAST = (11 * STEP_X, 4 * STEP_Y)
"""The view is never smaller, so that boxes of short workflows do not grow."""


def flow_picture(workflow: Workflow, registry: Registry) -> str:
    """Return the picture as SVG; it scales with its place and takes its colours from the page."""
    shape = Shape.of(workflow, lambda node: [way.name for way in ways_of(workflow, node.id, registry)])
    cells = _Grid(shape).cells
    found = {node.id: registry.find(node.key) for node in workflow.nodes}
    kinds = {node_id: node_type.kind if node_type else "action" for node_id, node_type in found.items()}
    kinds |= {trigger.id: "trigger" for trigger in workflow.triggers}
    width = max((column for column, _ in cells.values()), default=0) * STEP_X + BOX[0]
    height = max((row for _, row in cells.values()), default=0) * STEP_Y + BOX[1]
    seen = (max(width, LEAST[0]) + 2 * BOX[0], max(height, LEAST[1]) + 2 * BOX[1])
    left, top = (width - seen[0]) / 2, (height - seen[1]) / 2
    parts = [_frame(loop, cells, shape) for loop in shape.bodies if shape.bodies[loop]]
    parts += [_wire(cells[one], cells[other]) for one, other in _edges(workflow, shape, cells)]
    parts += [_box(cell, kinds.get(node_id, "action")) for node_id, cell in cells.items()]
    view = f"{left:g} {top:g} {seen[0]:g} {seen[1]:g}"
    return element("svg", "".join(parts), class_="fs-picture", viewBox=view, aria_hidden="true", focusable="false")


class _Grid:
    """Gives every step a cell: columns by what comes before, rows by branches."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._columns = _columns(shape)
        self._taken: set[Cell] = set()
        self.cells: dict[str, Cell] = {}
        for place, trigger in enumerate(shape.triggers):
            self._put(trigger, place)
        for trigger in shape.triggers:
            for target in shape.starts[trigger]:
                self._walk(target, self.cells[trigger][1])
        for node_id in shape.order:
            if node_id not in self.cells:
                self._walk(node_id, self._free(node_id, 0))

    def _put(self, node_id: str, row: int) -> None:
        cell = (self._columns.get(node_id, 0), row)
        self.cells[node_id] = cell
        self._taken.add(cell)

    def _walk(self, node_id: str, row: int) -> None:
        """Place a step and what follows: the way that leads furthest straight on, others below."""
        if node_id in self.cells:
            return
        self._put(node_id, row)
        ways = self._shape.ways.get(node_id, ())
        main = max(ways, key=lambda way: self._reach(node_id, way), default="")
        for way in sorted(ways, key=lambda way: way != main and way not in ("each", "done")):
            straight = way in ("each", "done", main)
            for place, target in enumerate(self._shape.out.get((node_id, way), ())):
                if target not in self.cells:
                    self._walk(target, row if straight and place == 0 else self._free(target, row + 1, node_id))
            if way == "each":
                self._close(node_id)

    def _reach(self, node_id: str, way: str) -> int:
        """Return the last column that a way leads to."""
        targets = self._shape.out.get((node_id, way), ())
        return max((self._columns[one] for target in targets for one in self._ahead(target)), default=0)

    def _free(self, node_id: str, row: int, source: str | None = None) -> int:
        first = self._columns[source] + 1 if source is not None else self._columns[node_id]
        last = max(self._columns[one] for one in self._ahead(node_id))
        while any((column, row) in self._taken for column in range(first, last + 1)):
            row += 1
        return row

    def _ahead(self, node_id: str) -> set[str]:
        """Return the step and all after it that have no cell yet."""
        found, look = {node_id}, [node_id]
        while look:
            one = look.pop()
            for way in self._shape.ways.get(one, ()):
                for target in self._shape.out.get((one, way), ()):
                    if target not in found and target not in self.cells:
                        found.add(target)
                        look.append(target)
        return found

    def _close(self, loop: str) -> None:
        """Keep the cells of a loop's frame free of others."""
        inside = [self.cells[one] for one in (loop, *self._shape.bodies.get(loop, ())) if one in self.cells]
        for column in range(min(x for x, _ in inside), max(x for x, _ in inside) + 1):
            self._taken.update((column, row) for row in range(min(y for _, y in inside), max(y for _, y in inside) + 1))


def _columns(shape: Shape) -> dict[str, int]:
    """Return each step's column: one behind all that lead to it, behind a loop's frame where it follows the loop."""
    columns = dict.fromkeys(shape.triggers, 0)
    for node_id in shape.order:
        before = [0]
        for source, way in shape.incoming.get(node_id, ()):
            if source in columns:
                inner = shape.bodies.get(source, ()) if way != "each" else ()
                before.append(max(columns[source], *(columns.get(one, 0) for one in inner), 0))
        columns[node_id] = max(before) + 1
    return columns


def _edges(workflow: Workflow, shape: Shape, cells: Mapping[str, Cell]) -> list[tuple[str, str]]:
    found = [(trigger, target) for trigger in shape.triggers for target in shape.starts[trigger]]
    found += [(edge.source, edge.target) for edge in workflow.edges]
    return [pair for pair in dict.fromkeys(found) if pair[0] in cells and pair[1] in cells]


def _box(cell: Cell, kind: str) -> str:
    x, y = cell[0] * STEP_X, cell[1] * STEP_Y
    return element("rect", class_=f"fs-picture__{kind}", x=x, y=y, width=BOX[0], height=BOX[1], rx=4)


def _wire(one: Cell, other: Cell) -> str:
    middle = BOX[1] / 2
    x, y = one[0] * STEP_X + BOX[0], one[1] * STEP_Y + middle
    to_x, to_y = other[0] * STEP_X, other[1] * STEP_Y + middle
    if y == to_y:
        return element("path", d=f"M{x} {y:g}H{to_x}")
    bend = x + (STEP_X - BOX[0]) / 2 if to_y > y else to_x - (STEP_X - BOX[0]) / 2
    return element("path", d=f"M{x} {y:g}H{bend:g}V{to_y:g}H{to_x}")


def _frame(loop: str, cells: Mapping[str, Cell], shape: Shape) -> str:
    inside = [cells[one] for one in (loop, *shape.bodies[loop]) if one in cells]
    left, right = min(x for x, _ in inside), max(x for x, _ in inside)
    top, bottom = min(y for _, y in inside), max(y for _, y in inside)
    depth = 4 - min(2, len(shape.scope.get(loop, ())))
    x, y = left * STEP_X - depth, top * STEP_Y - depth
    width, height = (right - left) * STEP_X + BOX[0] + 2 * depth, (bottom - top) * STEP_Y + BOX[1] + 2 * depth
    return element("rect", class_="fs-picture__frame", x=x, y=y, width=width, height=height, rx=5)
