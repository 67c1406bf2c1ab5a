"""Approvals are asked for, and not passed over."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem


def check(look: Look) -> Iterator[Problem]:
    """Find approvals that are switched off, and escalations to nobody."""
    for node in look.workflow.nodes:
        if node.type != "approval":
            continue
        if node.disabled:
            message = f"{look.called(node)} is off. An approval cannot be passed over."
            fix = look.put(node, ("disabled",), False, "Switch it on")
            hint = "Switch it on, or remove it."
            yield look.problem(node, ("disabled",), "disabled_approval", message, hint=hint, fix=fix)
        if node.config.get("on_timeout") == "escalate" and not node.config.get("escalate_to"):
            message = f"{look.called(node)} goes to somebody else when nobody answers, but it does not say to whom."
            yield look.problem(
                node, ("config", "escalate_to"), "missing_setting", message, hint="Fill in whom to ask then."
            )
