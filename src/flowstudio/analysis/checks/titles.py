"""People can tell the steps apart by their names."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.analysis.types.flow import ROOTS
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node


def snake(name: str) -> str:
    """Return a name as a key, to tell whether somebody chose it or it is that of the step's kind."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def check(look: Look) -> Iterator[Problem]:
    """Find a missing name, two steps of one name, and outputs that hide a built-in name."""
    if not look.workflow.name.strip():
        yield look.problem(
            None, ("name",), "missing_name", "The workflow has no name.", hint="Give it one.", severity="hint"
        )
    nameless = [node for node in look.workflow.nodes if not node.name]
    if nameless:
        count = "One step has" if len(nameless) == 1 else f"{len(nameless)} steps have"
        message = f"{count} no name of their own." if len(nameless) > 1 else f"{count} no name of its own."
        hint = "A name says what the step is for, such as Send reminder."
        yield look.problem(nameless[0], ("name",), "missing_name", message, hint=hint, severity="hint")
    seen: dict[str, Node] = {}
    for node in look.workflow.nodes:
        node_type = look.types[node.id]
        chosen = bool(node.name) and (
            node_type is None or snake(node.name) not in (snake(node_type.title), node_type.key)
        )
        if chosen and node.name in seen:
            message = f"Two steps are called {look.called(node)}."
            yield look.problem(
                node, ("name",), "repeated_name", message, hint="Give one of them another name.", severity="hint"
            )
        seen.setdefault(node.name, node)
        for index, name in enumerate(node.outputs):
            if name in ROOTS:
                message = (
                    f'{look.called(node)} calls its output "{name}", a name that means something else in expressions.'
                )
                yield look.problem(node, ("outputs", index), "reserved_name", message, hint="Choose another name.")
