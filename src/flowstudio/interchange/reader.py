"""Reading a whole document: the envelope, then its parts, then how they hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowstudio.domain.json import JsonObject
from flowstudio.domain.problem import Problem
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Edge, Node, Trigger, Workflow, WorkflowSettings
from flowstudio.graph import Shape
from flowstudio.interchange.edges import (
    Arrow,
    fill_branches,
    follow_hints,
    known_ends,
    name_ways,
    read_arrows,
    ways_by_node,
    without_repeats,
)  # fmt: skip
from flowstudio.interchange.layout import read_layout
from flowstudio.interchange.limits import MAX_DEPTH, load
from flowstudio.interchange.loops import LoopEdges
from flowstudio.interchange.nodes import ReadNode, read_nodes
from flowstudio.interchange.policies import read_settings
from flowstudio.interchange.reading import Part, Reading
from flowstudio.interchange.triggers import read_triggers, with_inputs
from flowstudio.interchange.versions import upgraded
from flowstudio.kit import Registry
from flowstudio.kit.words import shown

RESERVED = frozenset({
    "import", "validate", "analytics", "triggers", "actions", "runs", "instances", "events", "templates", "schema",
    "new",
})  # fmt: skip
"""Ids that are words of our own addresses."""
LONGEST_ID = 128
LONGEST_NAME = 200
UNNAMED = "Unnamed workflow"
_STATUS = {
    "enabled": "active",
    "on": "active",
    "disabled": "paused",
    "inactive": "paused",
    "off": "paused",
    "published": "active",
}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a document gave: a workflow, or None when it cannot be read; and everything noted on the way."""

    workflow: Workflow | None
    problems: list[Problem]


def read_document(raw: bytes | str | JsonObject, registry: Registry) -> ReadResult:
    """Read a workflow document: JSON as bytes or text, or parsed. Never raises for what is inside; lists every fault.

    A document without an `id` gives a workflow with an empty id. Whether its nodes make sense is told by the checks of
    `flowstudio.analysis`; only what import itself sees is reported here.
    """
    reading = Reading()
    document = load(raw, reading)
    if document is not None:
        document = upgraded(document, reading)
    workflow = _workflow(document, reading, registry) if document is not None and reading.readable else None
    return ReadResult(workflow if reading.readable else None, reading.problems)


def _workflow(document: JsonObject, reading: Reading, registry: Registry) -> Workflow | None:
    part = Part(reading, document, "$", "the workflow")
    workflow_id = _workflow_id(part)
    name = _workflow_name(part)
    description = part.text("description")
    version = part.whole("version", least=0)
    status = part.choice("status", [one.value for one in WorkflowStatus], aliases=_STATUS) or _switched(part)
    triggers = read_triggers(part, registry)
    inputs = part.objects("inputs")
    settings = part.object("settings")
    policy = read_settings(settings, reading) if settings is not None else WorkflowSettings()
    nodes = read_nodes(part.items("nodes", required=True) or [], "$.nodes", reading, registry)
    edge_key = part.key_of("edges", "connections")
    values = part.items("edges", "connections", required=True) or []
    _note_repeated_ids(triggers, nodes, reading)
    edges = _edges(values, part.at(edge_key), triggers, nodes, reading, registry)
    positions = {one.node.id: one.position for one in nodes if one.position is not None}
    layout = read_layout(part.object("layout"), positions, reading)
    tests, template = part.objects("tests"), part.object("template")
    extra = part.rest()
    if not reading.readable:
        return None
    triggers, inputs = with_inputs(triggers, inputs)
    return Workflow(
        id=workflow_id,
        name=name,
        description=description,
        version=1 if version is None else version,
        status=WorkflowStatus(status or "draft"),
        triggers=tuple(triggers),
        nodes=tuple(one.node for one in nodes),
        edges=edges,
        settings=policy,
        inputs=inputs,
        layout=layout,
        tests=tests,
        template=template,
        extra=extra,
    )


def _workflow_name(part: Part) -> str:
    """Return the name as people can read it in lists: of one line, and of characters that show."""
    given = part.text("name", required=True)
    if given is None:
        return ""
    if len(given) > LONGEST_NAME:
        message = f"The name of the workflow has {len(given):,} characters; it may have {LONGEST_NAME}."
        part.fault("name", "too_long", message, hint="Put the rest into its description.")
    name = shown(given).strip()
    if name != given.strip():
        message = "The name of the workflow held characters that nobody sees; they are left out."
        part.reading.note(part.at("name"), "unseen_characters", message, severity="warning")
    return name or UNNAMED


