"""What is on disk when: one transaction for pure runs, intents before effects, writes with their step, waits as rows."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from flowstudio.domain.run import Run, Write
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.engine.memory import MemoryJournal
from flowstudio.errors import Conflict
from flowstudio.kit.ports import Batch
from tests.support.documents import act, drawn, note, value
from tests.support.engine import Bench, registry, workflow_of
from tests.support.nodes import Hold

PURE = drawn(
    "T>v,v>c,c[true]>r",
    value("v", 1, "n"),
    {"id": "c", "type": "condition", "condition": {"field": "{{n}}", "operator": "equals", "value": 1}},
    {"id": "r", "type": "respond", "config": {"status": 201, "body": {"n": "{{n}}"}}},
    trigger={"type": "webhook", "config": {"slug": "in", "answer": "respond"}},
)


def a_bench(document: dict, journal: MemoryJournal | None = None) -> Bench:
    return Bench(workflow_of(document), registry(), journal)


async def test_a_pure_run_is_one_append_with_the_run_and_its_end() -> None:
    bench = a_bench(PURE)
    run = await bench.execute({"body": {}})
    assert bench.journal.appended == 1
    stored = bench.journal.run(run.id)
    assert (stored.status, stored.steps_total, stored.steps_completed) == (RunStatus.COMPLETED, 3, 3)
    assert [step.seq for step in bench.journal.steps(run.id)] == [1, 2, 3]


async def test_the_answer_to_a_caller_is_on_disk_before_a_slower_step_has_ended() -> None:
    """What callers are told comes from the journal (`workers/news.py`): an answer is not kept back for its neighbour."""
    answer = {"id": "r", "type": "respond", "config": {"status": 201, "body": "yes"}}
    written = asyncio.Event()

    class Telling(MemoryJournal):
        async def append(self, batch: Batch) -> bool:
            done = await super().append(batch)
            if any(step.node_id == "r" for step in batch.steps):
                written.set()
            return done

    slow, quick = act("h", "hold", {"text": "neighbour"}), act("q", "hold", {"text": "quick"})
    bench = a_bench(drawn("T>h,T>q,q>r", slow, quick, answer, trigger=PURE["trigger"]), Telling())
    Hold.gates["neighbour"], Hold.gates["quick"] = asyncio.Event(), asyncio.Event()
    Hold.begun["neighbour"], Hold.begun["quick"] = asyncio.Event(), asyncio.Event()
    run_id = await bench.engine.start(bench.a_run({"body": {}}), bench.workflow)
    async with asyncio.timeout(30):
        await Hold.has_begun("neighbour").wait()
        await Hold.has_begun("quick").wait()
        Hold.gate("quick").set()
        await written.wait()
    assert bench.journal.run(run_id).status is RunStatus.RUNNING
    Hold.gate("neighbour").set()
    finished = await bench.engine.wait_finished(run_id, 30)
    assert finished is not None
    assert finished.status is RunStatus.COMPLETED


async def test_start_returns_when_the_run_is_on_disk_and_it_goes_on_by_itself() -> None:
    bench = a_bench(drawn("T>h,h>n", act("h", "hold", {"text": "start"}), note("n")))
    Hold.gates["start"] = asyncio.Event()
    run_id = await bench.engine.start(bench.a_run(), bench.workflow)
    assert bench.journal.run(run_id).status is RunStatus.RUNNING
    waiter = asyncio.create_task(bench.engine.wait_finished(run_id, 5))
    Hold.gate("start").set()
    finished = await waiter
    assert finished is not None
    assert finished.status is RunStatus.COMPLETED


async def test_an_intent_is_on_disk_before_anything_is_sent() -> None:
    class Spy(MemoryJournal):
        seen: ClassVar[list[list[str]]] = []

        async def append(self, batch: Batch) -> bool:
            self.seen.append(
                [f"intent {one.key.partition('/')[2]}" for one in batch.intents]
                + [f"{s.node_id} {s.status.value}" for s in batch.steps]
            )
            return await super().append(batch)

    spy = Spy()
    bench = a_bench(drawn("T>v,v>n,n>w", value("v", 1), note("n", "hello"), value("w", 2)), spy)
    run = await bench.execute()
    assert spy.seen == [["v completed", "intent n/-/1"], ["n completed"], ["w completed"]] or spy.seen == [
        ["intent n/-/1", "v completed"], ["n completed"], ["w completed"],
    ]  # fmt: skip
    assert bench.journal.intents(run.id) == []


async def test_one_run_per_event_id() -> None:
    bench = a_bench(PURE)
    await bench.execute({"body": {}}, event_id="e1")
    with pytest.raises(Conflict):
        await bench.execute({"body": {}}, event_id="e1")
    with pytest.raises(Conflict):
        await bench.engine.start(bench.a_run({"body": {}}, event_id="e1"), bench.workflow)


async def test_a_step_whose_record_somebody_else_changed_is_made_again_with_fresh_reads() -> None:
    document = drawn(
        "T>q,q>u,u>n",
        act("q", "query_records", {"entity": "invoices", "filter": {"id": "inv_1042"}}, "found"),
        act(
            "u",
            "update_record",
            {"record": "{{found[0]}}", "set": {"reminder_count": "{{found[0].reminder_count + 1}}"}},
        ),
        note("n", "{{found[0].reminder_count}}"),
    )

    class Rival(MemoryJournal):
        async def append(self, batch: Batch) -> bool:
            if batch.writes and batch.writes[0].revision == 1:
                assert self.records is not None
                self.records.apply([Write("update", "invoices", "inv_1042", {"reminder_count": 10}, 1)])
            return await super().append(batch)

    bench = a_bench(document, Rival())
    run = await bench.execute()
    assert run.status is RunStatus.COMPLETED
    assert [mail.text for mail in bench.mail.sent] == ["11"]
    assert bench.lines(run.id) == ["q completed", "u completed", "n completed"]


async def test_a_run_that_waits_is_not_in_memory_and_wakes_from_disk() -> None:
    bench = a_bench(drawn("T>d,d>n", {"id": "d", "type": "delay", "config": {"for": "3 days"}}, note("n", "{{today}}")))
    run = await bench.execute()
    stored = bench.journal.run(run.id)
    assert (stored.status, stored.waiting_for) == (RunStatus.WAITING, WaitingFor.TIMER)
    assert bench.engine.live(run.id) is None
    bench.engine = bench.new_engine()
    await bench.wait(days=2)
    assert bench.mail.sent == []
    await bench.wait(days=2)
    assert [mail.text for mail in bench.mail.sent] == ["2026-03-05"]
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED
    assert bench.journal.timers() == []


async def test_a_run_taken_over_by_another_owner_lets_go() -> None:
    bench = a_bench(drawn("T>h,h>n", act("h", "hold", {"text": "fence"}), note("n")))
    Hold.gates["fence"] = asyncio.Event()
    run_id = await bench.engine.start(bench.a_run(), bench.workflow)
    history = await bench.journal.claim(run_id)
    assert history is not None
    Hold.gate("fence").set()
    await bench.settled(run_id)
    assert bench.mail.sent == []
    assert bench.engine.live(run_id) is None


async def test_a_queued_run_on_disk_is_taken_up() -> None:
    bench = a_bench(
        drawn("T>n", note("n", "{{invoice.number}}"), trigger={"type": "event", "config": {"event": "invoice.overdue"}})
    )
    run = bench.a_run({"invoice": {"id": "inv_1042"}})
    assert await bench.journal.append(Batch(run.id, 0, new_run=run))
    finished = await bench.engine.advance(run.id)
    assert finished is not None
    assert finished.status is RunStatus.COMPLETED
    assert [mail.text for mail in bench.mail.sent] == ["INV-1042"]
    assert bench.journal.run(run.id).event["invoice"]["number"] == "INV-1042"


async def test_advancing_what_is_not_there_says_so() -> None:
    bench = a_bench(PURE)
    assert await bench.engine.advance("run_nothing") is None


async def test_items_are_worked_on_side_by_side_up_to_the_concurrency() -> None:
    document = drawn(
        "T>v,v>l,l[each]>h,l[done]>n",
        value("v", ["c0", "c1", "c2"], "xs"),
        {
            "id": "l",
            "type": "loop",
            "collection": "{{xs}}",
            "item_variable": "x",
            "concurrency": 2,
            "collect": "{{steps.h.text}}",
        },
        act("h", "hold", {"text": "{{x}}"}),
        note("n", "{{steps.l.results[2]}}"),
    )
    bench = a_bench(document)
    for name in ("c0", "c1", "c2"):
        Hold.gates[name], Hold.begun[name] = asyncio.Event(), asyncio.Event()
    run_id = await bench.engine.start(bench.a_run(), bench.workflow)
    await asyncio.wait_for(asyncio.gather(Hold.has_begun("c0").wait(), Hold.has_begun("c1").wait()), 5)
    assert not Hold.has_begun("c2").is_set()
    Hold.gate("c1").set()
    await asyncio.wait_for(Hold.has_begun("c2").wait(), 5)
    Hold.gate("c0").set()
    Hold.gate("c2").set()
    await bench.settled(run_id)
    assert [mail.text for mail in bench.mail.sent] == ["c2"]


async def test_a_step_that_takes_too_long_fails() -> None:
    Hold.gates["slow"] = asyncio.Event()
    bench = a_bench(drawn("T>h", act("h", "hold", {"text": "slow"}, timeout="0.05 seconds")))
    run = await bench.execute()
    assert (run.status, (run.error or {}).get("code")) == (RunStatus.FAILED, "timed_out")


async def test_people_are_told_when_a_step_is_ready_done_or_failed() -> None:
    notices = [
        {"on": "ready", "channel": "email", "to": "a@example.com", "message": "ready {{n}}"},
        {"on": "completed", "channel": "email", "to": "a@example.com", "message": "done {{steps.s.text}}"},
        {"on": "failed", "channel": "email", "to": "a@example.com", "message": "failed"},
    ]
    bench = a_bench(drawn("T>v,v>s", value("v", 5, "n"), note("s", "hi", notify=notices)))
    await bench.execute()
    assert [(notice.reason, notice.text) for notice in bench.told] == [("ready", "ready 5"), ("completed", "done hi")]


async def test_secrets_do_not_stand_in_the_records_of_a_step_that_sends() -> None:
    bench = a_bench(drawn("T>s", note("s", "Authorization: Bearer abcdefghijklmnop")))
    run: Run = await bench.execute()
    step = bench.journal.steps(run.id)[-1]
    assert "abcdefghijklmnop" not in str(step.input)
    assert bench.mail.sent[0].text.endswith("abcdefghijklmnop")
