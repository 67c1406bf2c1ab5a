"""Every way of a decision leads somewhere, and so does the failure of a step that says so."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.json import JsonObject
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import ERROR, Node

_ELSE = {"false": "No", "default": "Otherwise", "rejected": "Rejected"}
_MAIN = {"true": "Yes", "approved": "Approved", "received": "It came"}


def end_after(node: Node, way: str) -> JsonObject:
    """Return the quick fix that lets a way out lead to an end of its own."""
    return {"label": "Lead it to an end", "ops": [{"op": "add", "key": "end", "after": {"from": node.id, "way": way}}]}


def check(look: Look) -> Iterator[Problem]:
    """Find an unset else, ways of cases that lead nowhere, decisions without any way on, failures led nowhere."""
    for node in look.workflow.nodes:
        if node.on_error == "branch" and ERROR not in look.drawn.get(node.id, set()):
            message = f"{look.called(node)} leads on when it fails, but no arrow says where. The failure goes unseen."
            hint = "Draw an arrow from its way If it fails, or let the run stop there."
            yield look.problem(
                node, ("on_error",), "unset_way", message, hint=hint, severity="warning",
                fix=look.put(node, ("on_error",), "stop", "Let the run stop there"),
            )  # fmt: skip
        node_type = look.types[node.id]
        if node_type is None:
            continue
        ways = {way.name: way.label or way.name for way in node_type.ways(node.config)}
        drawn = look.drawn.get(node.id, set())
        name = look.called(node)
        for way, label in ways.items():
            if way in drawn or way in ("out", "each", "done", "expired"):
                continue
            if way in _ELSE and (drawn or set(ways) & set(_MAIN)):
                message = f"{name} says nothing for {_ELSE[way]}: the run ends there."
                hint, fix = "Leave it, or draw an arrow.", end_after(node, way)
                yield look.problem(node, (), "unset_else", message, hint=hint, severity="hint", fix=fix)
            elif way.startswith(("case:", "branch:")) or way in _MAIN:
                message = f"The way {label} of {name} leads nowhere."
                yield look.problem(node, (), "unset_way", message, hint="Draw an arrow, or remove it.", severity="hint")
