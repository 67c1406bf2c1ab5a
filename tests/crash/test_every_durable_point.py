"""The process ends at every durable point, just before it and just after: the run ends the same, no effect is doubled."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.run import Run
from flowstudio.domain.states import FINISHED_RUN
from flowstudio.engine.memory import MemoryJournal
from flowstudio.errors import StorageFailed
from flowstudio.kit.ports import Batch
from tests.support.engine import Bench, registry, workflow_of

NOTIFY = [
    {"on": on, "channel": "in_app", "to": "", "message": f"{on} {{{{n}}}}"} for on in ("ready", "completed", "failed")
]
CASES: dict[str, dict[str, Any]] = {
    "pure steps, a mail, a record": {
        "nodes": [
            {"id": "v", "type": "action", "action": "value", "config": {"value": 7}, "outputs": ["n"]},
            {"id": "c", "type": "condition", "condition": {"field": "{{n}}", "operator": "equals", "value": 7}},
            {"id": "m", "type": "action", "action": "note", "config": {"text": "{{n}}"}},
            {"id": "r", "type": "action", "action": "create_record", "config": {"entity": "tasks", "set": {"title": "Call"}},
             "notify": NOTIFY},
            {"id": "k", "type": "action", "action": "keyed_note", "config": {"text": "last"}, "notify": NOTIFY},
        ],
        "edges": [
            {"from": "trigger", "to": "v"}, {"from": "v", "to": "c"}, {"from": "c", "to": "m", "condition": "true"},
            {"from": "m", "to": "r"}, {"from": "r", "to": "k"},
        ],
    },
    "a loop that waits and counts": {
        "nodes": [
            {"id": "t", "type": "transform", "config": {"set": {"total": "{{0}}"}}},
            {"id": "v", "type": "action", "action": "value", "config": {"value": [1, 2, 3]}, "outputs": ["xs"]},
            {"id": "l", "type": "loop", "collection": "{{xs}}", "item_variable": "x", "collect": "{{x * 2}}"},
            {"id": "d", "type": "delay", "config": {"for": "1 day"}},
            {"id": "s", "type": "transform", "config": {"set": {"total": "{{total + x}}"}}},
            {"id": "m", "type": "action", "action": "keyed_note", "config": {"text": "{{x}} {{total}}"}},
            {"id": "e", "type": "action", "action": "note", "config": {"text": "{{total}} {{steps.l.results}}"}},
        ],
        "edges": [
            {"from": "trigger", "to": "t"}, {"from": "t", "to": "v"}, {"from": "v", "to": "l"},
            {"from": "l", "to": "d", "condition": "each"}, {"from": "d", "to": "s"}, {"from": "s", "to": "m"},
            {"from": "l", "to": "e", "condition": "done"},
        ],
    },
    "branches side by side, a join, an approval": {
        "nodes": [
            {"id": "p", "type": "parallel", "branches": ["x", "y"]},
            {"id": "a", "type": "approval", "config": {"subject": "Go?", "approvers": ["boss@example.com"]}},
            {"id": "m", "type": "action", "action": "keyed_note", "config": {"text": "mail"}},
            {"id": "d", "type": "delay", "config": {"for": "2 days"}},
            {"id": "j", "type": "join", "join": "all"},
            {"id": "r", "type": "action", "action": "create_record", "config": {"entity": "tasks", "set": {"title": "Call"}}},
        ],
        "edges": [
            {"from": "trigger", "to": "p"}, {"from": "p", "to": "a", "condition": "branch:x"},
            {"from": "p", "to": "m", "condition": "branch:y"}, {"from": "m", "to": "d"}, {"from": "d", "to": "j"},
            {"from": "a", "to": "j", "condition": "approved"}, {"from": "j", "to": "r"},
        ],
    },
    "a retry over hours, then a fallback": {
        "nodes": [
            {
                "id": "f", "type": "action", "action": "flaky", "config": {"times": 9, "error": "unreachable"},
                "retry": {"attempts": 3, "backoff": "fixed", "first": "1 hour", "max": "1 hour"},
                "fallback": {"action": "note", "config": {"text": "instead"}},
            },
            {"id": "m", "type": "action", "action": "keyed_note", "config": {"text": "after"}},
        ],
        "edges": [{"from": "trigger", "to": "f"}, {"from": "f", "to": "m"}],
    },
    "a join of any cancels the slow branch": {
        "nodes": [
            {"id": "p", "type": "parallel", "branches": ["x", "y"]},
            {"id": "d", "type": "delay", "config": {"for": "2 days"}},
            {"id": "s", "type": "action", "action": "note", "config": {"text": "slow"}},
            {"id": "m", "type": "action", "action": "keyed_note", "config": {"text": "fast"}},
            {"id": "j", "type": "join", "join": "any"},
            {"id": "e", "type": "end", "config": {"outcome": "stopped", "reason": "First wins"}},
        ],
        "edges": [
            {"from": "trigger", "to": "p"}, {"from": "p", "to": "d", "condition": "branch:x"},
            {"from": "p", "to": "m", "condition": "branch:y"}, {"from": "d", "to": "s"}, {"from": "s", "to": "j"},
            {"from": "m", "to": "j"}, {"from": "j", "to": "e"},
        ],
    },
}  # fmt: skip


class CutJournal(MemoryJournal):
    """A journal whose process ends at one of its durable points: nothing is written from then on until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.cut_at: int | None = None
        self.after = False
        self.calls = 0

    async def append(self, batch: Batch) -> bool:
        self.calls += 1
        if self.cut_at is not None and self.calls >= self.cut_at:
            if self.after and self.calls == self.cut_at:
                await super().append(batch)
            raise StorageFailed("The process is gone.")
        return await super().append(batch)

    def has(self, run_id: str) -> bool:
        return run_id in self._runs

    def mend(self) -> None:
        self.cut_at = None


