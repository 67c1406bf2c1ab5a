"""Test runs: the same engine, with a journal in memory, ports that let nothing leave, and time that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.domain.run import Iteration, Run, Step
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.called import CalledRuns, WorkflowOf
from flowstudio.engine.ending import WHOLE_RUN
from flowstudio.engine.engine import Engine
from flowstudio.engine.frames import Place, Turn
from flowstudio.engine.memory import MemoryJournal
from flowstudio.engine.past import Past
from flowstudio.engine.payload import entity_of
from flowstudio.engine.result import result_of
from flowstudio.engine.sample import Meanwhile, Sample
from flowstudio.engine.simulated import NoMessageTexts, NoSecrets, SimulatedMail, SimulatedWeb
from flowstudio.engine.virtual_clock import VirtualClock
from flowstudio.engine.world import FixedWorkspace, World
from flowstudio.kit import Registry
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.ports import Http, Mail, MessageTexts, Secrets

MOST_WAITS = 10_000
"""Waits of one test run; a workflow that needs more is told so."""


@dataclass(frozen=True, slots=True)
class Twins:
    """What a test run has in the place of the world; what is left out is simulated here."""

    types: Mapping[str, RecordType]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    settings: JsonObject = field(default_factory=dict)
    messages: MessageTexts = field(default_factory=NoMessageTexts)
    mail: Mail | None = None
    http_of: Callable[[str], Http] | None = None
    http_with: Callable[[Mapping[str, JsonValue]], Callable[[str], Http]] | None = None
    """Makes the twin of HTTP from the sample's answers by node id; before `http_of`."""
    secrets: Secrets = field(default_factory=NoSecrets)
    rows: Mapping[str, Sequence[JsonObject]] | None = None
    """Rows of all record types; the types' sample rows without it."""
    workflow_of: WorkflowOf | None = None
    """Finds a workflow that is called; without it, or where it finds none, calls are noted only."""


