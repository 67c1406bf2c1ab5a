"""Operations on a workflow: each takes the document and returns a new one; none touches anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flowstudio.domain.free_names import counted_id, free_name
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import ERROR, TRIGGER, Edge, Layout, Node, Trigger, Workflow
from flowstudio.errors import BadRequest
from flowstudio.graph.scopes import DONE, EACH
from flowstudio.kit import NodeType, Registry, Way
from flowstudio.services.editing import annotating

GRID = 12
ACTION_PREFIX = "action."
TRIGGER_PREFIX = "trigger."


def ways_of(workflow: Workflow, node_id: str, registry: Registry) -> tuple[Way, ...]:
    """List the ways out of a node or trigger; an unknown type has one, and every step but a trigger may fail."""
    if workflow.trigger(node_id) is not None or node_id == TRIGGER:
        return (Way(),)
    node = workflow.node(node_id)
    if node is None:
        return ()
    found = registry.find(node.key)
    ways = found.ways(node.config) if found is not None else (Way(),)
    drawn = {edge.way for edge in workflow.edges if edge.source == node_id}
    if (node.on_error == "branch" or ERROR in drawn) and ERROR not in {way.name for way in ways}:
        ways = (*ways, Way(ERROR, "If it fails"))
    return ways


def free_id(workflow: Workflow, prefix: str = "node") -> str:
    """Return the first `<prefix>_<n>` that nothing has."""
    taken = {node.id for node in workflow.nodes} | {trigger.id for trigger in workflow.triggers}
    return counted_id(prefix, taken)


def add_step(
    workflow: Workflow,
    key: str,
    registry: Registry,
    *,
    at: tuple[float, float] | None = None,
    config: JsonObject | None = None,
) -> tuple[Workflow, str]:
    """Add a step of that palette key (`action.send_email`, `condition`, `trigger.webhook`); return it with its id."""
    found = registry.get(key)
    key = registry.canonical(key)
    settings = {**defaults_of(found), **(config or {})}
    if key.startswith(TRIGGER_PREFIX):
        added, new_id = _add_trigger(workflow, key.removeprefix(TRIGGER_PREFIX), settings)
    else:
        new_id = free_id(workflow)
        kind, _, action = key.partition(".")
        node = Node(
            id=new_id,
            type="action" if action else kind,
            action=action or None,
            name=unique_name(workflow, found.title),
            config=settings,
            outputs=_fresh_outputs(workflow, found),
        )
        added = workflow.model_copy(update={"nodes": (*workflow.nodes, node)})
    return (move(added, {new_id: at}) if at is not None else added), new_id


def _add_trigger(workflow: Workflow, trigger_type: str, settings: JsonObject) -> tuple[Workflow, str]:
    """Add a trigger. The id `trigger` is for a single one; a second gives the first a number and follows its edges."""
    taken = {trigger.id for trigger in workflow.triggers}
    if TRIGGER in taken:
        workflow = _renamed_trigger(workflow, TRIGGER, free_id(workflow, "trigger"))
    new_id = TRIGGER if not taken else free_id(workflow, "trigger")
    trigger = Trigger(id=new_id, type=trigger_type, config=settings)
    edges = workflow.edges
    if len(workflow.triggers) == 1:
        first = workflow.triggers[0].id
        edges = (*edges, *(Edge(source=new_id, target=edge.target) for edge in edges if edge.source == first))
    return workflow.model_copy(update={"triggers": (*workflow.triggers, trigger), "edges": edges}), new_id


def _renamed_trigger(workflow: Workflow, old: str, new: str) -> Workflow:
    triggers = tuple(one.model_copy(update={"id": new}) if one.id == old else one for one in workflow.triggers)
    edges = tuple(edge.model_copy(update={"source": new}) if edge.source == old else edge for edge in workflow.edges)
    positions = {(new if key == old else key): value for key, value in workflow.layout.nodes.items()}
    groups = tuple(
        {**one, "nodes": [new if key == old else key for key in annotating.members(one)]}
        if old in annotating.members(one)
        else one
        for one in workflow.layout.groups
    )
    layout = workflow.layout.model_copy(update={"nodes": positions, "groups": groups})
    return workflow.model_copy(update={"triggers": triggers, "edges": edges, "layout": layout})


def defaults_of(found: type[NodeType]) -> JsonObject:
    """Return the settings a new node starts with: those without which its form would look empty."""
    return {
        one.key: one.default
        for one in found.settings()
        if not one.required and one.default is not None and one.widget == "choice" and not one.advanced
    }


def _fresh_outputs(workflow: Workflow, found: type[NodeType]) -> tuple[str, ...]:
    """Name the main output of a new action so that later steps can pick it, unless the name is taken."""
    main = getattr(found, "main", None)
    if not main or not found.registry_key().startswith(ACTION_PREFIX) or main in {"*", "record"}:
        return ()
    taken = {name for node in workflow.nodes for name in node.outputs}
    return () if main in taken else (main,)


def unique_name(workflow: Workflow, wanted: str) -> str:
    """Return `wanted`, or `wanted 2` … where steps of that name exist."""
    return free_name(wanted, {node.name for node in workflow.nodes})


def remove(workflow: Workflow, nodes: Iterable[str] = (), edges: Iterable[str] = (), *, heal: bool = False) -> Workflow:
    """Take steps and edges away; with `heal` what came before a removed step leads to what came after it."""
    gone, cut = set(nodes), set(edges)
    kept = [
        edge for edge in workflow.edges if edge.id not in cut and edge.source not in gone and edge.target not in gone
    ]
    if heal:
        kept = _healed(workflow, gone, kept)
    layout = annotating.forget(workflow, gone).layout.model_copy(
        update={"nodes": {key: value for key, value in workflow.layout.nodes.items() if key not in gone}}
    )
    return workflow.model_copy(
        update={
            "nodes": tuple(node for node in workflow.nodes if node.id not in gone),
            "triggers": tuple(trigger for trigger in workflow.triggers if trigger.id not in gone),
            "edges": tuple(kept),
            "layout": layout,
        }
    )


def _healed(workflow: Workflow, gone: set[str], kept: list[Edge]) -> list[Edge]:
    def beyond(node_id: str, seen: frozenset[str]) -> list[str]:
        found: list[str] = []
        for edge in workflow.edges:
            if edge.source == node_id and edge.target not in seen:
                further = seen | {edge.target}
                found += beyond(edge.target, further) if edge.target in gone else [edge.target]
        return found

    present = {(edge.source, edge.way, edge.target) for edge in kept}
    for edge in workflow.edges:
        if edge.target in gone and edge.source not in gone:
            for target in beyond(edge.target, frozenset({edge.target}))[:1]:
                if (edge.source, edge.way, target) not in present:
                    kept.append(Edge(source=edge.source, way=edge.way, target=target))
                    present.add((edge.source, edge.way, target))
    return kept


def move(workflow: Workflow, to: Mapping[str, tuple[float, float] | list[float]]) -> Workflow:
    """Put boxes at these top left corners, snapped to the grid."""
    positions = dict(workflow.layout.nodes)
    for node_id, (x, y) in to.items():
        positions[node_id] = {"x": round(x / GRID) * GRID, "y": round(y / GRID) * GRID}
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"nodes": positions})})


def connect(workflow: Workflow, source: str, way: str, target: str, registry: Registry) -> Workflow:
    """Draw an edge; refuse what cannot be: into a trigger, from a step to itself, from an unknown way, in a circle."""
    if workflow.node(target) is None:
        raise BadRequest("An arrow ends at a step, not at a trigger.")
    if source == target:
        raise BadRequest("A step cannot lead to itself.")
    ways = {one.name for one in ways_of(workflow, source, registry)} | {ERROR}
    if way not in ways:
        raise BadRequest(f'The step has no way out called "{way}".')
    edge = Edge(source=source, way=way, target=target)
    if any(existing.id == edge.id for existing in workflow.edges):
        return workflow
    if _reaches(workflow, target, source):
        raise BadRequest("That would lead in a circle.", hint="Use For each to repeat steps.")
    return workflow.model_copy(update={"edges": (*workflow.edges, edge)})


def _reaches(workflow: Workflow, start: str, goal: str) -> bool:
    seen, open_ = {start}, [start]
    while open_:
        here = open_.pop()
        if here == goal:
            return True
        for edge in workflow.edges:
            if edge.source == here and edge.target not in seen:
                seen.add(edge.target)
                open_.append(edge.target)
    return False


def insert_into(
    workflow: Workflow, edge_id: str, node_id: str, registry: Registry, *, way: str | None = None
) -> Workflow:
    """Put a step into an edge: the edge leads to it, and `way`, else its first, leads on. Nothing follows an `end`."""
    edge = next((one for one in workflow.edges if one.id == edge_id), None)
    if edge is None:
        raise BadRequest("That arrow is not there any more.")
    without = remove(workflow, edges=[edge_id])
    wired = without.model_copy(
        update={"edges": (*without.edges, Edge(source=edge.source, way=edge.way, target=node_id))}
    )
    ways = ways_of(workflow, node_id, registry)
    if not ways:
        return wired
    onward = way or next((one.name for one in ways if one.name == DONE), ways[0].name)
    return wired.model_copy(update={"edges": (*wired.edges, Edge(source=node_id, way=onward, target=edge.target))})


def move_into(workflow: Workflow, edge_id: str, node_id: str, registry: Registry) -> Workflow:
    """Put a step that stands elsewhere into an edge, and join what it stood between.

    Where it is not clear what to join the workflow comes back as it is: the step has several arrows in or out, the one
    out is for failures or for each item, it has no way out, or the edge is gone or touches the step itself.
    """
    edge = next((one for one in workflow.edges if one.id == edge_id), None)
    before = [one for one in workflow.edges if one.target == node_id]
    after = [one for one in workflow.edges if one.source == node_id]
    if edge is None or workflow.node(node_id) is None or edge in (*before, *after):
        return workflow
    if len(before) > 1 or len(after) > 1 or any(one.way in {EACH, ERROR} for one in after):
        return workflow
    if not ways_of(workflow, node_id, registry):
        return workflow
    rest = [one for one in workflow.edges if one not in (*before, *after)]
    loose = workflow.model_copy(update={"edges": tuple(_healed(workflow, {node_id}, rest))})
    return insert_into(loose, edge_id, node_id, registry, way=after[0].way if after else None)


def update_node(workflow: Workflow, node_id: str, **fields: Any) -> Workflow:
    """Change fields of a node or trigger (`name`, `config`, `disabled`, `note`, `run_if`, `retry` …)."""
    if workflow.node(node_id) is not None:
        nodes = tuple(
            Node.model_validate({**node.model_dump(), **fields}) if node.id == node_id else node
            for node in workflow.nodes
        )
        return workflow.model_copy(update={"nodes": nodes})
    if workflow.trigger(node_id) is not None:
        triggers = tuple(
            Trigger.model_validate({**one.model_dump(), **fields}) if one.id == node_id else one
            for one in workflow.triggers
        )
        return workflow.model_copy(update={"triggers": triggers})
    raise BadRequest("That step is not there any more.")


def set_setting(workflow: Workflow, node_id: str, key: str, value: JsonValue) -> Workflow:
    """Set one setting of a step; None takes it away. Edges from ways that vanish by it go with them."""
    part = workflow.node(node_id) or workflow.trigger(node_id)
    if part is None:
        raise BadRequest("That step is not there any more.")
    config = {name: old for name, old in part.config.items() if name != key}
    if value is not None:
        config = {**{name: (value if name == key else old) for name, old in part.config.items()}, key: value}
    return update_node(workflow, node_id, config=config)


def set_at(workflow: Workflow, node_id: str, where: list[str | int], value: JsonValue) -> Workflow:
    """Set what stands at a place inside a step or trigger, such as `["config", "to"]`; what quick fixes do."""
    part = workflow.node(node_id) or workflow.trigger(node_id)
    if part is None or not where:
        raise BadRequest("That step is not there any more.")
    whole: JsonObject = part.model_dump()
    here: JsonValue = whole
    for key in where[:-1]:
        here = _inside(here, key)
    if isinstance(here, list) and isinstance(where[-1], int) and where[-1] < len(here):
        here[where[-1]] = value
    elif isinstance(here, dict):
        here[str(where[-1])] = value
    else:
        raise BadRequest("That setting is not there any more.")
    return update_node(workflow, node_id, **whole)


def _inside(value: JsonValue, key: str | int) -> JsonValue:
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    raise BadRequest("That setting is not there any more.")


def rename_way(workflow: Workflow, node_id: str, old: str, new: str) -> Workflow:
    """Let edges of a way follow its new name."""
    edges = tuple(
        edge.model_copy(update={"way": new}) if edge.source == node_id and edge.way == old else edge
        for edge in workflow.edges
    )
    return workflow.model_copy(update={"edges": edges})


def swap_type(workflow: Workflow, node_id: str, key: str, registry: Registry) -> Workflow:
    """Give a step another type, keeping its wires and the settings that both have."""
    node = workflow.node(node_id)
    if node is None:
        raise BadRequest("Only a step can be swapped.")
    found = registry.get(key)
    kept = {one.key: node.config[one.key] for one in found.settings() if one.key in node.config}
    kind, _, action = registry.canonical(key).partition(".")
    old = registry.find(node.key)
    name = found.title if old is not None and node.name == old.title else node.name
    swapped = update_node(
        workflow,
        node_id,
        type="action" if action else kind,
        action=action or None,
        config={**defaults_of(found), **kept},
        name=name,
    )
    ways = [way.name for way in ways_of(swapped, node_id, registry)]
    edges = tuple(
        edge.model_copy(update={"way": ways[0]})
        if edge.source == node_id and edge.way not in ways and edge.way != ERROR and ways
        else edge
        for edge in swapped.edges
    )
    return swapped.model_copy(update={"edges": tuple({edge.id: edge for edge in edges}.values())})


def empty_workflow(workflow_id: str, name: str) -> Workflow:
    """Return a workflow with nothing in it yet."""
    return Workflow(id=workflow_id, name=name, version=0, triggers=(), layout=Layout())