async def _play(case: dict[str, Any], cut_at: int | None = None, *, after: bool = False) -> tuple[Bench, Run]:
    journal = CutJournal()
    bench = Bench(workflow_of(case), registry(), journal)
    journal.cut_at, journal.after = cut_at, after
    run = bench.a_run(event_id="once")
    for _ in range(60):
        try:
            await _go_on(bench, run)
            break
        except StorageFailed:
            await bench.engine.close()
            journal.mend()
            bench.engine = bench.new_engine()
            await bench.engine.recover()
            await bench.settled(run.id)
    await bench.engine.close()
    return bench, journal.run(run.id)


async def _go_on(bench: Bench, run: Run) -> None:
    """Do what has to be done from outside until the run has ended."""
    journal = bench.journal
    if not _known(bench, run):
        await bench.engine.execute(run, bench.workflow)
    for _ in range(60):
        stored = journal.run(run.id)
        if stored.status in FINISHED_RUN:
            return
        if stored.status == "running":
            await bench.engine.recover()
            await bench.settled(run.id)
            continue
        last = {(step.node_id, step.iteration): step for step in journal.steps(run.id)}
        doubtful = [place for place, step in last.items() if step.status == "in_doubt"]
        waits = [wait for _, wait in journal.waits() if wait["kind"] == "approval"]
        if doubtful:
            place = doubtful[0]
            went_out = any(one.message_id.startswith(f"{run.id}/{place[0]}/") for one in bench.mail.sent)
            assert await bench.engine.decide_in_doubt(run.id, *place, "happened" if went_out else "repeat", by="ann")
        elif waits:
            place = (waits[0]["node_id"], tuple(waits[0]["iteration"]))
            assert await bench.engine.decide(run.id, *place, "approved", by="boss@example.com")
        else:
            timer = journal.timers()[0]
            bench.clock.advance(timer.due)
            await bench.engine.wake(timer)
        await _finished(bench, run.id)


async def _finished(bench: Bench, run_id: str) -> None:
    driver = bench.engine.driver(run_id)
    if driver is not None:
        await driver


def _known(bench: Bench, run: Run) -> bool:
    try:
        bench.journal.run(run.id)
    except KeyError:
        return False
    return True


def _story(bench: Bench, run: Run) -> dict[str, Any]:
    result = bench.result(run.id)
    steps = [
        (
            step["node_id"],
            step["iteration"],
            step["status"],
            "" if step["node_id"] == "r" else str(step["output"].get("text")),
        )
        for step in result["steps"]
    ]
    return {
        "status": run.status, "outcome": run.outcome, "steps": sorted(steps, key=str),
        "tasks": [row["title"] for row in bench.records.rows("tasks") if row["id"].startswith("tasks_")],
        "sent": sorted(str(one.message_id).split("/")[1] for one in {one.message_id: one for one in bench.mail.sent}.values()),
        "told": sorted((one.node_id, one.reason, one.text) for one in bench.journal.notices.values()),
        "texts": sorted(one.text for one in {one.message_id: one for one in bench.mail.sent}.values()),
    }  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_the_run_ends_the_same_wherever_the_process_ends(name: str) -> None:
    case = CASES[name]
    whole, finished = await _play(case)
    wanted = _story(whole, finished)
    points = whole.journal.calls  # type: ignore[attr-defined]
    assert finished.status in FINISHED_RUN
    assert points >= 2
    for cut_at in range(1, points + 1):
        for after in (False, True):
            bench, run = await _play(case, cut_at, after=after)
            found = _story(bench, run)
            for step in found["steps"]:
                assert step[2] in ("completed", "cancelled"), (cut_at, after, step)
            wanted_without = {**wanted, "steps": [(n, i, s) for n, i, s, _ in wanted["steps"]]}
            found_without = {**found, "steps": [(n, i, s) for n, i, s, _ in found["steps"]]}
            assert found_without == wanted_without, (cut_at, after)
            unkeyed = [one.message_id for one in bench.mail.sent if not _keyed(one.message_id, bench)]
            assert len(unkeyed) == len(set(unkeyed)), (cut_at, after, unkeyed)


def _keyed(message_id: str | None, bench: Bench) -> bool:
    node = bench.workflow.node(str(message_id).split("/")[1])
    return node is not None and node.action == "keyed_note"
