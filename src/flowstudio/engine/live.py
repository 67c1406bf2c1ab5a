"""A run in memory: its state, what it has read, and what is to be written next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import StepStatus
from flowstudio.engine.frames import Place, Turn
from flowstudio.engine.messages import Message
from flowstudio.engine.plan import Plan
from flowstudio.engine.records import RecordView
from flowstudio.engine.state import RunState
from flowstudio.engine.world import World
from flowstudio.kit.decisions import Respond
from flowstudio.kit.ports import Batch
from flowstudio.kit.record_rules import RecordIds

if TYPE_CHECKING:
    from flowstudio.engine.attempt import Attempt
    from flowstudio.engine.past import Past

Gate = Callable[[Turn], Awaitable[None]]
Watch = Callable[[Step], None]
Given = Callable[[Place], JsonObject | None]


@dataclass(slots=True, eq=False)
class LiveRun:
    """One run that has its turn. Only its own driving loop touches it; all others send messages to its inbox."""

    run: Run
    plan: Plan
    state: RunState
    records: RecordView
    world: World
    zone: ZoneInfo
    settings: JsonObject
    payload: JsonObject
    """The trigger's payload under its bare names: records in it are record variables."""
    epoch: int = 0
    next_seq: int = 1
    stored: bool = False
    """Whether the run itself is on disk."""
    marked: bool = False
    """Whether its row says that it is running."""
    inbox: list[Message] = field(default_factory=list)
    launching: list[Attempt] = field(default_factory=list)
    """Attempts that start as soon as their intents are on disk."""
    tasks: dict[Turn, asyncio.Task[None]] = field(default_factory=dict)
    waits: dict[Place, str] = field(default_factory=dict)
    """Tokens of the waits that are open."""
    timers: dict[Place, None] = field(default_factory=dict)
    """Places with a timer on disk. An empty set takes three times the memory."""
    renewed: bool = False
    """The event on disk lacks what the start of the run put into it."""
    paused: bool = False
    lost: bool = False
    """Another owner has taken the run over."""
    leaving: bool = False
    """Nothing more is started here: another process goes on once what is under way has come to its end."""
    used: Mapping[Place, int] = field(default_factory=dict)
    """Attempts that no longer count because the run was taken up from before them: their keys are used up."""
    sent: int = 0
    """Messages and calls of this run, counted where its workflow asks for that."""
    freed: bool = False
    """A person allowed the messages and calls beyond the first ones."""
    gate: Gate | None = None
    """Asked before every turn in a test run that goes step by step."""
    watch: Watch | None = None
    """Told of every step, in their order."""
    given: Given | None = None
    """What an action gives without being carried out, in a test run where a person said so; None: it is carried out."""
    past: Past | None = None
    """The run that is gone through again, on another version of its workflow."""
    answer: Respond | None = None
    on_disk: asyncio.Future[None] | None = None
    """Set when the run is on disk for the first time, where somebody waits for that."""
    answered: bool = False
    """Whether the answer to the caller is on disk."""
    _pending: Batch | None = None
    _ids: RecordIds | None = None
    _bell: asyncio.Future[None] | None = None

    @property
    def pending(self) -> Batch:
        """Return what is settled and not on disk yet."""
        if self._pending is None:
            self._pending = Batch(self.run.id, self.epoch)
        return self._pending

    @pending.setter
    def pending(self, batch: Batch) -> None:
        self._pending = batch

    @property
    def ids(self) -> RecordIds:
        """Return what gives ids to the records that the run makes."""
        if self._ids is None:
            self._ids = RecordIds(test=self.run.test)
        return self._ids

    @property
    def moment(self) -> datetime:
        """Return the present in the workspace's zone."""
        return self.world.clock.now().astimezone(self.zone)

    def local(self, moment: datetime | None) -> str | None:
        """Write a moment as texts without a zone are read: in the workspace's zone."""
        return None if moment is None else moment.astimezone(self.zone).replace(microsecond=0, tzinfo=None).isoformat()

    def send(self, message: Message) -> None:
        """Put a message into the inbox and wake the driving loop."""
        self.inbox.append(message)
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    def leave(self) -> None:
        """Start nothing more, and wake the driving loop so that it sees that."""
        self.leaving = True
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    async def bell(self) -> None:
        """Return when there is a message, or nothing is under way in a run that is left."""
        while not self.inbox and not (self.leaving and not self.tasks):
            self._bell = asyncio.get_running_loop().create_future()
            try:
                await self._bell
            finally:
                self._bell = None

    def number(self, step: Step) -> Step:
        """Give a step its place in the order, and count it."""
        step.seq = self.next_seq
        self.next_seq += 1
        self.count(step)
        if self.watch is not None:
            self.watch(step)
        return step

    def count(self, step: Step) -> None:
        """Keep the totals of the run: steps that are settled, and those of them that went well."""
        status = step.status
        went_well = status is StepStatus.COMPLETED or status is StepStatus.SKIPPED
        # Identity, not `in`: the hash of an enum member costs more than all of this.
        if went_well or status is StepStatus.FAILED or status is StepStatus.CANCELLED:
            self.run.steps_total += 1
            self.run.steps_completed += went_well
        if self.plan.ask_after is not None:
            self._count_outward(step)

    def _count_outward(self, step: Step) -> None:
        """Count what has left, and note when a person allowed the rest."""
        if step.detail.get("beyond") and step.status is StepStatus.RUNNING:
            self.freed = True
        self.sent += self._left_in(step)

    def _left_in(self, step: Step) -> int:
        """Return how many messages and calls left in a settled step."""
        slot = self.plan.slots.get(step.node_id)
        if step.status is not StepStatus.COMPLETED or slot is None or not slot.sends:
            return 0
        return max(1, step.sent)

    def write(self, step: Step) -> None:
        """Put a settled step into what is written next."""
        self.pending.steps.append(self.number(step))
        if self.plan.counts_sent:
            self.pending.sent += self._left_in(step)

    def take_pending(self) -> Batch:
        """Take what is to be written, leaving an empty batch."""
        batch, self._pending = self.pending, None
        return batch


def bare(event: JsonObject) -> JsonObject:
    """Return an event under its bare names: itself where it has no others."""
    for key in event:
        if key[:1] == "$":
            return {key: value for key, value in event.items() if not key.startswith("$")}
    return event


def error_of(code: str, message: str, hint: str = "", answer: JsonValue = None) -> JsonObject:
    """Return an error as steps and runs hold it."""
    error: JsonObject = {"code": code, "message": message, "hint": hint}
    if answer:
        error["answer"] = answer
    return error
