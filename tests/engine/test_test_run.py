"""A test run step by step, with break points, and what it tells while it goes."""

from __future__ import annotations

from flowstudio.domain.states import RunStatus
from flowstudio.engine.sample import Sample
from flowstudio.engine.test_run import TestRun
from tests.support.documents import drawn, note, value
from tests.support.engine import dry_run, registry, twins, workflow_of

DOCUMENT = drawn(
    "T>v,v>d,d>n,n>m",
    value("v", 1),
    {"id": "d", "type": "delay", "config": {"for": "30 days"}},
    note("n", "{{today}}"),
    note("m"),
)


def a_test_run() -> TestRun:
    return TestRun(workflow_of(DOCUMENT), registry(), Sample.read({"now": "2026-03-02T09:00"}), twins())


async def test_each_step_stops_before_the_next() -> None:
    test = a_test_run()
    assert await test.step()
    assert [step.node_id for step in test.steps] == ["v"]
    assert test.at == ("d", ())
    assert await test.step()
    assert [step.node_id for step in test.steps] == ["v", "d", "d"]
    assert test.at == ("n", ())
    assert await test.step()
    assert not await test.step()
    assert test.run.status is RunStatus.COMPLETED
    assert test.at is None
    await test.close()


async def test_it_goes_on_to_the_next_break_point_and_then_to_the_end() -> None:
    test = a_test_run()
    test.break_points.add("m")
    assert await test.continue_()
    assert test.at == ("m", ())
    assert (await test.run_all()).status is RunStatus.COMPLETED
    await test.close()


async def test_it_can_be_left_in_the_middle() -> None:
    test = a_test_run()
    assert await test.step()
    await test.close()
    assert test.run.status is RunStatus.RUNNING


async def test_every_step_is_told_as_it_is_made() -> None:
    test = a_test_run()
    told: list[str] = []
    test.on_step = lambda step: told.append(f"{step.node_id} {step.status.value}")
    await test.run_all()
    assert told == ["v completed", "d waiting", "d completed", "n completed", "m completed"]


async def test_an_http_step_is_answered_by_the_sample() -> None:
    document = drawn(
        "T>h,h>g,g>n",
        {
            "id": "h",
            "type": "http",
            "config": {"method": "GET", "url": "https://api.example.com/x"},
            "outputs": ["body"],
        },
        {"id": "g", "type": "http", "config": {"method": "POST", "url": "https://api.example.com/y"}},
        note("n", "{{body.rate}}"),
    )
    test = await dry_run(document, {"mock_responses": {"h": {"rate": 3}}})
    result = test.result()
    assert [message["text"] for message in result["messages"]] == ["3"]
    assert result["external_calls"] == [
        {"call": "GET", "target": "https://api.example.com/x"}, {"call": "POST", "target": "https://api.example.com/y"},
    ]  # fmt: skip
