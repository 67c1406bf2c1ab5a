"""Retention: how long finished runs stay, and what takes space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.errors import BadRequest, NotFound
from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.starting import PublishedVersions

log = logger(__name__)

SETTING = "retention"
"""Key of the workspace's setting: how long runs stay of workflows that say nothing themselves."""
SHORTEST = timedelta(days=1)
"""Runs stay so long at least: what started one may be delivered again, and must not start another."""
LIMIT = "storage_limit_mb"
"""Key of the workspace's setting: megabytes that the database may take; the oldest runs go where it takes more."""
_AGES = tuple(timedelta(days=days) for days in (365, 180, 90, 60, 30, 14, 7, 3, 2, 1))
EVENTS_STAY = timedelta(days=7)
SIGNATURES_STAY = timedelta(days=1)
"""Notes of used webhook signatures; a call that is older than some minutes is refused for its age already."""
LARGE_STAY = timedelta(hours=1)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed, or would be."""

    runs: int = 0
    steps: int = 0
    large: bool = False
    """Whether steps with large values were among it."""


@dataclass(frozen=True, slots=True)
class TableSpace:
    """What one table takes, with its indexes; `size` in bytes, None where the database cannot tell."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class WorkflowSpace:
    """What the runs of one workflow take; `size` in bytes, an estimate by their number of steps."""

    workflow_id: str
    name: str
    runs: int
    steps: int
    oldest: datetime | None
    size: int | None
    keeps: str = ""
    """How long its runs stay, as a duration; empty: for good."""


@dataclass(frozen=True, slots=True)
class Space:
    """What takes space; sizes in bytes."""

    total: int
    free: int
    """Of the total: free for what comes next."""
    tables: list[TableSpace] = field(default_factory=list)
    workflows: list[WorkflowSpace] = field(default_factory=list)


class RetentionStore(Protocol):
    """The runs on disk, for removing them."""

    async def places(self) -> list[tuple[str, str]]:
        """List (workspace, workflow id) of everything that has runs, of deleted workflows too."""

    async def count(self, workspace: str, before: datetime, workflow_id: str | None = None) -> Removed:
        """Count the finished runs that ended before then and nobody waits for."""

    async def remove(self, workspace: str, before: datetime, workflow_id: str | None, limit: int) -> Removed:
        """Remove at most `limit` such runs with all that belongs to them; nothing when there are none."""

    async def remove_events(self, before: datetime, limit: int) -> int:
        """Remove events that were handed on before then; return how many."""

    async def remove_signatures(self, before: datetime, limit: int) -> int:
        """Remove notes of webhook signatures that were used before then; return how many."""

    async def remove_large(self, before: datetime) -> int:
        """Remove large values from before then that no step holds any more; return how many."""

    async def remove_files(self, before: datetime) -> int:
        """Remove files from before then that no run and no record holds any more; return how many."""

    async def space(self, workspace: str) -> Space:
        """Measure what takes space."""

    async def shrink(self) -> None:
        """Give free space back to the disk, that of the write-ahead log too."""

    async def used(self) -> int:
        """Return how many bytes the database holds, free space left out."""


