"""What a step that was just added lacks: apart from the problems until the step is left."""

from flowstudio.analysis import check
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Workflow
from flowstudio.services.editing.ops import add_step
from flowstudio.ui.editor.fresh import Fresh
from tests.support.workflows import drawing, end, facts, registry, workflow


def with_a_mail() -> tuple[Workflow, str, list[Problem]]:
    added, new_id = add_step(workflow(drawing("T>z", end("z"))), "action.send_email", registry())
    return added, new_id, list(check(added, registry(), facts()))


def test_a_new_step_lacks_fields_and_nothing_else_of_it_is_kept_back() -> None:
    flow, new_id, problems = with_a_mail()
    fresh = Fresh(registry())
    assert fresh.told(problems) == problems
    assert fresh.to_fill_in(flow, problems) == []
    fresh.begin([new_id])
    assert "To" in fresh.to_fill_in(flow, problems)
    told = fresh.told(problems)
    assert {one.code for one in problems} - {one.code for one in told} == {"missing_setting"}
    assert [one for one in told if one.node_id == new_id], "that nothing leads to it is said at once"


def test_a_step_is_new_until_something_else_is_chosen() -> None:
    flow, new_id, problems = with_a_mail()
    fresh = Fresh(registry())
    fresh.begin([new_id])
    assert not fresh.keep([new_id])
    assert fresh.keep([])
    assert fresh.told(problems) == problems
    assert fresh.to_fill_in(flow, problems) == []
    assert not fresh.keep([]), "left once is left"
