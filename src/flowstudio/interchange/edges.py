"""The edges: ends that exist, ways in every spelling, and what the nodes themselves say about where they lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flowstudio.domain.document import under
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import ERROR, OUT, TRIGGER, Edge, Node
from flowstudio.interchange.reading import Part, Reading, kind_words
from flowstudio.kit import Registry

_WORDS = {
    "yes": "true", "then": "true", "if": "true", "no": "false", "else": "false", "otherwise": "default", "body": "each",
    "item": "each", "for_each": "each", "after": "done", "end": "done", "next": OUT, "success": OUT,
    "approve": "approved",
    "approval": "approved", "reject": "rejected", "denied": "rejected", "timeout": "expired", "timed_out": "expired",
    "on_error": ERROR, "failure": ERROR, "failed": ERROR, "fail": ERROR,
}  # fmt: skip
_PASSING = ("approved", "received")
"""The way that a lone unnamed edge of an approval or wait means."""


@dataclass(slots=True)
class Arrow:
    """An edge while it is being understood."""

    source: str
    target: str
    way: str
    named: bool
    """Whether its way is settled."""
    path: str
    extra: JsonObject = field(default_factory=dict)
    given: bool = False
    """Whether the document itself named the way (what a loop's body is depends on it)."""

    def edge(self) -> Edge:
        """Return the edge as it is now."""
        return Edge(source=self.source, target=self.target, way=self.way, extra=self.extra)


def ways_by_node(nodes: Sequence[Node], registry: Registry) -> dict[str, tuple[str, ...]]:
    """Return the declared ways out of each node; an unknown type has `out`."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        node_type = registry.find(node.key)
        found[node.id] = tuple(way.name for way in node_type.ways(node.config)) if node_type is not None else (OUT,)
    return found


def read_arrows(
    values: list[Any], path: str, reading: Reading, known: set[str], called: Callable[[str], str]
) -> list[Arrow]:
    """Read the list of edges; each end must exist."""
    arrows: list[Arrow] = []
    for index, value in enumerate(values):
        here = under(path, index)
        if not isinstance(value, dict):
            reading.fault(here, "wrong_type", f"Edge {index + 1} must be an object, but is {kind_words(value)}.")
            continue
        part = Part(reading, value, here, f"edge {index + 1}")
        source = part.text("from", "source", required=True)
        target = part.text("to", "target", required=True)
        way = _word(part)
        part.raw("id")
        extra = part.rest()
        for key, end in (("from", source), ("to", target)):
            if end is not None and end not in known:
                other = target if key == "from" else source
                where = "comes from" if key == "from" else "leads to"
                message = f'An edge {where} "{end}", which does not exist'
                message += f"; its other end is {called(other)}." if other in known else "."
                reading.fault(part.at(key), "dangling_edge", message, hint="Remove the edge or name an existing step.")
        if source is not None and target is not None:
            named = way not in (None, OUT)
            arrows.append(Arrow(source, target, way or OUT, named, here, extra, given=named))
    return arrows


def _word(part: Part) -> str | None:
    keys = ("condition", "way", "sourceHandle", "label")
    value = part.raw(*keys)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is not None and not isinstance(value, str):
        part.wrong(part.key_of(*keys), "text", value)
        return None
    return value.strip() or None if isinstance(value, str) else None


def name_ways(arrows: Sequence[Arrow], ways: Mapping[str, tuple[str, ...]]) -> None:
    """Turn bare case names and other spellings into ways; give a lone unnamed edge its meaning where it has one."""
    for arrow in arrows:
        declared = ways.get(arrow.source)
        if declared is None:
            continue
        if arrow.named:
            arrow.way = _way(arrow.way, declared)
        elif OUT not in declared:
            passing = next((way for way in _PASSING if way in declared), None)
            branch = next((f"branch:{arrow.target}" for way in declared if way == f"branch:{arrow.target}"), None)
            if passing or branch:
                arrow.way, arrow.named = passing or branch or OUT, True


def _way(word: str, declared: tuple[str, ...]) -> str:
    if word in declared or word in (OUT, ERROR):
        return word
    lower = {way.lower(): way for way in declared}
    plain = word.lower().replace(" ", "_").replace("-", "_")
    for spelling in (f"case:{word}", f"branch:{word}"):
        if spelling.lower() in lower:
            return lower[spelling.lower()]
    if word.lower() in lower:
        return lower[word.lower()]
    meant = _WORDS.get(plain, "true" if plain == "true" else "false" if plain == "false" else word)
    if meant in declared or meant in (OUT, ERROR):
        return meant
    if meant == "false" and "default" in declared:
        return "default"
    return word


def fill_branches(
    arrows: list[Arrow], node: Node, branches: Mapping[str, list[str]], path: str, reading: Reading, called: str
) -> None:
    """Bring `true_branch` and `false_branch` together with the edges: edges win, a disagreement is a warning."""
    for way, ids in branches.items():
        for arrow in arrows:
            if arrow.source == node.id and not arrow.named and arrow.target in ids:
                arrow.way, arrow.named, arrow.given = way, True, True
    drawn_at_all = any(arrow.source == node.id for arrow in arrows)
    for way, ids in branches.items():
        drawn = [arrow.target for arrow in arrows if arrow.source == node.id and arrow.way == way]
        if not drawn:
            _add_chain(arrows, node.id, way, ids, path)
        if (drawn and (ids[0] not in drawn or not set(drawn) <= set(ids))) or (not drawn and drawn_at_all):
            told = "Yes" if way == "true" else "No"
            message = f"{called} says where {told} leads, and its edges say something else. The edges count."
            if not drawn:
                message = f"{called} says where {told} leads, but no edge does. An edge was added."
            reading.note(f"{path}.{way}_branch", "branches_disagree", message, node_id=node.id, severity="warning")


def _add_chain(arrows: list[Arrow], source: str, way: str, ids: list[str], path: str) -> None:
    """Lead from a way through a list of nodes that no edge reaches yet."""
    arrows.append(Arrow(source, ids[0], way, way != OUT, path, given=way != OUT))
    for before, after in pairwise(ids):
        reached = any(arrow.target == after for arrow in arrows)
        leads = any(arrow.source == before for arrow in arrows)
        if not reached and not leads:
            arrows.append(Arrow(before, after, OUT, False, path))


def follow_hints(arrows: list[Arrow], source: str, following: Sequence[str], path: str) -> None:
    """Add the edges that a node's `next` names, where they are not drawn."""
    for target in following:
        if not any(arrow.source == source and arrow.target == target for arrow in arrows):
            arrows.append(Arrow(source, target, OUT, False, path))


def without_repeats(arrows: Sequence[Arrow], reading: Reading) -> list[Arrow]:
    """Return the edges, each once; a repeated one is a warning.

    Asked before the ways are named, since two that cannot be told apart would be named otherwise than one, and again
    after, since two spellings may mean the same way.
    """
    once: dict[str, Arrow] = {}
    for arrow in arrows:
        key = arrow.edge().id
        if key in once:
            message = "The same edge stands here twice; once is enough."
            reading.note(arrow.path, "repeated_edge", message, node_id=arrow.source, severity="warning")
        else:
            once[key] = arrow
    return list(once.values())


def known_ends(node_ids: Sequence[str], trigger_ids: Sequence[str]) -> set[str]:
    """Return the ids at which an edge may begin or end."""
    return {TRIGGER, *node_ids, *trigger_ids}
