"""Steps that were just added: until they are left for the first time, what they lack is still to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flowstudio.ui.editor.faults import setting_of

if TYPE_CHECKING:
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

LACKING = frozenset({"missing_setting", "missing_field"})
"""Problems that are simply not filled in yet."""
_RECORD = "fields of the record"


class Fresh:
    """The steps that one tab has added and not left yet. What the workflow is checked for stays the same."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._steps: frozenset[str] = frozenset()

    def begin(self, steps: Iterable[str]) -> None:
        """Take in steps that were added just now."""
        self._steps |= frozenset(steps)

    def keep(self, chosen: Sequence[str]) -> bool:
        """Keep only what is chosen still; say whether a step was left by that."""
        before, self._steps = self._steps, self._steps.intersection(chosen)
        return before != self._steps

    def told(self, problems: Sequence[Problem]) -> list[Problem]:
        """Return what is shown as a problem."""
        return [one for one in problems if not self._is_open(one)]

    def to_fill_in(self, workflow: Workflow, problems: Sequence[Problem]) -> list[str]:
        """Return what is still to be filled in, as the form calls it: `To`, `Subject`."""
        found: dict[str, None] = {}
        for problem in filter(self._is_open, problems):
            found[_RECORD if problem.code == "missing_field" else self._label(workflow, problem)] = None
        return list(found)

    def _is_open(self, problem: Problem) -> bool:
        return problem.node_id in self._steps and problem.code in LACKING and problem.severity != "hint"

    def _label(self, workflow: Workflow, problem: Problem) -> str:
        part = workflow.node(problem.node_id or "") or workflow.trigger(problem.node_id or "")
        found = self._registry.find(part.key) if part is not None else None
        key = setting_of(problem)
        labels = {one.key: one.label for one in found.settings()} if found is not None else {}
        return labels.get(key) or key.replace("_", " ")
