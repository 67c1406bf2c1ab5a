"""Notes and groups on the canvas: what people write and draw around steps; no run depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.free_names import counted_id
from flowstudio.errors import BadRequest

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow

NOTE = "note:"
GROUP = "group:"
"""On the canvas a note or group has its id behind this word; ids of steps hold no colon."""
TONES = ("yellow", "green", "blue", "grey")
NOTE_SIZE = (264.0, 132.0)
"""Width and height of a new note, in canvas pixels."""
LEAST, MOST = 96.0, 2400.0
"""Limits of a note's width and height."""
MOST_TEXT = 5000
MOST_NAME = 120
MOST_PARTS = 500


def notes_of(workflow: Workflow) -> dict[str, JsonObject]:
    """Return the notes by id; one without an id of its own counts by its place."""
    return {str(one.get("id") or f"#{index}"): one for index, one in enumerate(workflow.layout.notes)}


def groups_of(workflow: Workflow) -> dict[str, JsonObject]:
    """Return the groups by id; one without an id of its own counts by its place."""
    return {str(one.get("id") or f"#{index}"): one for index, one in enumerate(workflow.layout.groups)}


def members(group: JsonObject) -> list[str]:
    """Return what a group names: ids of steps, and of groups inside it behind `GROUP`."""
    found = group.get("nodes")
    return [str(one) for one in found] if isinstance(found, list) else []


def steps_in(workflow: Workflow, group_id: str) -> list[str]:
    """Return the ids of the steps of a group and of the groups inside it."""
    groups = groups_of(workflow)
    return [one for one in _whole(groups, group_id, set()) if not one.startswith(GROUP)]


def groups_in(workflow: Workflow, group_id: str) -> list[str]:
    """Return the ids of the groups inside a group, through all depths."""
    groups = groups_of(workflow)
    return [one.removeprefix(GROUP) for one in _whole(groups, group_id, set()) if one.startswith(GROUP)]


def _whole(groups: Mapping[str, JsonObject], group_id: str, seen: set[str]) -> list[str]:
    """Return everything in a group; an import may hold groups in a circle, each counts once."""
    seen.add(group_id)
    found: list[str] = []
    for one in members(groups.get(group_id) or {}):
        inner = one.removeprefix(GROUP)
        if not one.startswith(GROUP):
            found.append(one)
        elif inner in groups and inner not in seen:
            found += [one, *_whole(groups, inner, seen)]
    return list(dict.fromkeys(found))


def innermost_first(workflow: Workflow) -> list[tuple[str, JsonObject]]:
    """Return the groups, each behind those that it holds."""
    groups = groups_of(workflow)
    return sorted(groups.items(), key=lambda one: len(_whole(groups, one[0], set())))


def group_around(workflow: Workflow, *node_ids: str) -> str | None:
    """Return the id of the innermost group that holds all of these steps, None without one."""
    wanted = set(node_ids)
    around = (key for key, _ in innermost_first(workflow) if wanted <= set(steps_in(workflow, key)))
    return next(around, None)


def _parent(groups: Mapping[str, JsonObject], part: str) -> str | None:
    return next((key for key, one in groups.items() if part in members(one)), None)


def add_note(workflow: Workflow, at: tuple[float, float], text: str = "") -> tuple[Workflow, str]:
    """Stick a note onto the canvas with its top left corner at `at`; return it with the note's id."""
    if len(workflow.layout.notes) >= MOST_PARTS:
        raise BadRequest(f"A workflow has room for {MOST_PARTS} notes.", hint="Delete some that are not needed.")
    new_id = counted_id("note", notes_of(workflow))
    width, height = NOTE_SIZE
    note: JsonObject = {
        "id": new_id, "text": text[:MOST_TEXT], "x": at[0], "y": at[1], "w": width, "h": height, "tone": TONES[0],
    }  # fmt: skip
    return _with_notes(workflow, [*workflow.layout.notes, note]), new_id


def change_note(workflow: Workflow, note_id: str, **fields: object) -> Workflow:
    """Change `text`, `tone`, `x`, `y`, `w` or `h` of a note."""
    if note_id not in notes_of(workflow):
        raise BadRequest("That note is not there any more.")
    known = dict(fields)
    if "text" in known and len(str(known["text"])) > MOST_TEXT:
        raise BadRequest(f"A note has room for {MOST_TEXT:,} characters.", hint="Write a second note.")
    if "tone" in known and known["tone"] not in TONES:
        raise BadRequest("A note is yellow, green, blue or grey.")
    for side in ("w", "h"):
        if side in known:
            known[side] = max(LEAST, min(MOST, float(str(known[side]))))
    changed = [
        {**one, "id": key, **known} if key == note_id else one  # from now on it has the id it was found by
        for key, one in notes_of(workflow).items()
    ]
    return _with_notes(workflow, changed)


