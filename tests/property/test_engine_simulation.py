"""Many runs at once, people, events, a clock and crashes, chosen by chance from a seed: engine and model agree at every step.

FLOWSTUDIO_TEST_SEED repeats what failed; the message of a failure names its seed.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from flowstudio.domain.run import Timer
from flowstudio.errors import Conflict, StorageFailed
from tests.crash.test_every_durable_point import CutJournal
from tests.support.documents import act, drawn, note
from tests.support.engine import Bench, registry, workflow_of

STEPS = 200
"""In one simulation."""
HOUR = timedelta(hours=1)
RETRY = {"attempts": 3, "backoff": "fixed", "first": "1 hour", "max": "1 hour"}
DOCUMENT = drawn(
    "T>keyed,keyed>flaky,flaky>pause,pause>ask,ask[approved]>wait,wait[received]>plain",
    act("keyed", "keyed_note", {"text": "hello"}),
    act("flaky", "flaky", {"times": 2, "error": "unreachable", "keyed": True}, retry=RETRY),
    {"id": "pause", "type": "delay", "config": {"for": "24 hours"}},
    {
        "id": "ask",
        "type": "approval",
        "config": {"subject": "Go?", "approvers": ["a@x.example"], "deadline": "48 hours"},
    },
    {"id": "wait", "type": "wait", "config": {"for_event": "paid", "match": {"ok": True}}},
    note("plain", "bye"),
)


@dataclass
class Expected:
    """The model of one run: where it is, and when it wakes by itself."""

    at: str = "flaky"
    due: datetime | None = None
    tries: int = 1
    spread: bool = True
    """Retries are spread a little, so that not all come at once: the moment is the engine's, within a tenth."""
    status: str = "waiting"
    sent: list[str] = field(default_factory=lambda: ["keyed"])

    def wake(self) -> None:
        """The moment has come that this run waits for."""
        assert self.due is not None
        now = self.due
        if self.at == "flaky":
            self.tries += 1
            self.due, self.spread = now + HOUR, True
            if self.tries == 3:
                self.at, self.due, self.spread = "pause", now + 24 * HOUR, False
        elif self.at == "pause":
            self.at, self.due = "ask", now + 48 * HOUR
        else:
            self.finish("rejected")

    def finish(self, status: str) -> None:
        self.status, self.due, self.at = status, None, "end"

    @property
    def waiting_for(self) -> str | None:
        kinds = {"flaky": "retry", "pause": "timer", "ask": "approval", "wait": "event", "plain": "decision"}
        return kinds[self.at] if self.status == "waiting" else None