class TestRun:
    """One test run: all at once, or step by step with break points."""

    __test__ = False  # a name that pytest would collect

    def __init__(
        self, workflow: Workflow, registry: Registry, sample: Sample, twins: Twins,
        past: Past | None = None, caller: TestRun | None = None,
    ) -> None:  # fmt: skip
        """`past` is the run that is gone through again: people and systems answer as they did then.

        `caller` calls this workflow: the two have time and records in common.
        """
        self.past = past
        self.workflow = workflow
        self.sample = sample
        self.clock: VirtualClock = VirtualClock(sample.moment(twins.zone)) if caller is None else caller.clock
        self.records: MemoryRecords = _records(sample, twins, self.clock) if caller is None else caller.records
        self.began = self.clock.now().astimezone(twins.zone)
        self.first = self.records.snapshot()
        """The records as the run finds them."""
        self.journal = MemoryJournal(self.records)
        self.engine = Engine(self._world(registry, twins), registry, self, serial=True)
        self.engine.watch = self._watch
        self.engine.gate = self._gate
        self.engine.given = self._given
        self.given: dict[Place, JsonObject] = {}
        """Results that a person set for one turn of an action; before what the sample pins for all of them."""
        self.engine.past = past
        trigger = sample.trigger_id or workflow.triggers[0].id
        run_id = past.run.id if past is not None else new_id("run")
        self.run = Run(
            run_id, "test", workflow.id, workflow.version, RunStatus.QUEUED, trigger, dict(sample.trigger), test=True
        )  # fmt: skip
        self.steps: list[Step] = []
        """Every record so far, in the order in which it was made."""
        self.notes: list[str] = []
        """What a person should know about how this test run was answered."""
        self.break_points: set[str] = set()
        self.at: Place | None = None
        """The node whose turn is next, where the run has stopped before it."""
        self.on_step: Callable[[Step], None] | None = None
        self._refused: set[Place] = set()
        """Waiting steps to which what came was not what they wait for."""
        self._started: list[tuple[str, Place]] = [] if caller is None else caller._started  # noqa: SLF001  its own kind
        """The delays and approvals, by run, in the order in which they began: `meanwhile` counts them."""
        self._permits: int | None = None
        self._passed: tuple[Place, int] | None = None
        """The turn that was let through last: it comes again where a record had to be read first."""
        self._goal: tuple[str, Iteration | None] | None = None
        self._main: asyncio.Task[Run] | None = None
        self._halted = asyncio.Event()
        self._go = asyncio.Event()

    def _world(self, registry: Registry, twins: Twins) -> World:
        """Return what the run reaches: nothing outside."""
        begin = partial(TestRun, registry=registry, twins=twins, caller=self)
        called = CalledRuns(self.sample, twins.workflow_of, lambda flow, given: begin(flow, sample=given), self._note)
        answers = self.sample.mock_responses
        web = SimulatedWeb(answers)
        http_of = twins.http_with(answers) if twins.http_with is not None else twins.http_of or web.of
        return World(
            self.clock, self.journal, self.records, twins.mail or SimulatedMail(), http_of(""), twins.secrets,
            twins.messages, FixedWorkspace(twins.zone, twins.settings), http_of,
            start_child=called.start, read_run=called.read,
        )  # fmt: skip

    # -- all at once -------------------------------------------------------------------------------------------------

    async def run_all(self) -> Run:
        """Go on to the end, past every break point; return the run."""
        self._permits = None
        self.break_points.clear()
        self._go.set()
        return await self._task()

    # -- step by step ------------------------------------------------------------------------------------------------

    async def step(self) -> bool:
        """Make one step and stop before the next; False when the run has ended or rests for good."""
        return await self._until_halted(1)

    async def continue_(self) -> bool:
        """Go on to the next break point; False when the run has ended or rests for good."""
        return await self._until_halted(None)

    async def close(self) -> None:
        """Let go of a test run that has not come to its end."""
        if self._main is not None and not self._main.done():
            self._main.cancel()
            await asyncio.gather(self._main, return_exceptions=True)
        await self.engine.close()

    def result(self) -> JsonObject:
        """Return the JSON of `flowstudio run --json`."""
        return result_of(self.run, self.steps, self.workflow, self.notes)

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        """Return the workflow under test, whatever version is asked for."""
        del workspace, workflow_id, version
        return self.workflow

    # -- how it goes -------------------------------------------------------------------------------------------------

    def _task(self) -> asyncio.Task[Run]:
        if self._main is None:
            self._main = asyncio.create_task(self._go_through())
        return self._main

    async def _until_halted(self, permits: int | None) -> bool:
        self._permits = permits
        self._halted.clear()
        self._go.set()
        halted = asyncio.ensure_future(self._halted.wait())
        await asyncio.wait((self._task(), halted), return_when=asyncio.FIRST_COMPLETED)
        halted.cancel()
        if self._task().done():
            self._task().result()
            return False
        return True

    def _given(self, place: Place) -> JsonObject | None:
        found = self.given.get(place)
        return found if found is not None else self.sample.pinned.get(place[0])

    async def run_to(self, node_id: str, iteration: Iteration | None = None) -> bool:
        """Go on until a step's turn comes, in that round or in any, past every break point; False: it never came."""
        self._goal = (node_id, iteration)
        return await self._until_halted(None)

    async def _gate(self, turn: Turn) -> None:
        self.at = turn.place
        self._as_late_as(self.past.began(turn.place) if self.past is not None else None)
        if self._passed == (turn.place, turn.attempt):
            return
        if self._goal is not None:
            if self._goal[0] != turn.node or self._goal[1] not in (None, turn.place[1]):
                return
            self._goal = None
            self._permits = 0
        if self._permits is None and turn.node not in self.break_points:
            return
        self._passed = (turn.place, turn.attempt)
        if self._permits is not None and self._permits > 0:
            self._permits -= 1
            return
        self._go.clear()
        self._halted.set()
        await self._go.wait()
        self._permits = None if self._permits is None else self._permits - 1

    async def _go_through(self) -> Run:
        plan = self.engine.compiled(self.run.workspace, self.workflow)
        for name, value in self.run.event.items():
            entity = entity_of(plan, self.records, self.run.trigger_id, name, value)
            if entity is not None and isinstance(value, dict) and "id" in value:
                _merge(self.records, entity, value)
        await self.engine.execute(self.run, self.workflow)
        for _ in range(MOST_WAITS):
            if self.run.status is not RunStatus.WAITING or not await self._end_of_wait():
                break
        self.at = None
        return self.run

    async def _end_of_wait(self) -> bool:
        """Let the next thing happen that the run waits for; False when nothing will."""
        for _, wait in self.journal.waits():
            place = (wait["node_id"], tuple(wait["iteration"]))
            if wait["kind"] == "approval" and await self._decide(place, wait["detail"]):
                return True
            if wait["kind"] in ("event", "webhook") and await self._deliver(place):
                return True
        timers = self.journal.timers()
        if not timers:
            return False
        timer = timers[0]
        self.clock.advance(timer.due)
        self.journal.take(timer)
        if (timer.node_id, timer.iteration) != WHOLE_RUN and timer.kind != "retry":
            self._meanwhile((timer.node_id, timer.iteration))
        return await self._told(self.engine.wake(timer))

    async def _deliver(self, place: Place) -> bool:
        """Hand a waiting step what it receives; False where nothing comes, or not what it waits for."""
        event = self.past.event(place) if self.past is not None else self.sample.events.get(place[0])
        if event is None or place in self._refused:
            return False
        self._meanwhile(place)
        self._as_late_as(self.past.ended(place) if self.past is not None else None)
        if await self._told(self.engine.deliver(self.run.id, *place, event)):
            return True
        self._refused.add(place)
        return False

    def _as_late_as(self, moment: datetime | None) -> None:
        if moment is not None:
            self.clock.advance(moment)

    async def _decide(self, place: Place, detail: JsonObject) -> bool:
        """Answer an approval as the sample says; False where nobody answers it."""
        answer = (self.past.decision(place) if self.past is not None else None) or self.sample.decision(place[0])
        if answer is None:
            self._note(f'No decision is given for "{detail["subject"]}": it counts as approved.')
        decision, by, comment = answer or ("approved", "", None)
        if decision == "expired":
            return False
        self._meanwhile(place)
        self._as_late_as(self.past.ended(place) if self.past is not None else None)
        everybody = [str(one) for one in detail["approvers"]] or ["test"]
        for who in [by] if by else everybody if detail["mode"] == "all" else everybody[:1]:
            await self._told(self.engine.decide(self.run.id, *place, decision, by=who, comment=comment))
        return True

    async def _told(self, said: Awaitable[bool]) -> bool:
        """Say something to the run and wait until it has ended or rests again."""
        told = await said
        driver = self.engine.driver(self.run.id)
        if driver is not None:
            await driver
        return told

    def _watch(self, step: Step) -> None:
        self.steps.append(step)
        if self.past is not None:
            self.past.took(step)
        wait = step.detail.get("wait")
        place = (step.node_id, step.iteration)
        if wait in ("timer", "approval", "event") and (self.run.id, place) not in self._started:
            self._started.append((self.run.id, place))
        if self.on_step is not None:
            self.on_step(step)

    def _meanwhile(self, place: Place) -> None:
        """Do what others do at the end of this wait."""
        known = (self.run.id, place)
        number = self._started.index(known) + 1 if known in self._started else 0
        for change in self.sample.meanwhile:
            if change.wait == number:
                _apply(self.records, change)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _records(sample: Sample, twins: Twins, clock: VirtualClock) -> MemoryRecords:
    return MemoryRecords.of_samples(twins.types, {**(twins.rows or {}), **sample.records}, clock, twins.zone)


async def run_virtually(workflow: Workflow, registry: Registry, sample: JsonObject | None, twins: Twins) -> TestRun:
    """Run a workflow on a sample, from beginning to end; nothing leaves and nothing is kept."""
    test = TestRun(workflow, registry, Sample.read(sample), twins)
    try:
        await test.run_all()
    finally:
        await test.close()
    return test


def _merge(records: MemoryRecords, entity: str, given: JsonObject) -> None:
    """Merge a payload's record over the stored row of its id; without such a row it becomes one."""
    rows = records.rows(entity)
    fields = records.type_of(entity).fields
    known = {name: value for name, value in given.items() if name in fields}
    for row in rows:
        if row["id"] == given["id"]:
            row.update(known)
            break
    else:
        rows.append(known)
    records.replace(entity, rows)


def _apply(records: MemoryRecords, change: Meanwhile) -> None:
    rows = records.rows(change.entity)
    if change.create is not None:
        rows.append(change.create)
    for row in rows:
        if change.set is not None and row["id"] == change.id:
            row.update(change.set)
    if change.delete:
        rows = [row for row in rows if row["id"] != change.id]
    records.replace(change.entity, rows)


__all__ = ["TestRun", "Twins", "run_virtually"]
