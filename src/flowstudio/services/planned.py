"""Starts that runs have planned for later: what is due begins, once each, also after a crash."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, FlowStudioError, NotFound, StorageFailed, TooMany
from flowstudio.kit.moments import moment_of
from flowstudio.observe import logger
from flowstudio.services.listening import at_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, RecordStore
    from flowstudio.services.detectors.dates import Keeps
    from flowstudio.services.ports import WorkflowStore
    from flowstudio.services.starting import Starter
    from flowstudio.services.switching_off import Notices

PLANNED = "scheduled_workflows"
LATEST = timedelta(seconds=30)
"""A start that is planned for less than this ahead may be that late."""
APART = timedelta(seconds=5)
"""Between two looks: a workflow that plans itself for now goes round slowly."""
MOST = 500
"""Starts of one look."""
_OPEN: JsonObject = {
    "type": "and",
    "conditions": [
        {"field": "status", "operator": "equals", "value": "scheduled"},
        {"field": "planned_by", "operator": "exists"},
    ],
}
log = logger(__name__)


class PlannedStarts:
    """Starts what is due."""

    def __init__(
        self,
        records: RecordStore,
        keeper: Keeps,
        workflows: WorkflowStore,
        starter: Starter,
        notices: Notices,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
        workspaces: Iterable[str],
    ) -> None:
        self._records = records
        self._keeper = keeper
        self._workflows = workflows
        self._starter = starter
        self._notices = notices
        self._clock = clock
        self._zone_of = zone_of
        self._workspaces = list(workspaces)
        self._next: datetime | None = None

    async def start_due(self) -> datetime | None:
        """Begin every start whose time has come; return when to look again. A source of the ticker."""
        now = self._clock.now()
        if self._next is not None and now < self._next <= now + LATEST:
            return self._next
        following = now + LATEST
        for workspace in self._workspaces:
            for row in await self._records.query(workspace, PLANNED, _OPEN, "run_at", MOST):
                due = self._due(workspace, row)
                if due is not None and due > now:
                    following = min(following, due)
                    break
                await self._carry_out(workspace, row, due)
        self._next = max(following, now + APART)
        return self._next

    def _due(self, workspace: str, row: JsonObject) -> datetime | None:
        try:
            return moment_of(row.get("run_at"), self._zone_of(workspace), "run_at")
        except FlowStudioError:
            return None

    async def _carry_out(self, workspace: str, row: JsonObject, due: datetime | None) -> None:
        """Start it, and note that; where there is nothing to start, note that and tell people."""
        try:
            if due is None:
                raise BadRequest(f"{row.get('run_at')} is no time.")
            await self._start(workspace, row, due)
            status = "started"
        except (StorageFailed, TooMany) as error:
            log.warning("planned_start.put_off", start=row["id"], error=error.message)
            return
        except FlowStudioError as error:
            status = "cancelled"
            await self._notices.add(
                workspace, f'"{row.get("workflow")}" was planned to start and did not', body=error.message,
                link=f"/runs/{row.get('planned_by')}",
            )  # fmt: skip
        await self._keeper.update(workspace, PLANNED, str(row["id"]), {"status": status}, actor="FlowStudio")

    async def _start(self, workspace: str, row: JsonObject, due: datetime) -> str:
        workflow_id = str(row.get("workflow"))
        stored = await self._workflows.get(workspace, workflow_id)
        usable = (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED)
        if stored is None or stored.published_version is None or stored.status not in usable:
            raise NotFound(f'The workflow "{workflow_id}" is not published.', hint="Publish it first.")
        version = await self._workflows.version(workspace, workflow_id, stored.published_version)
        triggers = version.document.get("triggers", []) if version is not None else []
        trigger = next((one for one in triggers if one["type"] == "manual"), triggers[0] if triggers else {})
        payload = dict(row.get("input") or {})
        if trigger.get("type") == "schedule":
            payload["fired_at"] = at_words(due, self._zone_of(workspace))
        return await self._starter.start(
            workspace, workflow_id, stored.published_version, payload, trigger_id=str(trigger.get("id") or "trigger"),
            event_id=f"planned:{row['id']}", parent_run=str(row.get("planned_by")),
        )  # fmt: skip
