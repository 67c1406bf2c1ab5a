"""Notices that a figure crosses a value: once, and again only after it was back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.record import ENTITY
from flowstudio.errors import NotFound
from flowstudio.expressions import as_number
from flowstudio.kit.record_rules import as_record
from flowstudio.kit.words import singular
from flowstudio.services.detectors.metrics import metric_of, past
from flowstudio.services.happening import ADDRESSED, Happening, Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit.ports import Clock, RecordStore
    from flowstudio.services.detectors.metrics import Metric
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening

EVERY = timedelta(minutes=5)
RULE = "$rule"
"""Key of the settings that the sides were noted for: other settings begin anew."""
ONE = "$figure"
"""Key of the side of a figure that belongs to no record."""


class FigureDetector:
    """Remembers on which side of the value each figure was."""

    def __init__(
        self, records: RecordStore, watches: WatchStore, clock: Clock, zone_of: Callable[[str], ZoneInfo]
    ) -> None:
        self._records = records
        self._watches = watches
        self._clock = clock
        self._zone_of = zone_of

    async def look(self, one: Listening) -> datetime:
        """Compare every figure of a trigger with its value; return when to look again.

        The first look only notes where the figures stand: what was past the value before is no crossing.
        """
        metric = metric_of(one.config)
        known = await self._watches.all(one.workspace, one.workflow_id, one.trigger.id)
        rule = {name: one.config.get(name) for name in ("metric", "operator", "value", "entity")}
        first = (known.pop(RULE, None) or {}).get("rule") != rule
        figures = await self._figures(one, metric)
        notes: list[Note] = [self._note(one, RULE, {"rule": rule})] if first else []
        crossings: list[Happening] = []
        for key, (figure, record) in figures.items():
            self._compare(one, key, figure, record, known.get(key), notes, None if first else crossings, None)
        gone = known.keys() - figures.keys()
        notes += [self._note(one, key, None) for key in gone]
        if notes:
            await self._watches.note(notes, crossings)
        return self._clock.now() + EVERY

    async def on_change(self, change: Happening, listening: list[Listening]) -> None:
        """Look at once where a record that a figure is made of has changed."""
        for one in listening:
            metric = metric_of(one.config)
            entity = str(change.data["entity"])
            if self._name(metric.entity) != entity:
                continue
            if await self._watches.one(one.workspace, one.workflow_id, one.trigger.id, RULE) is None:
                continue  # its first look is still to come
            if metric.kind != "field":
                figures = await self._figures(one, metric)
            elif change.data["after"] is None:
                figures = {}
                await self._watches.note([self._note(one, str(change.data["id"]), None)])
            else:
                record = self._shown(one.workspace, entity, change.data["after"])
                figures = {str(record["id"]): (record.get(metric.field), record)}
            await self._cross(one, figures, change)

    async def stands(self, listening: Listening, record_id: str) -> bool:
        """Say whether a figure is still past the value, for a trigger of two parts."""
        for key in (record_id, ONE):
            side = await self._watches.one(listening.workspace, listening.workflow_id, listening.trigger.id, key)
            if side is not None:
                return bool(side["past"])
        return False

    async def _cross(self, one: Listening, figures: dict[str, tuple[JsonValue, JsonObject]], change: Happening) -> None:
        notes: list[Note] = []
        crossings: list[Happening] = []
        for key, (figure, record) in figures.items():
            known = await self._watches.one(one.workspace, one.workflow_id, one.trigger.id, key)
            self._compare(one, key, figure, record, known, notes, crossings, change.run_id)
        if notes:
            await self._watches.note(notes, crossings)

    def _compare(
        self, one: Listening, key: str, figure: JsonValue, record: JsonObject, known: JsonObject | None,
        notes: list[Note], crossings: list[Happening] | None, run_id: str | None,
    ) -> None:  # fmt: skip
        """Note the side of one figure and, where it has crossed, the event of that."""
        number, value = as_number(figure), as_number(one.config.get("value"))
        is_past = number is not None and value is not None and past(
            str(one.config.get("operator")), float(number), float(value)
        )  # fmt: skip
        was_past, crossed = bool(known and known["past"]), int(known["crossed"]) if known else 0
        if is_past == was_past and known is not None:
            return
        if is_past and not was_past and crossings is not None:
            crossed += 1
            payload: JsonObject = {"metric": one.config.get("metric"), "value": figure}
            if record:
                payload[singular(str(record[ENTITY])).replace(" ", "_")] = record
            data: JsonObject = {"workflow_id": one.workflow_id, "trigger_id": one.trigger.id, "payload": payload}
            identity = f"figure:{one.workflow_id}:{one.trigger.id}:{key}:{crossed}"
            crossings.append(Happening(one.workspace, identity, ADDRESSED, data, self._clock.now(), run_id))
        notes.append(self._note(one, key, {"past": is_past, "crossed": crossed}))

    def _note(self, one: Listening, key: str, value: JsonObject | None) -> Note:
        return Note(one.workspace, one.workflow_id, one.trigger.id, key, value)

    async def _figures(self, one: Listening, metric: Metric) -> dict[str, tuple[JsonValue, JsonObject]]:
        """Return the figures by record id, each with its record; the one figure stands under `$figure`."""
        try:
            if metric.kind == "field":
                rows = await self._records.query(one.workspace, metric.entity)
                return {str(row["id"]): (row.get(metric.field), _plain(row)) for row in rows}
            if metric.kind == "count":
                return {ONE: (len(await self._records.query(one.workspace, metric.entity, metric.where)), {})}
            rows = await self._records.query(one.workspace, metric.entity, metric.where, "-recorded_at", 1)
        except NotFound:
            return {}
        return {ONE: (rows[0].get(metric.field), {})} if rows else {}

    def _shown(self, workspace: str, entity: str, row: JsonObject) -> JsonObject:
        record_type = self._records.type_of(entity)
        return _plain(as_record(record_type, row, 0, self._clock.now(), self._zone_of(workspace)))

    def _name(self, entity: str) -> str | None:
        try:
            return self._records.type_of(entity).name
        except NotFound:
            return None


def _plain(row: JsonObject) -> JsonObject:
    return {name: value for name, value in row.items() if name != "$revision"}
