"""Notices that nothing has happened around a record for some days: once per silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.calendar import at_time
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.kit.words import singular
from flowstudio.observe import logger
from flowstudio.services.happening import ADDRESSED, Happening, Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, RecordStore
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening

log = logger(__name__)
_MIDNIGHT = datetime.min.time()


class Activity(Protocol):
    """When something last happened around records."""

    async def latest(self, workspace: str, entity: str, record_id: str | None = None) -> dict[str, datetime]:
        """Return the moment by record id.

        It is the latest of the record's own changes and of the communications, tasks and tickets that name it.
        """


class SilenceDetector:
    """Looks once a day for records that have been silent."""

    def __init__(
        self,
        records: RecordStore,
        activity: Activity,
        watches: WatchStore,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
    ) -> None:
        self._records = records
        self._activity = activity
        self._watches = watches
        self._clock = clock
        self._zone_of = zone_of

    async def look(self, one: Listening) -> datetime:
        """Raise the event of every silence that is long enough and has not been told of; return when to look again."""
        now, zone = self._clock.now(), self._zone_of(one.workspace)
        tomorrow = at_time(now.astimezone(zone).date() + timedelta(days=1), _MIDNIGHT, zone)
        try:
            entity = self._records.type_of(str(one.config.get("entity") or "customers")).name
            rows = await self._records.query(one.workspace, entity, one.config.get("filter") or None)
        except FlowStudioError as error:
            log.warning("trigger.filter_failed", workflow=one.workflow_id, error=error.message)
            return tomorrow
        latest = await self._activity.latest(one.workspace, entity)
        told = await self._watches.all(one.workspace, one.workflow_id, one.trigger.id)
        notes, silences = [], []
        for row in rows:
            key = str(row["id"])
            last = self._last(row, latest.get(key), zone)
            if last is None:
                continue
            days, stamp = _days(last, now, zone), last.isoformat()
            if days < int(one.config.get("days") or 1) or (told.get(key) or {}).get("last") == stamp:
                continue
            notes.append(Note(one.workspace, one.workflow_id, one.trigger.id, key, {"last": stamp}))
            silences.append(self._silence(one, entity, row, days, stamp))
        if notes:
            await self._watches.note(notes, silences)
        return tomorrow

    async def stands(self, listening: Listening, record_id: str) -> bool:
        """Say whether a record is still silent, for a trigger of two parts."""
        now, zone = self._clock.now(), self._zone_of(listening.workspace)
        try:
            entity = self._records.type_of(str(listening.config.get("entity") or "customers")).name
        except NotFound:
            return False
        row = await self._records.get(listening.workspace, entity, record_id)
        if row is None:
            return False
        latest = await self._activity.latest(listening.workspace, entity, record_id)
        last = self._last(row, latest.get(record_id), zone)
        return last is not None and _days(last, now, zone) >= int(listening.config.get("days") or 1)

    def _silence(self, one: Listening, entity: str, row: JsonObject, days: int, stamp: str) -> Happening:
        record = {name: value for name, value in row.items() if name != "$revision"}
        payload: JsonObject = {singular(entity).replace(" ", "_"): record, "days_inactive": days}
        data: JsonObject = {"workflow_id": one.workflow_id, "trigger_id": one.trigger.id, "payload": payload}
        identity = f"silence:{one.workflow_id}:{one.trigger.id}:{row['id']}:{stamp}"
        return Happening(one.workspace, identity, ADDRESSED, data, self._clock.now())

    def _last(self, row: JsonObject, seen: datetime | None, zone: ZoneInfo) -> datetime | None:
        """Return when something last happened: what was seen here, or what the record itself tells."""
        told = row.get("last_activity_at")
        try:
            own = datetime.fromisoformat(str(told)) if told else None
        except ValueError:
            own = None
        if own is not None and own.tzinfo is None:
            own = own.replace(tzinfo=zone)
        moments = [moment for moment in (seen, own) if moment is not None]
        return max(moments) if moments else None


def _days(last: datetime, now: datetime, zone: ZoneInfo) -> int:
    return (now.astimezone(zone).date() - last.astimezone(zone).date()).days
