"""Takes one event to all that listens to it: triggers start runs, waiting steps go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.record import ENTITY, is_record
from flowstudio.errors import FlowStudioError, NotFound, StorageFailed, TooMany
from flowstudio.kit.record_rules import as_record
from flowstudio.kit.words import singular
from flowstudio.observe import logger
from flowstudio.services.detectors.messages import fits
from flowstudio.services.happening import ADDRESSED, CHANGED, MESSAGE, Happening

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Iteration
    from flowstudio.kit.ports import Clock, RecordStore
    from flowstudio.services.igniting import Igniting
    from flowstudio.services.listening import Filters, Listening
    from flowstudio.services.triggers import TriggerService

Started = tuple[str, str]
"""Workflow id, run id."""
log = logger(__name__)


class Waits(Protocol):
    """Steps that wait for an event."""

    async def open_waits(
        self, workspace: str, *, kind: str | None = None, run_id: str | None = None
    ) -> list[JsonObject]: ...


class Delivers(Protocol):
    """The part of the engine that hands a waiting step what it waits for."""

    async def deliver(self, run_id: str, node_id: str, iteration: Iteration, event: JsonValue) -> bool: ...


class LooksAtChanges(Protocol):
    """A detector that looks at every change of a record: stages, figures."""

    async def on_change(self, change: Happening, listening: list[Listening]) -> None: ...


class Reaching:
    """Knows for one event which triggers and which waiting steps it concerns."""

    def __init__(
        self,
        triggers: TriggerService,
        filters: Filters,
        igniting: Igniting,
        records: RecordStore,
        waits: Waits,
        engine: Delivers,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
        settings_of: Callable[[str], JsonObject],
    ) -> None:
        self._triggers = triggers
        self._filters = filters
        self._igniting = igniting
        self._records = records
        self._waits = waits
        self._engine = engine
        self._clock = clock
        self._zone_of = zone_of
        self._settings_of = settings_of
        self.on_change: dict[str, LooksAtChanges] = {}
        """By type of trigger: what looks at every change of a record."""
        self.name_of: Callable[[str, str], Awaitable[str]] | None = None
        """(workspace, workflow id) → the workflow's name, for events about runs."""

    async def carry_out(self, happening: Happening) -> list[Started]:
        """Start what listens to an event and tell who waits for it; return (workflow id, run id) of each start."""
        if happening.type == ADDRESSED:
            return await self._addressed(happening)
        if happening.type == CHANGED:
            return await self._changed(happening)
        data = await self._enriched(happening)
        started = await self._fire_all(self._listening_to(happening), happening, data)
        await self._deliver(happening, data)
        return started

    def _listening_to(self, happening: Happening) -> Iterable[Listening]:
        workspace, kind = happening.workspace, happening.type
        for one in self._triggers.listening_to(workspace, "event"):
            own = kind.startswith("run.") and happening.data.get("workflow_id") == one.workflow_id
            if one.config.get("event") == kind and not own:
                yield one
        if kind == "ticket.created":
            yield from self._triggers.listening_to(workspace, "ticket_created")
        if kind == MESSAGE:
            message, settings = happening.data.get("message") or {}, self._settings_of(workspace)
            for one in self._triggers.listening_to(workspace, "new_message"):
                one.tests = []  # its filter is a text to look for, no condition
                if fits(one, message, settings, self._clock):
                    yield one

    async def _fire_all(self, listening: Iterable[Listening], happening: Happening, data: JsonObject) -> list[Started]:
        started = []
        for one in list(listening):
            if not await self._filters.hold(one, data):
                continue
            try:
                run_id = await self._igniting.fire(one, data, happening, happening.id)
            except (StorageFailed, TooMany):
                raise
            except FlowStudioError as error:
                log.warning("trigger.not_started", workflow=one.workflow_id, error=error.message)
                continue
            if run_id is not None:
                started.append((one.workflow_id, run_id))
        return started

    async def _addressed(self, happening: Happening) -> list[Started]:
        data = happening.data
        one = self._triggers.trigger(happening.workspace, str(data["workflow_id"]), str(data["trigger_id"]))
        if one is None:
            return []
        payload = self._whole(happening.workspace, data["payload"])
        run_id = await self._igniting.fire(one, payload, happening, happening.id)
        return [(one.workflow_id, run_id)] if run_id is not None else []

    async def _changed(self, happening: Happening) -> list[Started]:
        workspace, data = happening.workspace, happening.data
        for kind, detector in self.on_change.items():
            listening = self._triggers.listening_to(workspace, kind)
            if listening:
                await detector.on_change(happening, listening)
        verb = "created" if data["before"] is None else "deleted" if data["after"] is None else "updated"
        name = singular(str(data["entity"])).replace(" ", "_")
        wanted = [
            one
            for one in self._triggers.listening_to(workspace, "event")
            if one.config.get("event") == f"{name}.{verb}"
        ]
        if not wanted or self._has_rule(str(data["entity"]), f"{name}.{verb}"):
            return []
        payload: JsonObject = {name: {**(data["after"] or data["before"]), ENTITY: data["entity"]}}
        if data["before"] is not None:
            payload["old"] = {field: value for field, value in data["before"].items() if field != "id"}
        return await self._fire_all(wanted, happening, self._whole(workspace, payload))

    def _has_rule(self, entity: str, event: str) -> bool:
        try:
            return any(rule.event == event for rule in self._records.type_of(entity).events)
        except NotFound:
            return False

    async def _enriched(self, happening: Happening) -> JsonObject:
        data = self._whole(happening.workspace, happening.data)
        if happening.type.startswith("run.") and self.name_of is not None and "workflow_id" in data:
            data["workflow_name"] = await self.name_of(happening.workspace, str(data["workflow_id"]))
        return data

    def _whole(self, workspace: str, data: JsonObject) -> JsonObject:
        """Return an event's data with the computed fields of its records."""
        return {name: self._as_now(workspace, value) if is_record(value) else value for name, value in data.items()}

    def _as_now(self, workspace: str, record: JsonObject) -> JsonObject:
        """Return a record with its computed fields, as they are now."""
        try:
            record_type = self._records.type_of(str(record[ENTITY]))
        except NotFound:
            return record
        shown = as_record(record_type, record, 0, self._clock.now(), self._zone_of(workspace))
        return {name: value for name, value in shown.items() if name != "$revision"}

    async def _deliver(self, happening: Happening, data: JsonObject) -> None:
        """Tell the steps that wait for this event."""
        for wait in await self._waits.open_waits(happening.workspace, kind="event"):
            if (wait.get("detail") or {}).get("event") == happening.type:
                try:
                    await self._engine.deliver(
                        str(wait["run_id"]), str(wait["node_id"]), tuple(wait.get("iteration") or ()), data
                    )
                except FlowStudioError as error:
                    log.warning("event.not_delivered", run=wait["run_id"], error=error.message)
