"""Loops keep to themselves, and go through a list."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.analysis.types.flow import KindReader
from flowstudio.analysis.types.outputs import kind_of_setting
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Edge

_KINDS = {"text": "a text", "number": "a number", "date": "a date", "boolean": "yes or no", "record": "one record"}


def check(look: Look) -> Iterator[Problem]:
    """Find edges across the border of a loop's body, empty bodies, and loops over what is no list."""
    for edge in look.shape.intrusions:
        if any(edge.source in circle and edge.target in circle for circle in look.shape.cycles):
            continue
        message = f"An arrow from {look.called(edge.source)} leads into a loop, to {look.called(edge.target)}."
        if edge.target in look.shape.scope.get(edge.source, ()):
            message = f"An arrow from {look.called(edge.source)} leads back to its loop {look.called(edge.target)}."
        hint = "A round ends by itself where no arrow leads on; a loop is entered by its way Each only."
        yield _edge(look, edge, "edge_into_loop", message, hint, is_error=True)
    for edge in look.shape.leaks:
        message = (
            f"An arrow leads out of a loop to {look.called(edge.target)}, which comes after it. It carries nothing."
        )
        yield _edge(
            look,
            edge,
            "edge_out_of_loop",
            message,
            "Draw the arrow from the loop itself, by its way Done.",
            is_error=False,
        )
    for loop in look.shape.bodies:
        yield from _loop(look, loop)


def _edge(look: Look, edge: Edge, code: str, message: str, hint: str, *, is_error: bool) -> Problem:
    fix = {"label": "Remove the arrow", "ops": [{"op": "remove", "nodes": [], "edges": [edge.id]}]}
    severity = "error" if is_error else "warning"
    return Problem.model_validate({
        "path": look.edge_path(edge), "node_id": edge.source, "severity": severity, "code": code, "message": message,
        "hint": hint, "fix": fix,
    })  # fmt: skip


def _loop(look: Look, loop: str) -> Iterator[Problem]:
    node = look.nodes[loop]
    if not look.shape.bodies[loop]:
        message = f"{look.called(node)} has no steps inside, so it does nothing."
        yield look.problem(node, (), "empty_loop", message, hint="Draw an arrow from its way Each.", severity="warning")
    collection = node.config.get("collection")
    if isinstance(collection, str) and collection.strip():
        kind = kind_of_setting(collection, KindReader(look.flow, loop))
        if kind.name in _KINDS:
            message = f"{look.called(node)} goes through {collection}, which is {_KINDS[kind.name]} and no list."
            yield look.problem(node, ("config", "collection"), "wrong_type", message, severity="warning")
    elif collection == []:
        message = f"{look.called(node)} goes through an empty list."
        yield look.problem(node, ("config", "collection"), "empty_list", message, severity="warning")
    for outer in look.shape.scope.get(loop, ()):
        if look.flow.item_variable(outer) == look.flow.item_variable(loop):
            message = (
                f'{look.called(node)} calls its item "{look.flow.item_variable(loop)}", as the loop around it does.'
            )
            where = ("config", "item_variable")
            yield look.problem(
                node, where, "hidden_name", message, hint="Give one of them another name.", severity="warning"
            )
    yield from _written_at_once(look, loop)


def _written_at_once(look: Look, loop: str) -> Iterator[Problem]:
    """Find variables of outside that are written in a loop which works on several items at once."""
    concurrency = look.nodes[loop].config.get("concurrency")
    if not isinstance(concurrency, int) or concurrency <= 1:
        return
    body = set(look.shape.bodies[loop])
    for name, gifts in look.flow.gifts.items():
        inner = [gift for gift in gifts if gift.source in body and gift.giver != "item"]
        outer = [
            gift
            for gift in gifts
            if gift.source not in body and gift.giver != "item" and _before(look, loop, gift.source)
        ]
        if inner and outer:
            node = look.nodes[inner[0].source]
            message = (
                f'{look.called(node)} writes "{name}" of outside, in a loop that works on {concurrency} items at once.'
            )
            hint = "Let the loop work on one item at a time, or give the variable another name."
            yield look.problem(node, (), "written_at_once", message, hint=hint)


def _before(look: Look, loop: str, source: str) -> bool:
    return source not in look.nodes or look.flow.turns.perhaps(loop, source)
