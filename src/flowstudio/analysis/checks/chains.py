"""Workflows do not start one another without end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem
from flowstudio.kit.uses import settings_map


def check(look: Look) -> Iterator[Problem]:
    """Find steps that start a workflow which, by itself or by others, starts this one again."""
    starts = look.facts.starts
    if not starts:
        return
    for node in look.workflow.nodes:
        node_type = look.types[node.id]
        for setting in settings_map(node_type).values() if node_type is not None else ():
            target = node.config.get(setting.key)
            if setting.widget != "workflow" or not isinstance(target, str) or target == look.workflow.id:
                continue
            way = _way_back(target, look.workflow.id, starts)
            if way is None:
                continue
            chain = " → ".join(f'"{one}"' for one in (look.workflow.id, *way, look.workflow.id))
            message = f"{look.called(node)} starts a workflow that starts this one again: {chain}."
            later = node.key == "action.schedule_workflow"
            hint = "Let one of them end without starting the other, or have a rule decide it."
            yield look.problem(
                node, ("config", setting.key), "start_each_other", message, hint=hint,
                severity="hint" if later else "warning",
            )  # fmt: skip


def _way_back(first: str, goal: str, starts: Mapping[str, Collection[str]]) -> list[str] | None:
    """Return the shortest chain of workflows from one to what starts the goal, both ends included."""
    ways = {first: [first]}
    open_ = [first]
    while open_:
        here = open_.pop(0)
        for following in sorted(starts.get(here, ())):
            if following == goal:
                return ways[here]
            if following not in ways:
                ways[following] = [*ways[here], following]
                open_.append(following)
    return None
