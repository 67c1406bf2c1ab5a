"""Which steps can leave a workflow together: where the part begins, how it is left, and why others have to stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.workflow import ERROR, Edge
from flowstudio.errors import BadRequest
from flowstudio.graph.scopes import DONE, EACH, reach
from flowstudio.kit.words import listed
from flowstudio.services.editing.annotating import GROUP, NOTE, groups_in, steps_in

if TYPE_CHECKING:
    from flowstudio.analysis.types.flow import Flow
    from flowstudio.domain.workflow import Workflow
    from flowstudio.graph import Shape

_LAST = frozenset({"end", "action.stop_workflow"})
"""Kinds of steps that end the run: they stay, the run that they end is that of their workflow."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a workflow that can stand by itself."""

    steps: tuple[str, ...]
    """Ids of the steps that leave, in the document's order, whole loops."""
    first: str
    entries: tuple[Edge, ...]
    """Arrows from outside; all of them lead to `first`."""
    exits: tuple[Edge, ...]
    """Arrows out, those to ends that stay among them."""
    sure: bool
    """Whether every way through the part leads to everything that its exits lead to."""
    ends: tuple[str, ...] = ()
    """Chosen ends, which stay."""
    notes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Groups whose steps all leave."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids of the steps that follow the part, each once."""
        return tuple(dict.fromkeys(edge.target for edge in self.exits))


def parts_of(workflow: Workflow, shape: Shape, box_id: str) -> list[str]:
    """Return the ids of the steps that go along with a box: a loop's body, the steps of a group."""
    if box_id.startswith(NOTE):
        return []
    if box_id.startswith(GROUP):
        held = steps_in(workflow, box_id.removeprefix(GROUP))
        return list(dict.fromkeys(inner for one in held for inner in parts_of(workflow, shape, one)))
    return [box_id, *shape.bodies.get(box_id, ())]


def cut_of(flow: Flow, chosen: Iterable[str]) -> Cut:
    """Return the part that these boxes make; raise BadRequest with the step or arrow that stands in the way."""
    boxes = list(dict.fromkeys(chosen))
    cut = _Cutting(flow, boxes)
    steps, ends = cut.steps()
    entries = tuple(edge for edge in flow.workflow.edges if edge.target in steps and edge.source not in steps)
    exits = tuple(edge for edge in flow.workflow.edges if edge.source in steps and edge.target not in steps)
    first = cut.first(steps, entries)
    cut.whole(steps, first, exits)
    ordered = tuple(node.id for node in flow.workflow.nodes if node.id in steps)
    targets = {edge.target for edge in exits}
    sure = all(cut.always(first, target, steps, {}) for target in targets)
    notes = tuple(one.removeprefix(NOTE) for one in boxes if one.startswith(NOTE))
    named = [one.removeprefix(GROUP) for one in boxes if one.startswith(GROUP)]
    groups = tuple(dict.fromkeys(key for one in named for key in (one, *groups_in(flow.workflow, one))))
    return Cut(ordered, first, entries, exits, sure, tuple(sorted(ends)), notes, groups)


