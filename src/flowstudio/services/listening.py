"""A trigger of an active workflow, and whether what happens meets its filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.domain.record import ENTITY, is_record
from flowstudio.domain.workflow import Trigger
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.expressions import Condition, DictScope, EvalContext, RecordNeeded, compile_condition, normalise
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit.ports import Clock, RecordStore

MAX_LOOKUPS = 100
PART = "#"
"""Between the id of a trigger of two parts and the number of a part: `trigger#1`."""
log = logger(__name__)


@dataclass(slots=True, eq=False)
class Listening:
    """A trigger of an active workflow. Its compiled filter is kept with it."""

    workspace: str
    workflow_id: str
    version: int
    trigger: Trigger
    whole: Trigger | None = None
    """The trigger of two parts that this one is a part of."""
    tests: list[tuple[bool, Condition]] | None = field(default=None, repr=False)
    """Compiled conditions; True: over the record's fields too."""

    @property
    def config(self) -> JsonObject:
        """Return the settings."""
        return self.trigger.config


def parts_of(listening: Listening) -> list[Listening]:
    """Return the parts of a trigger of two parts, each as a trigger of its own; nothing for others."""
    if listening.trigger.type != "both_of":
        return []
    found = []
    for number, part in enumerate(listening.config.get("parts") or (), start=1):
        if isinstance(part, dict) and isinstance(part.get("type"), str):
            rest = {key: value for key, value in part.items() if key not in ("type", "config", "id", "name")}
            trigger = Trigger(
                id=f"{listening.trigger.id}{PART}{number}", type=part["type"],
                config={**rest, **(part.get("config") or {})},
            )  # fmt: skip
            found.append(
                Listening(listening.workspace, listening.workflow_id, listening.version, trigger, listening.trigger)
            )
    return found


class Filters:
    """Tests the filters of triggers; what references lead to is read when it is needed."""

    def __init__(
        self,
        records: RecordStore,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
        settings_of: Callable[[str], JsonObject],
    ) -> None:
        self._records = records
        self._clock = clock
        self._zone_of = zone_of
        self._settings_of = settings_of

    async def hold(self, listening: Listening, data: JsonObject) -> bool:
        """Say whether a trigger's filter (over the record) and its conditions (over everything) hold."""
        if listening.tests is None:
            trees = ((True, listening.config.get("filter")), (False, listening.config.get("conditions")))
            try:
                listening.tests = [(over, compile_condition(normalise(tree))) for over, tree in trees if tree]
            except FlowStudioError as error:
                log.warning("trigger.filter_broken", workflow=listening.workflow_id, error=error.message)
                return False
        for over_record, condition in listening.tests:
            if not await self._holds(listening, condition, _names(data) if over_record else data, data):
                return False
        return True

    async def _holds(self, listening: Listening, condition: Condition, names: JsonObject, data: JsonObject) -> bool:
        fetched: dict[JsonValue, JsonObject] = {}
        now, zone = self._clock.now(), self._zone_of(listening.workspace)
        moment, today = at_words(now, zone), now.astimezone(zone).date().isoformat()
        roots: JsonObject = {
            "settings": self._settings_of(listening.workspace), "now": moment, "today": today,
            "time": {"now": moment, "today": today},
        }  # fmt: skip
        scope = _Scope(names, data, roots, fetched, self._target)
        for _ in range(MAX_LOOKUPS):
            try:
                return condition.test(EvalContext(scope, now, zone))
            except RecordNeeded as needed:
                fetched[needed.record_id] = await self._read(listening.workspace, needed) or {}
            except FlowStudioError as error:
                log.warning("trigger.filter_failed", workflow=listening.workflow_id, error=error.message)
                return False
        return False

    def _target(self, entity: str, name: str) -> str:
        """Return the record type that a reference leads to."""
        try:
            return self._records.type_of(entity).reference(name) or entity
        except NotFound:
            return entity

    async def _read(self, workspace: str, needed: RecordNeeded) -> JsonObject | None:
        try:
            return await self._records.get(workspace, needed.entity, str(needed.record_id))
        except NotFound:
            return None


def record_in(data: JsonObject) -> JsonObject:
    """Return the record that an event is about: the first one, else the first object."""
    objects = [value for name, value in data.items() if isinstance(value, dict) and name != "old"]
    return next((one for one in objects if is_record(one)), objects[0] if objects else {})


def _names(data: JsonObject) -> JsonObject:
    return {**data, **{name: value for name, value in record_in(data).items() if name != ENTITY}}


class _Scope(DictScope):
    """The names of an event: its record's fields, its keys, and what the change was."""

    __slots__ = ("_data", "_roots", "_target")

    def __init__(
        self,
        names: JsonObject,
        data: JsonObject,
        roots: JsonObject,
        records: dict[JsonValue, JsonObject],
        target: Callable[[str, str], str],
    ) -> None:
        super().__init__(names)
        self._records = records
        self._data = data
        self._roots = roots
        self._target = target

    def lookup(self, name: str) -> JsonValue:
        """Return the value of a name; None for one that this event does not have."""
        if name in self.values:
            return self.values[name]
        if name == "client" and "customer" in self.values:
            return self.values["customer"]
        record = record_in(self._data)
        target = "customer" if name == "client" else name
        if f"{target}_id" in record:
            return self.reference(record, target)
        return self._data if name == "trigger" else self._roots.get(name)

    def reference(self, value: JsonObject, name: str, frozen: bool = False) -> JsonValue:
        """Return the record of that id; it is read when it is not at hand."""
        record_id = value.get(f"{name}_id")
        if record_id is None or ENTITY not in value:
            return None
        if record_id not in self._records:
            raise RecordNeeded(self._target(str(value[ENTITY]), name), record_id)
        return self._records[record_id] or None

    def change(self, path: Sequence[str | int]) -> JsonObject | None:
        """Return the old and the new value of a field; None where the record has just been made."""
        keys = [part for part in path if part != "trigger"]
        old = self._data.get("old")
        if not keys or not isinstance(old, dict):
            return None
        name = str(keys[-1])
        record = record_in(self._data)
        if len(keys) == 1 and name not in record:
            return None
        return {"old": old.get(name), "new": record.get(name)}


def at_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as a trigger's payload shows it: the local time, without the zone."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()
