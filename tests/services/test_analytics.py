"""The figures of some days: how runs ended, what started them, what their steps did, and how people answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flowstudio.api.figures import figures_json
from flowstudio.errors import BadRequest, NotFound
from flowstudio.storage.timers import SqlTimers
from tests.triggers.conftest import first_start, open_place, place

__all__ = ["first_start", "open_place", "place"]
EVENT = {"type": "event", "event": "order.came"}
TASK = {"entity": "tasks", "fields": {"title": "Pack it", "due_date": "{{ day }}"}}
PACK = {"id": "pack", "type": "action", "action": "create_record", "config": TASK}
ASK = {
    "id": "ask",
    "type": "approval",
    "config": {"subject": "Pay?", "approvers": ["a@x.example"], "deadline": "1 day"},
}


async def _happen(place: Any, times: int, day: str) -> None:
    for _ in range(times):
        await place.studio.events.raise_event(place.actor, "order.came", {"day": day})
        await place.settle()


async def test_runs_triggers_and_steps_are_counted_by_how_they_ended(place: Any) -> None:
    settings = {"minutes_saved": 12.5, "pause_after_failures": 0}
    await place.switch_on(EVENT, nodes=[PACK], edges=[{"from": "trigger", "to": "pack"}], settings=settings)
    await place.switch_on({"type": "manual"}, "wf_2")
    await _happen(place, 3, "2026-03-04")
    await _happen(place, 1, "no day")
    await place.studio.runs.execute(place.actor, "wf_2", {})
    await place.settle()
    found = await place.studio.analytics.figures(place.actor, 7)
    assert (found.ended, found.completed, found.failed, found.success) == (5, 4, 1, 0.8)
    assert found.minutes_saved == 37.5, "three runs of the workflow that says what it saves"
    assert [(one.key, one.all, one.completed, one.failed) for one in found.triggers] == [
        ("trigger.event", 4, 3, 1), ("trigger.manual", 1, 1, 0),
    ]  # fmt: skip
    assert [(one.key, one.completed, one.failed) for one in found.steps] == [
        ("action.create_record", 3, 1), ("action.transform_data", 1, 0),
    ]  # fmt: skip
    assert found.work_seconds is not None
    assert found.active == 2
    assert found.going.running == 0


async def test_only_the_days_that_are_asked_for_count(place: Any) -> None:
    await place.switch_on(EVENT, nodes=[PACK], edges=[{"from": "trigger", "to": "pack"}])
    await _happen(place, 2, "2026-03-04")
    place.clock.forward(days=10)
    await _happen(place, 1, "2026-03-04")
    assert (await place.studio.analytics.figures(place.actor, 7)).ended == 1
    assert (await place.studio.analytics.figures(place.actor, 11)).ended == 3


async def test_approvals_say_how_soon_people_answer_and_what_nobody_answered(place: Any) -> None:
    await place.switch_on(EVENT, nodes=[ASK], edges=[{"from": "trigger", "to": "ask"}])
    for hours in (1, 7):
        await _happen(place, 1, "")
        place.clock.forward(hours=hours)
        [asked] = await place.studio.approvals.list(place.actor)
        await place.studio.approvals.decide(place.actor, asked.token, "approved")
        await place.settle()
    await _happen(place, 1, "")
    place.clock.forward(days=1, seconds=1)
    for timer in await SqlTimers(place.house.database).due(place.clock.now()):
        await place.house.engine.wake(timer)
    await place.settle()
    await _happen(place, 1, "")
    place.clock.forward(minutes=30)
    asked = (await place.studio.analytics.figures(place.actor, 7)).approvals
    assert (asked.answered, asked.unanswered, asked.soon, asked.open) == (2, 1, 1, 1)
    assert asked.average == pytest.approx(timedelta(hours=4).total_seconds())
    assert asked.soon_share == pytest.approx(1 / 3)
    assert asked.answered_share == pytest.approx(2 / 3)
    assert asked.open_seconds == pytest.approx(1800)


@pytest.mark.parametrize("days", [0, 367])
async def test_no_more_than_a_year_is_added_up(place: Any, days: int) -> None:
    with pytest.raises(BadRequest, match="1 to 366 days"):
        await place.studio.analytics.figures(place.actor, days)


async def test_an_empty_place_has_no_shares(place: Any) -> None:
    found = await place.studio.analytics.figures(place.actor, 30)
    assert (found.ended, found.success, found.work_seconds, found.approvals.soon_share) == (0, None, None, None)
    told = figures_json(found)
    assert told["runs"]["success_rate"] is None
    assert told["approvals"]["within_4_hours_share"] is None
    assert told["now"] == {"queued": 0, "running": 0, "waiting": 0}


async def test_figures_of_versions_that_are_gone_are_counted_without_a_name(place: Any, monkeypatch: Any) -> None:
    await place.switch_on(EVENT, nodes=[PACK], edges=[{"from": "trigger", "to": "pack"}])
    await _happen(place, 1, "2026-03-04")

    async def gone(*_: Any) -> None:
        raise NotFound("It was deleted.")

    monkeypatch.setattr(place.house._versions, "version", gone)
    found = await place.studio.analytics.figures(place.actor, 7)
    assert (found.ended, found.steps, found.triggers, found.minutes_saved) == (1, [], [], 0)