class _Cutting:
    def __init__(self, flow: Flow, boxes: Sequence[str]) -> None:
        self._flow = flow
        self._shape = flow.shape
        self._boxes = boxes

    def called(self, node_id: str) -> str:
        """Return what a person calls a step, in quotes."""
        return called(self._flow, node_id)

    def key(self, node_id: str) -> str:
        """Return the registry's key of a step."""
        found = self._flow.node_types.get(node_id)
        return found.registry_key() if found is not None else self._flow.nodes[node_id].key

    # which steps

    def steps(self) -> tuple[set[str], set[str]]:
        """Return the steps that leave and the ends that stay, both of those that are chosen."""
        workflow = self._flow.workflow
        wanted = {inner for one in self._boxes for inner in parts_of(workflow, self._shape, one)}
        for trigger in workflow.triggers:
            if trigger.id in wanted:
                raise BadRequest(
                    "What starts the workflow stays in it, only steps can move.", hint="Choose the steps alone."
                )
        known = wanted & self._flow.nodes.keys()
        if not known:
            raise BadRequest("Choose the steps that become a workflow of their own first.")
        level = min((self._shape.scope[one] for one in known), key=len)
        for one in sorted(known, key=self._shape.nodes.index):
            self._require_movable(one, level, known)
        ends = {one for one in known if self.key(one) in _LAST}
        if ends == known:
            raise BadRequest("An end ends this workflow and stays in it.", hint="Choose the steps before it.")
        return known - ends, ends

    def _require_movable(self, node_id: str, level: tuple[str, ...], chosen: set[str]) -> None:
        scope = self._shape.scope[node_id]
        if scope[: len(level)] != level or (len(scope) > len(level) and scope[len(level)] not in chosen):
            loop = next((one for one in scope if one not in level), "")
            inside = f"inside {self.called(loop)}" if loop else "elsewhere"
            raise BadRequest(
                f"{self.called(node_id)} stands {inside}, other chosen steps do not.",
                hint="Choose the loop with everything in it, or only steps inside it.",
            )
        if self.key(node_id) == "respond":
            raise BadRequest(
                f"{self.called(node_id)} answers the call that started this workflow, so it stays here.",
                hint="Choose the steps without it.",
            )
        if len(scope) > len(level) and self.key(node_id) in _LAST:
            if self._flow.nodes[node_id].config.get("scope") == "branch":
                return
            raise BadRequest(
                f"{self.called(node_id)} ends the whole run from inside {self.called(scope[-1])}. "
                "Another workflow cannot end this one.",
                hint="Let it end only the round, or choose the steps without the loop.",
            )

    # where it begins

    def first(self, steps: set[str], entries: Sequence[Edge]) -> str:
        """Return the one step with which the part begins."""
        doors = [one for one in self._shape.nodes if any(edge.target == one for edge in entries)]
        if not doors:
            inner = {edge.target for edge in self._flow.workflow.edges if edge.source in steps}
            doors = [one for one in self._shape.nodes if one in steps and one not in inner]
        if len(doors) != 1:
            names = listed([self.called(one) for one in doors[:3]])
            raise BadRequest(
                f"{names} are all led to from outside, and a workflow of its own begins at one step.",
                hint="Choose the steps so that one of them comes before all others.",
            )
        if self._hurries(doors[0]) and len(entries) > 1:
            raise BadRequest(
                f"{self.called(doors[0])} brings branches together that stay here.",
                hint="Choose the branches too, or begin after it.",
            )
        return doors[0]

    def _hurries(self, node_id: str) -> bool:
        """Say whether a step goes on when one of its branches is done, and stops the others."""
        gate = getattr(self._flow.node_types.get(node_id), "gate", "all")
        return gate == "join" and self._flow.nodes[node_id].config.get("join") in ("any", "first_success")

    # whether it is whole

    def whole(self, steps: set[str], first: str, exits: Sequence[Edge]) -> None:
        """Refuse what is not connected, arrows that break out of a loop, and halves of what splits and meets again."""
        next_of: dict[str, list[str]] = {}
        for edge in self._flow.workflow.edges:
            next_of.setdefault(edge.source, []).append(edge.target)
        inside = {one: [to for to in found if to in steps] for one, found in next_of.items() if one in steps}
        apart = [one for one in self._shape.nodes if one in steps - reach([first], inside)]
        if apart:
            raise BadRequest(
                f"{self.called(apart[0])} does not follow {self.called(first)}.",
                hint="Choose steps that arrows join.",
            )
        level = self._shape.scope[first]
        for edge in exits:
            if self._shape.scope[edge.source] != level:
                raise BadRequest(
                    f"An arrow leads from {self.called(edge.source)} out of its loop to {self.called(edge.target)}.",
                    hint="Remove the arrow first.",
                )
        after = reach([edge.target for edge in exits], next_of)
        back = [one for one in self._shape.nodes if one in after & steps]
        if back:
            raise BadRequest(
                f"What follows the chosen steps leads back to {self.called(back[0])}.",
                hint="Choose what lies between too.",
            )
        for one in self._shape.nodes:
            if one in after and self._hurries(one):
                raise BadRequest(
                    f"{self.called(one)} goes on when one branch is done and stops the others. "
                    "It could not stop another workflow.",
                    hint="Choose the branches whole, with the step where they come together.",
                )
        for one in steps:
            if self.key(one) == "parallel":
                self._require_whole(one, steps, inside, exits)

    def _require_whole(self, split: str, steps: set[str], inside: dict[str, list[str]], exits: Sequence[Edge]) -> None:
        """Refuse a step that splits the way when several of its branches are left before they meet."""
        branches = []
        for way in self._shape.ways.get(split, ()):
            begun = self._shape.out.get((split, way), ())
            if way != ERROR and begun:
                branches.append((reach([one for one in begun if one in steps], inside), way))
        open_ = []
        for own, way in branches:
            others = set().union(*(found for found, other in branches if other != way))
            leaving = [
                edge for edge in exits
                if edge.source in own - others or (edge.source == split and edge.way == way)
            ]  # fmt: skip
            open_ += leaving[:1]
        if len(open_) > 1:
            raise BadRequest(
                f"{self.called(split)} splits the way, and its branches go on outside, "
                f"at {listed([self.called(one) for one in dict.fromkeys(edge.target for edge in open_)])}.",
                hint="Choose the branches up to where they come together, or none of them.",
            )

    # how it is left

    def always(self, node_id: str, target: str, steps: set[str], known: dict[str, bool]) -> bool:
        """Say whether every way on from a step leads to `target`."""
        if node_id in known:
            return known[node_id]
        known[node_id] = False  # nothing is certain in a circle
        ways = [way for way in self._shape.ways.get(node_id, ()) if way != EACH]
        if DONE in ways:
            ways = [DONE, *(way for way in ways if way == ERROR)]
        led = [
            any(
                one == target or (one in steps and self.always(one, target, steps, known))
                for one in self._shape.out.get((node_id, way), ())
            )
            for way in ways
        ]
        both = self.key(node_id) == "parallel"
        known[node_id] = bool(led) and (any(led) if both else all(led))
        return known[node_id]


def called(flow: Flow, node_id: str) -> str:
    """Return what a person calls a step, in quotes."""
    return f'"{flow.registry.name_of(flow.nodes[node_id])}"'
