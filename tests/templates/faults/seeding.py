"""What a seeded fault is, and the questions that seeding asks of a document."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Part = dict[str, Any]
Place = tuple[str | int, ...]
"""Way from the document to a value inside it."""
USE = re.compile(r"\{\{\s*([a-z_]\w*)((?:\.\w+)*)")
ROOTS = {"trigger", "steps", "loop", "settings", "run", "time", "now", "today", "true", "false", "null", "not", "count"}


@dataclass(frozen=True)
class Fault:
    """A document with one fault in it, and what is to be said about it."""

    document: Document
    codes: frozenset[str]
    nodes: frozenset[str | None]
    """The steps at which it may be named: mostly one; all of a circle where the steps form one."""
    starts: dict[str, list[str]] = field(default_factory=dict)
    """What other workflows of the workspace start, by their id."""
    within: str = ""
    """Where known: what the problem's path has to contain."""


Seeder = Callable[[Document], Iterator[Fault]]


def fault(document: Document, codes: str, *nodes: str | None, within: str = "", starts: Any = None) -> Fault:
    """Return a fault; the codes are separated by spaces."""
    return Fault(document, frozenset(codes.split()), frozenset(nodes), starts or {}, within)


def changed(document: Document) -> Document:
    """Return a copy that can be changed."""
    return copy.deepcopy(document)


def at(document: Any, place: Place) -> Any:
    """Return the value at a place."""
    for step in place:
        document = document[step]
    return document


def put(document: Document, place: Place, value: Any) -> Document:
    """Return a copy with another value at a place."""
    new = changed(document)
    at(new, place[:-1])[place[-1]] = value
    return new


def without(document: Document, place: Place) -> Document:
    """Return a copy without what stands at a place."""
    new = changed(document)
    del at(new, place[:-1])[place[-1]]
    return new


def nodes(document: Document, *types: str, action: str | None = None) -> Iterator[tuple[int, Part]]:
    """Visit the steps of these types (all where none is named), or of one action."""
    for index, node in enumerate(document["nodes"]):
        if (not types or node["type"] in types) and (action is None or node.get("action") == action):
            yield index, node


def triggers(document: Document) -> Iterator[tuple[Place, Part]]:
    """Visit the triggers with their places."""
    if "trigger" in document:
        yield ("trigger",), document["trigger"]
    for index, trigger in enumerate(document.get("triggers", ())):
        yield ("triggers", index), trigger


def texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Visit the texts inside a value."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*place, index))


def written_texts(document: Document) -> Iterator[tuple[str, Place, str]]:
    """Visit the texts that steps fill in: settings of actions with free text."""
    for index, node in nodes(document, "action", "notification"):
        for key in ("text", "subject", "body", "title", "message", "description"):
            value = node.get("config", {}).get(key)
            if isinstance(value, str):
                yield node["id"], ("nodes", index, "config", key), value


def rules(document: Document) -> Iterator[tuple[str, Place, Part]]:
    """Visit the comparisons of conditions."""

    def inside(tree: Any, place: Place) -> Iterator[tuple[Place, Part]]:
        if isinstance(tree, dict) and "operator" in tree:
            yield place, tree
        elif isinstance(tree, dict):
            for index, part in enumerate(tree.get("conditions", ())):
                yield from inside(part, (*place, "conditions", index))

    for index, node in nodes(document, "condition"):
        for place, rule in inside(node["condition"], ("nodes", index, "condition")):
            yield node["id"], place, rule


def filters(document: Document) -> Iterator[tuple[str, str, Place, Part]]:
    """Visit the comparisons of queries: the step, the kind of record, the place, the comparison."""
    for index, node in nodes(document, action="query_records"):
        tree = node["config"]["filter"]
        parts = tree.get("conditions") if isinstance(tree, dict) else None
        for number, rule in enumerate(parts or ()):
            if isinstance(rule, dict) and isinstance(rule.get("field"), str):
                place = ("nodes", index, "config", "filter", "conditions", number)
                yield node["id"], node["config"]["entity"], place, rule


def after(document: Document, node_id: str, way: str | None = None) -> set[str]:
    """Return the steps that a step leads to, by one way or by all."""
    found: set[str] = set()
    open_ = [
        edge["to"] for edge in document["edges"]
        if edge["from"] == node_id and (way is None or edge.get("condition", "out") == way)
    ]  # fmt: skip
    while open_:
        here = open_.pop()
        if here not in found:
            found.add(here)
            open_ += [edge["to"] for edge in document["edges"] if edge["from"] == here]
    return found


def incoming(document: Document, node_id: str) -> list[int]:
    """Return the places of the edges that lead to a step."""
    return [index for index, edge in enumerate(document["edges"]) if edge["to"] == node_id]


def loop_items(document: Document) -> dict[str, str]:
    """Return the item variable of each loop over what a query found, with the kind of record."""
    found = {node["outputs"][0]: node["config"]["entity"] for _, node in nodes(document, action="query_records")}
    return {
        node["item_variable"]: found[node["collection"].strip("{} ")]
        for _, node in nodes(document, "loop")
        if node["collection"].strip("{} ") in found
    }
