"""People and events: decisions, deliveries, doubt, cancelling, pausing, and taking a finished run up again."""

from __future__ import annotations

import asyncio

import pytest

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.engine.resume import Resume
from flowstudio.errors import BadRequest, NotFound
from tests.support.documents import act, drawn, note, value
from tests.support.engine import Bench, registry, workflow_of
from tests.support.nodes import Hold

ASK = {
    "id": "a",
    "type": "approval",
    "config": {"subject": "Pay?", "approvers": ["boss@example.com"], "deadline": "1 day"},
}


def a_bench(document: dict) -> Bench:
    return Bench(workflow_of(document), registry())


async def test_the_first_answer_to_an_approval_counts() -> None:
    bench = a_bench(drawn("T>a,a[approved]>n", ASK, note("n", "{{steps.a.by}}: {{steps.a.comment}}")))
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.APPROVAL
    assert [wait["kind"] for _, wait in bench.journal.waits()] == ["approval"]
    assert await bench.engine.decide(run.id, "a", (), "approved", by="boss@example.com", comment="fine")
    assert not await bench.engine.decide(run.id, "a", (), "rejected", by="other@example.com")
    await bench.settled(run.id)
    assert [mail.text for mail in bench.mail.sent] == ["boss@example.com: fine"]
    assert bench.journal.waits() == []
    assert bench.journal.timers() == []


async def test_an_approval_that_nobody_answers_expires() -> None:
    bench = a_bench(drawn("T>a,a[approved]>n", ASK, note("n")))
    run = await bench.execute()
    await bench.wait(days=2)
    stored = bench.journal.run(run.id)
    assert (stored.status, stored.reason) == (RunStatus.REJECTED, "No answer in time: Pay?")
    assert not await bench.engine.decide(run.id, "a", (), "approved", by="boss@example.com")


async def test_an_awaited_event_is_taken_when_it_matches() -> None:
    wait = {"id": "w", "type": "wait", "config": {"for_event": "payment.received", "match": {"invoice_id": "{{n}}"}}}
    bench = a_bench(
        drawn("T>v,v>w,w[received]>n", value("v", "inv_7", "n"), wait, note("n", "{{steps.w.event.amount}}"))
    )
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.EVENT
    assert not await bench.engine.deliver(run.id, "w", (), {"invoice_id": "inv_8"})
    assert await bench.engine.deliver(run.id, "w", (), {"invoice_id": "inv_7", "amount": 12})
    await bench.settled(run.id)
    assert [mail.text for mail in bench.mail.sent] == ["12"]


@pytest.mark.parametrize(
    ("choice", "status", "texts"),
    [
        ("happened", RunStatus.COMPLETED, ["after"]),
        ("skip", RunStatus.COMPLETED, ["after"]),
        ("fail", RunStatus.FAILED, []),
        ("repeat", RunStatus.COMPLETED, ["after"]),
    ],
)
async def test_a_person_decides_on_a_step_in_doubt(choice, status, texts) -> None:
    document = drawn("T>f,f>n", act("f", "flaky", {"times": 1, "error": "unknown"}), note("n", "after"))
    bench = a_bench(document)
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.DECISION
    bench.engine = bench.new_engine()
    assert await bench.engine.decide_in_doubt(run.id, "f", (), choice, by="ann")
    await bench.settled(run.id)
    assert bench.journal.run(run.id).status is status
    assert [mail.text for mail in bench.mail.sent] == texts


async def test_a_repeat_of_a_step_in_doubt_has_the_same_key() -> None:
    bench = a_bench(drawn("T>f", act("f", "flaky", {"times": 1, "error": "unknown"})))
    run = await bench.execute()
    assert await bench.engine.decide_in_doubt(run.id, "f", (), "repeat")
    await bench.settled(run.id)
    assert bench.journal.steps(run.id)[-1].output["key"] == f"{run.id}/f/-/1"


async def test_a_known_refusal_gives_the_next_attempt_a_key_of_its_own() -> None:
    retry = {"attempts": 3, "backoff": "fixed", "first": "1 second", "max": "1 hour"}
    bench = a_bench(drawn("T>f", act("f", "flaky", {"times": 2, "error": "unreachable"}, retry=retry)))
    run = await bench.execute()
    await bench.wait(minutes=1)
    assert bench.journal.steps(run.id)[-1].output["key"] == f"{run.id}/f/-/3"


async def test_another_system_says_how_long_to_wait() -> None:
    retry = {"attempts": 3, "backoff": "exponential", "first": "1 second", "max": "1 hour"}
    bench = a_bench(drawn("T>f", act("f", "flaky", {"times": 1, "error": "limited"}, retry=retry)))
    run = await bench.execute()
    assert (run.waiting_for, [timer.kind for timer in bench.journal.timers()]) == (WaitingFor.RETRY, ["retry"])
    await bench.wait(seconds=119)
    assert bench.journal.run(run.id).status is RunStatus.WAITING
    await bench.wait(seconds=2)
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED


async def test_cancelling_stops_what_goes_on() -> None:
    bench = a_bench(drawn("T>h,h>n", act("h", "hold", {"text": "cancelled"}), note("n")))
    Hold.gates["cancelled"], Hold.begun["cancelled"] = asyncio.Event(), asyncio.Event()
    run_id = await bench.engine.start(bench.a_run(), bench.workflow)
    await Hold.has_begun("cancelled").wait()
    assert await bench.engine.cancel(run_id, by="ann")
    await bench.settled(run_id)
    stored = bench.journal.run(run_id)
    assert (stored.status, stored.reason) == (RunStatus.CANCELLED, "Cancelled by ann.")
    assert bench.lines(run_id) == ["h cancelled"]
    assert not await bench.engine.cancel(run_id)