class RetentionService:
    """Removes what has stayed long enough."""

    def __init__(
        self,
        store: RetentionStore,
        workflows: WorkflowStore,
        versions: PublishedVersions,
        settings_of: Callable[[str], JsonObject],
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._versions = versions
        self._settings_of = settings_of
        self._audit = audit
        self._clock = clock
        self._looked_for_large = False

    async def tidy(self) -> None:
        """Remove what has stayed as long as its workflow says, and give space back; for the hourly round."""
        now = self._clock.now()
        runs, large = 0, not self._looked_for_large
        for workspace, workflow_id in await self._store.places():
            stays = await self._stays(workspace, workflow_id)
            if stays is None:
                continue
            removed = await self._remove_all(workspace, now - stays, workflow_id)
            runs += removed.runs
            large = large or removed.large
        while await self._store.remove_events(now - EVENTS_STAY, BATCH * 5):
            pass
        while await self._store.remove_signatures(now - SIGNATURES_STAY, BATCH * 5):
            pass
        if runs or not self._looked_for_large:
            await self._store.remove_files(now - LARGE_STAY)
        if large:
            await self._store.remove_large(now - LARGE_STAY)
            self._looked_for_large = True
        for workspace in {place[0] for place in await self._store.places()}:
            runs += await self._keep_below_limit(workspace)
        if runs:
            log.info("runs.removed", runs=runs)
        await self._store.shrink()

    async def clean_up(self, actor: Actor) -> Space:
        """Do now what the hourly round does; return what takes space then."""
        actor.require(Role.ADMIN)
        await self.tidy()
        await self._audit.note(actor.workspace, actor.name, "storage.cleaned_up", "all", {})
        return await self.space(actor)

    def limit(self, workspace: str) -> int | None:
        """Return how many bytes the database may take, None: as many as there are."""
        try:
            megabytes = float(self._settings_of(workspace).get(LIMIT) or 0)
        except (TypeError, ValueError):
            return None
        return int(megabytes * 1_000_000) if megabytes > 0 else None

    async def _keep_below_limit(self, workspace: str) -> int:
        """Remove the oldest finished runs, as far as it takes; those of the last day stay. Return how many went."""
        limit, gone = self.limit(workspace), 0
        if limit is None:
            return 0
        for age in _AGES:
            if await self._store.used() <= limit:
                break
            removed = await self._remove_all(workspace, self._clock.now() - age, None)
            gone += removed.runs
            if removed.runs:
                await self._store.remove_files(self._clock.now() - LARGE_STAY)
            if removed.large:
                await self._store.remove_large(self._clock.now() - LARGE_STAY)
        return gone

    async def space(self, actor: Actor) -> Space:
        """Return what takes space, with how long the runs of each workflow stay."""
        actor.require(Role.VIEWER)
        found = await self._store.space(actor.workspace)
        rows = []
        for row in found.workflows:
            text = await self._said(actor.workspace, row.workflow_id)
            rows.append(WorkflowSpace(row.workflow_id, row.name, row.runs, row.steps, row.oldest, row.size, text))
        return Space(found.total, found.free, found.tables, rows)

    async def would_remove(self, actor: Actor, older_than: str, workflow_id: str | None = None) -> Removed:
        """Count what `remove` would remove."""
        actor.require(Role.ADMIN)
        return await self._store.count(actor.workspace, self._before(older_than), workflow_id)

    async def remove(self, actor: Actor, older_than: str, workflow_id: str | None = None) -> Removed:
        """Remove finished runs that ended longer ago than a duration (a day at least); the audit stays.

        Raise BadRequest for what is no duration.
        """
        actor.require(Role.ADMIN)
        removed = await self._remove_all(actor.workspace, self._before(older_than), workflow_id)
        detail: JsonObject = {"older_than": older_than, "workflow": workflow_id, "runs": removed.runs}
        await self._audit.note(actor.workspace, actor.name, "runs.removed", workflow_id or "all", detail)
        if removed.runs:
            await self._store.remove_files(self._clock.now() - LARGE_STAY)
        if removed.large:
            await self._store.remove_large(self._clock.now() - LARGE_STAY)
        await self._store.shrink()
        return removed

    async def sweep(self) -> None:
        """Remove large values and files that nothing holds any more, and give space back."""
        await self._store.remove_files(self._clock.now() - LARGE_STAY)
        await self._store.remove_large(self._clock.now() - LARGE_STAY)
        await self._store.shrink()

    def _before(self, older_than: str) -> datetime:
        try:
            stays = parse_duration(older_than)
        except BadDuration as fault:
            raise BadRequest(str(fault)) from fault
        if stays < SHORTEST:
            raise BadRequest("Runs stay for a day at least.", hint='For example: "30 days".')
        return self._clock.now() - stays

    async def _remove_all(self, workspace: str, before: datetime, workflow_id: str | None) -> Removed:
        runs, steps, large = 0, 0, False
        while (removed := await self._store.remove(workspace, before, workflow_id, BATCH)).runs:
            runs, steps, large = runs + removed.runs, steps + removed.steps, large or removed.large
        return Removed(runs, steps, large)

    async def _stays(self, workspace: str, workflow_id: str) -> timedelta | None:
        """Return how long the runs of a workflow stay, None: for good."""
        text = await self._said(workspace, workflow_id)
        if not text:
            return None
        try:
            return max(parse_duration(text), SHORTEST)
        except BadDuration as fault:
            log.warning("retention.unreadable", workflow=workflow_id, error=str(fault))
            return None

    async def _said(self, workspace: str, workflow_id: str) -> str:
        """Return what the published version says, else the workspace."""
        stored = await self._workflows.get(workspace, workflow_id)
        if stored is not None and stored.published_version is not None:
            try:
                version = await self._versions.version(workspace, workflow_id, stored.published_version)
            except NotFound:
                version = None
            if version is not None and version.settings.retention:
                return version.settings.retention
        return str(self._settings_of(workspace).get(SETTING) or "")
