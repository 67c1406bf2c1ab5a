"""When schedules fire: what is kept of each, and how its next time is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from flowstudio.calendar import BadTime, next_fire, read_schedule
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.listening import Listening

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a schedule trigger fires next."""

    workspace: str
    workflow_id: str
    trigger_id: str
    version: int
    rule: JsonObject
    zone: str
    next_fire: datetime
    last_fire: datetime | None = field(default=None, compare=False)
    """The last slot that started a run."""


class ScheduleStore(Protocol):
    """Kept schedules."""

    async def replace(self, workspace: str, workflow_id: str, schedules: list[Schedule]) -> None:
        """Let these be all schedules of the workflow; a rule that stays keeps its next time."""

    async def due(self, before: datetime, limit: int = 500) -> list[Schedule]: ...

    async def documents(self, schedules: Sequence[Schedule]) -> dict[tuple[str, int], JsonObject]:
        """Return the published documents of schedules, by workflow id and version."""

    async def next_due(self) -> datetime | None: ...

    async def moved(self, schedule: Schedule, next_fire: datetime | None) -> bool:
        """Move a schedule on; False when somebody else did so already."""

    async def moved_all(self, moves: Sequence[tuple[Schedule, datetime | None, datetime | None]]) -> None:
        """Move schedules on: (schedule, its next time, the slot that fired or None), all in one transaction."""

    async def all(self, workspace: str) -> list[Schedule]: ...


def schedules_of(listening: Iterable[Listening], now: datetime, workspace_zone: ZoneInfo) -> list[Schedule]:
    """Return the schedules among active triggers, each with its next time; one that cannot be read is left out."""
    found = []
    for one in listening:
        if one.trigger.type != "schedule":
            continue
        try:
            due = next_fire(read_schedule(one.config), now, workspace_zone)
        except BadTime as error:
            log.warning("schedule.unreadable", workflow=one.workflow_id, error=str(error))
            continue
        if due is not None:
            zone = str(rule_zone(one.config, workspace_zone))
            found.append(Schedule(one.workspace, one.workflow_id, one.trigger.id, one.version, one.config, zone, due))
    return found


def after(schedule: Schedule, moment: datetime) -> datetime | None:
    """Return when a schedule fires next after a moment; None when it never does again.

    An interval that does not divide a day counts on from its last slot, however late that was carried out.
    """
    return next_fire(
        read_schedule(schedule.rule), moment, ZoneInfo(schedule.zone), active_since=min(schedule.next_fire, moment)
    )


def rule_zone(rule: JsonObject, workspace_zone: ZoneInfo) -> ZoneInfo:
    """Return the zone a schedule is read in: its own, or the workspace's."""
    name = rule.get("timezone")
    return workspace_zone if name in (None, "", "workspace") else ZoneInfo(str(name))
