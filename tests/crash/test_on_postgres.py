"""The same on PostgreSQL: kills at random instants and at every named point, of the server, and of its connections."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.crash.conftest import Nursery, Peer
from tests.crash.ledger import Ledger, check, crash_workflow, doubts_of
from tests.crash.test_random_kills import one_place
from tests.crash.test_server_kills import load, settled, survive
from tests.support.databases import POSTGRES, postgres_schema

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.timeout(1800)]
CUTS = 12
"""Times that all connections of the server are cut under load."""


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    with (
        postgres_schema() as url,
        Nursery(tmp_path / "data", tmp_path / "log", FLOWSTUDIO_DATABASE_URL=url) as found,
    ):
        yield found


async def test_what_was_answered_survives_kills_of_the_server(
    nursery: Nursery, peer: Peer, chance: random.Random
) -> None:
    await survive(30, nursery, peer, chance)


def test_runs_survive_kills_at_random_instants(nursery: Nursery, peer: Peer, chance: random.Random) -> None:
    one_place(nursery, peer, chance, 50)


def test_a_kill_at_every_named_point_loses_and_doubles_nothing(nursery: Nursery, peer: Peer) -> None:
    before, ledger = len(peer.seen()), Ledger()
    nursery.whole("prepare", documents=[crash_workflow(peer.url)])
    told = nursery.whole_with("settle", {"die_at": ""}, keys=["k0"])
    ledger.take(told)
    points = [said["point"] for said in told if "point" in said]
    for at, name in enumerate(points):
        keys = [f"k{at + 1}"]
        died = nursery.whole_with("settle", {"die_at": name}, keys=keys)
        assert not any("tasks" in said for said in died), f"the process did not end at {name}"
        ledger.take(died)
        told = nursery.whole("settle", keys=keys)
        ledger.take(told)
        decisions = doubts_of(told, peer.seen()[before:])
        if decisions:
            told = nursery.whole("settle", keys=[], decisions=decisions)
    check(ledger, told, peer.seen()[before:])


def _cut(process: int) -> int:
    """Cut all connections of a process to the database; return how many."""
    address = make_url(POSTGRES).set(drivername="postgresql").render_as_string(hide_password=False)
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE %s"
    with psycopg.connect(address, autocommit=True) as person:
        row = person.execute(query, (f"FlowStudio on %, process {process}",)).fetchone()
    return int(row[0]) if row is not None else 0


async def test_runs_go_on_when_the_connection_is_cut_in_the_middle(nursery: Nursery, peer: Peer) -> None:
    before, ledger = len(peer.seen()), Ledger()
    await asyncio.to_thread(nursery.whole, "prepare", documents=[_called(peer)])
    await asyncio.to_thread(nursery.live, "serve")
    server: dict[str, Any] = json.loads((nursery.data / "server.json").read_text())
    items = sum(path == "/keyed/item" for path, _ in peer.seen())
    peer.hold("/keyed/one")
    calls = asyncio.create_task(load(server, ledger, patient=True))
    await asyncio.to_thread(peer.wait, "/keyed/one")
    assert _cut(server["pid"]) >= 2, "the one that holds the database, and the one that writes"
    peer.hold()
    await calls
    await asyncio.to_thread(peer.wait, "/keyed/item", items + 3 * len(ledger.accepted))
    await asyncio.to_thread(nursery.ask, "kill", signal="SIGTERM")
    await settled(nursery, peer, ledger, before)


async def test_cuts_under_load_lose_and_double_nothing(nursery: Nursery, peer: Peer, chance: random.Random) -> None:
    before, ledger = len(peer.seen()), Ledger()
    await asyncio.to_thread(nursery.whole, "prepare", documents=[_called(peer)])
    await asyncio.to_thread(nursery.live, "serve")
    server: dict[str, Any] = json.loads((nursery.data / "server.json").read_text())
    cuts = 0
    for _ in range(CUTS):
        calls = asyncio.create_task(load(server, ledger, patient=True))
        await asyncio.sleep(chance.uniform(0, 0.4))  # the random instant
        cuts += await asyncio.to_thread(_cut, server["pid"])
        await calls
    assert cuts >= CUTS
    await asyncio.to_thread(nursery.ask, "kill", signal="SIGTERM")
    await settled(nursery, peer, ledger, before)


def _called(peer: Peer) -> dict[str, Any]:
    return crash_workflow(peer.url, {"type": "webhook", "config": {"slug": "orders"}}, "trigger.body.order")
