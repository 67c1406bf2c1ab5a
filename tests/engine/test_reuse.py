"""Answers of other systems that are used again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from flowstudio.analysis import MemoryFacts, check
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step
from flowstudio.engine.reuse import LARGEST, MOST_BYTES, Reuse
from flowstudio.engine.simulated import SimulatedHttp
from flowstudio.errors import Unreachable
from flowstudio.kit.ports import HttpRequest
from tests.support.documents import act, drawn, note
from tests.support.engine import Bench, dry_run, registry, workflow_of

RATES = "https://rates.example/{{trigger.currency}}"


def asking(config: JsonObject | None = None, reuse_for: str = "10 minutes") -> JsonObject:
    """A workflow that asks for a rate, and then says it."""
    ask = act("ask", "http_request", {"method": "GET", "url": RATES, **(config or {})})
    inputs = [{"name": "currency", "type": "text", "required": False}]
    return {
        **drawn("T>ask,ask>n", {**ask, "reuse_for": reuse_for}, note("n", "{{steps.ask.status}}")),
        "inputs": inputs,
    }


class Asked:
    """Runs of one workflow, and how often they asked."""

    def __init__(self, document: JsonObject) -> None:
        self.bench = Bench(workflow_of(document), registry())

    async def run(self, currency: str = "EUR") -> Step:
        run = await self.bench.execute({"currency": currency})
        return next(step for step in reversed(self.bench.journal.steps(run.id)) if step.node_id == "ask")

    @property
    def often(self) -> int:
        return len(self.bench.engine.world.http_of("ask").requests)


async def test_the_same_question_is_asked_once_within_the_time() -> None:
    asked = Asked(asking())
    first = await asked.run()
    await asked.bench.wait(minutes=9)
    second = await asked.run()
    assert asked.often == 1
    assert second.output == first.output
    assert (len(first.effects), len(second.effects)) == (1, 0)
    assert "answered" not in first.detail
    assert datetime.fromisoformat(str(second.detail["answered"])) == first.started_at
    assert len(asked.bench.mail.sent) == 2
    await asked.bench.wait(minutes=2)
    third = await asked.run()
    assert asked.often == 2
    assert "answered" not in third.detail


async def test_another_question_is_asked() -> None:
    asked = Asked(asking())
    await asked.run("EUR")
    await asked.run("USD")
    assert asked.often == 2


@pytest.mark.parametrize("config", [{"method": "POST"}, {"method": "DELETE"}, {"keep_file": True}], ids=str)
async def test_what_changes_something_or_gives_a_file_is_done_each_time(config: JsonObject) -> None:
    asked = Asked(asking(config))
    await asked.run()
    await asked.run()
    assert asked.often == 2


async def test_a_step_without_the_setting_asks_each_time() -> None:
    document = asking()
    del document["nodes"][0]["reuse_for"]
    asked = Asked(document)
    await asked.run()
    await asked.run()
    assert asked.often == 2


async def test_a_failure_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(asking())

    async def out_of_reach(web: SimulatedHttp, request: HttpRequest) -> NoReturn:
        raise Unreachable(f"{request.url} cannot be reached.")

    with monkeypatch.context() as down:
        down.setattr(SimulatedHttp, "request", out_of_reach)
        assert (await asked.run()).error
    assert (await asked.run()).error is None
    assert asked.often == 1


async def test_two_steps_share_an_answer_but_each_has_its_own_in_a_test_run() -> None:
    document = asking()
    again = {**document["nodes"][0], "id": "again"}
    document["nodes"].insert(1, again)
    document["edges"] = [{"from": "trigger", "to": "ask"}, {"from": "ask", "to": "again"}]
    asked = Asked(document)
    await asked.run()
    assert asked.often == 1
    assert not asked.bench.engine.world.http_of("again").requests
    sample = {"trigger": {"currency": "EUR"}, "mock_responses": {"ask": {"rate": 2}, "again": {"rate": 3}}}
    test = await dry_run(document, sample)
    assert [step.output["body"] for step in test.steps] == [{"rate": 2}, {"rate": 3}]


def test_a_step_that_asks_nobody_has_nothing_to_use_again() -> None:
    document = drawn("T>n", {**note("n", "x"), "reuse_for": "1 hour"})
    found = check(workflow_of(document), registry(), MemoryFacts())
    assert [(one.code, one.severity) for one in found if one.path.endswith("reuse_for")] == [
        ("nothing_to_reuse", "warning")
    ]
    found = check(workflow_of(asking()), registry(), MemoryFacts())
    assert not [one for one in found if "reuse" in one.path]


def test_what_is_kept_stays_small_and_the_longest_unused_goes_first() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    kept, half = Reuse(), "x" * (LARGEST // 2)
    questions = [Reuse.question("ws", "wf", "http", {"n": n}) for n in range(MOST_BYTES // LARGEST * 2 + 4)]
    for question in questions:
        kept.keep(question, now, {"text": half})
        assert kept.find(questions[0], now, 60) is not None
    assert kept.find(questions[1], now, 60) is None
    assert kept.find(questions[-1], now, 60) is not None
    kept.keep(questions[-1], now, {"text": half * 3})
    assert kept.find(questions[-1], now, 60) is None
    assert kept.find(questions[0], now + timedelta(seconds=60), 60) is None
    assert kept.find(questions[0], now - timedelta(seconds=1), 60) is None
