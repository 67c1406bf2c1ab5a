"""kill -9 of the real server under webhook calls from many callers: what was answered 202 is a run, and ends once."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx
import pytest

from tests.crash.conftest import Nursery, Peer
from tests.crash.ledger import Ledger, check, check_file, crash_workflow, doubts_of

LANES = 8
AGAIN = 0.2
"""Seconds until a patient caller calls again."""
LONGEST = 0.4
"""Seconds of load before a kill, at most."""


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(3, marks=pytest.mark.timeout(300)),
        pytest.param(100, marks=[pytest.mark.crash, pytest.mark.timeout(2400)]),
    ],
)
async def test_what_was_answered_survives_kills_of_the_server(
    kills: int, nursery: Nursery, peer: Peer, chance: random.Random
) -> None:
    await survive(kills, nursery, peer, chance)
    check_file(nursery.data)


async def survive(kills: int, nursery: Nursery, peer: Peer, chance: random.Random) -> None:
    """Kill the server that often while callers call; compare what they were told with what is there."""
    trigger = {"type": "webhook", "config": {"slug": "orders"}}
    document = crash_workflow(peer.url, trigger, "trigger.body.order")
    before = len(peer.seen())
    nursery.whole("prepare", documents=[document])
    ledger = Ledger()
    for _ in range(kills):
        await asyncio.to_thread(nursery.live, "serve")
        server = json.loads((nursery.data / "server.json").read_text())
        calls = asyncio.create_task(load(server, ledger))
        await asyncio.sleep(chance.uniform(0, LONGEST))  # the random instant
        await asyncio.to_thread(nursery.ask, "kill")
        await calls
    await asyncio.to_thread(nursery.live, "serve")
    server = json.loads((nursery.data / "server.json").read_text())
    await load(server, ledger, fresh=0)
    await asyncio.to_thread(nursery.ask, "kill", signal="SIGTERM")
    assert ledger.accepted
    await settled(nursery, peer, ledger, before)


async def settled(nursery: Nursery, peer: Peer, ledger: Ledger, before: int) -> None:
    """Let everything come to its end, with the word of a person on what is in doubt, and compare."""
    assert not ledger.open, "a sender that goes on trying is answered in the end"
    told = await asyncio.to_thread(nursery.whole, "settle", keys=[])
    decisions = doubts_of(told, peer.seen()[before:])
    if decisions:
        told = await asyncio.to_thread(nursery.whole, "settle", keys=[], decisions=decisions)
    check(ledger, told, peer.seen()[before:])


async def load(server: dict[str, Any], ledger: Ledger, fresh: int = 16, *, patient: bool = False) -> None:
    """Call the webhook until the server is gone or everything is delivered; note what was answered.

    `patient`: a server that cannot reach its database may say so, and is called again.
    """
    keys = ledger.deliveries(fresh)
    headers = {"Authorization": f"Bearer {server['key']}"}
    async with httpx.AsyncClient(base_url=server["url"], timeout=60) as client:
        try:
            while (
                found := await client.get("/api/v1/workflows/crash", headers=headers)
            ).status_code == 503 and patient:
                await asyncio.sleep(AGAIN)
        except httpx.TransportError:
            return
        hooks = found.json()["hooks"]
        address = f"/hooks/{hooks[0]['url'].partition('/hooks/')[2]}"

        async def lane() -> None:
            while keys:
                key = keys.pop(0)
                try:
                    answer = await client.post(address, json={"order": key}, headers={"X-Event-Id": key})
                except httpx.TransportError:
                    return
                if answer.status_code == 429:  # nothing was accepted; a sender tries again
                    keys.append(key)
                    await asyncio.sleep(float(answer.headers["Retry-After"]))
                    continue
                if patient and answer.status_code == 503:
                    keys.append(key)
                    await asyncio.sleep(AGAIN)
                    continue
                assert answer.status_code in (202, 200), answer.text  # 200: it was accepted before the answer was lost
                ledger.take([{"key": key, "run": answer.json()["run_id"]}])

        await asyncio.gather(*(lane() for _ in range(LANES)))
