"""Schedules: when what fires, a calendar, and making up for what was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query

from flowstudio.api.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.services.schedules import ScheduleRow, Slot
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/schedules", tags=["schedules"])

    @routes.get("", summary="Schedules of all active workflows")
    async def listed(actor: Asking, times: Annotated[int, Query(ge=1, le=100)] = 10) -> dict[str, Any]:
        rows = await studio.schedules.list(actor, times=times)
        return {"schedules": [_row(row) for row in rows], "total": len(rows)}

    @routes.get("/calendar", summary="What fires between two moments")
    async def calendar(actor: Asking, start: datetime | None = None, end: datetime | None = None) -> dict[str, Any]:
        first = _aware(start) if start is not None else studio.clock.now()
        found = await studio.schedules.calendar(actor, first, _aware(end) if end else first + timedelta(days=31))
        return {
            "slots": [
                {"at": one.at.isoformat(), "note": one.note, "workflow_id": one.workflow_id,
                 "workflow_name": one.workflow_name, "trigger_id": one.trigger_id, "more": one.often}
                for one in found
            ]
        }  # fmt: skip

    @routes.post("/preview", summary="The next times of a rule")
    async def preview(
        actor: Asking,
        rule: Annotated[dict[str, Any], Body(examples=[{"cron": "0 9 * * 1", "timezone": "Europe/Berlin"}])],
        times: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> dict[str, Any]:
        sentence, zone, slots = studio.schedules.preview(actor, rule, times)
        return {"sentence": sentence, "timezone": zone, "next": _slots(slots)}

    @routes.post("/{workflow_id}/{trigger_id}/catch-up", summary="Start the runs that were missed")
    async def catch_up(actor: Asking, workflow_id: str, trigger_id: str) -> dict[str, Any]:
        return {"runs": await studio.schedules.catch_up(actor, workflow_id, trigger_id)}

    return routes


def _row(row: ScheduleRow) -> dict[str, Any]:
    return {
        "workflow_id": row.workflow_id, "workflow_name": row.workflow_name, "trigger_id": row.trigger_id,
        "sentence": row.sentence, "timezone": row.zone, "rule": row.rule, "missed_policy": row.missed_policy,
        "last_fire": row.last_fire.isoformat() if row.last_fire else None, "next": _slots(row.next),
        "missed": [slot.isoformat() for slot in row.missed],
    }  # fmt: skip


def _slots(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    return [{"at": slot.at.isoformat(), "note": slot.note} for slot in slots]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
