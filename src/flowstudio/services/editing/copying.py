"""Copying parts of a drawing as text, and putting them in again: steps with their arrows, notes and groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Edge, Node, Workflow
from flowstudio.errors import BadRequest
from flowstudio.services.editing import annotating
from flowstudio.services.editing.annotating import (
    GROUP,
    MOST_NAME,
    NOTE,
    groups_in,
    groups_of,
    members,
    notes_of,
    steps_in,
)
from flowstudio.services.editing.ops import GRID, free_id, move, unique_name

_OF_A_NOTE = ("text", "tone", "w", "h")


def copied(workflow: Workflow, ids: Iterable[str]) -> JsonObject:
    """Return boxes as the JSON that `paste` takes; the text people can send one another.

    Steps bring the arrows between them. A group comes when it is chosen, with its steps, or when all its steps are.
    """
    wanted = set(ids)
    chosen = {one.removeprefix(GROUP) for one in wanted if one.startswith(GROUP)}
    wanted |= {inner for one in chosen for inner in steps_in(workflow, one)}
    chosen |= {inner for one in chosen for inner in groups_in(workflow, one)}
    chosen |= {key for key in groups_of(workflow) if (inside := steps_in(workflow, key)) and set(inside) <= wanted}
    part: JsonObject = {
        "flowstudio": "steps",
        "nodes": [node.model_dump(mode="json") for node in workflow.nodes if node.id in wanted],
        "edges": [
            edge.model_dump(mode="json") for edge in workflow.edges if edge.source in wanted and edge.target in wanted
        ],
        "layout": {key: value for key, value in workflow.layout.nodes.items() if key in wanted},
    }
    notes = [dict(one) for key, one in notes_of(workflow).items() if NOTE + key in wanted]
    groups = [{**one, "id": key} for key, one in groups_of(workflow).items() if key in chosen]
    return {**part, **({"notes": notes} if notes else {}), **({"groups": groups} if groups else {})}


def paste(workflow: Workflow, part: JsonObject, at: tuple[float, float] | None = None) -> tuple[Workflow, list[str]]:
    """Add what `copied` gave under new ids; references among the steps follow. Returns it with the ids of the boxes.

    The top left corner of all stands at `at`, else beside where they were copied from. Raises BadRequest.
    """
    nodes = [Node.model_validate(node) for node in part.get("nodes", [])]
    notes = [one for one in part.get("notes") or () if isinstance(one, dict)]
    if not nodes and not notes:
        raise BadRequest("There is no step in what you paste.")
    result, names = _with_nodes(workflow, nodes)
    result = _renamed_references(result, names)
    edges = [Edge.model_validate(edge) for edge in part.get("edges", [])]
    inner = [
        edge.model_copy(update={"source": names[edge.source], "target": names[edge.target]})
        for edge in edges
        if edge.source in names and edge.target in names
    ]
    result = result.model_copy(update={"edges": (*result.edges, *inner)})
    spots = {names[key]: value for key, value in part.get("layout", {}).items() if key in names}
    by_x, by_y = _shift([*spots.values(), *(one for one in notes if "x" in one and "y" in one)], at)
    result = move(result, {key: (spot["x"] + by_x, spot["y"] + by_y) for key, spot in spots.items()})
    made = list(names.values())
    for one in notes:
        where = float(one.get("x") or 0) + by_x, float(one.get("y") or 0) + by_y
        result, note_id = annotating.add_note(result, where, str(one.get("text") or ""))
        result = annotating.change_note(result, note_id, **{key: one[key] for key in _OF_A_NOTE[1:] if key in one})
        made.append(NOTE + note_id)
    result, groups = _with_groups(result, part.get("groups") or (), names)
    return result, [*made, *(GROUP + one for one in groups)]


def _with_nodes(workflow: Workflow, nodes: Iterable[Node]) -> tuple[Workflow, dict[str, str]]:
    names: dict[str, str] = {}
    for node in nodes:
        free = workflow.node(node.id) is None and workflow.trigger(node.id) is None
        new_id = node.id if free else free_id(workflow)
        names[node.id] = new_id
        name = unique_name(workflow, node.name) if node.name else ""
        added = node.model_copy(update={"id": new_id, "name": name})
        workflow = workflow.model_copy(update={"nodes": (*workflow.nodes, added)})
    return workflow, names


def _shift(spots: Collection[JsonObject], at: tuple[float, float] | None) -> tuple[float, float]:
    """Return how far everything moves; without a place a little, so that it does not hide what it was copied from."""
    if not spots or at is None:
        return 2.0 * GRID, 2.0 * GRID
    return at[0] - min(float(spot["x"]) for spot in spots), at[1] - min(float(spot["y"]) for spot in spots)


def _with_groups(workflow: Workflow, groups: Iterable[Any], names: dict[str, str]) -> tuple[Workflow, list[str]]:
    """Draw the copied groups around the copied steps, inner ones first."""
    known = {str(one.get("id")): one for one in groups if isinstance(one, dict)}
    made: dict[str, str] = {}
    left = dict(known)
    while left:
        ready = [key for key, one in left.items() if not {GROUP + other for other in left} & set(members(one))]
        for key in ready or list(left):  # what goes round in a circle is drawn without it
            group = left.pop(key)
            inside = [
                GROUP + made[one.removeprefix(GROUP)] if one.removeprefix(GROUP) in made else names.get(one, "")
                for one in members(group)
            ]
            if any(inside):
                name = str(group.get("name") or "")[:MOST_NAME]
                workflow, made[key] = annotating.make_group(workflow, [one for one in inside if one], name)
                if group.get("collapsed"):
                    workflow = annotating.change_group(workflow, made[key], collapsed=True)
    return workflow, list(made.values())


def _renamed_references(workflow: Workflow, names: dict[str, str]) -> Workflow:
    changed = {old: new for old, new in names.items() if old != new}
    if not changed:
        return workflow
    pattern = re.compile(r"\bsteps\.(" + "|".join(map(re.escape, changed)) + r")\b")

    def follow(value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return pattern.sub(lambda found: f"steps.{changed[found.group(1)]}", value)
        if isinstance(value, list):
            return [follow(item) for item in value]
        if isinstance(value, dict):
            return {key: follow(item) for key, item in value.items()}
        return value

    new = set(changed.values())
    nodes = tuple(
        node.model_copy(update={"config": follow(node.config)}) if node.id in new else node for node in workflow.nodes
    )
    return workflow.model_copy(update={"nodes": nodes})