class Simulation:
    """The engine, the model, and what happens to both."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.journal = CutJournal()
        self.bench = Bench(workflow_of(DOCUMENT), registry(), self.journal)
        self.runs: dict[str, Expected] = {}
        self.crashed = False
        self.told: list[str] = []

    async def step(self) -> None:
        """Let one thing happen, perhaps with the end of the process in the middle of it."""
        deeds = {"start": 3, "wait": 5, "approve": 3, "reject": 1, "deliver": 3, "miss": 1, "cancel": 1, "again": 1}
        deed = self.chance.choices(list(deeds), list(deeds.values()))[0]
        self.crashed = False
        if self.chance.random() < 0.3:
            self.journal.cut_at = self.journal.calls + self.chance.randint(1, 3)
            self.journal.after = self.chance.random() < 0.5
        self.told.append(f"{deed} cut={self.journal.cut_at}")
        await getattr(self, deed)()
        await self.mend()
        self.journal.mend()
        await self.decide_doubts()
        self.compare()

    async def mend(self) -> None:
        """Start a new process where the old one has ended."""
        await self.bench.engine.idle()
        if self.journal.cut_at is None or self.journal.calls < self.journal.cut_at:
            return
        self.crashed = True
        await self.bench.engine.close()
        self.journal.mend()
        self.bench.engine = self.bench.new_engine()
        await self.bench.engine.recover()
        await self.bench.engine.idle()

    async def repeated(self, deed: Any, done: Any) -> None:
        """Do a deed; after a crash look whether it has been done, and do it again where not, as a person would."""
        for _ in range(3):
            with suppress(StorageFailed):
                await deed()
            await self.mend()
            if done():
                return
        raise AssertionError("It is never done.")

    async def start(self) -> None:
        now, event = self.bench.clock.now(), f"e{len(self.runs)}"
        tried: list[str] = []

        async def deliver() -> None:
            run = self.bench.a_run(event_id=event)
            tried.append(run.id)
            await self.bench.engine.execute(run, self.bench.workflow)

        await self.repeated(deliver, lambda: self.journal.has(tried[-1]))
        self.runs[tried[-1]] = Expected(due=now + HOUR)

    async def again(self) -> None:
        """The event of a run comes once more: nothing starts."""
        if self.runs:
            number = self.chance.randrange(len(self.runs))
            try:
                await self.bench.engine.execute(self.bench.a_run(event_id=f"e{number}"), self.bench.workflow)
            except (Conflict, StorageFailed):
                return
            raise AssertionError("One event started two runs.")

    async def wait(self) -> None:
        until = self.bench.clock.now() + self.chance.randint(1, 30) * HOUR
        while due := [timer for timer in self.journal.timers() if timer.due <= until]:
            await self._wake(due[0])
        self.bench.clock.advance(until)
        assert all(expected.due is None or expected.due > until for expected in self.runs.values())

    async def _wake(self, timer: Timer) -> None:
        self.bench.clock.advance(timer.due)
        await self.repeated(lambda: self.bench.engine.wake(timer), lambda: timer not in self.journal.timers())
        self.expect_timer(timer.run_id, timer.due)
        self.runs[timer.run_id].wake()

    def expect_timer(self, run_id: str, due: datetime | None) -> None:
        expected = self.runs[run_id]
        if expected.spread and expected.due is not None and due is not None:
            assert timedelta(0) <= due - expected.due <= HOUR / 10, (run_id, due, expected)
            expected.due, expected.spread = due, False
        assert due == expected.due, (run_id, due, expected)

    def _one(self, *places: str) -> str | None:
        found = [run_id for run_id, expected in self.runs.items() if expected.at in places]
        return self.chance.choice(found) if found else None

    async def _answer(self, decision: Any) -> str | None:
        run_id = self._one("ask")
        if run_id is not None:
            await self.repeated(
                lambda: self.bench.engine.decide(run_id, "ask", (), decision, by="ann"),
                lambda: self.journal.run(run_id).waiting_for != "approval",
            )
        return run_id

    async def approve(self) -> None:
        if (run_id := await self._answer("approved")) is not None:
            self.runs[run_id].at, self.runs[run_id].due = "wait", None

    async def reject(self) -> None:
        if (run_id := await self._answer("rejected")) is not None:
            self.runs[run_id].finish("rejected")

    async def deliver(self) -> None:
        if (run_id := self._one("wait")) is not None:
            await self.repeated(
                lambda: self.bench.engine.deliver(run_id, "wait", (), {"ok": True}),
                lambda: self.journal.run(run_id).waiting_for != "event",
            )
            self.runs[run_id].sent.append("plain")
            self.runs[run_id].finish("completed")

    async def miss(self) -> None:
        """An event that does not fit changes nothing."""
        if (run_id := self._one("wait", "ask")) is not None:
            assert not await self.bench.engine.deliver(run_id, "wait", (), {"ok": False})

    async def cancel(self) -> None:
        if (run_id := self._one("flaky", "pause", "ask", "wait")) is not None:
            await self.repeated(
                lambda: self.bench.engine.cancel(run_id), lambda: self.journal.run(run_id).status == "cancelled"
            )
            self.runs[run_id].finish("cancelled")

    async def decide_doubts(self) -> None:
        """A person looks into the post and says what became of what is in doubt: only calls without a key, after a crash."""
        for run_id in self.runs:
            if self.journal.run(run_id).waiting_for == "decision":
                assert self.crashed, f"{run_id} is in doubt without a crash"
                left = self._sent(run_id).count("plain")
                choice = "happened" if left else "repeat"
                assert await self.bench.engine.decide_in_doubt(run_id, "plain", (), choice, by="ann")  # type: ignore[arg-type]
                await self.bench.engine.idle()

    def _sent(self, run_id: str) -> list[str]:
        """What has left for a run: with a key once per key, without one as often as it left."""
        left = [str(mail.message_id) for mail in self.bench.mail.sent if str(mail.message_id).startswith(run_id)]
        keyed = {key for key in left if "/keyed/" in key}
        return [key.split("/")[1] for key in [*sorted(keyed), *(key for key in left if "/plain/" in key)]]

    def compare(self) -> None:
        for run_id, expected in self.runs.items():
            run = self.journal.run(run_id)
            [due] = [timer.due for timer in self.journal.timers() if timer.run_id == run_id] or [None]
            self.expect_timer(run_id, due)
            found = (run.status.value, run.waiting_for, self._sent(run_id))
            assert found == (expected.status, expected.waiting_for, expected.sent), (run_id, expected)


async def _simulate(seed: int) -> None:
    simulation = Simulation(seed)
    try:
        for _ in range(STEPS):
            await simulation.step()
    except BaseException as fault:
        told = "\n".join(simulation.told[-20:])
        raise AssertionError(f"To repeat: FLOWSTUDIO_TEST_SEED={seed}. Step {len(simulation.told)}:\n{told}") from fault
    finally:
        await simulation.bench.engine.close()


@pytest.mark.parametrize("steps", [1_000, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_engine_and_model_agree(steps: int) -> None:
    first = os.environ.get("FLOWSTUDIO_TEST_SEED")
    for _ in range(1 if first else steps // STEPS):
        asyncio.run(_simulate(int(first) if first else secrets.randbits(32)))
