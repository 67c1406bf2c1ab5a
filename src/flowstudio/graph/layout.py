"""Where the boxes stand: layers from top to bottom (or left to right), loop bodies inside their frames."""

from __future__ import annotations

from collections.abc import Mapping

from flowstudio.domain.workflow import TRIGGER, Edge, Workflow
from flowstudio.graph.layers import Level, Link, place
from flowstudio.graph.plan import Shape
from flowstudio.graph.scopes import EACH, Scope
from flowstudio.graph.sizes import ACROSS, ALONG, APART, BOTTOM, CARD, GRID, PAD, REMARK, TOP, Direction, snapped

Spot = tuple[float, float]


def layout(
    workflow: Workflow, shape: Shape, direction: Direction = "TB", fixed: Mapping[str, Spot] | None = None
) -> dict[str, Spot]:
    """Return the top left corner of every trigger and node, in canvas pixels on the grid.

    A loop with a body stands at the top left corner of its frame; its body stands inside, what follows stands below the
    frame. First ways stand left of (left to right: above) later ones; parts that nothing joins stand below. Boxes in
    `fixed` stay where they are; the others then keep clear of them.
    """
    spots, _ = _Arrangement(workflow, shape, direction).scope(())
    if fixed:
        return _beside(spots, {key: spot for key, spot in fixed.items() if key in spots}, shape, direction)
    return spots


def frame_of(loop: str, spots: Mapping[str, Spot], shape: Shape) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of a box: of the frame where it is a loop with a body, else of its card."""
    left, top = spots[loop]
    right, bottom = left + CARD[0], top + CARD[1]
    for inner in shape.bodies.get(loop, ()):
        if inner in spots and shape.scope[inner][-1] == loop:
            _, _, far, low = frame_of(inner, spots, shape) if inner in shape.bodies else _card(spots[inner])
            right, bottom = max(right, far + PAD), max(bottom, low + BOTTOM)
    return left, top, right, bottom


def _card(spot: Spot) -> tuple[float, float, float, float]:
    return spot[0], spot[1], spot[0] + CARD[0], spot[1] + CARD[1]


class _Arrangement:
    """Lays out one scope after another, innermost first."""

    def __init__(self, workflow: Workflow, shape: Shape, direction: Direction) -> None:
        self._shape = shape
        self._direction: Direction = direction
        self._triggers = shape.triggers
        self._remarks = {one.id for one in workflow.nodes if one.note and len(shape.ways.get(one.id, ())) > 1}
        self._edges: dict[Scope, list[Edge]] = {}
        for edge in workflow.edges:
            if edge.target in shape.scope:
                level = _shared(shape.scope.get(edge.source, ()), shape.scope[edge.target])
                self._edges.setdefault(level, []).append(edge)

    def scope(self, scope: Scope) -> tuple[dict[str, Spot], tuple[float, float]]:
        """Return the corners of everything in a scope, from (0, 0), and the scope's (width, height)."""
        inner: dict[str, dict[str, Spot]] = {}
        sizes: dict[str, tuple[float, float]] = {}
        members = self._shape.members.get(scope, ())
        for name in (*self._triggers, *members) if not scope else members:
            width, height = float(CARD[0]), float(CARD[1])
            if self._shape.bodies.get(name) and self._shape.members.get((*scope, name)):
                inner[name], (width, height) = self.scope((*scope, name))
                width, height = max(width, width + 2 * PAD), height + TOP + BOTTOM
            elif name in self._remarks and self._direction == "TB":
                height += REMARK
            sizes[name] = (width, height)
        placed, extent = self._placed(scope, sizes)
        spots: dict[str, Spot] = {}
        for name, (x, y) in placed.items():
            spots[name] = (x, y)
            for key, (inner_x, inner_y) in inner.get(name, {}).items():
                spots[key] = (x + PAD + inner_x, y + TOP + inner_y)
        return spots, extent

    def _placed(
        self, scope: Scope, sizes: dict[str, tuple[float, float]]
    ) -> tuple[dict[str, Spot], tuple[float, float]]:
        upright = self._direction == "TB"
        level = Level(
            sizes={name: size if upright else (size[1], size[0]) for name, size in sizes.items()},
            links=self._links(scope, sizes),
            layer_gap=ALONG[self._direction],
            side_gap=ACROSS[self._direction],
            parts_gap=APART,
        )
        found, (across, along) = place(level)
        turned = {name: (a, b) if upright else (b, a) for name, (a, b) in found.items()}
        extent = (across, along) if upright else (along, across)
        return (
            {name: (float(snapped(x)), float(snapped(y))) for name, (x, y) in turned.items()},
            (float(_up(extent[0])), float(_up(extent[1]))),
        )

    def _links(self, scope: Scope, sizes: Mapping[str, object]) -> list[Link]:
        links: dict[tuple[str, str], Link] = {}
        for edge in self._edges.get(scope, ()):
            target = self._block(edge.target, scope)
            sources = self._triggers if edge.source == TRIGGER else (edge.source,)
            for source_id in sources:
                source = source_id if source_id in self._triggers else self._block(source_id, scope)
                if source in sizes and target in sizes and source != target and (source, target) not in links:
                    assert source is not None
                    assert target is not None
                    links[source, target] = Link(source, target, self._port(source_id, edge.way))
        return list(links.values())

    def _block(self, node_id: str, scope: Scope) -> str | None:
        """Return the block of `scope` in which a node stands: itself, or the loop around it."""
        own = self._shape.scope.get(node_id)
        if own is None or own[: len(scope)] != scope:
            return None
        return node_id if len(own) == len(scope) else own[len(scope)]

    def _port(self, source: str, way: str) -> float:
        ways = [one for one in self._shape.ways.get(source, ()) if one != EACH]
        return (ways.index(way) + 0.5) / len(ways) if way in ways else 0.5


def _shared(one: Scope, other: Scope) -> Scope:
    """Return the innermost scope in which both stand: there, and only there, an edge joins two blocks."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


def _up(value: float) -> int:
    return -(-round(value) // GRID) * GRID


def _beside(spots: dict[str, Spot], fixed: dict[str, Spot], shape: Shape, direction: Direction) -> dict[str, Spot]:
    """Shift a layout onto the boxes that stay, and move what would cover them out of the way."""
    if not fixed:
        return spots
    anchor = next(iter(fixed))
    dx, dy = fixed[anchor][0] - spots[anchor][0], fixed[anchor][1] - spots[anchor][1]
    placed: dict[str, Spot] = dict(fixed)
    step = (0.0, float(CARD[1] + ALONG["TB"])) if direction == "LR" else (float(CARD[0] + ACROSS["TB"]), 0.0)
    for name in (*shape.triggers, *shape.order):
        if name in placed or name not in spots:
            continue
        x, y = snapped(spots[name][0] + dx), snapped(spots[name][1] + dy)
        while any(abs(x - other[0]) < CARD[0] and abs(y - other[1]) < CARD[1] for other in placed.values()):
            x, y = x + round(step[0]), y + round(step[1])
        placed[name] = (float(x), float(y))
    return {name: placed[name] for name in spots}
