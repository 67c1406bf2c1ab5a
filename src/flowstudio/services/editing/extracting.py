"""Steps of a workflow become a workflow of their own, and one step that calls it stands in their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.analysis.types.flow import ROOTS
from flowstudio.analysis.types.picker import flow_of
from flowstudio.domain.document import MANUAL
from flowstudio.domain.free_names import free_name
from flowstudio.domain.workflow import ERROR, OUT, TRIGGER, Edge, Node, Trigger, Workflow, WorkflowSettings
from flowstudio.graph.scopes import EACH
from flowstudio.graph.sizes import ALONG, CARD
from flowstudio.services.editing import annotating
from flowstudio.services.editing.annotating import GROUP, NOTE
from flowstudio.services.editing.copying import copied, paste
from flowstudio.services.editing.crossing import crossing_of
from flowstudio.services.editing.cutting import Cut, cut_of
from flowstudio.services.editing.following import Crossing, Given, put_scripts, put_texts
from flowstudio.services.editing.ops import empty_workflow, free_id, unique_name
from flowstudio.services.editing.variable_names import WORDS, free_variable, snake

if TYPE_CHECKING:
    from flowstudio.analysis.facts import Facts
    from flowstudio.analysis.types.flow import Flow
    from flowstudio.analysis.types.kinds import Kind
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry

CALL = "workflow"
"""The kind of step that runs another workflow."""
MOST_NAME = 200
_MOST_VARIABLE = 40
"""Letters of a variable that is called after a workflow or a step."""
_TAKEN_OVER = ("snapshot", "ask_after", "max_sent_per_hour", "priority", "retention", "alert_to")
"""Settings that the new workflow has from the old one: how careful its runs are, and what becomes of them."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What becomes of both workflows, and why."""

    caller: Workflow
    called: Workflow
    step: str
    """Id of the step that calls."""
    cut: Cut
    crossing: Crossing
    flow: Flow
    """The variables of the workflow as it was."""

    @property
    def inputs(self) -> tuple[Given, ...]:
        """What the new workflow is given."""
        return tuple(self.crossing.inputs.values())

    @property
    def results(self) -> tuple[Given, ...]:
        """What later steps use of it."""
        return tuple(self.crossing.results.values())


def extracted(
    workflow: Workflow, chosen: Iterable[str], name: str, called_id: str, registry: Registry, facts: Facts
) -> Extraction:
    """Return the workflow without the chosen boxes, and the one that they become; raise BadRequest where it cannot be.

    Without a name the new workflow is called after what is chosen.
    """
    boxes = list(chosen)
    flow = flow_of(workflow, registry, facts)
    cut = cut_of(flow, boxes)
    crossing = crossing_of(flow, cut)
    name = name.strip()[:MOST_NAME] or suggested_name(flow, cut, boxes)
    result = _result_name(flow, name)
    flags = _flags(flow, cut, crossing)
    called = _called(flow, cut, crossing, flags, called_id, name)
    caller, step = _caller(flow, cut, crossing, flags, called, result)
    return Extraction(caller, called, step, cut, crossing, flow)


def suggested_name(flow: Flow, cut: Cut, boxes: Sequence[str]) -> str:
    """Return the name of the one group that is chosen, else that of the step with which the part begins."""
    groups = annotating.groups_of(flow.workflow)
    parts = [one for one in boxes if not one.startswith(NOTE)]
    only = groups.get(parts[0].removeprefix(GROUP)) if len(parts) == 1 and parts[0].startswith(GROUP) else None
    return str((only or {}).get("name") or _title(flow, cut.first))[:MOST_NAME].rstrip("?")


def _result_name(flow: Flow, name: str) -> str:
    return free_variable(_short(snake(name)) or "part", {*flow.gifts, *ROOTS, *WORDS})


def _flags(flow: Flow, cut: Cut, crossing: Crossing) -> dict[str, str]:
    """Name, by the step that follows, the variable by which the new workflow says that this way was taken."""
    if cut.sure or not cut.targets:
        return {}
    names = {one.name for one in (*crossing.inputs.values(), *crossing.results.values())}
    taken, found = names | set(flow.gifts), {}
    for target in cut.targets:
        found[target] = free_variable(_short(f"to_{snake(_title(flow, target))}"), taken)
        taken.add(found[target])
    return found


def _short(variable: str) -> str:
    return variable[:_MOST_VARIABLE].strip("_")


def _title(flow: Flow, node_id: str) -> str:
    return flow.registry.written_name(flow.nodes[node_id])


# the new workflow


