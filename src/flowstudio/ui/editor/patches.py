"""Gestures on the canvas, translated to operations on the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from flowstudio.domain.workflow import TRIGGER, Workflow
from flowstudio.errors import BadRequest
from flowstudio.graph import place_after
from flowstudio.services.editing import annotating, arranging, chains, ops
from flowstudio.services.editing.annotating import GROUP, NOTE
from flowstudio.services.editing.copying import paste
from flowstudio.services.editing.cutting import parts_of
from flowstudio.services.editing.guided import guided
from flowstudio.services.editing.presets import add_preset
from flowstudio.ui.editor.boxes import boxes_of, moved, shifted, with_room
from flowstudio.ui.editor.tidying import tidied_part
from flowstudio.ui.editor.view import direction_of, positions_of, shape_of, tidied, with_positions

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry

MAX_PASTE = 2_000_000
STEP = 24.0
"""How far a pasted or shifted step stands beside its source, in canvas pixels."""

QUICK_FIX = "Quick fix"
"""What an edit is called that changes settings from outside the panel."""


class Patch:
    """The operations of one gesture, applied together; afterwards `select` names what should be selected."""

    def __init__(self, operations: list[JsonObject], registry: Registry) -> None:
        self.operations = operations
        self.registry = registry
        self.select: list[str] | None = None

    @property
    def label(self) -> str:
        """Say in a word what the gesture did, for undo."""
        if any(one.get("op") == "set" for one in self.operations):
            return QUICK_FIX
        if any(one.get("op") == "insert" for one in self.operations):
            return "Put a step between"
        first = self.operations[0]["op"] if self.operations else ""
        words = {
            "move": "Move",
            "add_note": "Add a note",
            "note": "Change a note",
            "group": "Group",
            "ungroup": "Ungroup",
            "set_group": "Change a group",
            "align": "Align",
            "distribute": "Distribute",
            "tidy": "Tidy up",
            "swap": "Change the kind of step",
            "guided": "Begin step by step",
            "remove": "Delete",
            "connect": "Connect",
            "add": "Add a step",
            "paste": "Paste",
            "reconnect": "Reconnect",
            "lead": "Lead on",
            "cut": "Cut an arrow",
            "earlier": "Move up",
            "later": "Move down",
        }
        return words.get(first, "Change")

    def __call__(self, workflow: Workflow) -> Workflow:
        """Apply every operation."""
        result = with_positions(workflow, self.registry)
        for operation in self.operations:
            result = self._apply(result, operation)
        return result

    def _apply(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        apply = getattr(self, f"_op_{operation.get('op')}", None)
        if apply is None:
            raise BadRequest("The canvas sent something that FlowStudio does not know.")
        try:
            result: Workflow = apply(workflow, operation)
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest("The canvas sent something that is not complete.") from error
        return result

    def _op_move(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return moved(workflow, shape_of(workflow, self.registry), operation["to"])

    def _op_remove(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        nodes = [str(one) for one in operation.get("nodes", [])]
        edges = [_real_edge(workflow, one) for one in operation.get("edges", [])]
        notes = [one.removeprefix(NOTE) for one in nodes if one.startswith(NOTE)]
        named = [one.removeprefix(GROUP) for one in nodes if one.startswith(GROUP)]
        steps = [one for one in nodes if not one.startswith((NOTE, GROUP))]
        shape = shape_of(workflow, self.registry)
        steps += [inner for one in named for inner in parts_of(workflow, shape, GROUP + one)]
        return ops.remove(
            annotating.remove_notes(workflow, notes), dict.fromkeys(steps), edges, heal=bool(operation.get("heal"))
        )

    def _op_connect(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        way = operation.get("way") or "out"
        return ops.connect(workflow, operation["from"], way, operation["to"], self.registry)

    def _op_reconnect(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        without = ops.remove(workflow, edges=[_real_edge(workflow, operation["edge"])])
        return self._op_connect(without, operation)

    def _op_lead(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return chains.lead(workflow, str(operation["from"]), str(operation["way"]), str(operation["to"]), self.registry)

    def _op_cut(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return chains.cut(workflow, str(operation["from"]), str(operation["way"]), operation.get("to"))

    def _op_earlier(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return self._exchanged(workflow, chains.earlier(workflow, str(operation["node"]), self.registry))

    def _op_later(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return self._exchanged(workflow, chains.later(workflow, str(operation["node"]), self.registry))

    def _exchanged(self, before: Workflow, after: Workflow) -> Workflow:
        """Lay out anew what a loop that changed places with a step brings along."""
        bodies, old = shape_of(after, self.registry).bodies, before.layout.nodes
        moved_boxes = [key for key, spot in after.layout.nodes.items() if old.get(key) != spot]
        whole = [one for key in moved_boxes for one in (key, *bodies.get(key, ()))]
        return tidied_part(after, self.registry, moved_boxes) if len(whole) > len(moved_boxes) else after

    def _op_set(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return ops.set_at(workflow, str(operation["node"]), list(operation["where"]), operation.get("value"))

    def _op_add_note(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        at = round(float(operation["x"]) / ops.GRID) * ops.GRID, round(float(operation["y"]) / ops.GRID) * ops.GRID
        result, note_id = annotating.add_note(workflow, at, str(operation.get("text") or ""))
        self.select = [NOTE + note_id]
        return result

    def _op_note(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        fields = {key: operation[key] for key in ("text", "tone", "w", "h") if key in operation}
        return annotating.change_note(workflow, str(operation["id"]).removeprefix(NOTE), **fields)

    def _op_group(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        parts = [str(one) for one in operation["nodes"]]
        result, group_id = annotating.make_group(workflow, parts, str(operation.get("name") or "")[:120])
        self.select = [GROUP + group_id]
        around = [key for key, _ in annotating.innermost_first(result) if group_id in annotating.groups_in(result, key)]
        for one in (group_id, *around):
            result = with_room(result, shape_of(result, self.registry), GROUP + one)
        return result

    def _op_ungroup(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return annotating.ungroup(workflow, [str(one).removeprefix(GROUP) for one in operation["groups"]])

    def _op_set_group(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        fields = {key: operation[key] for key in ("name", "collapsed") if key in operation}
        return annotating.change_group(workflow, str(operation["id"]).removeprefix(GROUP), **fields)

    def _op_align(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        shape = shape_of(workflow, self.registry)
        boxes = boxes_of(workflow, shape, operation["nodes"])
        return shifted(workflow, shape, arranging.aligned(boxes, str(operation["to"])))

    def _op_distribute(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        shape = shape_of(workflow, self.registry)
        boxes = boxes_of(workflow, shape, operation["nodes"])
        return shifted(workflow, shape, arranging.distributed(boxes, str(operation["along"])))

    def _op_tidy(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return tidied_part(workflow, self.registry, [str(one) for one in operation["nodes"]])

    def _op_guided(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        steps = [str(one) for one in operation["steps"]]
        trigger, checked = str(operation["trigger"]), bool(operation.get("checked"))
        return guided(workflow, trigger, steps, self.registry, checked=checked)

    def _op_swap(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        return ops.swap_type(workflow, str(operation["node"]), str(operation["key"]), self.registry)

    def _op_add(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        key = str(operation["key"])
        after, into = operation.get("after"), operation.get("into")
        spot = (float(operation["x"]), float(operation["y"])) if operation.get("x") is not None else None
        is_trigger = key.startswith(ops.TRIGGER_PREFIX)
        if spot is None or (after and not is_trigger):
            spot = self._place(workflow, after, spot)
        if isinstance(part := operation.get("part"), dict):
            added, new_id = add_preset(workflow, key, part, self.registry, at=spot)
        else:
            added, new_id = ops.add_step(workflow, key, self.registry, at=spot)
        added = with_positions(added, self.registry)
        self.select = [new_id]
        if is_trigger:
            return added
        if into:
            edge_id = _real_edge(added, into)
            return self._settled(ops.insert_into(added, edge_id, new_id, self.registry), edge_id, new_id)
        if after:
            return ops.connect(added, after["from"], after.get("way") or "out", new_id, self.registry)
        return added

    def _place(
        self, workflow: Workflow, after: JsonObject | None, spot: tuple[float, float] | None
    ) -> tuple[float, float]:
        if spot is not None and after is None:
            return spot
        if spot is not None:
            return spot
        shape = shape_of(workflow, self.registry)
        source, way = (after["from"], after.get("way") or "out") if after else (None, "out")
        return place_after(
            workflow, positions_of(workflow, shape), source, way, shape=shape, direction=direction_of(workflow)
        )

    def _op_insert(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        node_id, edge_id = str(operation["node"]), _real_edge(workflow, str(operation["into"]))
        wired = ops.move_into(workflow, edge_id, node_id, self.registry)
        return workflow if wired is workflow else self._settled(wired, edge_id, node_id)

    def _settled(self, workflow: Workflow, edge_id: str, node_id: str) -> Workflow:
        """Make room for a step that was put into an edge; one in no group joins the group around the edge."""
        group = annotating.group_around(workflow, edge_id.partition(":")[0], edge_id.rpartition(">")[2])
        if group is not None and annotating.group_around(workflow, node_id) is None:
            workflow = annotating.join_group(workflow, group, node_id)
        return self._make_room(workflow, node_id)

    def _make_room(self, workflow: Workflow, new_id: str) -> Workflow:
        """After inserting into an edge, lay the workflow out anew if the new box overlaps another."""
        spots = {key: (one["x"], one["y"]) for key, one in workflow.layout.nodes.items()}
        x, y = spots[new_id]
        crowded = any(
            key != new_id and abs(other[0] - x) < 264 + STEP and abs(other[1] - y) < 64 + STEP
            for key, other in spots.items()
        )
        return tidied(workflow, self.registry) if crowded else workflow

    def _op_paste(self, workflow: Workflow, operation: JsonObject) -> Workflow:
        part = pasted_part(str(operation.get("text", "")))
        at = (float(operation["x"]), float(operation["y"])) if operation.get("x") is not None else None
        after = operation.get("after")
        if at is None and after:
            at = self._place(workflow, after, None)
        result, ids = paste(workflow, part, at)
        self.select = ids
        if after:
            result = chains.attach(result, ids, after["from"], after.get("way") or "out", self.registry)
        return with_positions(result, self.registry)


def pasted_part(text: str) -> JsonObject:
    """Read copied steps; raise BadRequest for anything else."""
    if len(text) > MAX_PASTE:
        raise BadRequest("That is too much to paste at once.")
    try:
        part = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest("The clipboard holds no steps.", hint="Copy steps on a canvas first.") from error
    if not isinstance(part, dict) or part.get("flowstudio") != "steps":
        raise BadRequest("The clipboard holds no steps.", hint="To bring in a whole workflow, use Import.")
    return part


def _real_edge(workflow: Workflow, edge_id: str) -> str:
    """Return the document's edge behind a drawn one: an edge of all triggers is drawn once for each."""
    if any(edge.id == edge_id for edge in workflow.edges):
        return edge_id
    source, _, rest = edge_id.partition(":")
    if workflow.trigger(source) is not None:
        return f"{TRIGGER}:{rest}"
    return edge_id
