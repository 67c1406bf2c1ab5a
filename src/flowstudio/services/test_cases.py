"""Test cases of a workflow: kept from a test run, run again before it goes live, and what ways they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from flowstudio.domain.problem import Problem
from flowstudio.errors import BadRequest, FlowStudioError
from flowstudio.services.template_tests import LISTS, PLAIN, compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.engine.test_run import TestRun
    from flowstudio.services.testing import TestingService

EXAMPLE = "Example"
"""The name of the test case that holds the example of what starts the workflow; exports carry it along."""
MOST_CASES = 100
MOST_ROWS = 200
"""Records of one type that a test case carries along."""
MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one test case."""

    name: str
    differences: tuple[str, ...]
    """One line per difference from what it promises; none: it passed. A case without a promise always passes."""
    steps: tuple[Step, ...] = ()
    trigger_id: str = ""
    seen: JsonObject | None = None
    """What happened now, in the form of `expects`."""


async def keep_case(testing: TestingService, actor: Actor, workflow: Workflow, test: TestRun, name: str) -> JsonObject:
    """Return a finished test run as a test case: sample, records it looked at, and what it did as its promise.

    Raise BadRequest where it cannot be kept: it has no name of its own, needs too many records, or comes out
    differently when it is run again.
    """
    name = name.strip()[:MOST_NAME]
    if not name or any(one.get("name") == name for one in workflow.tests):
        raise BadRequest("The test case needs a name that no other has.")
    if len(workflow.tests) >= MOST_CASES:
        raise BadRequest(f"A workflow has room for {MOST_CASES} test cases.", hint="Delete one that is not needed.")
    sample = _plain({**_sample(test), "records": _records(test)})
    case: JsonObject = {"name": name, "sample": sample, "expects": promised(test.result())}
    again = await run_case(testing, actor, workflow, case)
    if again.differences:
        raise BadRequest(
            f"The run does not come out the same twice: {again.differences[0]}",
            hint="A test case needs a sample whose result does not depend on chance.",
        )
    return case


async def run_cases(testing: TestingService, actor: Actor, workflow: Workflow) -> list[CaseResult]:
    """Run every test case that promises something; nothing leaves and nothing is kept."""
    return [await run_case(testing, actor, workflow, case) for case in workflow.tests if case.get("expects")]


async def run_case(testing: TestingService, actor: Actor, workflow: Workflow, case: JsonObject) -> CaseResult:
    """Run one test case and compare it with its promise."""
    name = str(case.get("name") or "Test case")
    try:
        test = await testing.whole(actor, workflow, case.get("sample") or {}, own_types=True)
    except FlowStudioError as error:
        return CaseResult(name, (error.told,))
    seen = promised(test.result())
    differences = tuple(compared(case.get("expects") or seen, seen))
    return CaseResult(name, differences, tuple(test.steps), test.run.trigger_id, seen)


def broken_promises(workflow: Workflow, results: Sequence[CaseResult]) -> tuple[Problem, ...]:
    """Return an error for each test case that did not come out as promised, with its place in the document."""
    places = {str(case.get("name") or "Test case"): index for index, case in enumerate(workflow.tests)}
    return tuple(
        Problem(
            path=f"$.tests[{places[one.name]}]", code="test_case_differs",
            message=f'The test case "{one.name}" no longer comes out as promised: {one.differences[0]}.',
            hint='Put it right, promise the new result in the editor, or send "test_cases": "ignore".',
        )
        for one in results if one.differences
    )  # fmt: skip


def promised(result: JsonObject) -> JsonObject:
    """Return the part of a run's result that a test case promises."""
    found = {key: result[key] for key in (*PLAIN, *LISTS) if result.get(key) is not None}
    return _plain(found)


def renewed(workflow: Workflow, results: Sequence[CaseResult]) -> Workflow:
    """Return the workflow whose test cases promise what happens now."""
    now = {one.name: one.seen for one in results if one.seen is not None}
    tests = tuple(
        {**case, "expects": now[case["name"]]} if case.get("expects") and case.get("name") in now else case
        for case in workflow.tests
    )
    return workflow.model_copy(update={"tests": tests})


def _sample(test: TestRun) -> JsonObject:
    if any(iteration for _, iteration in test.given):
        raise BadRequest(
            "You changed the result of a single round, which a test case cannot hold.",
            hint="Pin the step's result instead: it then counts in every round.",
        )
    pinned = {**test.sample.pinned, **{node_id: output for (node_id, _), output in test.given.items()}}
    moment = test.began.replace(microsecond=0, tzinfo=None).isoformat()
    sample = test.sample.model_dump(mode="json", exclude_defaults=True)
    return {**sample, "now": moment, "trigger": test.sample.trigger, **({"pinned": pinned} if pinned else {})}


def _records(test: TestRun) -> JsonObject:
    """Return the rows, as the run found them, of the types it looked at; a type's own samples need not be kept."""
    found: JsonObject = {}
    for name in sorted(test.records.touched):
        rows = test.records.rows(name, test.first)
        if rows == test.records.sample_rows(name):
            continue
        if len(rows) > MOST_ROWS:
            raise BadRequest(
                f"The run looks at {len(rows):,} {name}; a test case holds {MOST_ROWS} records of a type.",
                hint="Choose a sample with records of its own, or a workspace with fewer.",
            )
        found[name] = rows
    return found


def _plain(value: JsonObject) -> JsonObject:
    """Return data as it comes back from a file."""
    plain: JsonObject = orjson.loads(orjson.dumps(value, default=str))
    return plain