def make_group(workflow: Workflow, part_ids: Sequence[str], name: str = "") -> tuple[Workflow, str]:
    """Draw a frame around steps and groups; where all of them stand in one group, the new one stands in it too."""
    groups = groups_of(workflow)
    held = {
        inner for one in part_ids if one.startswith(GROUP) for inner in _whole(groups, one.removeprefix(GROUP), set())
    }
    wanted = [one for one in dict.fromkeys(part_ids) if one not in held and _is_there(workflow, groups, one)]
    if not wanted:
        raise BadRequest("Choose the steps that belong together first.")
    if len(workflow.layout.groups) >= MOST_PARTS:
        raise BadRequest(f"A workflow has room for {MOST_PARTS} groups.")
    new_id = counted_id("group", groups)
    parents = {_parent(groups, one) for one in wanted}
    around = next(iter(parents)) if len(parents) == 1 else None
    rest = [
        {**one, "nodes": [*(part for part in members(one) if part not in wanted), GROUP + new_id]}
        if key == around else one
        for key, one in groups.items()
    ]  # fmt: skip
    group: JsonObject = {"id": new_id, "name": name or "Group", "nodes": wanted, "collapsed": False}
    return _with_groups(workflow, [*_without(rest, set(wanted)), group]), new_id


def _is_there(workflow: Workflow, groups: Mapping[str, JsonObject], part: str) -> bool:
    if part.startswith(GROUP):
        return part.removeprefix(GROUP) in groups
    return workflow.node(part) is not None or workflow.trigger(part) is not None


def change_group(workflow: Workflow, group_id: str, **fields: object) -> Workflow:
    """Change `name` or `collapsed` of a group."""
    if group_id not in groups_of(workflow):
        raise BadRequest("That group is not there any more.")
    if "name" in fields and len(str(fields["name"])) > MOST_NAME:
        raise BadRequest(f"A group's name has room for {MOST_NAME} characters.")
    changed = [{**one, "id": key, **fields} if key == group_id else one for key, one in groups_of(workflow).items()]
    return _with_groups(workflow, changed)


def ungroup(workflow: Workflow, group_ids: Iterable[str]) -> Workflow:
    """Take groups away; what stood in one stays, in the group around it where there is one."""
    groups = dict(groups_of(workflow))
    for gone in group_ids:
        taken = groups.pop(gone, None)
        around = _parent(groups, GROUP + gone)
        if taken is not None and around is not None:
            inside = [
                inner for one in members(groups[around])
                for inner in (members(taken) if one == GROUP + gone else [one])
            ]  # fmt: skip
            groups[around] = {**groups[around], "nodes": list(dict.fromkeys(inside))}
    return _with_groups(workflow, list(groups.values()))


def join_group(workflow: Workflow, group_id: str, node_id: str) -> Workflow:
    """Put a step into a group."""
    changed = [
        {**one, "nodes": [*members(one), node_id]} if key == group_id else one
        for key, one in groups_of(workflow).items()
    ]
    return _with_groups(workflow, changed)


def forget(workflow: Workflow, gone: Iterable[str]) -> Workflow:
    """Take steps that are no more out of their groups; a group that holds nothing any more goes with them."""
    groups = _without(workflow.layout.groups, set(gone))
    return workflow if groups == list(workflow.layout.groups) else _with_groups(workflow, groups)


def remove_notes(workflow: Workflow, note_ids: Iterable[str]) -> Workflow:
    """Take notes away."""
    gone = set(note_ids)
    return _with_notes(workflow, [one for key, one in notes_of(workflow).items() if key not in gone])


def _without(groups: Sequence[JsonObject], gone: set[str]) -> list[JsonObject]:
    kept = []
    for group in groups:
        inside = members(group)
        left = [one for one in inside if one not in gone]
        if len(left) == len(inside):
            kept.append(group)
        elif left:
            kept.append({**group, "nodes": left})
    named = {str(one.get("id") or f"#{index}"): one for index, one in enumerate(kept)}
    empty = {key for key in named if all(one.startswith(GROUP) for one in _whole(named, key, set()))}
    if not empty:
        return kept
    held = {GROUP + key for key in empty}
    return [
        {**one, "nodes": [part for part in members(one) if part not in held]}
        for key, one in named.items()
        if key not in empty
    ]


def _with_notes(workflow: Workflow, notes: Sequence[JsonObject]) -> Workflow:
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"notes": tuple(notes)})})


def _with_groups(workflow: Workflow, groups: Sequence[JsonObject]) -> Workflow:
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"groups": tuple(groups)})})
