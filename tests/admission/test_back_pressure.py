"""While the database is behind, callers are turned away before anything is accepted, and nothing accepted is lost."""

from __future__ import annotations

import asyncio
import threading

import httpx

from flowstudio.services.intake import FEWEST
from tests.admission.conftest import SHORT, Place

BASE = "/api/v1"


async def test_callers_are_turned_away_while_the_database_is_behind_and_what_was_accepted_runs(
    place: Place, client: httpx.AsyncClient
) -> None:
    document = {
        "id": "wf", "name": "wf", "status": "active", **SHORT,
        "trigger": {"type": "webhook", "config": {"slug": "in"}},
    }  # fmt: skip
    await place.studio.exchange.import_document(place.actor, document, activate=True, on_conflict="replace")
    hook = (await client.get(f"{BASE}/workflows/wf")).json()["hooks"][0]["url"].partition("/hooks/")[2]
    assert (await client.post(f"/hooks/{hook}", json={})).status_code == 202
    await place.settle()

    writer, stalled, go_on = place.house.database.writer, threading.Event(), threading.Event()

    def stall(connection: object) -> None:
        del connection
        stalled.set()
        go_on.wait(30)

    blocked = asyncio.create_task(writer.run(stall))
    await asyncio.to_thread(stalled.wait, 30)
    accepted = [asyncio.create_task(client.post(f"/hooks/{hook}", json={})) for _ in range(FEWEST)]
    while not (writer.saturated and writer.depth >= FEWEST):
        await asyncio.sleep(0.01)

    refused = [
        await client.post(f"/hooks/{hook}", json={}),
        await client.post(f"{BASE}/workflows/wf/execute", json={}),
        await client.post(f"{BASE}/events", json={"type": "order.paid", "data": {}}),
    ]
    for answer in refused:
        assert answer.status_code == 429, answer.text
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["code"] == "too_many"

    go_on.set()
    await blocked
    answers = await asyncio.gather(*accepted)
    assert {answer.status_code for answer in answers} == {202}
    await place.settle()
    assert await place.states(*(answer.json()["run_id"] for answer in answers)) == ["completed"] * FEWEST
    assert await place.count() == FEWEST + 1, "what was turned away left nothing"
    assert (await client.post(f"/hooks/{hook}", json={})).status_code == 202
