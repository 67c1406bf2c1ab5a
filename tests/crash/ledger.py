"""What must hold after any number of crashes: no accepted run lost, no step done twice, nothing unknown hidden."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.lives import WORKFLOW

Seen = Sequence[tuple[str, str]]


def crash_workflow(url: str, trigger: dict[str, Any] | None = None, order: str = "order") -> dict[str, Any]:
    """A workflow with every kind of durable point: a keyed call, a record, a call without a key, a wait, a loop."""

    def call(node: str, path: str, *, keyed: bool) -> dict[str, Any]:
        config = {"method": "POST", "url": f"{url}{path}", "body": {"order": f"{{{{{order}}}}}"}}
        return {
            "id": node, "type": "action", "action": "http_request",
            "config": {**config, "honours_idempotency_key": keyed},
        }  # fmt: skip

    return {
        "id": WORKFLOW, "name": "Crash", "status": "active",
        "trigger": trigger or {"type": "manual", "config": {"inputs": [{"name": "order", "type": "text"}]}},
        "nodes": [
            {"id": "t", "type": "transform", "config": {"set": {"label": f"Order {{{{{order}}}}}"}}},
            call("keyed", "/keyed/one", keyed=True),
            {"id": "task", "type": "action", "action": "create_task", "config": {"title": "{{label}}", "assignee": "a@x.example"}},
            call("plain", "/plain/one", keyed=False),
            {"id": "pause", "type": "delay", "config": {"for": "0.3 seconds"}},
            {"id": "each", "type": "loop", "collection": "{{[1, 2, 3]}}", "item_variable": "x", "concurrency": 2},
            call("item", "/keyed/item", keyed=True),
        ],
        "edges": [
            {"from": "trigger", "to": "t"}, {"from": "t", "to": "keyed"}, {"from": "keyed", "to": "task"},
            {"from": "task", "to": "plain"}, {"from": "plain", "to": "pause"}, {"from": "pause", "to": "each"},
            {"from": "each", "to": "item", "condition": "each"},
        ],
    }  # fmt: skip


PLACES = {"keyed": [()], "plain": [()], "item": [(0,), (1,), (2,)]}
"""The outward steps of the workflow, with their iterations."""


@dataclass
class Ledger:
    """What was promised to callers."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Run by event key, as callers were told."""
    open: list[str] = field(default_factory=list)
    """Keys whose delivery nobody has confirmed: their senders try again."""
    number: int = 0

    def deliveries(self, fresh: int) -> list[str]:
        """Return the keys of the next life: what is open, and some new ones."""
        self.open += [f"k{self.number + at}" for at in range(fresh)]
        self.number += fresh
        return list(self.open)

    def take(self, told: Sequence[Any]) -> None:
        """Note what a life has told its callers."""
        for said in told:
            if "key" not in said:
                continue
            before = self.accepted.setdefault(said["key"], said["run"])
            assert before == said["run"], f"{said['key']} started two runs: {before}, {said['run']}"
            if said["key"] in self.open:
                self.open.remove(said["key"])


def runs_in(told: Sequence[Any]) -> dict[str, dict[str, Any]]:
    return {said["run"]: said for said in told if "status" in said}


def last_of(run: dict[str, Any]) -> dict[tuple[str, tuple[int, ...]], tuple[str, int]]:
    """Return status and attempt of each step's last record."""
    return {(node, tuple(at)): (status, attempt) for node, at, status, attempt in run["steps"]}


def calls_of(seen: Seen) -> dict[tuple[str, str, tuple[int, ...]], list[str]]:
    """Return the keys with which each step has called the peer, in order: run / node / iteration / n."""
    found = defaultdict(list)
    for _, key in seen:
        run, node, at, _ = key.split("/")
        found[run, node, () if at == "-" else tuple(map(int, at.split(".")))].append(key)
    return found


def doubts_of(told: Sequence[Any], seen: Seen) -> list[list[Any]]:
    """Return the decision of a person who looked at the other system, for each step in doubt; all are shown as such."""
    calls, decisions = calls_of(seen), []
    for run in runs_in(told).values():
        doubtful = [place for place, (status, _) in last_of(run).items() if status == "in_doubt"]
        assert bool(doubtful) == (run["waiting_for"] == "decision"), run
        for node, at in doubtful:
            assert node == "plain", f"{node} takes a key and need not ask anybody: {run}"
            decisions.append([run["run"], node, list(at), "happened" if calls[run["run"], node, at] else "repeat"])
    return decisions


def check(ledger: Ledger, told: Sequence[Any], seen: Seen) -> None:
    """Compare what callers were told, what FlowStudio says and what the other system has seen."""
    runs, calls = runs_in(told), calls_of(seen)
    lost = {key: run for key, run in ledger.accepted.items() if run not in runs}
    assert not lost, f"accepted and lost: {lost}"
    for key, run_id in ledger.accepted.items():
        run = runs[run_id]
        assert run["status"] == "completed", f"{key} is stuck: {run}"
        for node, iterations in PLACES.items():
            for at in iterations:
                made = calls[run_id, node, at]
                assert made, f"{key}: {node} {at} is recorded as done and never left: {run}"
                assert len(set(made)) == 1, f"{key}: {node} {at} left under two keys: {made}"
                if node == "plain":
                    assert len(made) == 1, f"{key}: {node} was done twice without a person's word"
    assert set(runs) == set(ledger.accepted.values()), "a delivery that was repeated started another run"
    [tasks] = [sorted(said["tasks"]) for said in told if "tasks" in said]
    written = Counter(title for title in tasks if title.startswith("Order k"))
    wanted = Counter(f"Order {key}" for key in ledger.accepted)
    assert written == wanted, f"records are written exactly once: more {written - wanted}, fewer {wanted - written}"


def check_file(data: Path) -> None:
    """The database is whole."""
    connection = sqlite3.connect(data / "flowstudio.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
