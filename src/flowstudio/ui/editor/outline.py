"""The workflow as an indented list: steps in the order of their turns, branches and rounds below what leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.workflow import OUT, TRIGGER
from flowstudio.services.editing import ops
from flowstudio.services.editing.chains import targets_of
from flowstudio.ui.editor.view import shape_of, view_graph

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.graph import Shape
    from flowstudio.kit import Registry, Way

ONWARD = (OUT, "done", "received")
"""Ways by which the list simply goes on; what comes by any other way is indented."""

Branches = tuple[tuple[str, str], ...]
"""The branches around a step, outermost first: whose way, and which."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out that is told apart."""

    way: str
    label: str
    entries: tuple[Entry, ...]
    onward: str
    """The step elsewhere in the list that it goes on with; empty where it does not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    id: str
    card: JsonObject
    """What the canvas paints of it: `word`, `name`, `line`, `icon`, `kind`, `problem` …"""
    way: str | None
    """The way by which the list goes on after it; None where only branches leave, or nothing."""
    branches: tuple[Branch, ...] = ()
    leads: tuple[str, ...] = ()
    """The ids of the steps that this way leads to."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole list."""

    triggers: tuple[Entry, ...]
    steps: tuple[Entry, ...]
    loose: tuple[Entry, ...]
    """Steps that nothing leads to."""


def outline_of(workflow: Workflow, registry: Registry, problems: Iterable[Problem] = ()) -> Outline:
    """Write a workflow as a list."""
    writer = _Writer(workflow, registry, problems)
    triggers = tuple(
        Entry(one.id, writer.cards[one.id], OUT, leads=tuple(targets_of(workflow, one.id, OUT)))
        for one in workflow.triggers
    )
    return Outline(triggers, tuple(writer.level((), reached=True)), tuple(writer.level((), reached=False)))


def add_after(workflow: Workflow, source: str, way: str, key: str) -> JsonObject:
    """Return the canvas's operation that adds a step behind a way: into its arrow where it has just one."""
    leading = [edge for edge in workflow.edges if edge.source == source and edge.way == way]
    if not leading and workflow.trigger(source) is not None:
        leading = [edge for edge in workflow.edges if edge.source == TRIGGER]
    operation: JsonObject = {"op": "add", "key": key, "after": {"from": source, "way": way}}
    return {**operation, "into": leading[0].id} if len(leading) == 1 else operation


def label_of(way: Way) -> str:
    """Return what a way out is called where ways are told in words."""
    return {"each": "In each round", OUT: way.label or "Then"}.get(way.name) or way.label or way.name


def names_of(workflow: Workflow, registry: Registry) -> dict[str, str]:
    """Return what the lines of steps and triggers are called, by id."""
    return {one["id"]: str(one["name"]) for one in view_graph(workflow, registry)["nodes"]}


class _Writer:
    def __init__(self, workflow: Workflow, registry: Registry, problems: Iterable[Problem]) -> None:
        self._workflow = workflow
        self._registry = registry
        self._shape = shape_of(workflow, registry)
        self.cards = {one["id"]: one for one in view_graph(workflow, registry, problems=problems)["nodes"]}
        self._around = _branches_around(self._shape)

    def level(self, around: Branches, *, reached: bool) -> Iterator[Entry]:
        """Write the steps that stand in just these branches."""
        for node_id in self._shape.order:
            if self._around[node_id] == around and (node_id in self._shape.reachable) is reached:
                yield self._entry(node_id, reached=reached)

    def _entry(self, node_id: str, *, reached: bool) -> Entry:
        node = self._workflow.node(node_id)
        assert node is not None
        labels = {way.name: label_of(way) for way in ops.ways_of(self._workflow, node_id, self._registry)}
        inner, onward = [], None
        for way in self._shape.ways[node_id]:
            if way in ONWARD:
                onward = onward or way
                continue
            entries = tuple(self.level((*self._around[node_id], (node_id, way)), reached=reached))
            elsewhere = self._elsewhere(node_id, way, {one.id for one in entries})
            inner.append(Branch(way, labels.get(way) or way, entries, elsewhere))
        leads = tuple(targets_of(self._workflow, node_id, onward)) if onward else ()
        return Entry(node_id, self.cards[node_id], onward, tuple(inner), leads)

    def _elsewhere(self, node_id: str, way: str, inside: set[str]) -> str:
        targets = [one for one in targets_of(self._workflow, node_id, way) if one not in inside]
        return ", ".join(str(self.cards[one]["name"]) for one in targets if one in self.cards)


def _branches_around(shape: Shape) -> dict[str, Branches]:
    """Return for each node the branches that every path to it goes through."""
    around: dict[str, Branches] = dict.fromkeys(shape.triggers, ())
    for node_id in shape.order:
        paths: list[Branches] = []
        for source, way in shape.incoming[node_id]:
            if source not in around or (node_id in shape.reachable and not _reached(shape, source)):
                continue
            own = () if way in ONWARD or source in shape.triggers else ((source, way),)
            paths.append((*around[source], *own))
        around[node_id] = _common(paths)
    return around


def _reached(shape: Shape, source: str) -> bool:
    return source in shape.triggers or source in shape.reachable


def _common(paths: list[Branches]) -> Branches:
    shared: list[tuple[str, str]] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return tuple(shared)
