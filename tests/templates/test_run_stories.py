"""Runs of the templates in plain English: what they say is kept word for word, and holds for every sample."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowstudio.analysis.run_difference import RunDifference, compare_runs
from flowstudio.analysis.run_story import explain_run
from flowstudio.config import TEMPLATES
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.past import Past
from flowstudio.engine.sample import Sample
from flowstudio.engine.test_run import TestRun, Twins, run_virtually
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import Template, TemplateLibrary
from tests.templates.conftest import BERLIN

KEPT = Path(__file__).parent / "run_stories"
"""One file per template; where one is missing, its test says what belongs into it."""
each_template = pytest.mark.parametrize("template_id", sorted(file.stem for file in TEMPLATES.glob("*/*.json")))
TOLD = (
    "invoice-reminder", "discount-approval", "vendor-onboarding", "lead-qualification", "contract-renewal",
    "ab-test-winner-rollout", "leave-request-approval", "ticket-escalation", "payment-thank-you",
    "welcome-email-sequence", "project-status-update", "weekly-report", "overtime-approval", "payroll-preparation",
    "stalled-deal-alert", "work-anniversary-recognition", "project-kickoff", "audit-trail-logging",
)  # fmt: skip
told_templates = pytest.mark.parametrize("template_id", TOLD)


async def stories(template: Template, twins: Twins) -> str:
    parts = []
    for sample in template.samples:
        test = await run_virtually(template.workflow, registry_of(), sample["sample"], twins)
        told = explain_run(test.run, test.steps, template.workflow, registry_of(), ZoneInfo(BERLIN))
        parts.append(f"# {sample['name']}\n\n{told.text}\n")
    return "\n".join(parts)


@told_templates
async def test_runs_are_told_word_for_word(template_id: str, library: TemplateLibrary, twins: Twins) -> None:
    text = await stories(library.get(template_id), twins)
    file = KEPT / f"{template_id}.txt"
    assert file.exists(), f"write {file.name}:\n{text}"
    assert text == file.read_text(encoding="utf-8")


@each_template
async def test_every_sample_is_told_whole_and_without_technical_words(
    template_id: str, library: TemplateLibrary, twins: Twins
) -> None:
    template = library.get(template_id)
    for sample in template.samples:
        test = await run_virtually(template.workflow, registry_of(), sample["sample"], twins)
        story = explain_run(test.run, test.steps, template.workflow, registry_of(), ZoneInfo(BERLIN))
        assert story.lines[0].mark == "start"
        assert not re.search(r"\{\{|\}\}|\bNone[,.)]|\$entity|case:|branch:", story.text), story.text
        branching = [step for step in test.steps if step.detail.get("rows") and step.status.value == "completed"]
        for step in branching[:20]:
            verdict = [line.text for line in story.lines if line.node_id == step.node_id and line.mark == "branch"]
            assert verdict, (step.node_id, story.text)
            assert any(re.search(r": (Yes|No), \S", one) for one in verdict), verdict
        if test.run.status is RunStatus.FAILED:
            assert any(line.text.startswith("What to do: ") for line in story.lines), story.text


async def again(template: Template, twins: Twins, first: TestRun, changed: Workflow) -> RunDifference:
    """Go through a run of a sample again on a changed workflow, knowing only what the run saw."""
    given = Sample(
        now=first.sample.now, trigger=first.sample.trigger, trigger_id=first.sample.trigger_id,
        meanwhile=first.sample.meanwhile, records=first.sample.records,
    )  # fmt: skip
    test = TestRun(changed, registry_of(), given, twins, Past(first.run, first.steps))
    await test.run_all()
    await test.close()
    before, after = (first.run, first.steps, template.workflow), (test.run, test.steps, changed)
    return compare_runs(before, after, registry_of(), ZoneInfo(BERLIN))


@each_template
async def test_a_replay_of_the_same_version_goes_just_as_it_went(
    template_id: str, library: TemplateLibrary, twins: Twins
) -> None:
    template = library.get(template_id)
    for sample in template.samples:
        first = await run_virtually(template.workflow, registry_of(), sample["sample"], twins)
        if first.run.status is not RunStatus.WAITING:
            found = await again(template, twins, first, template.workflow)
            assert found.sentences == (), sample["name"]
            assert not found.other_way


@each_template
async def test_a_changed_mail_is_named_and_nothing_else(
    template_id: str, library: TemplateLibrary, twins: Twins
) -> None:
    template = library.get(template_id)
    for sample in template.samples:
        first = await run_virtually(template.workflow, registry_of(), sample["sample"], twins)
        mails = [step.node_id for step in first.steps if any(e.content.get("channel") == "email" for e in step.effects)]
        node = next((one for one in template.workflow.nodes if one.id in mails and "subject" in one.config), None)
        if node is None or first.run.status is RunStatus.WAITING:
            continue
        changed = node.model_copy(update={"config": {**node.config, "subject": f"Changed: {node.config['subject']}"}})
        nodes = tuple(changed if one.id == node.id else one for one in template.workflow.nodes)
        found = await again(template, twins, first, template.workflow.model_copy(update={"nodes": nodes}))
        assert {one.node_id for one in found.steps if one.what != "same"} == {node.id}, found.sentences
        assert not found.other_way
        assert all("Changed: " in one for one in found.sentences)
