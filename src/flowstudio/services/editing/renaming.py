"""Giving a variable another name: what a step gives, and every place that uses it, in one operation."""

from __future__ import annotations

from typing import Any

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.flow import ROOTS, Flow
from flowstudio.analysis.types.picker import flow_of
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import Node, Workflow
from flowstudio.errors import BadRequest
from flowstudio.kit import Registry
from flowstudio.kit.uses import Use, Where, uses_of_node
from flowstudio.services.editing.ops import set_setting, update_node

_WORDS = frozenset({"and", "or", "not", "in", "true", "false", "null", "none", "row", "item", "index"})
"""Words of the language itself, and names that actions fill in themselves."""
_LOCAL = frozenset({"row", "item", "index"})
_COLLECT: Where = ("config", "collect")


def rename_result(workflow: Workflow, node_id: str, name: str, registry: Registry, facts: Facts, old: str) -> Workflow:
    """Call a step's result `name` and let its uses follow; `old` is what it was called, empty for nothing yet.

    Raises BadRequest for a name that is taken or means something else.
    """
    node = _node(workflow, node_id)
    if name and name != old:
        workflow = _followed(workflow, node_id, old, name, registry, facts)
    return update_node(workflow, node_id, outputs=(name, *node.outputs[1:]) if name else ())


def rename_item(workflow: Workflow, loop: str, name: str, registry: Registry, facts: Facts) -> Workflow:
    """Call a loop's item `name` and let its uses inside the loop follow. Raises BadRequest as `rename_result` does."""
    old = str(_node(workflow, loop).config.get("item_variable") or "item")
    if name == old:
        return workflow
    return set_setting(_followed(workflow, loop, old, name, registry, facts), loop, "item_variable", name)


def rename_assigned(
    workflow: Workflow, node_id: str, assigned: JsonObject, registry: Registry, facts: Facts
) -> Workflow:
    """Set the variables of a step; where just one of them has another name now, its uses follow."""
    before = _node(workflow, node_id).config.get("set")
    old, new = list(before) if isinstance(before, dict) else [], list(assigned)
    changed = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    if len(old) == len(new) and len(changed) == 1 and changed[0][1].isidentifier():
        workflow = _followed(workflow, node_id, *changed[0], registry, facts)
    return set_setting(workflow, node_id, "set", assigned or None)


def _node(workflow: Workflow, node_id: str) -> Node:
    node = workflow.node(node_id)
    if node is None:
        raise BadRequest("That step is not there any more.")
    return node


def _followed(workflow: Workflow, giver: str, old: str, new: str, registry: Registry, facts: Facts) -> Workflow:
    flow = flow_of(workflow, registry, facts)
    if not new.isidentifier() or new in ROOTS or new.lower() in _WORDS - {"item"}:
        raise BadRequest(f'"{new}" cannot be the name of a variable.', hint="Use letters, digits and _.")
    if new in flow.gifts and any(gift.source != giver for gift in flow.gifts[new]):
        raise BadRequest(f'Something else is called "{new}" already.', hint="Choose another name.")
    if not old:
        return workflow
    nodes = tuple(_with_name(flow, node, giver, old, new, registry) for node in workflow.nodes)
    return workflow.model_copy(update={"nodes": nodes})


def _with_name(flow: Flow, node: Node, giver: str, old: str, new: str, registry: Registry) -> Node:
    uses = [use for use in uses_of_node(node, registry.find(node.key)) if any(path.root == old for path in use.paths)]
    meant = [use for use in uses if not (use.local and old in _LOCAL) and _means(flow, node, use.where, giver, old)]
    if not meant:
        return node
    whole: JsonObject = node.model_dump(mode="json")
    for use in meant:
        _rewrite(whole, use, old, new)
    return Node.model_validate(whole)


def _means(flow: Flow, node: Node, where: Where, giver: str, name: str) -> bool:
    """Say whether a name at this place is what that step gives, and nothing else."""
    if where[:2] == _COLLECT and node.id in flow.shape.bodies:
        body = flow.shape.bodies[node.id]
        if flow.item_variable(node.id) == name:
            return giver == node.id
        if giver in body:
            return {gift.source for gift in flow.gifts.get(name, ())} == {giver}
    found = flow.find(node.id, name)
    return found is not None and bool(found.gifts) and all(gift.source == giver for gift in found.gifts)


def _rewrite(whole: JsonObject, use: Use, old: str, new: str) -> None:
    here: Any = whole
    try:
        for step in use.where[:-1]:
            here = here[step]
        text = here[use.where[-1]]
    except (KeyError, IndexError, TypeError):
        return  # a short form of a condition, which is read as a longer one
    if isinstance(text, str):
        starts = {path.start for path in use.paths if path.root == old and path.end > path.start}
        for start in sorted(starts, reverse=True):
            text = text[:start] + new + text[start + len(old) :]
        here[use.where[-1]] = text
