"""Whether what started a run still holds: looked at when the run starts and, where wished, after each delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.record import ENTITY, REVISION, is_record
from flowstudio.errors import NotFound
from flowstudio.services.detectors.stages import stage_field
from flowstudio.services.igniting import BY_EVENT
from flowstudio.services.listening import Listening, record_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Run
    from flowstudio.domain.workflow import Trigger
    from flowstudio.engine.world import RecheckAt
    from flowstudio.kit import Registry
    from flowstudio.kit.ports import RecordStore
    from flowstudio.services.listening import Filters
    from flowstudio.services.pairs import Standing

RECHECK = "recheck"
"""Key of a trigger's setting; triggers whose settings lack it are never looked at again."""


class Rechecking:
    """Looks at a trigger's condition with the records as they are now."""

    def __init__(
        self, filters: Filters, records: RecordStore, states: Mapping[str, Standing], registry: Registry
    ) -> None:
        """`states`: by type of trigger, those that tell of a state."""
        self._filters = filters
        self._records = records
        self._states = states
        self._registry = registry

    async def no_longer(self, run: Run, trigger: Trigger, at: RecheckAt) -> str | None:
        """Return why a run has nothing to do any more, None where it has.

        Runs that a person or a program started by hand are not looked at: they want it whatever holds.
        """
        if not (run.event_id or "").startswith(BY_EVENT) or self._wanted(trigger) not in _COVERS[at]:
            return None
        data, gone = await self._now(run)
        if gone is not None and not str(trigger.config.get("event") or "").endswith(".deleted"):
            return f"{_WHEN[at]}, because what it was about had been deleted: {gone}."
        if await self._holds(run, trigger, data):
            return None
        found = self._registry.find(trigger.key)
        line = found.line(trigger.config) if found is not None else trigger.type
        return f"{_WHEN[at]}, because this no longer held: {line.rstrip('.')}."

    def _wanted(self, trigger: Trigger) -> str:
        found = self._registry.find(trigger.key)
        field = found.Config.model_fields.get(RECHECK) if found is not None else None
        return str(trigger.config.get(RECHECK) or (field.default if field is not None else "never"))

    async def _now(self, run: Run) -> tuple[JsonObject, str | None]:
        """Return the run's payload with its records as they are now, and the id of one that has been deleted."""
        data, gone = {name: value for name, value in run.event.items() if not name.startswith("$")}, None
        for name, value in data.items():
            if not is_record(value):
                continue
            try:
                stored = await self._records.get(run.workspace, str(value[ENTITY]), str(value.get("id")))
            except NotFound:  # its type is gone
                stored = None
            if stored is not None:
                data[name] = {**value, **stored, ENTITY: value[ENTITY]}
            elif REVISION in value:  # it was there when the run started
                gone = str(value.get("id"))
        return data, gone

    async def _holds(self, run: Run, trigger: Trigger, data: JsonObject) -> bool:
        listening = Listening(run.workspace, run.workflow_id, run.version, trigger)
        if trigger.type == "stage_change":
            return self._at_stage(trigger, data)
        state = self._states.get(trigger.type)
        if state is not None and not await state.stands(listening, str(record_in(data).get("id") or "")):
            return False
        return await self._filters.hold(listening, data)

    def _at_stage(self, trigger: Trigger, data: JsonObject) -> bool:
        record = record_in(data)
        try:
            field = stage_field(self._records.type_of(str(record.get(ENTITY))))
        except NotFound:
            return False
        return field is not None and record.get(field) == trigger.config.get("to_stage")


_COVERS: dict[RecheckAt, tuple[str, ...]] = {"start": ("start", "start_and_delays"), "delay": ("start_and_delays",)}
_WHEN: dict[RecheckAt, str] = {"start": "It did not start", "delay": "It did not go on after its delay"}