def _called(flow: Flow, cut: Cut, crossing: Crossing, flags: dict[str, str], called_id: str, name: str) -> Workflow:
    source = flow.workflow
    moved = [*cut.steps, *(NOTE + one for one in cut.notes), *(GROUP + one for one in cut.groups)]
    part = copied(source, moved)
    if not cut.notes:
        part["layout"] = {}  # nobody wrote beside them: laid out afresh with their beginning and end
    part["groups"] = [one for one in part.get("groups", ()) if set(annotating.members(one)) & {*cut.steps, *moved}]
    asked = [_input(one) for one in crossing.inputs.values()]
    trigger = Trigger(id=TRIGGER, type=MANUAL, config={"inputs": asked} if asked else {})
    made = empty_workflow(called_id, name).model_copy(
        update={
            "triggers": (trigger,),
            "settings": WorkflowSettings(**{key: getattr(source.settings, key) for key in _TAKEN_OVER}),
            "description": f"Steps of {source.name}.",
        }
    )
    made, _ = paste(made, part)
    nodes = tuple(put_texts(node, crossing.inner) for node in made.nodes)
    edges = [Edge(source=TRIGGER, target=cut.first), *made.edges]
    made = made.model_copy(update={"nodes": nodes, "edges": tuple(edges)})
    made = _with_direction(source, made)
    return _ended(flow, cut, crossing, flags, made)


def _input(given: Given) -> JsonObject:
    return {"name": given.name, "type": word_of(given.kind), "required": given.sure}


def word_of(kind: Kind) -> str:
    """Return how inputs write a kind: `record:invoices`, `list:record:leads`, `number`, `open`."""
    if kind.name == "record" and kind.entity:
        return f"record:{kind.entity}"
    if kind.name == "list":
        inner = kind.item
        return (
            f"list:record:{inner.entity}" if inner is not None and inner.name == "record" and inner.entity else "list"
        )
    return kind.name if kind.name in ("text", "number", "date", "boolean", "object") else "open"


def _with_direction(source: Workflow, made: Workflow) -> Workflow:
    known = source.layout.extra.get("direction")
    extra = {**made.layout.extra, **({"direction": known} if known else {})}
    return made.model_copy(update={"layout": made.layout.model_copy(update={"extra": extra})})


def _ended(flow: Flow, cut: Cut, crossing: Crossing, flags: dict[str, str], made: Workflow) -> Workflow:
    """Lead every way out of the new workflow to its end, past the steps that say what it gives back."""
    leaving: list[tuple[str, str, str]] = [(edge.source, edge.way, edge.target) for edge in cut.exits]
    loose = [(one, way) for one in cut.steps for way in _loose_ways(flow, cut, one)]
    nodes, edges = list(made.nodes), list(made.edges)
    doors: list[tuple[str, str]] = [*loose] if flags else [*loose, *((one, way) for one, way, _ in leaving)]
    for target, flag in flags.items():
        mark = _assigning(made, nodes, f"Go on with {_title(flow, target)}", {flag: True})
        nodes.append(mark)
        edges += [Edge(source=one, way=way, target=mark.id) for one, way, to in leaving if to == target]
        doors.append((mark.id, OUT))
    given = {one.name: f"{{{{{one.path}}}}}" for one in crossing.results.values() if not one.bare}
    if given:
        back = _assigning(made, nodes, "Give back the results", given)
        nodes.append(back)
        edges += [Edge(source=one, way=way, target=back.id) for one, way in dict.fromkeys(doors)]
        doors = [(back.id, OUT)]
    end = Node(id=free_id(made, "end"), type="end", name="Finish", config={"outcome": "completed"})
    edges += [Edge(source=one, way=way, target=end.id) for one, way in dict.fromkeys(doors)]
    return made.model_copy(update={"nodes": (*nodes, end), "edges": tuple({one.id: one for one in edges}.values())})


def _loose_ways(flow: Flow, cut: Cut, node_id: str) -> list[str]:
    """List the ways of a step that lead nowhere, where that is an end of the part."""
    if flow.shape.scope[node_id] != flow.shape.scope[cut.first]:
        return []
    found = [way for way in flow.shape.ways.get(node_id, ()) if way not in (EACH, ERROR)]
    return [way for way in found if not flow.shape.out.get((node_id, way))]


def _assigning(made: Workflow, nodes: Sequence[Node], name: str, assigned: JsonObject) -> Node:
    known = made.model_copy(update={"nodes": tuple(nodes)})
    return Node(
        id=free_id(known, "give"), type="transform", name=unique_name(known, name[:MOST_NAME]), config={"set": assigned}
    )


