"""Loops given with a `body` list: which unnamed edge is `each`, which is `done`, and what else belongs to the body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from flowstudio.domain.document import under
from flowstudio.domain.workflow import OUT, Node
from flowstudio.graph.scopes import DONE, EACH
from flowstudio.interchange.edges import Arrow, name_ways
from flowstudio.interchange.reading import Reading
from flowstudio.kit import Registry
from flowstudio.kit.uses import names_used


class LoopEdges:
    """Names the edges of every loop, inner loops first."""

    def __init__(
        self,
        nodes: Sequence[Node],
        bodies: Mapping[str, list[str] | None],
        arrows: list[Arrow],
        paths: Mapping[str, str],
        ways: Mapping[str, tuple[str, ...]],
        reading: Reading,
        registry: Registry,
    ) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._bodies = bodies
        self._arrows = arrows
        self._paths = paths
        self._ways = ways
        self._reading = reading
        self._registry = registry
        self._names: dict[str, set[str]] = {}
        self._finished: set[str] = set()

    def name(self) -> None:
        """Name them all."""
        for loop in self._bodies:
            self._name(loop, ())

    def _name(self, loop: str, outer: tuple[str, ...]) -> None:
        if loop in self._finished or loop in outer:
            return
        body = self._bodies[loop]
        for inner in body or ():
            if inner in self._bodies:
                self._name(inner, (*outer, loop))
        self._finished.add(loop)
        if body is None:
            self._without_list(loop)
        else:
            self._with_list(loop, body)

    def _without_list(self, loop: str) -> None:
        """One unnamed edge is the way that is not drawn yet; two cannot be told apart and stay for the checks."""
        unnamed = [arrow for arrow in self._arrows if arrow.source == loop and not arrow.named]
        drawn = {arrow.way for arrow in self._arrows if arrow.source == loop and arrow.named}
        if EACH not in drawn and len(unnamed) == 1:
            self._set(unnamed[0], EACH)
        elif EACH in drawn or DONE in drawn:
            for arrow in unnamed:
                self._set(arrow, DONE if EACH in drawn else EACH)

    def _with_list(self, loop: str, listed: list[str]) -> None:
        body = {one for one in listed if one in self._nodes and one != loop}
        if not body:
            self._without_list(loop)
            return
        self._enter(loop, listed, body)
        variable = str(self._nodes[loop].config.get("item_variable") or "item")
        self._grow(loop, body, variable)
        for arrow in self._arrows:
            if arrow.source == loop and not arrow.named:
                self._set(arrow, EACH if arrow.target in body else DONE)
        self._lead_out(loop, body)
        self._compare(loop, listed)

    def _enter(self, loop: str, listed: list[str], body: set[str]) -> None:
        """Lead into the body where no edge does: to its first node, and from one to the next where nothing leads."""
        if any(arrow.source == loop and (arrow.target in body or arrow.way == EACH) for arrow in self._arrows):
            return
        members = [one for one in listed if one in body]
        self._add(loop, members[0], EACH)
        for before, after in pairwise(members):
            leads = any(arrow.source == before for arrow in self._arrows)
            reached = any(arrow.target == after for arrow in self._arrows)
            if not leads and not reached:
                self._add(before, after, OUT)

    def _grow(self, loop: str, body: set[str], variable: str) -> None:
        """Add what a named edge reaches from the body, what uses the item, and what lies on the way to that."""
        users = self._users(loop, body, variable)
        waiting = [*body]
        while waiting:
            here = waiting.pop()
            for arrow in self._arrows:
                if (
                    arrow.source != here
                    or arrow.target in body
                    or arrow.target == loop
                    or arrow.target not in self._nodes
                ):
                    continue
                if self._was_named(arrow) or arrow.target in users:
                    body.add(arrow.target)
                    waiting.append(arrow.target)
        for arrow in self._arrows:
            if arrow.source == loop and not arrow.named and arrow.target in users and arrow.target not in body:
                body.add(arrow.target)
                self._grow(loop, body, variable)

    def _users(self, loop: str, body: set[str], variable: str) -> set[str]:
        """Return the nodes from which a use of the item can still be reached, that use included."""
        foreign: set[str] = set()
        for other, listed in self._bodies.items():
            same = str(self._nodes[other].config.get("item_variable") or "item") == variable
            if other != loop and other not in body and same:
                foreign.update(listed or ())
        users = {one for one in self._nodes if one not in foreign and one != loop and variable in self._used(one)}
        before: dict[str, list[str]] = {}
        for arrow in self._arrows:
            before.setdefault(arrow.target, []).append(arrow.source)
        waiting = [*users]
        while waiting:
            for source in before.get(waiting.pop(), ()):
                if source not in users and source != loop and source in self._nodes:
                    users.add(source)
                    waiting.append(source)
        return users

    def _used(self, node_id: str) -> set[str]:
        if node_id not in self._names:
            node = self._nodes[node_id]
            self._names[node_id] = names_used(node, self._registry.find(node.key))
        return self._names[node_id]

    def _lead_out(self, loop: str, body: set[str]) -> None:
        """Make the loop's `done` of an unnamed edge from the body to a node after the loop."""
        for arrow in list(self._arrows):
            if arrow.source not in body or arrow.target in body or arrow.target == loop or self._was_named(arrow):
                continue
            there = any(one.source == loop and one.way == DONE and one.target == arrow.target for one in self._arrows)
            if there:
                self._arrows.remove(arrow)
            else:
                arrow.source = loop
                self._set(arrow, DONE)

    def _compare(self, loop: str, listed: Iterable[str]) -> None:
        """Warn of listed nodes to which no edge of the body leads: edges win over the list."""
        reached: set[str] = set()
        waiting = [arrow.target for arrow in self._arrows if arrow.source == loop and arrow.way == EACH]
        while waiting:
            here = waiting.pop()
            if here not in reached and here != loop:
                reached.add(here)
                waiting.extend(arrow.target for arrow in self._arrows if arrow.source == here)
        missing = [one for one in listed if one not in reached and one != loop]
        if missing:
            node = self._nodes[loop]
            names = ", ".join(f'"{self._nodes[one].name or one}"' for one in missing if one in self._nodes)
            message = f'The body of "{node.name or loop}" lists {names}, but no edge leads there. The edges count.'
            path = under(self._paths[loop], "body")
            self._reading.note(path, "body_disagrees", message, node_id=loop, severity="warning")

    def _set(self, arrow: Arrow, way: str) -> None:
        arrow.way, arrow.named = way, True

    def _add(self, source: str, target: str, way: str) -> None:
        path = under(self._paths.get(source, "$"), "body")
        arrow = Arrow(source, target, way, way != OUT, path)
        name_ways([arrow], self._ways)
        if not arrow.named and source in self._bodies:
            # An inner loop is read before the outer one, and no edge left it then: its first way is each.
            self._set(arrow, EACH)
        self._arrows.append(arrow)

    def _was_named(self, arrow: Arrow) -> bool:
        """Say whether the document named the edge; a `done` that an inner loop was given here does not count."""
        return arrow.given or (arrow.named and arrow.way == EACH)
