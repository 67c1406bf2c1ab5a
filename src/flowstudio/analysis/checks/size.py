"""The workflow is of a size that people can oversee."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem

MANY = 50
"""From this number of actions on, a workflow is called large (seed 3)."""


def check(look: Look) -> Iterator[Problem]:
    """Find workflows with 50 actions or more."""
    actions = sum(1 for node in look.workflow.nodes if node.type in ("action", "http", "transform", "notification"))
    if actions >= MANY:
        message = f"The workflow has {actions} actions. {MANY} and more are hard to oversee."
        yield look.problem(
            None, ("nodes",), "many_actions", message, hint="Put some of them in a workflow of their own and run that.",
            severity="warning",
        )  # fmt: skip
