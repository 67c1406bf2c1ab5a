"""What a workflow means, sentence by sentence: each scenario is a document, a sample, and what a test run must show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flowstudio.domain.record import visible
from flowstudio.domain.states import RUN_TRANSITIONS, STEP_TRANSITIONS, RunStatus, StepStatus
from flowstudio.engine.variables import assigned_by
from tests.support.engine import dry_run, lines

FOLDER = Path(__file__).parent / "scenarios"


def scenarios() -> list[Any]:
    return [
        pytest.param(scenario, id=f"{path.stem}: {scenario['says']}")
        for path in sorted(FOLDER.glob("*.json"))
        for scenario in json.loads(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("scenario", scenarios())
async def test_a_test_run_shows_what_the_sentence_says(scenario: dict[str, Any]) -> None:
    test = await dry_run(scenario["workflow"], scenario.get("sample"), **scenario.get("settings", {}))
    result = test.result()
    observed = {
        "lines": lines(result),
        "status": result["status"],
        "variables": visible(assigned_by(test.steps)),
        "notes_left": [message["text"] for message in result["messages"] if message["channel"] == "note"],
        "error": (result["error"] or {}).get("message"),
        **{
            key: result[key]
            for key in ("outcome", "reason", "path", "waits", "approvals", "updated", "created", "deleted")
        },
        "notes": result["notes"],
        "outputs": {step["node_id"]: step["output"] for step in result["steps"]},
        "errors": {step["node_id"]: step["error"]["code"] for step in result["steps"] if step["error"]},
    }
    expects = {"status": "completed", **scenario["expects"]}
    for key, wanted in expects.items():
        _compare(key, wanted, observed[key], result)


def _allowed(before: StepStatus, after: StepStatus) -> bool:
    """Say whether a record may follow another: by the table, or by it over the time when the step was at work."""
    running = StepStatus.RUNNING
    at_work = before is running or running in STEP_TRANSITIONS[before]
    return after in STEP_TRANSITIONS[before] or (at_work and (after is running or after in STEP_TRANSITIONS[running]))


@pytest.mark.parametrize("scenario", scenarios())
async def test_the_records_of_a_step_follow_the_table_of_transitions(scenario: dict[str, Any]) -> None:
    test = await dry_run(scenario["workflow"], scenario.get("sample"), **scenario.get("settings", {}))
    last: dict[Any, StepStatus] = {}
    for step in test.steps:
        place = (step.node_id, step.iteration)
        assert _allowed(last.get(place, StepStatus.PENDING), step.status), (place, last.get(place), step.status)
        last[place] = step.status
    assert test.run.status in RUN_TRANSITIONS[RunStatus.RUNNING]


def _compare(key: str, wanted: Any, found: Any, result: dict[str, Any]) -> None:
    if isinstance(wanted, dict) and key in ("variables", "outputs", "errors"):
        found = {name: found.get(name) for name in wanted}
    if key in ("created", "updated", "approvals"):
        found = [{name: row.get(name) for name in one} for one, row in zip(wanted, found, strict=True)]
    if key in ("error", "reason") and wanted is not None:
        assert wanted in (found or ""), (key, found)
        return
    assert found == wanted, json.dumps(result, indent=1, default=str)
