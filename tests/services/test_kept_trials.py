"""The last test runs of a person, in their order and within their limits."""

from datetime import UTC, datetime

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.services.kept_trials import MOST, MOST_PLACES, MOST_RECORDS, KeptTrial, KeptTrials

ADA, BEN = (Actor("main", name, name, Role.BUILDER) for name in ("ada", "ben"))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def trial(number=0, workflow_id="wf_1", steps=1):
    run = Run(f"run_{number}", "test", workflow_id, 1, RunStatus.COMPLETED, test=True)
    made = tuple(Step(index, "a", (index,), StepStatus.COMPLETED) for index in range(steps))
    return KeptTrial(Workflow(id=workflow_id, name="Flow", triggers=()), run, made, (), NOW, "Example", {})


def test_the_last_ones_of_each_person_are_kept_in_their_order():
    kept = KeptTrials()
    for number in range(MOST + 3):
        assert kept.keep(ADA, trial(number))
    assert [one.run.id for one in kept.of(ADA, "wf_1")] == [f"run_{number}" for number in range(3, MOST + 3)]
    assert kept.of(BEN, "wf_1") == ()
    assert kept.of(ADA, "wf_2") == ()


def test_what_did_nothing_or_too_much_is_not_kept():
    kept = KeptTrials()
    assert not kept.keep(ADA, trial(steps=0))
    assert not kept.keep(ADA, trial(steps=MOST_RECORDS + 1))
    assert kept.of(ADA, "wf_1") == ()


def test_the_workflow_that_was_not_tried_for_longest_goes_first():
    kept = KeptTrials()
    for number in range(MOST_PLACES):
        kept.keep(ADA, trial(workflow_id=f"wf_{number}"))
    kept.keep(ADA, trial(workflow_id="wf_0"))
    kept.keep(ADA, trial(workflow_id="wf_new"))
    assert len(kept.of(ADA, "wf_0")) == 2
    assert kept.of(ADA, "wf_1") == ()