def _workflow_id(part: Part) -> str:
    workflow_id = part.text("id") or ""
    if workflow_id in RESERVED:
        part.fault(
            "id", "reserved_id", f'"{workflow_id}" cannot be the id of a workflow: it is a word of our addresses.'
        )
    elif (
        len(workflow_id) > LONGEST_ID
        or workflow_id in (".", "..")
        or any(_breaks_address(sign) for sign in workflow_id)
    ):
        message = "The id of a workflow has letters, digits, dots, dashes and underscores, at most 128."
        part.fault("id", "bad_id", message)
    return workflow_id


def _breaks_address(sign: str) -> bool:
    return sign in "/\\?#%&<>\"'" or sign.isspace() or not sign.isprintable()


def _switched(part: Part) -> str | None:
    """Read the seeds' `is_active`: on is active, off is paused."""
    switched = part.flag("is_active", "isActive", "active")
    return None if switched is None else "active" if switched else "paused"


def _note_repeated_ids(triggers: Sequence[Trigger], nodes: Sequence[ReadNode], reading: Reading) -> None:
    seen = {"trigger"} if not triggers else set()
    for trigger in triggers:
        if trigger.id in seen:
            message = f'Two triggers have the id "{trigger.id}".'
            reading.fault(
                "$.triggers", "duplicate_id", message, hint="Give one of them another id.", node_id=trigger.id
            )
        seen.add(trigger.id)
    for one in nodes:
        if one.node.id in seen:
            message = f'Two steps have the id "{one.node.id}".'
            if one.node.id in {trigger.id for trigger in triggers} or one.node.id == "trigger":
                message = f'A step and a trigger have the id "{one.node.id}".'
            hint = "Give one of them another id, and its edges with it."
            reading.fault(f"{one.path}.id", "duplicate_id", message, hint=hint, node_id=one.node.id)
        seen.add(one.node.id)


def _edges(
    values: list[object],
    path: str,
    triggers: Sequence[Trigger],
    nodes: Sequence[ReadNode],
    reading: Reading,
    registry: Registry,
) -> tuple[Edge, ...]:
    by_id = {one.node.id: one for one in nodes}
    known = known_ends(list(by_id), [trigger.id for trigger in triggers])

    def called(node_id: str) -> str:
        return f'"{by_id[node_id].node.name or node_id}"' if node_id in by_id else "the trigger"

    arrows = without_repeats(read_arrows(values, path, reading, known, called), reading)
    for one in nodes:
        _check_hints(one, known, reading)
    if not reading.readable:
        return ()
    plain: list[Node] = [one.node for one in nodes]
    ways = ways_by_node(plain, registry)
    _apply_hints(nodes, arrows, reading, called)
    name_ways(arrows, ways)
    loops = {one.node.id: one.hints.body for one in nodes if "each" in ways[one.node.id]}
    paths = {one.node.id: one.path for one in nodes}
    LoopEdges(plain, loops, arrows, paths, ways, reading, registry).name()
    edges = tuple(arrow.edge() for arrow in without_repeats(arrows, reading))
    if len(loops) > MAX_DEPTH:
        _note_depth(plain, edges, ways, reading)
    return edges


def _note_depth(
    nodes: list[Node], edges: Sequence[Edge], ways: Mapping[str, tuple[str, ...]], reading: Reading
) -> None:
    """Refuse loops inside one another beyond the depth that a document may have."""
    workflow = Workflow(id="", name="", triggers=(), nodes=tuple(nodes), edges=tuple(edges))
    shape = Shape.of(workflow, lambda node: ways[node.id])
    deepest = max(shape.nodes, key=lambda node_id: len(shape.scope[node_id]))
    if len(shape.scope[deepest]) > MAX_DEPTH:
        message = f"Loops stand inside one another more than {MAX_DEPTH} levels deep."
        reading.fault("$.nodes", "too_deep", message, node_id=deepest)


def _apply_hints(nodes: Sequence[ReadNode], arrows: list[Arrow], reading: Reading, called: object) -> None:
    assert callable(called)
    for one in nodes:
        if one.hints.branches:
            fill_branches(arrows, one.node, one.hints.branches, one.path, reading, called(one.node.id))
        follow_hints(arrows, one.node.id, one.hints.following, one.path)


def _check_hints(one: ReadNode, known: set[str], reading: Reading) -> None:
    """Note ids in `body`, `true_branch`, `false_branch` and `next` that do not exist."""
    lists = {"body": one.hints.body or [], "next": one.hints.following}
    lists |= {f"{way}_branch": ids for way, ids in one.hints.branches.items()}
    for key, ids in lists.items():
        for target in ids:
            if target not in known:
                message = (
                    f'"{key}" of the step "{one.node.name or one.node.id}" names "{target}", which does not exist.'
                )
                reading.fault(f"{one.path}.{key}", "dangling_edge", message, node_id=one.node.id)
