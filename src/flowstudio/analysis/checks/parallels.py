"""Branches that run side by side leave each other's variables alone."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem
from flowstudio.graph.scopes import reach


def check(look: Look) -> Iterator[Problem]:
    """Find two branches of one parallel step that write the same name."""
    next_of: dict[str, list[str]] = {}
    for (source, _), targets in look.shape.out.items():
        next_of.setdefault(source, []).extend(targets)
    writers = {
        name: [gift.source for gift in gifts if gift.giver in ("output", "variable")]
        for name, gifts in look.flow.gifts.items()
    }
    shared = {name: set(sources) for name, sources in writers.items() if len(sources) > 1}
    if not shared:
        return
    for node in look.workflow.nodes:
        branches = [way for way in look.shape.ways.get(node.id, ()) if way.startswith("branch:")]
        if len(branches) > 1:
            reached = [reach(look.shape.out.get((node.id, way), ()), next_of) for way in branches]
            yield from _clashes(look, reached, shared)


def _clashes(look: Look, reached: list[set[str]], shared: dict[str, set[str]]) -> Iterator[Problem]:
    for name, sources in shared.items():
        exclusive = [
            {one for one in sources if one in branch and sum(one in other for other in reached) == 1}
            for branch in reached
        ]
        writing = [branch for branch in exclusive if branch]
        if len(writing) > 1:
            second = next(node for node in look.workflow.nodes if node.id in writing[1])
            first = next(node for node in look.workflow.nodes if node.id in writing[0])
            message = f'{look.called(second)} and {look.called(first)} run side by side and both write "{name}".'
            hint = "Give one of them another name."
            yield look.problem(second, ("outputs",) if second.outputs else (), "written_twice", message, hint=hint)
