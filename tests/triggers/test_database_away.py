"""The database is away for a while: callers are asked to come back, and no step fails for it."""

from __future__ import annotations

from typing import Any

from flowstudio.domain.states import RunStatus
from flowstudio.errors import StorageFailed
from tests.triggers.test_switched_off import EVENT, happen


def _away() -> None:
    raise StorageFailed("The database is away.")


async def test_a_webhook_that_cannot_be_written_down_is_called_again(place: Any, client: Any) -> None:
    await place.switch_on({"type": "webhook", "config": {"slug": "lead"}})
    token = (await place.studio.workflows.get(place.actor, "wf_1")).hook_token
    place.house.database.writer.guard = _away
    answer = await client.post(f"/hooks/{token}/lead", json={"amount": 5}, headers={"X-Event-Id": "e1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
    place.house.database.writer.guard = None
    answer = await client.post(f"/hooks/{token}/lead", json={"amount": 5}, headers={"X-Event-Id": "e1"})
    assert answer.status_code == 202
    await place.settle()
    assert len(await place.runs()) == 1


async def test_a_step_that_cannot_read_waits_and_does_not_fail(place: Any, monkeypatch: Any) -> None:
    ask = {"id": "ask", "type": "action", "action": "query_records", "config": {"entity": "tasks"}}
    await place.switch_on(EVENT, nodes=[ask], edges=[{"from": "trigger", "to": "ask"}])

    async def away(*asked: Any, **named: Any) -> None:
        _away()

    with monkeypatch.context() as now:
        now.setattr(place.house.engine.world.records, "query", away)
        await happen(place, 1)
    [run] = await place.runs()
    assert run.status is RunStatus.RUNNING
    assert await place.house.engine.take_up_again()
    await place.settle()
    [run] = await place.runs()
    assert run.status is RunStatus.COMPLETED