# the old workflow


def _caller(
    flow: Flow, cut: Cut, crossing: Crossing, flags: dict[str, str], called: Workflow, result: str
) -> tuple[Workflow, str]:
    source, gone = flow.workflow, set(cut.steps)
    rest = source.model_copy(update={"nodes": tuple(node for node in source.nodes if node.id not in gone)})
    call = Node(
        id=free_id(source),
        type=CALL,
        name=unique_name(rest, called.name),
        config={
            "workflow": called.id,
            "input": {one.name: f"{{{{{one.path}}}}}" for one in crossing.inputs.values()},
            "wait": True,
        },
        outputs=(result,) if flags or crossing.results else (),
    )
    nodes: list[Node] = []
    for node in source.nodes:
        if node.id == cut.first:
            nodes.append(call)
        if node.id not in gone:
            nodes.append(put_scripts(put_texts(node, crossing.outer, f"{result}."), crossing, f"{result}."))
    edges = [
        edge.model_copy(update={"target": call.id}) if edge in cut.entries else edge
        for edge in source.edges
        if edge.source not in gone and (edge.target not in gone or edge in cut.entries)
    ]
    made = source.model_copy(update={"nodes": tuple(nodes)})
    made, onward = _led_on(flow, cut, flags, made, call, result)
    edges = [*edges, *onward]
    made = made.model_copy(update={"edges": tuple({one.id: one for one in edges}.values())})
    decision = next((edge.target for edge in onward if edge.source == call.id and flags), None)
    return _drawn(source, cut, made, call.id, decision), call.id


def _led_on(
    flow: Flow, cut: Cut, flags: dict[str, str], made: Workflow, call: Node, result: str
) -> tuple[Workflow, list[Edge]]:
    """Return the arrows from the calling step on, by a decision where its steps took one of several ways."""
    if not flags:
        return made, [Edge(source=call.id, target=target) for target in cut.targets]
    rules = {target: {"field": f"{result}.{flag}", "operator": "is_true"} for target, flag in flags.items()}
    if len(rules) == 1:
        [(target, rule)] = rules.items()
        node = _deciding(flow, call, "condition", f"Go on with {_title(flow, target)}?", {"condition": {"all": [rule]}})
        onward = [Edge(source=node.id, way="true", target=target)]
    else:
        names = _case_names(flow, tuple(rules))
        cases = [{"name": names[target], "condition": {"all": [rule]}} for target, rule in rules.items()]
        node = _deciding(flow, call, "switch", "Where does it go on?", {"cases": cases, "match": "all"})
        onward = [Edge(source=node.id, way=f"case:{names[target]}", target=target) for target in rules]
    at = next(index for index, one in enumerate(made.nodes) if one.id == call.id) + 1
    nodes = (*made.nodes[:at], node, *made.nodes[at:])
    return made.model_copy(update={"nodes": nodes}), [Edge(source=call.id, target=node.id), *onward]


def _deciding(flow: Flow, call: Node, kind: str, name: str, config: JsonObject) -> Node:
    known = flow.workflow.model_copy(update={"nodes": (*flow.workflow.nodes, call)})
    return Node(id=free_id(known), type=kind, name=unique_name(known, name[:MOST_NAME]), config=config)


def _case_names(flow: Flow, targets: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for target in targets:
        found[target] = free_name(_title(flow, target), found.values())
    return found


def _drawn(source: Workflow, cut: Cut, made: Workflow, call: str, decision: str | None) -> Workflow:
    """Put the calling step where the first stood, in the group around them; take along what is left empty."""
    gone = set(cut.steps)
    around = next(
        (
            key
            for key, _ in annotating.innermost_first(source)
            if gone < (held := set(annotating.steps_in(source, key))) and held - gone
        ),
        None,
    )
    if around is not None:
        made = annotating.join_group(made, around, call)
    made = annotating.remove_notes(annotating.forget(made, gone), cut.notes)
    spots = {key: spot for key, spot in made.layout.nodes.items() if key not in gone}
    first = source.layout.nodes.get(cut.first)
    if first is not None:
        spots[call] = dict(first)
        if decision is not None:
            last = next((one for one in reversed(cut.steps) if one in source.layout.nodes), cut.first)
            beyond = {"x": first["x"], "y": first["y"] + CARD[1] + ALONG["TB"]}
            spots[decision] = beyond if last == cut.first else dict(source.layout.nodes[last])
    return made.model_copy(update={"layout": made.layout.model_copy(update={"nodes": spots})})
