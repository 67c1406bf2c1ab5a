"""Notices that a day has come which a record names: an invoice is overdue, a deadline has passed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.calendar import at_time
from flowstudio.domain.record import ENTITY
from flowstudio.expressions import condition_from_text
from flowstudio.services.happening import Happening, Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import EventRule, RecordType
    from flowstudio.kit.ports import Clock, RecordStore
    from flowstudio.services.happening import WatchStore

CLOCK = "FlowStudio"
"""Who writes what a rule sets."""
SINCE = "$since"
"""Key of the day from which a rule looks: what was over before raises nothing."""
_OFFSET = re.compile(r"(\d+) days? (after|before)")
_MIDNIGHT = datetime.min.time()


class Keeps(Protocol):
    """Where records are changed."""

    async def types(self, workspace: str) -> list[tuple[RecordType, int]]: ...

    async def update(
        self,
        workspace: str,
        entity: str,
        record_id: str,
        fields: JsonObject,
        *,
        actor: str,
        revision: int | None = None,
    ) -> JsonObject: ...


class DateDetector:
    """Looks at the beginning of each day, by the workspace's clock."""

    def __init__(
        self,
        records: RecordStore,
        keeper: Keeps,
        watches: WatchStore,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
    ) -> None:
        self._records = records
        self._keeper = keeper
        self._watches = watches
        self._clock = clock
        self._zone_of = zone_of

    async def look(self, workspace: str) -> datetime:
        """Raise the event of every date that has been reached, once per record and date; return when to look again."""
        zone = self._zone_of(workspace)
        today = self._clock.now().astimezone(zone).date()
        for record_type, number in await self._keeper.types(workspace):
            for rule in record_type.events:
                if isinstance(rule.when.get("date"), str) and number:
                    await self._look(workspace, record_type, rule, today)
        return at_time(today + timedelta(days=1), _MIDNIGHT, zone)

    async def _look(self, workspace: str, record_type: RecordType, rule: EventRule, today: date) -> None:
        known = await self._watches.all(workspace, "", rule.event)
        if SINCE not in known:
            await self._watches.note([Note(workspace, "", rule.event, SINCE, {"day": today.isoformat()})])
            return
        field, offset = str(rule.when["date"]), offset_days(str(rule.when.get("reached") or ""))
        since, latest = date.fromisoformat(str(known[SINCE]["day"])), today - timedelta(days=offset)
        due: JsonObject = {"field": field, "operator": "on_or_before", "value": latest.isoformat()}
        extra = condition_from_text(str(rule.when["where"])) if rule.when.get("where") else None
        where: JsonObject = {"type": "and", "conditions": [due, extra]} if extra else due
        for row in await self._records.query(workspace, record_type.name, where):
            day = str(row.get(field) or "")[:10]
            told = (known.get(str(row["id"])) or {}).get("date")
            if not day or told == day or date.fromisoformat(day) + timedelta(days=offset) <= since:
                continue
            await self._raise(workspace, record_type, rule, row, day)

    async def _raise(self, workspace: str, record_type: RecordType, rule: EventRule, row: JsonObject, day: str) -> None:
        sets = rule.when.get("sets") or {}
        changed = {name: value for name, value in sets.items() if row.get(name) != value}
        if changed:
            row = await self._keeper.update(workspace, record_type.name, str(row["id"]), changed, actor=CLOCK)
        record = {name: value for name, value in row.items() if name != "$revision"}
        data: JsonObject = {name: {**record, ENTITY: record_type.name} for name in rule.payload[:1]}
        identity = f"date:{rule.event}:{row['id']}:{day}"
        await self._watches.note(
            [Note(workspace, "", rule.event, str(row["id"]), {"date": day})],
            [Happening(workspace, identity, rule.event, data, self._clock.now())],
        )


def offset_days(text: str) -> int:
    """Return by how many days after its date a rule fires: `1 day after` is 1, `2 days before` is -2."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return 0
    return int(found[1]) if found[2] == "after" else -int(found[1])
