"""Workflows that keep failing, or that send more than they may: noticed by the news of their runs, and switched off."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.states import RunStatus, WorkflowStatus
from flowstudio.errors import FlowStudioError
from flowstudio.observe import logger
from flowstudio.services.ports import Page
from flowstudio.services.switching_off import TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flowstudio.domain.workflow import WorkflowSettings
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import AuditLog, RunStore, WorkflowStore
    from flowstudio.services.starting import PublishedVersions
    from flowstudio.services.switching_off import SwitchingOff
    from flowstudio.services.watching import RunNews, RunWatch

FAILURES = 10
"""Failed runs in a row after which a workflow is switched off whose settings do not say otherwise."""
_COUNTED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.REJECTED)
"""Runs that were cancelled or left out say nothing about the workflow."""
_MINUTES = 60
_LONGEST_ERROR = 200
Place = tuple[str, str]
"""Workspace and workflow."""
log = logger(__name__)


class SentStore(Protocol):
    """What runs have sent, as it is on disk."""

    async def workflows(self, workspace: str, since: datetime) -> Sequence[str]:
        """List the workflows with runs that were under way since then."""

    async def sent(self, workspace: str, workflow_id: str, since: datetime) -> Sequence[tuple[datetime, int]]:
        """Return when steps of a workflow have sent since then, and how many messages and calls."""


class RunGuard:
    """Listens to runs. Failures are read from the runs themselves, what was sent before the start from their steps."""

    def __init__(
        self, workflows: WorkflowStore, versions: PublishedVersions, runs: RunStore, audit: AuditLog,
        off: SwitchingOff, watch: RunWatch, clock: Clock, store: SentStore,
    ) -> None:  # fmt: skip
        self._workflows = workflows
        self._versions = versions
        self._runs = runs
        self._audit = audit
        self._off = off
        self._watch = watch
        self._clock = clock
        self._store = store
        self._sent: defaultdict[Place, Counter[int]] = defaultdict(Counter)
        """Messages and calls by minute of the last hour, for workflows with a limit."""
        self._wanted: dict[Place, bool] = {}
        """Workflows to look at, and whether one of their runs failed."""
        self._looking: asyncio.Task[None] | None = None
        self._ends: list[Callable[[], None]] = []

    async def start(self, workspaces: Sequence[str]) -> None:
        """Count what was sent within the last hour, before any run goes on; then listen to runs."""
        since = self._clock.now() - timedelta(minutes=_MINUTES)
        for workspace in workspaces:
            for workflow_id in await self._store.workflows(workspace, since):
                await self._count((workspace, workflow_id), since)
        self._ends = [self._watch.subscribe(workspace, self._hear) for workspace in workspaces]

    async def stop(self) -> None:
        """Listen no more."""
        for end in self._ends:
            end()
        self._ends = []
        await self.settled()

    async def settled(self) -> None:
        """Return when nothing is being decided."""
        while self._looking is not None:
            await self._looking

    def _hear(self, news: RunNews) -> None:
        place, failed = (news.workspace, news.workflow_id), news.status is RunStatus.FAILED
        if not failed and not news.sent:
            return
        if news.sent:
            self._sent[place][self._minute()] += news.sent
        self._wanted[place] = self._wanted.get(place, False) or failed
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        try:
            while self._wanted:
                place, failed = self._wanted.popitem()
                try:
                    await self._decide(place, failed=failed)
                except FlowStudioError as error:
                    log.error("run_guard.failed", workflow=place[1], error=error.message)  # the next run looks again
        finally:
            self._looking = None

    async def _count(self, place: Place, since: datetime) -> None:
        """Count what the runs of a workflow with a limit have sent since then, or since it was last switched on."""
        row = await self._workflows.row(*place)
        if row is None or row.status is not WorkflowStatus.ACTIVE or row.published_version is None:
            return
        if (await self._versions.version(*place, row.published_version)).settings.max_sent_per_hour is None:
            return
        turned = await self._turned(*place)
        for at, number in await self._store.sent(*place, max(since, turned) if turned is not None else since):
            self._sent[place][_minute(at)] += number

    async def _turned(self, workspace: str, workflow_id: str) -> datetime | None:
        """Return when the workflow was last switched on or off."""
        turned = (await self._audit.newest(workspace, [workflow_id], TURNS)).get(workflow_id)
        return turned["at"] if turned is not None else None

    async def _decide(self, place: Place, *, failed: bool) -> None:
        row = await self._workflows.row(*place)
        if row is None or row.status is not WorkflowStatus.ACTIVE or row.published_version is None:
            self._sent.pop(place, None)  # what runs under way still send is not held against it when it is on again
            return
        settings = (await self._versions.version(*place, row.published_version)).settings
        reason = self._sends_too_much(place, settings)
        if reason is None and failed:
            reason = await self._keeps_failing(place, settings)
        if reason is not None:
            self._sent.pop(place, None)
            await self._off.switch_off(*place, reason)

    def _sends_too_much(self, place: Place, settings: WorkflowSettings) -> str | None:
        most, sent = settings.max_sent_per_hour, self._sent.get(place)
        if most is None or sent is None:
            self._sent.pop(place, None)
            return None
        first = self._minute() - _MINUTES
        for minute in [one for one in sent if one <= first]:
            del sent[minute]
        if sent.total() <= most:
            return None
        return (
            f"Its runs sent more than {most:,} messages and calls within an hour, which is its limit."
            " Look at its last runs, then switch it on again."
        )

    async def _keeps_failing(self, place: Place, settings: WorkflowSettings) -> str | None:
        """Say that the last runs failed, as many as are allowed, all of them since it was last switched on or off."""
        most = FAILURES if settings.pause_after_failures is None else settings.pause_after_failures
        if not most:
            return None
        workspace, workflow_id = place
        rows, _ = await self._runs.list(
            workspace, Page(1, most, "-completed_at"), workflow_id=workflow_id, status=_COUNTED,
            since=await self._turned(*place),
        )  # fmt: skip
        if len(rows) < most or any(row.status is not RunStatus.FAILED for row in rows):
            return None
        message = str((rows[0].error or {}).get("message") or "").rstrip(".")
        if len(message) > _LONGEST_ERROR:
            message = f"{message[:_LONGEST_ERROR]}…"
        last = f"Its last {most} runs failed" if most > 1 else "Its last run failed"
        said = f", the newest with: {message}." if message and most > 1 else f": {message}." if message else "."
        return f"{last}{said} Put right what went wrong, then switch it on again."

    def _minute(self) -> int:
        return _minute(self._clock.now())


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
