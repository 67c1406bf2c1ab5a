"""What one attempt of one step sees of its run: the `RunContext` that node types receive."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Effect, Iteration
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.step_records import WorkRecords
from flowstudio.engine.variables import Names
from flowstudio.expressions import (
    Condition,
    EvalContext,
    RecordNeeded,
    compile_condition,
    compile_expression,
    compile_template,
    normalise,
)
from flowstudio.kit.ports import Files, Http, Mail, MessageTexts, Secrets

_KEPT = 256
"""Conditions kept compiled per node; beyond that they are compiled anew."""


class StepContext:
    """The door to the world for one attempt; in a test run simulated twins stand behind it."""

    __slots__ = ("_live", "_now", "_records", "_slot", "evaluation", "noted", "turn")

    def __init__(self, live: LiveRun, turn: Turn, slot: Slot, now: datetime) -> None:
        self._live = live
        self._slot = slot
        self._now = now
        self._records: WorkRecords | None = None
        self.turn = turn
        self.evaluation = EvalContext(Names(live, turn.frame), now, live.zone)
        self.noted: list[Effect] = []
        """Messages and calls that left (or would have)."""

    def go_on(self, slot: Slot, now: datetime) -> None:
        """Serve the next step of a straight line, with nothing left of the one before."""
        self._slot = slot
        self._now = now
        self._records = None
        self.turn.node = slot.node.id
        self.evaluation.go_on(now)
        if self.noted:
            self.noted = []

    # -- who and where -----------------------------------------------------------------------------------------------

    @property
    def run_id(self) -> str:
        """Return the run's id."""
        return self._live.run.id

    @property
    def workspace(self) -> str:
        """Return the workspace."""
        return self._live.run.workspace

    @property
    def workflow_id(self) -> str:
        """Return the workflow's id."""
        return self._live.run.workflow_id

    @property
    def node_id(self) -> str:
        """Return the node's id."""
        return self.turn.node

    @property
    def iteration(self) -> Iteration:
        """Return the index of each loop around the step."""
        return self.turn.frame.iteration

    @property
    def attempt(self) -> int:
        """Return which attempt this is, from 1."""
        return self.turn.attempt

    @property
    def idempotency_key(self) -> str:
        """Return run / node / iteration / n: the same while the outcome of an attempt is unknown."""
        return key_of(self._live, self.turn)

    @property
    def test(self) -> bool:
        """Say whether this is a test run."""
        return self._live.run.test

    @property
    def zone(self) -> ZoneInfo:
        """Return the workspace's zone."""
        return self._live.zone

    @property
    def settings(self) -> JsonObject:
        """Return the workspace's settings."""
        return self._live.settings

    # -- the world ---------------------------------------------------------------------------------------------------

    @property
    def records(self) -> WorkRecords:
        """Return the records as this attempt sees them."""
        if self._records is None:
            live = self._live
            own = self._slot.type.category != "data"
            ids = live.ids if live.past is None else live.past.ids(self.turn.place)
            self._records = WorkRecords(live.records, ids, self.now(), live.zone, own=own)
        return self._records

    @property
    def touched(self) -> WorkRecords | None:
        """Return the records if the attempt asked for them, else None."""
        return self._records

    @property
    def mail(self) -> Mail:
        """Return the mail port."""
        return self._live.world.mail

    @property
    def http(self) -> Http:
        """Return the HTTP port, in a test run the twin for this node."""
        world = self._live.world
        return world.http if world.http_of is None else world.http_of(self.turn.node)

    @property
    def secrets(self) -> Secrets:
        """Return the stored secrets."""
        return self._live.world.secrets

    @property
    def messages(self) -> MessageTexts:
        """Return the message texts."""
        return self._live.world.messages

    @property
    def files(self) -> Files:
        """Return the kept files."""
        return self._live.world.files

    def now(self) -> datetime:
        """Return the present, aware, in the workspace's zone."""
        return self._now.astimezone(self._live.zone)

    # -- expressions -------------------------------------------------------------------------------------------------

    def evaluate(self, expression: str, **names: JsonValue) -> JsonValue:
        """Return the value of an expression; `names` come before the run's variables."""
        return compile_expression(expression).evaluate(self._with(names))

    def render(self, value: JsonValue, **names: JsonValue) -> JsonValue:
        """Fill in the `{{ }}` texts of a value at any depth."""
        return compile_template(value).render(self._with(names))

    def test_condition(self, tree: JsonObject) -> tuple[bool, list[JsonObject]]:
        """Test a condition: the verdict, and a row per comparison."""
        return self.verdict(self._condition(tree))

    def verdict(self, condition: Condition) -> tuple[bool, list[JsonObject]]:
        """Test a compiled condition, as `test_condition` does."""
        verdict = condition.evaluate(self.evaluation)
        return verdict.result, [
            {
                "path": list(row.place),
                "field": row.field,
                "left": row.left,
                "operator": row.operator,
                "right": row.right,
                "result": row.result,
            }
            for row in verdict.rows
        ]

    async def fill(self, value: JsonValue, **names: JsonValue) -> JsonValue:
        """As `render`, fetching the records that are needed on the way."""
        template = compile_template(value)
        while True:
            try:
                return template.render(self._with(names))
            except RecordNeeded as needed:
                await self._live.records.fetch(needed)

    # -- effects -----------------------------------------------------------------------------------------------------

    def message(self, channel: str, to: str, text: str, **content: JsonValue) -> None:
        """Note that a message left."""
        self.noted.append(Effect("message", {"channel": channel, "to": to, "text": text, **content}))

    def call(self, name: str, target: str, **content: JsonValue) -> None:
        """Note a request to another system."""
        self.noted.append(Effect("call", {"call": name, "target": target, **content}))

    def start_over(self) -> None:
        """Forget what the attempt has done to records: it is made again, with a record at hand that it lacked."""
        self._records = None

    def effects(self) -> tuple[Effect, ...]:
        """Return everything that this attempt wrote or sent."""
        records = self._records.effects if self._records is not None else []
        return (*records, *self.noted)

    def _with(self, names: JsonObject) -> EvalContext:
        if not names:
            return self.evaluation
        return self.evaluation.within(Names(self._live, self.turn.frame, names))

    def _condition(self, tree: JsonObject) -> Condition:
        kept = self._slot.conditions
        found = kept.get(id(tree))
        if found is None or found[0] is not tree:
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept[id(tree)] = (tree, compile_condition(normalise(tree)))
        return found[1]


def key_of(live: LiveRun, turn: Turn) -> str:
    """Return the idempotency key of a turn's present attempt: run / node / iteration / n."""
    iteration = ".".join(map(str, turn.frame.iteration)) or "-"
    return f"{live.run.id}/{turn.node}/{iteration}/{turn.known + live.used.get(turn.place, 0)}"
