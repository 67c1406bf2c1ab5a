"""The checks, one file each: a generator of problems over a `Look`. `check` runs them all, in the document's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowstudio.analysis.checks import (
    addresses,
    approvals,
    branches,
    chains,
    circles,
    conditions,
    deciding,
    ends,
    literals,
    loops,
    names,
    node_types,
    parallels,
    queries,
    records,
    references,
    schedules,
    settings,
    size,
    titles,
    triggers,
    ways,
)  # fmt: skip
from flowstudio.analysis.checks.look import Look
from flowstudio.analysis.facts import Facts
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Workflow
from flowstudio.kit import Registry

Check = Callable[[Look], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    triggers.check, node_types.check, settings.check, names.check, conditions.check, deciding.check, records.check,
    references.check, addresses.check, schedules.check, chains.check, ways.check, circles.check, loops.check,
    parallels.check, approvals.check, queries.check, literals.check, branches.check, ends.check, size.check,
    titles.check,
)  # fmt: skip
"""Every check. The order decides only which of two problems at one place comes first."""
_RANK = {"error": 0, "warning": 1, "hint": 2}


def check(workflow: Workflow, registry: Registry, facts: Facts) -> list[Problem]:
    """Return every problem of a workflow: errors first, then by step in the document's order. Never raises."""
    look = Look(workflow, registry, facts)
    place = {node.id: index for index, node in enumerate(workflow.nodes)}
    found: dict[tuple[str, str, str], Problem] = {}
    for one in CHECKS:
        for problem in one(look):
            found.setdefault((problem.path, problem.code, problem.message), problem)
    return sorted(found.values(), key=lambda problem: (_RANK[problem.severity], place.get(problem.node_id or "", -1)))


__all__ = ["CHECKS", "Check", "Look", "check"]
