"""Engines for tests: the real one, on the journal in memory, with simulated ports and a clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import flowstudio.nodes
from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.engine import Engine
from flowstudio.engine.memory import MemoryJournal
from flowstudio.engine.result import result_of
from flowstudio.engine.sample import Sample
from flowstudio.engine.simulated import NoSecrets, SimulatedMail, SimulatedWeb
from flowstudio.engine.test_run import TestRun, Twins
from flowstudio.engine.virtual_clock import VirtualClock
from flowstudio.engine.world import FixedWorkspace, World
from flowstudio.interchange import read_document
from flowstudio.kit import Registry
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.record_types import shipped_record_types
from tests.support.nodes import TEST_NODES

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""09:00 in Berlin, a Monday."""
BERLIN = ZoneInfo("Europe/Berlin")
REMINDER = {
    "name": "invoice_reminder", "title": "Invoice reminder", "channel": "email",
    "subject": "Invoice {{invoice_number}} is overdue", "text": "{{amount}} was due on {{due_date}}.",
    "variables": ["invoice_number", "amount", "due_date"],
}  # fmt: skip


class Texts:
    """One message text."""

    def get(self, name: str) -> JsonObject | None:
        return REMINDER if name == "invoice_reminder" else None


@cache
def registry() -> Registry:
    """The product's node types and those for tests."""
    found = Registry.of(flowstudio.nodes)
    for node_type in TEST_NODES:
        found.add(node_type)
    return found


def workflow_of(document: JsonObject) -> Workflow:
    """Read a document as import does; what it leaves out is filled in here."""
    whole = {
        "id": "wf_test",
        "name": "Test",
        "trigger": {"type": "manual", "config": {}},
        "nodes": [],
        "edges": [],
        **document,
    }
    result = read_document(whole, registry())
    errors = [problem for problem in result.problems if problem.severity == "error"]
    assert result.workflow is not None, errors
    return result.workflow


async def dry_run(document: JsonObject, sample: JsonObject | None = None, **settings: Any) -> TestRun:
    """Test-run a document on a sample."""
    test = TestRun(
        workflow_of(document), registry(), Sample.read({"now": "2026-03-02T09:00", **(sample or {})}), twins(**settings)
    )
    try:
        await test.run_all()
    finally:
        await test.close()
    return test


def twins(**settings: Any) -> Twins:
    """What a test run has in the place of the world."""
    return Twins(shipped_record_types(), BERLIN, settings, Texts())


class Bench:
    """One workflow on one engine; the journal and the records outlive the engine, as a disk does."""

    def __init__(self, workflow: Workflow, node_types: Registry, journal: MemoryJournal | None = None) -> None:
        self.workflow = workflow
        self.registry = node_types
        self.clock = VirtualClock(NOW)
        self.records = MemoryRecords.of_samples(shipped_record_types(), {}, self.clock, BERLIN)
        self.journal = journal or MemoryJournal(self.records)
        self.journal.records = self.records
        self.mail = SimulatedMail()
        self.told: list[Delivery] = []
        self.engine = self.new_engine()

    def new_engine(self) -> Engine:
        """Return another engine on the same disk."""
        web = SimulatedWeb()
        world = World(
            self.clock, self.journal, self.records, self.mail, web.of(""), NoSecrets(), Texts(), FixedWorkspace(BERLIN),
            web.of, self.told.extend,
        )  # fmt: skip
        return Engine(world, self.registry, self)

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        return self.workflow

    def a_run(self, event: JsonObject | None = None, **fields: Any) -> Run:
        return Run(
            new_id("run"), "ws", self.workflow.id, self.workflow.version, RunStatus.QUEUED, self.workflow.triggers[0].id,
            event or {}, **fields,
        )  # fmt: skip

    async def execute(self, event: JsonObject | None = None, **fields: Any) -> Run:
        return await self.engine.execute(self.a_run(event, **fields), self.workflow)

    async def wait(self, **length: float) -> None:
        """Let time pass, waking what is due on the way, in order."""
        until = self.clock.now() + timedelta(**length)
        await self.engine.idle()
        while timers := [timer for timer in self.journal.timers() if timer.due <= until]:
            self.clock.advance(timers[0].due)
            self.journal.take(timers[0])
            await self.engine.wake(timers[0])
            await self.engine.idle()
        self.clock.advance(until)

    async def settled(self, run_id: str) -> None:
        """Return when the run has ended or rests."""
        while (driver := self.engine.driver(run_id)) is not None:
            await driver

    def result(self, run_id: str) -> JsonObject:
        return result_of(self.journal.run(run_id), self.journal.steps(run_id), self.workflow)

    def lines(self, run_id: str) -> list[str]:
        return lines(self.result(run_id))


def lines(result: JsonObject) -> list[str]:
    """Write each step as `node@iteration status`, in the order in which they began."""
    found = []
    for step in result["steps"]:
        at = step["iteration"]
        where = "" if at is None else f"@{'.'.join(map(str, at)) if isinstance(at, list) else at}"
        found.append(f"{step['node_id']}{where} {step['status']}")
    return found
