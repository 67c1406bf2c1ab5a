"""Steps that become a workflow of their own do what they did: the same mails, records and calls, before and after."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from flowstudio.analysis import MemoryFacts, check
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.test_run import Twins, run_virtually
from flowstudio.errors import BadRequest
from flowstudio.services.editing.extracting import Extraction, extracted
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import TemplateLibrary

PICKED = {
    "invoice-reminder": [
        ["go_through_invoices"],
        ["fewer_than_3_reminders"],
        ["send_reminder", "count_reminder"],
        ["find_overdue_invoices", "go_through_invoices", "finish"],
    ],
    "scope-change-request": [
        ["work_out_price", "save_price", "pmo"],
        ["customer"],
        ["update_budget_and_end_date", "make_addendum"],
        ["post_to_projects", "finish"],
    ],
    "data-retention-enforcement": [
        ["find_data_past_retention", "leave_out_legal_holds"],
        ["go_through_candidates", "count_what_is_kept"],
        ["count_what_is_kept", "report_to_compliance", "finish"],
    ],
    "rfq-distribution": [["too_few_bids", "create_tasks_chase_bids"]],
}
"""Loops, ways out, approvals, scripts, records that change on the way: by template, what is chosen."""
SWEPT = (
    "discount-approval",
    "weekly-report",
    "knowledge-gap-finder",
    "ticket-escalation",
    "lead-nurture-drip",
    "event-day-briefing",
    "resource-request-allocation",
)
LONGEST = 3
CHILD = "wf_child"


def known_to(facts: MemoryFacts) -> MemoryFacts:
    return replace(facts, workflow_ids=frozenset({CHILD}))


def plain(value: Any) -> Any:
    """What counts of an effect: not which step did it, and no ids that are drawn by lot."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key not in ("node_id", "iteration")}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return re.sub(r"run_[0-9a-f]{20,}", "run", value) if isinstance(value, str) else value


async def done(workflow: Workflow, sample: dict[str, Any], twins: Twins) -> tuple[str, str | None, list[str]]:
    result = (await run_virtually(workflow, registry_of(), sample, twins)).result()
    effects = sorted(json.dumps(plain(one), sort_keys=True, default=str) for one in result["effects"])
    return result["status"], result["outcome"], effects


async def require_same(workflow: Workflow, made: Extraction, twins: Twins) -> None:
    async def called(workflow_id: str) -> Workflow | None:
        return made.called if workflow_id == CHILD else None

    for test in workflow.tests:
        before = await done(workflow, test["sample"], twins)
        after = await done(made.caller, test["sample"], replace(twins, workflow_of=called))
        assert after == before, test["name"]


def errors_in(workflow: Workflow, facts: MemoryFacts) -> list[str]:
    return [one.message for one in check(workflow, registry_of(), known_to(facts)) if one.severity == "error"]


@pytest.mark.parametrize(
    ("template", "chosen"),
    [pytest.param(one, chosen, id=f"{one}: {', '.join(chosen)}") for one, all_ in PICKED.items() for chosen in all_],
)
async def test_what_is_chosen_does_the_same_from_outside(
    library: TemplateLibrary, twins: Twins, facts: MemoryFacts, template: str, chosen: list[str]
) -> None:
    workflow = library.get(template).workflow
    made = extracted(workflow, chosen, "Taken out", CHILD, registry_of(), known_to(facts))
    assert not errors_in(made.called, facts)
    assert not errors_in(made.caller, facts)
    assert not {node.id for node in made.caller.nodes} & set(made.cut.steps)
    await require_same(workflow, made, twins)


@pytest.mark.parametrize("template", SWEPT)
async def test_every_run_of_steps_that_can_leave_does_the_same(
    library: TemplateLibrary, twins: Twins, facts: MemoryFacts, template: str
) -> None:
    workflow = library.get(template).workflow
    ids = [node.id for node in workflow.nodes]
    left = 0
    for first in range(len(ids)):
        for last in range(first + 1, min(first + LONGEST, len(ids)) + 1):
            try:
                made = extracted(workflow, ids[first:last], "Taken out", CHILD, registry_of(), known_to(facts))
            except BadRequest:
                continue  # which steps cannot leave is told elsewhere
            left += 1
            assert not errors_in(made.called, facts), ids[first:last]
            assert not errors_in(made.caller, facts), ids[first:last]
            await require_same(workflow, made, twins)
    assert left >= len(ids) // 2