async def test_cancelling_a_waiting_run_takes_its_timers_away() -> None:
    bench = a_bench(drawn("T>d,d>n", {"id": "d", "type": "delay", "config": {"for": "3 days"}}, note("n")))
    run = await bench.execute()
    assert await bench.engine.cancel(run.id, reason="The workflow was switched off.")
    await bench.settled(run.id)
    assert bench.journal.timers() == []
    assert bench.lines(run.id) == ["d cancelled"]


async def test_a_paused_run_finishes_its_step_and_starts_nothing_more() -> None:
    bench = a_bench(drawn("T>h,h>n", act("h", "hold", {"text": "paused"}), note("n", "on")))
    Hold.gates["paused"], Hold.begun["paused"] = asyncio.Event(), asyncio.Event()
    run_id = await bench.engine.start(bench.a_run(), bench.workflow)
    await Hold.has_begun("paused").wait()
    assert await bench.engine.pause(run_id)
    Hold.gate("paused").set()
    await bench.settled(run_id)
    stored = bench.journal.run(run_id)
    assert (stored.status, stored.waiting_for) == (RunStatus.WAITING, WaitingFor.PAUSED)
    assert bench.mail.sent == []
    assert await bench.engine.resume(run_id)
    await bench.settled(run_id)
    assert [mail.text for mail in bench.mail.sent] == ["on"]


FAILING = drawn(
    "T>v,v>f,f>n",
    value("v", 1, "n"),
    act("f", "flaky", {"times": 1, "error": "refused"}),
    note("n", "{{n}}"),
)


async def test_a_failed_run_goes_on_from_its_failed_step() -> None:
    bench = a_bench(FAILING)
    run = await bench.execute()
    assert run.status is RunStatus.FAILED
    assert await bench.engine.resume(run.id)
    await bench.settled(run.id)
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED
    assert bench.lines(run.id) == ["v completed", "f completed", "n completed"]
    assert [mail.text for mail in bench.mail.sent] == ["1"]


async def test_a_failed_step_can_be_skipped_or_given_an_output() -> None:
    for wish, found in (
        (Resume("f", how="skip"), "f skipped"),
        (Resume("f", how="output", output={"attempt": 9}), "f completed"),
    ):
        bench = a_bench(FAILING)
        run = await bench.execute()
        assert await bench.engine.resume(run.id, wish)
        await bench.settled(run.id)
        assert bench.lines(run.id) == ["v completed", found, "n completed"]


async def test_a_step_is_made_again_with_other_settings() -> None:
    bench = a_bench(FAILING)
    run = await bench.execute()
    assert await bench.engine.resume(run.id, Resume("f", input={"times": 0, "error": "refused", "text": "by hand"}))
    await bench.settled(run.id)
    step = next(step for step in bench.result(run.id)["steps"] if step["node_id"] == "f")
    assert (step["status"], step["input"]["text"]) == ("completed", "by hand")


async def test_a_run_goes_on_from_one_iteration() -> None:
    document = drawn(
        "T>v,v>l,l[each]>c,c[true]>f,c[false]>n,f>m,l[done]>d",
        value("v", [1, 2, 3], "xs"),
        {"id": "l", "type": "loop", "collection": "{{xs}}", "item_variable": "x", "collect": "{{x}}"},
        {"id": "c", "type": "condition", "condition": {"field": "{{x}}", "operator": "equals", "value": 2}},
        act("f", "flaky", {"times": 1, "error": "refused"}),
        note("n", "n{{x}}"),
        note("m", "m{{x}}"),
        note("d", "{{count(steps.l.results)}}"),
    )
    bench = a_bench(document)
    run = await bench.execute()
    assert run.status is RunStatus.FAILED
    assert await bench.engine.resume(run.id)
    await bench.settled(run.id)
    assert [mail.text for mail in bench.mail.sent] == ["n1", "m2", "n3", "3"]
    # And again from the second iteration on, although all went well.
    assert await bench.engine.resume(run.id, Resume("m", (1,)))
    await bench.settled(run.id)
    assert [mail.text for mail in bench.mail.sent] == ["n1", "m2", "n3", "3", "m2", "3"]
    assert len({mail.message_id for mail in bench.mail.sent}) == 6
    bench.engine = bench.new_engine()
    assert await bench.engine.resume(run.id, Resume("d"))
    await bench.settled(run.id)
    assert [mail.text for mail in bench.mail.sent][-1] == "3"


async def test_there_must_be_something_to_go_on_from() -> None:
    bench = a_bench(drawn("T>n", note("n")))
    run = await bench.execute()
    with pytest.raises(BadRequest):
        await bench.engine.resume(run.id)
    with pytest.raises(BadRequest):
        await bench.engine.resume(run.id, Resume("nowhere"))
    with pytest.raises(NotFound):
        await bench.engine.resume("run_none")


async def test_a_skipped_approval_leaves_by_approved() -> None:
    bench = a_bench(drawn("T>a,a[approved]>n", ASK, note("n")))
    run = await bench.execute()
    assert await bench.engine.decide_in_doubt(run.id, "a", (), "skip", by="boss")
    await bench.settled(run.id)
    assert bench.lines(run.id) == ["a skipped", "n completed"]
