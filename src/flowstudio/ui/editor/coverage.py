"""Which ways the test cases of a workflow take together, painted on the canvas and told in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.states import StepStatus
from flowstudio.ui.components.painting import paint
from flowstudio.ui.components.words import count_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.test_cases import CaseResult


def covered(workflow: Workflow, results: Sequence[CaseResult]) -> JsonObject:
    """Return the canvas's status: what test cases reach is done, with how many of them; the rest is not reached."""
    reached: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for result in results:
        status = paint(workflow, result.steps, trigger_id=result.trigger_id, finished=True, test=True)
        reached.update({step.node_id for step in result.steps if step.status is not StepStatus.SKIPPED})
        reached.update([result.trigger_id])
        taken.update(key for key, one in status["edges"].items() if one["state"] != "not_taken")
    empty = paint(workflow, (), trigger_id="", finished=True, test=True)
    nodes = {
        key: {"state": "completed", "line": f"In {count_of(reached[key], 'test case')}", "count": None}
        if reached[key]
        else {"state": "not_reached", "line": "In no test case", "count": None}
        for key in empty["nodes"]
    }
    edges = {
        key: {"state": "taken" if taken[key] else "not_taken", "count": taken[key] or None} for key in empty["edges"]
    }
    return {"nodes": nodes, "edges": edges}


def coverage_line(status: JsonObject, results: Sequence[CaseResult]) -> str:
    """Say how much the test cases cover."""
    if not results:
        return "There is no test case yet. Finish a test run and keep it."
    ways = status["edges"].values()
    taken = sum(1 for one in ways if one["state"] == "taken")
    failing = sum(1 for one in results if one.differences)
    told = f"{count_of(len(results), 'test case')} take {taken} of {count_of(len(ways), 'way')}."
    return told if not failing else f"{told} {count_of(failing, 'case')} no longer as promised."
