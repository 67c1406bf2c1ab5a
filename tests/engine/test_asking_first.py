"""A workflow that asks after its first messages: "first 3, then ask me"."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.states import RunStatus, WaitingFor
from tests.support.documents import drawn, note, value
from tests.support.engine import Bench, dry_run, registry, workflow_of

LOOP: dict[str, Any] = drawn(
    "T>v,v>l,l[each]>n,l[done]>d",
    value("v", [1, 2, 3, 4, 5], "xs"),
    {"id": "l", "type": "loop", "collection": "{{xs}}", "item_variable": "x"},
    note("n", "to {{x}}"),
    value("d", "done"),
)


def a_bench(after: int | None, document: dict[str, Any] = LOOP) -> Bench:
    settings = {"ask_after": after} if after is not None else {}
    return Bench(workflow_of({**document, "settings": settings}), registry())


def sent(bench: Bench) -> list[str]:
    return [mail.text for mail in bench.mail.sent]


async def test_the_first_ones_leave_and_the_rest_waits_for_a_yes() -> None:
    bench = a_bench(3)
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.APPROVAL
    assert sent(bench) == ["to 1", "to 2", "to 3"]
    ((_, wait),) = bench.journal.waits()
    assert wait["detail"]["subject"].startswith("May the run send more? So far 3")
    assert await bench.engine.decide(run.id, "n", (3,), "approved", by="boss@example.com")
    await bench.settled(run.id)
    assert sent(bench) == ["to 1", "to 2", "to 3", "to 4", "to 5"], "one yes is enough"
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED


async def test_a_no_keeps_it_from_leaving() -> None:
    bench = a_bench(3)
    run = await bench.execute()
    assert await bench.engine.decide(run.id, "n", (3,), "rejected", by="boss@example.com")
    await bench.settled(run.id)
    assert sent(bench) == ["to 1", "to 2", "to 3"]
    assert bench.journal.run(run.id).status is RunStatus.REJECTED


async def test_nobody_answering_counts_as_a_no() -> None:
    bench = a_bench(3)
    run = await bench.execute()
    await bench.wait(days=2)
    assert bench.journal.run(run.id).status is RunStatus.REJECTED
    assert len(sent(bench)) == 3


async def test_a_restart_counts_as_before_and_keeps_the_yes() -> None:
    bench = a_bench(3)
    run = await bench.execute()
    bench.engine = bench.new_engine()
    await bench.engine.recover()
    await bench.settled(run.id)
    assert len(sent(bench)) == 3
    assert await bench.engine.decide(run.id, "n", (3,), "approved", by="boss@example.com")
    await bench.settled(run.id)
    assert len(sent(bench)) == 5


@pytest.mark.parametrize(("after", "before_asking"), [(0, 0), (4, 4)])
async def test_how_many_leave_by_themselves(after: int, before_asking: int) -> None:
    bench = a_bench(after)
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.APPROVAL
    assert len(sent(bench)) == before_asking


@pytest.mark.parametrize("after", [None, 5, 100])
async def test_a_run_within_its_measure_is_not_asked_about(after: int | None) -> None:
    bench = a_bench(after)
    run = await bench.execute()
    assert run.status is RunStatus.COMPLETED
    assert len(sent(bench)) == 5


async def test_branches_side_by_side_share_the_measure() -> None:
    names = ["a", "b", "c"]
    document = drawn(
        ",".join(["T>p", *(f"p[{name}]>{name}" for name in names)]),
        {"id": "p", "type": "parallel", "branches": names},
        *(note(name, name) for name in names),
    )
    bench = a_bench(2, document)
    run = await bench.execute()
    assert run.waiting_for is WaitingFor.APPROVAL
    assert len(sent(bench)) == 2


def side_by_side(*nodes: dict[str, Any], join: str = "") -> dict[str, Any]:
    names = [node["id"] for node in nodes]
    lines = ["T>p", *(f"p[{name}]>{name}" for name in names), *(f"{name}>j" for name in names if join)]
    end = [{"id": "j", "type": "join", "join": join}] if join else []
    return drawn(",".join(lines), {"id": "p", "type": "parallel", "branches": names}, *nodes, *end)


@pytest.mark.parametrize("restart", [False, True])
async def test_one_question_for_all_branches_and_one_yes_lets_them_all_go_on(restart: bool) -> None:
    bench = a_bench(1, side_by_side(*(note(name, name) for name in "abcd")))
    run = await bench.execute()
    ((_, wait),) = bench.journal.waits()
    assert (wait["node_id"], len(sent(bench))) == ("b", 1)
    if restart:
        bench.engine = bench.new_engine()
        await bench.engine.recover()
    assert await bench.engine.decide(run.id, "b", (), "approved", by="boss@example.com")
    await bench.settled(run.id)
    assert sorted(sent(bench)) == ["a", "b", "c", "d"]
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED


async def test_items_side_by_side_ask_once() -> None:
    nodes = [{**node, "concurrency": 5} if node["id"] == "l" else node for node in LOOP["nodes"]]
    bench = a_bench(2, {**LOOP, "nodes": nodes})
    run = await bench.execute()
    ((_, wait),) = bench.journal.waits()
    assert await bench.engine.decide(run.id, "n", tuple(wait["iteration"]), "approved", by="boss@example.com")
    await bench.settled(run.id)
    assert sorted(sent(bench)) == [f"to {number}" for number in range(1, 6)]


async def test_a_no_ends_the_run_with_all_its_branches() -> None:
    bench = a_bench(1, side_by_side(*(note(name, name) for name in "abc")))
    run = await bench.execute()
    assert await bench.engine.decide(run.id, "b", (), "rejected", by="boss@example.com")
    await bench.settled(run.id)
    assert (sent(bench), bench.journal.run(run.id).status) == (["a"], RunStatus.REJECTED)


async def test_the_next_one_asks_when_the_step_that_asked_is_passed_over() -> None:
    bench = a_bench(1, side_by_side(*(note(name, name) for name in "abc")))
    run = await bench.execute()
    assert await bench.engine.decide_in_doubt(run.id, "b", (), "skip", by="boss@example.com")
    await bench.settled(run.id)
    ((_, wait),) = bench.journal.waits()
    assert (wait["node_id"], sent(bench)) == ("c", ["a"])
    assert await bench.engine.decide(run.id, "c", (), "approved", by="boss@example.com")
    await bench.settled(run.id)
    assert sent(bench) == ["a", "c"]
    assert bench.journal.run(run.id).status is RunStatus.COMPLETED


async def test_what_stays_inside_takes_nothing_of_the_measure() -> None:
    record = {"id": "r", "type": "action", "action": "create_record",
              "config": {"entity": "tasks", "set": {"title": "Call"}}}  # fmt: skip
    bench = a_bench(1, side_by_side(record, note("a", "a")))
    run = await bench.execute()
    assert (run.status, sent(bench)) == (RunStatus.COMPLETED, ["a"])


async def test_a_test_run_sends_nothing_and_asks_nobody() -> None:
    test = await dry_run({**LOOP, "settings": {"ask_after": 1}})
    assert test.run.status is RunStatus.COMPLETED
