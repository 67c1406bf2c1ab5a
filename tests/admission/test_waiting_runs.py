"""Publishing while runs wait: they stay on their version, move to the new one, or are cancelled, as the person chose."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from tests.admission.conftest import Place


def _waiting(text: str, hold: str = "hold") -> dict[str, Any]:
    return {
        "nodes": [
            {"id": hold, "type": "wait", "config": {"for_event": "go.on"}},
            {"id": "say", "type": "transform", "config": {"set": {"said": text}}},
        ],
        "edges": [{"from": "trigger", "to": hold}, {"from": hold, "to": "say", "condition": "received"}],
    }


async def _publish(place: Place, body: dict[str, Any], waiting_runs: Literal["stay", "move", "cancel"]) -> int:
    from flowstudio.interchange import read_document

    document = {"id": "wf", "name": "wf", "trigger": {"type": "manual", "config": {}}, **body}
    workflow = read_document(document, place.house.registry).workflow
    assert workflow is not None
    session = await place.studio.sessions.open("main", "wf")
    await session.edit("Change", lambda _: workflow, place.actor)
    return (await place.studio.publishing.publish(place.actor, "wf", waiting_runs=waiting_runs)).version


@pytest.mark.parametrize(
    ("choice", "version", "said"), [("stay", 1, "old"), ("move", 2, "new"), ("cancel", 1, None)]
)  # fmt: skip
async def test_waiting_runs_do_what_was_chosen_at_the_publishing(
    choice: Literal["stay", "move", "cancel"], version: int, said: str | None, place: Place
) -> None:
    await place.switch_on({}, _waiting("old"))
    run_id = await place.start()
    assert await place.states(run_id) == ["waiting"]
    assert await _publish(place, _waiting("new"), choice) == 2
    await place.settle()
    assert (await place.run(run_id)).version == version
    if said is None:
        assert (await place.run(run_id)).status.value == "cancelled"
        return
    await place.go_on(run_id)
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert run.status.value == "completed"
    assert [step.assigned for step in steps if step.node_id == "say"] == [{"said": said}]


async def test_a_run_that_waits_at_a_step_which_is_gone_stays_on_its_version(place: Place) -> None:
    await place.switch_on({}, _waiting("old"))
    run_id = await place.start()
    await place.settle()
    await _publish(place, _waiting("new", "another"), "move")
    assert (await place.run(run_id)).version == 1
    await place.go_on(run_id)
    assert (await place.run(run_id)).status.value == "completed"
