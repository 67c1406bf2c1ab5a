"""Runs and their steps, for reading; the journal writes them."""

from __future__ import annotations

from builtins import list as list_of
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, Text, case, func, or_, select, type_coerce

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run, RunPlace, Step
from flowstudio.domain.states import RunStatus
from flowstudio.services.ports import Page, RunRow
from flowstudio.storage import tables
from flowstudio.storage.columns import from_micros
from flowstudio.storage.database import Database
from flowstudio.storage.lists import page_of
from flowstudio.storage.run_rows import large_query, row_of, run_of, steps_of, steps_query
from flowstudio.storage.workflow_rows import triggers_of

_run, _workflow, _version = tables.run, tables.workflow, tables.workflow_version
_OPEN = (RunStatus.QUEUED.value, RunStatus.RUNNING.value, RunStatus.WAITING.value)
_began: ColumnElement[Any] = func.coalesce(_run.c.started_at, _run.c.queued_at)
_SORTS: dict[str, ColumnElement[Any]] = {
    "started_at": _run.c.id,  # ids are time-ordered
    "id": _run.c.id,
    "completed_at": _run.c.completed_at,
    "status": _run.c.status,
    "workflow": func.lower(_workflow.c.name),
    "duration": _run.c.completed_at - _run.c.started_at,
}
_QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: days of every zone begin on one."""
_MONTH = timedelta(days=30)


class SqlRuns:
    """The RunStore over the database. Test runs are not kept here and never counted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trigger_types: dict[tuple[str, int], dict[str, str]] = {}

    async def list(
        self,
        workspace: str,
        page: Page,
        *,
        workflow_id: str | None = None,
        status: Sequence[str] = (),
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[list_of[RunRow], int]:
        """Return one page and the total, the newest first unless sorted."""
        wanted = [_run.c.workspace == workspace, ~_run.c.test]
        if workflow_id is not None:
            wanted.append(_run.c.workflow_id == workflow_id)
        if status:
            wanted.append(_run.c.status.in_([str(one) for one in status]))
        if since is not None:
            wanted.append(_began >= since)
        if until is not None:
            wanted.append(_began < until)
        named = select(_run, _workflow.c.name.label("workflow_name")).join(
            _workflow, _workflow.c.id == _run.c.workflow_id, isouter=True
        )
        counted: Select[Any] | None = select(_run.c.id).where(*wanted)
        if search:
            texts = (_workflow.c.name, _run.c.reason, type_coerce(_run.c.error, Text), type_coerce(_run.c.event, Text))
            fits = [text.icontains(search, autoescape=True) for text in texts]
            wanted.append(or_(_run.c.id == search, *fits))
            counted = None
        cut = Page(page.number, page.size, page.sort or "-started_at")
        async with self._database.read() as connection:
            query = named.where(*wanted)
            rows, total = await page_of(connection, query, cut, _SORTS, _run.c.id, counted=counted)
            await self._learn_triggers(connection, {(row.workflow_id, row.version) for row in rows})
        return [row_of(row, self._trigger_types.get((row.workflow_id, row.version), {})) for row in rows], total

    async def get(self, workspace: str, run_id: str) -> tuple[Run, list_of[Step]] | None:
        """Return a run with its steps in the order in which they settled, or None."""
        async with self._database.read() as connection:
            query = select(_run).where(_run.c.id == run_id, _run.c.workspace == workspace)
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            rows = (await connection.execute(steps_query(run_id))).all()
            large = large_query(workspace, rows)
            contents = (await connection.execute(large)).all() if large is not None else ()
        return run_of(row), steps_of(rows, contents)

    async def around(self, workspace: str, workflow_id: str, run_id: str) -> RunPlace:
        """Return the place of a run among those of its workflow; ids are time-ordered."""
        up_to = case((_run.c.id <= run_id, 1))
        older = func.max(case((_run.c.id < run_id, _run.c.id)))
        newer = func.min(case((_run.c.id > run_id, _run.c.id)))
        query = select(func.count(up_to), func.count(), older, newer).where(
            _run.c.workspace == workspace, _run.c.workflow_id == workflow_id, ~_run.c.test
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        return RunPlace(*row)

    async def by_event(self, workspace: str, workflow_id: str, event_id: str) -> Run | None:
        """Return the run that an event started, or None."""
        query = select(_run).where(
            _run.c.workspace == workspace, _run.c.workflow_id == workflow_id, _run.c.event_id == event_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else run_of(row)

    async def unfinished(self, workspace: str, workflow_id: str) -> list_of[str]:
        """List the runs of a workflow that are queued, running or waiting, oldest first."""
        query = (
            select(_run.c.id)
            .where(_run.c.workspace == workspace, _run.c.workflow_id == workflow_id, _run.c.status.in_(_OPEN))
            .order_by(_run.c.id)
        )
        async with self._database.read() as connection:
            return list_of((await connection.execute(query)).scalars())

    async def per_day(self, workspace: str, days: int, workflow_id: str | None = None) -> list_of[JsonObject]:
        """Return finished runs per workflow and day of the workspace's zone, oldest first.

        `{"workflow_id", "day", "completed", "failed", "other"}`; days without runs are left out.
        """
        zone = self._database.memory.zone(workspace)
        quarter = (type_coerce(_run.c.completed_at, BigInteger) // _QUARTER).label("quarter")
        query = (
            select(_run.c.workflow_id, quarter, _run.c.status, func.count().label("number"))
            .where(_run.c.workspace == workspace, _run.c.completed_at >= self._midnight(zone, days - 1), ~_run.c.test)
            .group_by(_run.c.workflow_id, quarter, _run.c.status)
        )
        if workflow_id is not None:
            query = query.where(_run.c.workflow_id == workflow_id)
        figures: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(
            lambda: {"completed": 0, "failed": 0, "other": 0}
        )
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                moment = from_micros(row.quarter * _QUARTER)
                assert moment is not None
                day = moment.astimezone(zone).date().isoformat()
                kind = row.status if row.status in ("completed", "failed") else "other"
                figures[day, row.workflow_id][kind] += row.number
        return [{"workflow_id": key, "day": day, **figures[day, key]} for day, key in sorted(figures)]

    async def summary(self, workspace: str) -> JsonObject:
        """Return the figures of the start page.

        `today`: runs begun since midnight; `failed_open`: runs that failed in 30 days and were not taken up again, in
        `failed_workflows`; `waiting`; `next_wake`; `success_30_days` (0..1, None without any) of `runs_30_days`.
        """
        midnight = self._midnight(self._database.memory.zone(workspace), 0)
        month = self._database.clock.now() - _MONTH
        ours = (_run.c.workspace == workspace, ~_run.c.test)
        finished = select(
            func.count(case((_run.c.status == "failed", 1))).label("failed"),
            func.count(case((_run.c.status == "failed", _run.c.workflow_id)).distinct()).label("workflows"),
            func.count(case((_run.c.status == "completed", 1))).label("completed"),
            func.count().label("runs"),
        ).where(*ours, _run.c.completed_at >= month)
        today = select(func.count()).where(
            *ours, _began >= midnight, or_(_run.c.completed_at >= midnight, _run.c.status.in_(_OPEN))
        )
        waiting = select(func.count()).where(*ours, _run.c.status == RunStatus.WAITING.value)
        wake = select(func.min(tables.timer.c.due)).where(tables.timer.c.workspace == workspace)
        async with self._database.read() as connection:
            row = (await connection.execute(finished)).one()
            known = row.completed + row.failed
            return {
                "today": (await connection.execute(today)).scalar_one(),
                "failed_open": row.failed,
                "failed_workflows": row.workflows,
                "waiting": (await connection.execute(waiting)).scalar_one(),
                "next_wake": (await connection.execute(wake)).scalar(),
                "success_30_days": row.completed / known if known else None,
                "runs_30_days": row.runs,
            }

    def _midnight(self, zone: ZoneInfo, days_ago: int) -> datetime:
        today = self._database.clock.now().astimezone(zone).date()
        return datetime.combine(today - timedelta(days=days_ago), time(), zone)

    async def _learn_triggers(self, connection: Any, wanted: set[tuple[str, int]]) -> None:
        """Read which types the triggers of these versions have; a version never changes."""
        missing = wanted - self._trigger_types.keys()
        if len(self._trigger_types) > 5_000:
            self._trigger_types.clear()
        for workflow_id, version in missing:
            query = select(_version.c.document).where(
                _version.c.workflow_id == workflow_id, _version.c.version == version
            )
            document = (await connection.execute(query)).scalar()
            if document is not None:
                types = {str(one.get("id") or "trigger"): str(one.get("type") or "") for one in triggers_of(document)}
                self._trigger_types[workflow_id, version] = types
