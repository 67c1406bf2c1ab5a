"""Notes and groups in the drawing: notes stick to the canvas, a group is a frame, or one card when it is folded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flowstudio.services.editing.annotating import (
    GROUP,
    NOTE,
    NOTE_SIZE,
    TONES,
    innermost_first,
    members,
    notes_of,
)
from flowstudio.ui.components.words import count_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.ui.editor.view import Graph

_RANK = {"error": 0, "warning": 1, "hint": 2}


def annotated(graph: Graph, workflow: Workflow, *, fold: bool = True) -> Graph:
    """Return the drawing with the workflow's notes and groups; without `fold` every group stands open."""
    nodes: list[JsonObject] = list(graph["nodes"])
    edges: list[JsonObject] = list(graph["edges"])
    for group_id, group in innermost_first(workflow):
        inside = whole_members(group, nodes)
        if not inside:
            continue
        if fold and group.get("collapsed"):
            nodes, edges = _folded(group_id, group, inside, nodes, edges)
        else:
            nodes = [*_inside_loops(nodes, inside, GROUP + group_id), _frame(group_id, group, inside, nodes)]
    nodes += [_note(note_id, note) for note_id, note in notes_of(workflow).items()]
    return {**graph, "nodes": nodes, "edges": edges}


def whole_members(group: JsonObject, nodes: Iterable[JsonObject]) -> set[str]:
    """Return the ids of what a group holds: what it names, and the bodies of the loops and groups among that."""
    bodies = {one["id"]: one["body"] or () for one in nodes}
    found: set[str] = set()
    look = [one for one in members(group) if one in bodies]
    while look:
        one = look.pop()
        if one not in found:
            found.add(one)
            look += [inner for inner in bodies.get(one, ()) if inner in bodies]
    return found


def _frame(group_id: str, group: JsonObject, inside: set[str], nodes: Iterable[JsonObject]) -> JsonObject:
    held = [one for one in nodes if one["id"] in inside]
    return {
        **_card(group_id, group, held),
        "body": [one["id"] for one in held],
        "caption": None,
        "line": count_of(len(_steps(held)), "step"),
        "folded": False,
    }


def _steps(held: Iterable[JsonObject]) -> list[str]:
    """Return the ids of the steps among what a group holds; a folded group stands for its own."""
    return [step for one in held for step in (one.get("members") or ([] if one["type"] == "group" else [one["id"]]))]


def _card(group_id: str, group: JsonObject, held: list[JsonObject]) -> JsonObject:
    name = str(group.get("name") or "Group")
    return {
        "id": GROUP + group_id, "type": "group", "kind": "group", "word": "Group", "icon": "stack-2", "name": name,
        "line": "", "label": f"group: {name}", "x": min(one["x"] for one in held), "y": min(one["y"] for one in held),
        "body": None, "entry": False, "ways": [], "problem": None,
    }  # fmt: skip


def _folded(
    group_id: str, group: JsonObject, inside: set[str], nodes: list[JsonObject], edges: list[JsonObject]
) -> tuple[list[JsonObject], list[JsonObject]]:
    own = GROUP + group_id
    held = [one for one in nodes if one["id"] in inside]
    problems = sorted((one["problem"] for one in held if one.get("problem")), key=lambda one: _RANK[one["severity"]])
    card = {
        **_card(group_id, group, held),
        "line": ", ".join(one["name"] for one in held if one["type"] != "group" or one["folded"]),
        "members": _steps(held),
        "problem": problems[0] if problems else None,
        "since": "changed" if any(one.get("since") for one in held) else None,
        "folded": True,
    }
    kept = [one for one in nodes if one["id"] not in inside]
    led: dict[str, JsonObject] = {}
    for edge in edges:
        source = own if edge["from"] in inside else edge["from"]
        target = own if edge["to"] in inside else edge["to"]
        if source == target == own:
            continue
        if own not in (source, target):
            led[edge["id"]] = edge
            continue
        way = edge["way"] if source != own else f"{edge['from']}.{edge['way']}"
        view_id = f"{source}:{way}>{target}"
        led[view_id] = {"id": view_id, "from": source, "way": way, "to": target, "label": edge["label"], "fixed": True}
    return [*_inside_loops(kept, inside, own, fold=True), card], list(led.values())


def _inside_loops(nodes: list[JsonObject], inside: set[str], own: str, *, fold: bool = False) -> list[JsonObject]:
    """Let loops whose body holds a group hold its frame too, or, when it is folded, its card in their place."""
    found = []
    for one in nodes:
        body = one["body"]
        if body and one["id"] not in inside and inside & set(body):
            rest = [inner for inner in body if inner not in inside] if fold else body
            if fold or inside <= set(body):
                one = {**one, "body": [*rest, own]}  # noqa: PLW2901  the drawing of a loop is copied, not changed
        found.append(one)
    return found


def _note(note_id: str, note: JsonObject) -> JsonObject:
    text = str(note.get("text") or "")
    first = next((line.strip() for line in text.splitlines() if line.strip()), "Empty note")
    tone = note.get("tone")
    return {
        "id": NOTE + note_id, "type": "note", "kind": "note", "word": "Note", "icon": "note", "name": first[:80],
        "line": "", "label": f"note: {first[:80]}", **note_box(note), "text": text,
        "tone": tone if tone in TONES else TONES[0], "body": None, "entry": False, "ways": [],
    }  # fmt: skip


def note_box(note: Mapping[str, JsonValue]) -> dict[str, float]:
    """Return where a note stands and how large it is, whatever an import brought."""
    fallback = {"x": 0.0, "y": 0.0, "w": NOTE_SIZE[0], "h": NOTE_SIZE[1]}
    return {side: _number(note.get(side), other) for side, other in fallback.items()}


def _number(value: JsonValue, fallback: float) -> float:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable and isinstance(value, (int, float)) else fallback
