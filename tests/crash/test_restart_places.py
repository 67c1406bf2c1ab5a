"""The process is killed, or stopped in order, in the middle of a wait, a loop, branches or a retry: it goes on there."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.crash.conftest import Nursery, Peer
from tests.crash.ledger import last_of, runs_in

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]
ENDS = pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM"])


def _document(nodes: list[dict[str, Any]], edges: list[tuple[str, ...]]) -> dict[str, Any]:
    return {
        "id": "place", "name": "Place", "status": "active", "trigger": {"type": "manual", "config": {}},
        "nodes": nodes,
        "edges": [{"from": one[0], "to": one[1], **({"condition": one[2]} if len(one) > 2 else {})} for one in edges],
    }  # fmt: skip


def _call(peer: Peer, node: str, path: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": node, "type": "action", "action": "http_request",
        "config": {"method": "POST", "url": f"{peer.url}/keyed/{path or node}", "honours_idempotency_key": True}, **more,
    }  # fmt: skip


def _whole(nursery: Nursery) -> dict[str, Any]:
    """Let everything come to rest; return the one run."""
    told = nursery.whole("settle", keys=[], workflow="place")
    [run] = runs_in(told).values()
    return run


def _begin(nursery: Nursery, document: dict[str, Any]) -> None:
    nursery.whole("prepare", documents=[document])
    nursery.live("work", **{"with": {"keys": ["k0"], "workflow": "place"}})


def _paths(peer: Peer, run: dict[str, Any]) -> list[str]:
    return [path for path, key in peer.seen() if key.startswith(run["run"])]


@ENDS
def test_a_loop_goes_on_at_item_57_of_100(end: str, nursery: Nursery, peer: Peer) -> None:
    items = "{{[" + ", ".join(map(str, range(1, 101))) + "]}}"
    stop = f"/keyed/{end}-57"
    document = _document(
        [
            {"id": "each", "type": "loop", "collection": items, "item_variable": "x"},
            _call(peer, "item", f"{end}-{{{{x}}}}"),
        ],
        [("trigger", "each"), ("each", "item", "each")],
    )
    peer.hold(stop)
    _begin(nursery, document)
    peer.wait(stop)
    nursery.ask("kill", signal=end)
    peer.hold()
    run = _whole(nursery)
    assert run["status"] == "completed"
    paths = _paths(peer, run)
    assert paths.count(stop) == 2, "the item that was on its way is repeated under its key"
    assert sorted(set(paths)) == sorted(f"/keyed/{end}-{number}" for number in range(1, 101))
    assert len(paths) == 101, "no other item is made again"
    assert len({key for path, key in peer.seen() if path == stop}) == 1


@ENDS
def test_a_delay_keeps_its_end(end: str, nursery: Nursery, peer: Peer) -> None:
    document = _document(
        [_call(peer, "before", f"{end}-before"), {"id": "pause", "type": "delay", "config": {"for": "2 seconds"}},
         _call(peer, "after", f"{end}-after")],
        [("trigger", "before"), ("before", "pause"), ("pause", "after")],
    )  # fmt: skip
    began = time.time()
    _begin(nursery, document)
    nursery.ask("until", status="waiting")
    nursery.ask("kill", signal=end)
    run = _whole(nursery)
    assert run["status"] == "completed"
    assert time.time() - began >= 2, "it waited at least as long as it says"
    assert _paths(peer, run) == [f"/keyed/{end}-before", f"/keyed/{end}-after"]
    waits = [step for step in run["steps"] if step[0] == "pause" and step[2] == "waiting"]
    assert len(waits) == 1, "the delay is the one that began before the restart"


@ENDS
def test_an_approval_is_still_asked_for(end: str, nursery: Nursery, peer: Peer) -> None:
    ask = {"id": "ask", "type": "approval", "config": {"subject": "Go?", "approvers": ["boss@example.com"]}}
    document = _document([_call(peer, "before", f"{end}-asked"), ask], [("trigger", "before"), ("before", "ask")])
    _begin(nursery, document)
    nursery.ask("until", status="waiting")
    nursery.ask("kill", signal=end)
    for _ in range(2):
        run = _whole(nursery)
        assert (run["status"], run["waiting_for"]) == ("waiting", "approval")
    assert last_of(run)["ask", ()] == ("waiting", 1)
    assert len(_paths(peer, run)) == 1
    told = nursery.whole("settle", keys=[], workflow="place", approve=[run["run"]])
    [run] = runs_in(told).values()
    assert run["status"] == "completed"


@ENDS
def test_parallel_branches_go_on_each_where_it_stood(end: str, nursery: Nursery, peer: Peer) -> None:
    slow = f"/keyed/{end}-slow"
    document = _document(
        [
            {"id": "fork", "type": "parallel", "branches": ["a", "b", "c"]},
            _call(peer, "quick", f"{end}-quick"), _call(peer, "slow", f"{end}-slow"),
            {"id": "pause", "type": "delay", "config": {"for": "1 second"}},
            {"id": "meet", "type": "join", "join": "all"}, _call(peer, "last", f"{end}-last"),
        ],
        [
            ("trigger", "fork"), ("fork", "quick", "branch:a"), ("fork", "slow", "branch:b"), ("fork", "pause", "branch:c"),
            ("quick", "meet"), ("slow", "meet"), ("pause", "meet"), ("meet", "last"),
        ],
    )  # fmt: skip
    peer.hold(slow)
    _begin(nursery, document)
    peer.wait(slow)
    peer.wait(f"/keyed/{end}-quick")
    nursery.ask("kill", signal=end)
    peer.hold()
    run = _whole(nursery)
    assert run["status"] == "completed"
    paths = _paths(peer, run)
    assert paths.count(f"/keyed/{end}-last") == 1
    assert {status for status, _ in last_of(run).values()} == {"completed"}
    keys = {(path, key) for path, key in peer.seen() if key.startswith(run["run"])}
    assert len(keys) == 3, "each call has one key, however often it left"


@ENDS
def test_a_retry_waits_on(end: str, nursery: Nursery, peer: Peer) -> None:
    refused = {"id": "try", "type": "action", "action": "http_request",
               "config": {"method": "GET", "url": "http://127.0.0.1:9/"},
               "retry": {"attempts": 3, "backoff": "fixed", "first": "1 second", "max": "1 second"}}  # fmt: skip
    document = _document([_call(peer, "before", f"{end}-tried"), refused], [("trigger", "before"), ("before", "try")])
    _begin(nursery, document)
    nursery.ask("until", status="waiting")
    nursery.ask("kill", signal=end)
    run = _whole(nursery)
    assert run["status"] == "failed"
    tries = [step[3] for step in run["steps"] if step[0] == "try" and step[2] in ("retrying", "failed")]
    assert tries == [1, 2, 3], "every try is made once, also over the restart"
