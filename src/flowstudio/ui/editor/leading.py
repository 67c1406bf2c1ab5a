"""Wiring by choosing from lists: what a way leads to, what is cut, and between which two steps one is put."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flowstudio.services.editing import ops
from flowstudio.services.editing.annotating import GROUP, NOTE
from flowstudio.services.editing.arranging import connected
from flowstudio.services.editing.chains import targets_of
from flowstudio.ui.editor.choosing import Option, ask_option, ask_step
from flowstudio.ui.editor.outline import add_after, label_of, names_of
from flowstudio.ui.editor.palette import starts_of, steps_behind
from flowstudio.ui.editor.view import positions_of, shape_of
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.ui.editor.shared_desk import Desk

Way = tuple[str, str]
"""A step or trigger, and one of its ways out."""
_NOWHERE = ""
_NO_CIRCLE = "What leads here is left out, because a workflow goes in no circle. To repeat steps, use For each."


class Leading:
    """One desk's ways to wire without drawing; each ends in one gesture on the document."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def add(self, nodes: Sequence[str], way: JsonObject | None) -> None:
        """Ask for a step and add it behind a way; without one, what starts the workflow."""
        if not way and not _steps(nodes):
            await self.add_trigger()
            return
        found = await self._way(nodes, way, "By which way should it be reached?")
        if found is None:
            return
        with self.desk.root:
            key = await ask_step("What happens then?", steps_behind(self.desk.studio.registry))
        if key:
            await self.desk.patch([add_after(self.desk.workflow, *found, key)])

    async def add_trigger(self) -> None:
        """Ask what starts the workflow, and add it."""
        with self.desk.root:
            key = await ask_step("What starts it?", starts_of(self.desk.studio.registry))
        if key:
            await self.desk.patch([{"op": "add", "key": key}])

    async def lead(self, nodes: Sequence[str], way: JsonObject | None, *, also: bool = False) -> None:
        """Ask for the step that a way should lead to, alone or beside those it leads to."""
        found = await self._way(nodes, way, "Which way should lead on?")
        if found is None:
            return
        present = targets_of(self.desk.workflow, *found)
        options = self._possible(found, present if also else ())
        if not options:
            toast(f"There is no other step that {self._named(found)} could lead to. Add one first.")
            return
        if present and not also:
            now = f"Now {self._names(present)}"
            options = [Option(_NOWHERE, "Nowhere", symbol="unlink", caption=now), *options]
        with self.desk.root:
            target = await ask_option(f"Where should {self._named(found)} lead?", options, note=_NO_CIRCLE)
        if target is None:
            return
        place: JsonObject = {"from": found[0], "way": found[1]}
        if target == _NOWHERE:
            await self.desk.patch([{"op": "cut", **place}])
        else:
            await self.desk.patch([{"op": "connect" if also else "lead", **place, "to": target}])

    async def cut(self, nodes: Sequence[str], way: JsonObject | None) -> None:
        """Cut the arrow out of a way or a step; ask which where there are several."""
        flow, registry = self.desk.workflow, self.desk.studio.registry
        sources = [(one, other.name) for one in _steps(nodes)[:1] for other in ops.ways_of(flow, one, registry)]
        if way:
            sources = [(str(way["from"]), str(way["way"]))]
        arrows = [(*one, target) for one in sources for target in targets_of(flow, *one)]
        if not arrows:
            toast("No arrow leaves here.")
            return
        at = "0"
        if len(arrows) > 1:
            options = [
                Option(str(index), f"{self._named((source, name))} to {self._names([target])}", symbol="unlink")
                for index, (source, name, target) in enumerate(arrows)
            ]
            with self.desk.root:
                at = await ask_option("Which arrow should go?", options) or ""
        if at:
            source, name, target = arrows[int(at)]
            await self.desk.patch([{"op": "cut", "from": source, "way": name, "to": target}])

    async def put_between(self, nodes: Sequence[str]) -> None:
        """Ask for two steps that lead to one another, and put a step between them."""
        flow, node_id = self.desk.workflow, nodes[0]
        if flow.node(node_id) is None:
            toast("Choose one step first; what starts a workflow stays where it is.")
            return
        edges = [edge for edge in flow.edges if node_id not in (edge.source, edge.target)]
        if not edges:
            toast("There is no other arrow that it could be put on.")
            return
        options = [
            Option(edge.id, f"{self._named((edge.source, edge.way))} to {self._names([edge.target])}", symbol="route")
            for edge in edges
        ]
        with self.desk.root:
            chosen = await ask_option(f"Between which two should {self._names([node_id])} stand?", options)
        edge = next((one for one in edges if one.id == chosen), None)
        if edge is None:
            return
        if ops.move_into(flow, edge.id, node_id, self.desk.studio.registry) is flow:
            toast(f"{self._names([node_id])} has several ways in or out. Say for each where it leads.", wrong=True)
            return
        spots = positions_of(flow, shape_of(flow, self.desk.studio.registry))
        ends = [spots[one] for one in (edge.source, edge.target) if one in spots]
        middle = [sum(spot[at] for spot in ends) / len(ends) for at in (0, 1)]
        await self.desk.patch(
            [{"op": "move", "to": {node_id: middle}}, {"op": "insert", "node": node_id, "into": edge.id}]
        )

    async def _way(self, nodes: Sequence[str], way: JsonObject | None, question: str) -> Way | None:
        """Return the way that is meant; ask where a step has several, say so where it has none."""
        if way:
            return str(way["from"]), str(way["way"])
        node_id = next(iter(_steps(nodes)), None)
        if node_id is None:
            toast("Choose a step first.")
            return None
        ways = ops.ways_of(self.desk.workflow, node_id, self.desk.studio.registry)
        if not ways:
            toast(f"Nothing can follow {self._names([node_id])}.")
            return None
        if len(ways) == 1:
            return node_id, ways[0].name
        options = [
            Option(one.name, label_of(one), caption=self._leads((node_id, one.name)), symbol="arrow-right")
            for one in ways
        ]
        with self.desk.root:
            name = await ask_option(question, options, searched=False)
        return (node_id, name) if name else None

    def _possible(self, way: Way, without: Sequence[str]) -> list[Option]:
        """Return the steps that a way can lead to, in the order of their turns."""
        flow, registry = self.desk.workflow, self.desk.studio.registry
        out = {way[0], *connected(flow, [way[0]], "up"), *without}
        options, names = [], names_of(flow, registry)
        for node_id in shape_of(flow, registry).order:
            node = flow.node(node_id)
            if node is None or node_id in out:
                continue
            found = registry.find(node.key)
            name = names[node_id]
            if found is None:
                options.append(Option(node_id, name))
            else:
                options.append(Option(node_id, name, found.kind, found.icon, found.line(node.config)))
        return options

    def _leads(self, way: Way) -> str:
        targets = targets_of(self.desk.workflow, *way)
        return f"Leads to {self._names(targets)}" if targets else "Leads nowhere"

    def _named(self, way: Way) -> str:
        ways = ops.ways_of(self.desk.workflow, way[0], self.desk.studio.registry)
        label = next((label_of(one) for one in ways if one.name == way[1]), "")
        return f'"{label}" of {self._names([way[0]])}' if label and len(ways) > 1 else self._names([way[0]])

    def _names(self, parts: Iterable[str]) -> str:
        names = names_of(self.desk.workflow, self.desk.studio.registry)
        return ", ".join(f'"{names[one]}"' for one in parts if one in names)


def _steps(nodes: Sequence[str]) -> list[str]:
    return [one for one in nodes if not one.startswith((NOTE, GROUP))]
