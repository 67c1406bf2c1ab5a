"""kill -9 at random instants, of processes that start again and again on the same data: nothing lost, nothing twice."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.conftest import Nursery, Peer
from tests.crash.ledger import Ledger, check, check_file, crash_workflow, doubts_of

PER_PLACE = 100
"""Kills on one data directory before it is looked at: every life takes up what the ones before it have left."""
FRESH = 3
"""Runs that callers ask each life for."""
LANES = 2
"""Data directories whose processes are killed side by side."""
EARLY = 0.25
"""Share of lives that end while they start."""


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(20, marks=pytest.mark.timeout(300)),
        pytest.param(1000, marks=[pytest.mark.crash, pytest.mark.timeout(2400)]),
    ],
)
def test_runs_survive_kills_at_random_instants(kills: int, chance: random.Random, tmp_path: Path) -> None:
    places = [min(PER_PLACE, kills - place) for place in range(0, kills, PER_PLACE)]
    lanes = min(LANES, len(places))
    seeds = [chance.getrandbits(32) for _ in range(lanes)]

    def lane(number: int) -> int:
        return _lane(places[number::lanes], random.Random(seeds[number]), tmp_path / f"lane_{number}")

    with ThreadPoolExecutor(lanes) as pool:
        doubts = sum(pool.map(lane, range(lanes)))
    if kills >= 1000:
        assert doubts, "no kill ever met a call that takes no key: the instants are badly chosen"


def _lane(places: list[int], chance: random.Random, folder: Path) -> int:
    """Go through places with processes of its own; return how often a person had to say what became of a step."""
    folder.mkdir()
    doubts = 0
    with Peer() as peer, Nursery(folder, folder / "log") as nursery:
        for number, kills in enumerate(places):
            nursery.data = folder / f"data_{number}"
            doubts += one_place(nursery, peer, chance, kills)
            check_file(nursery.data)
            shutil.rmtree(nursery.data)
    return doubts


def one_place(nursery: Nursery, peer: Peer, chance: random.Random, kills: int) -> int:
    """Kill that often on one data directory; return how often a person had to say what became of a step."""
    before = len(peer.seen())
    nursery.whole("prepare", documents=[crash_workflow(peer.url)])
    ledger = Ledger()
    pace = _pace(nursery, ledger)
    for _ in range(kills):
        keys = ledger.deliveries(FRESH)
        if chance.random() < EARLY:
            answer = nursery.live("work", kill_early=chance.uniform(0, pace), **{"with": {"keys": keys}})
        else:
            answer = nursery.live("work", kill_after=chance.uniform(0, pace), **{"with": {"keys": keys}})
        ledger.take(answer["told"])
    told = nursery.whole("settle", keys=list(ledger.open))
    ledger.take(told)
    decisions = doubts_of(told, peer.seen()[before:])
    if decisions:
        told = nursery.whole("settle", keys=[], decisions=decisions)
    assert not doubts_of(told, peer.seen()[before:])
    check(ledger, told, peer.seen()[before:])
    return len(decisions)


def _pace(nursery: Nursery, ledger: Ledger) -> float:
    """Return how long a life takes from its start until its callers are answered, and as long again: on this machine, now."""
    answer = nursery.live("settle", **{"with": {"keys": ledger.deliveries(FRESH)}})
    done = nursery.ask("wait")
    ledger.take(done["told"])
    return float(answer["up_after"]) * 2
