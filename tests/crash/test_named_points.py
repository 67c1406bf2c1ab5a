"""The process is killed at every named point of the step protocol: before and after each durable point and each call."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.crash.conftest import Nursery, Peer
from tests.crash.ledger import Ledger, check, check_file, crash_workflow, doubts_of

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]


def test_a_kill_at_every_named_point_loses_and_doubles_nothing(nursery: Nursery, peer: Peer, tmp_path: Path) -> None:
    first = tmp_path / "first"
    nursery.data = first
    nursery.whole("prepare", documents=[crash_workflow(peer.url)])
    told = nursery.whole_with("settle", {"die_at": ""}, keys=["k0"])
    points = [said["point"] for said in told if "point" in said]
    assert len(points) == len(set(points)), "a name stands for one point"
    for content in ("run+", "intent", "step+write", "timer", "call"):
        assert any(content in name for name in points), f"no point is named {content}: {points}"
    in_doubt = set()
    for at, name in enumerate(points):
        nursery.data = tmp_path / f"at_{at}"
        shutil.copytree(first, nursery.data, ignore=shutil.ignore_patterns("*.lock"))
        before, ledger = len(peer.seen()), Ledger()
        keys = [f"k{at + 1}"]
        died = nursery.whole_with("settle", {"die_at": name}, keys=keys)
        assert not any("tasks" in said for said in died), f"the process did not end at {name}"
        ledger.take(died)
        told = nursery.whole("settle", keys=keys)
        ledger.take(told)
        decisions = doubts_of(told, peer.seen()[before:])
        if decisions:
            in_doubt.add(name.partition(" ")[0] if "call" in name else name)
            told = nursery.whole("settle", keys=[], decisions=decisions)
        mine = [said for said in told if said.get("event_id") != "key:k0"]
        for said in mine:
            if "tasks" in said:
                said["tasks"] = [title for title in said["tasks"] if title != "Order k0"]
        check(ledger, mine, peer.seen()[before:])
        check_file(nursery.data)
        shutil.rmtree(nursery.data)
    assert in_doubt, "a call without a key whose answer was lost is for a person to decide"
