"""Notices that a record moved to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.record import ENTITY
from flowstudio.errors import FlowStudioError, NotFound, StorageFailed, TooMany
from flowstudio.kit.words import singular
from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.domain.record import RecordType
    from flowstudio.kit.ports import RecordStore
    from flowstudio.services.happening import Happening
    from flowstudio.services.igniting import Igniting
    from flowstudio.services.listening import Listening

STAGE_FIELDS = ("stage", "phase", "status")
log = logger(__name__)


def stage_field(record_type: RecordType) -> str | None:
    """Return the field that says at which stage a record is: the first of stage, phase and status."""
    return next((name for name in STAGE_FIELDS if name in record_type.fields), None)


class StageDetector:
    """Looks at every change of the records that stage triggers name."""

    def __init__(self, records: RecordStore, igniting: Igniting) -> None:
        self._records = records
        self._igniting = igniting

    async def on_change(self, change: Happening, listening: list[Listening]) -> None:
        """Start the runs of the triggers whose stage a record has moved to."""
        before, after, entity = change.data["before"], change.data["after"], str(change.data["entity"])
        if before is None or after is None:
            return
        for one in listening:
            record_type = self._type(str(one.config.get("entity") or "customers"))
            field = stage_field(record_type) if record_type is not None and record_type.name == entity else None
            if field is None or before.get(field) == after.get(field):
                continue
            source, target = before.get(field), after.get(field)
            if target != one.config.get("to_stage") or one.config.get("from_stage") not in (None, "", source):
                continue
            payload = {
                singular(entity).replace(" ", "_"): {**after, ENTITY: entity}, "from_stage": source, "to_stage": target,
            }  # fmt: skip
            try:
                await self._igniting.fire(one, payload, change, change.id)
            except (StorageFailed, TooMany):
                raise
            except FlowStudioError as error:
                log.warning("trigger.not_started", workflow=one.workflow_id, error=error.message)

    def _type(self, entity: str) -> RecordType | None:
        try:
            return self._records.type_of(entity)
        except NotFound:
            return None
