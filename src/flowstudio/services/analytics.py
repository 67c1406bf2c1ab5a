"""What the runs of some days came to: how they ended, what started them, what their steps did, how people answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound
from flowstudio.kit import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import WorkflowStore
    from flowstudio.services.starting import PublishedVersions

SOON = timedelta(hours=4)
"""Within which people should have answered an approval."""
LONGEST = 366
"""Days that figures are of, at most."""
MOST_RUNS = 10_000
"""The steps of so many runs, the newest, are added up."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Runs or steps of one version that are alike."""

    workflow_id: str
    version: int
    part: str
    """The trigger or the node."""
    status: str
    number: int
    seconds: float
    """All of them together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of approvals."""

    answered: int = 0
    unanswered: int = 0
    """Nobody answered in time."""
    soon: int = 0
    """Answered within `SOON`."""
    seconds: float = 0.0
    """From asking to the answer, all answered ones together."""
    open: int = 0
    open_seconds: float = 0.0
    """For how long the open ones wait by now, together."""

    @property
    def average(self) -> float | None:
        """Return seconds from asking to the answer, None without an answer."""
        return self.seconds / self.answered if self.answered else None

    @property
    def soon_share(self) -> float | None:
        """Return which share was answered within `SOON` (0..1), None where nothing was asked."""
        asked = self.answered + self.unanswered
        return self.soon / asked if asked else None

    @property
    def answered_share(self) -> float | None:
        """Return which share was answered at all (0..1), None where nothing was asked."""
        asked = self.answered + self.unanswered
        return self.answered / asked if asked else None


@dataclass(frozen=True, slots=True)
class Going:
    """Runs that have not ended."""

    queued: int = 0
    running: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Tally:
    """How runs or steps of one kind went."""

    key: str
    title: str
    icon: str = ""
    completed: int = 0
    failed: int = 0
    other: int = 0
    """Rejected, cancelled or passed over."""
    seconds: float = 0.0
    """The completed ones together."""

    @property
    def all(self) -> int:
        """Return how many there were."""
        return self.completed + self.failed + self.other

    @property
    def average(self) -> float | None:
        """Return seconds that a completed one took, None without one."""
        return self.seconds / self.completed if self.completed else None

    def add(self, status: str, number: int, seconds: float) -> None:
        """Count some more."""
        if status == "completed":
            self.completed += number
            self.seconds += seconds
        elif status == "failed":
            self.failed += number
        else:
            self.other += number


@dataclass(frozen=True, slots=True)
class Analytics:
    """The figures of some days."""

    days: int
    completed: int
    failed: int
    """Failed for good: they were not tried again with success."""
    skipped: int
    """Passed over: what set them off did not hold any more."""
    other: int
    work_seconds: float | None
    """What the actions of a run took on average, waits left out; None without runs."""
    minutes_saved: float
    triggers: Sequence[Tally]
    steps: Sequence[Tally]
    approvals: Asked
    going: Going
    active: int
    """Workflows that are switched on."""

    @property
    def ended(self) -> int:
        """Return how many runs have ended."""
        return self.completed + self.failed + self.skipped + self.other

    @property
    def success(self) -> float | None:
        """Return completed runs per run that completed or failed (0..1), None without one."""
        known = self.completed + self.failed
        return self.completed / known if known else None


class AnalyticsStore(Protocol):
    """Adds up what is on disk."""

    async def by_trigger(self, workspace: str, since: datetime) -> Sequence[Counted]: ...

    async def by_node(self, workspace: str, since: datetime, most: int) -> Sequence[Counted]: ...

    async def asked(self, workspace: str, since: datetime, soon: int, now: datetime) -> Asked: ...

    async def going(self, workspace: str) -> Going: ...


class AnalyticsService:
    """The verbs of analytics."""

    def __init__(
        self, store: AnalyticsStore, workflows: WorkflowStore, versions: PublishedVersions, registry: Registry,
        clock: Clock, zone_of: Callable[[str], ZoneInfo],
    ) -> None:  # fmt: skip
        self._store = store
        self._workflows = workflows
        self._versions = versions
        self._registry = registry
        self._clock = clock
        self._zone_of = zone_of

    async def figures(self, actor: Actor, days: int) -> Analytics:
        """Return the figures of so many days of the workspace's zone, today the last; raise BadRequest for too many."""
        actor.require(Role.VIEWER)
        if not 1 <= days <= LONGEST:
            raise BadRequest(f"Figures are of 1 to {LONGEST} days.")
        workspace, now = actor.workspace, self._clock.now()
        since = self._midnight(workspace, now, days - 1)
        runs = await self._store.by_trigger(workspace, since)
        nodes = await self._store.by_node(workspace, since, MOST_RUNS)
        known = await self._known(workspace, (*runs, *nodes))
        ends: defaultdict[str, int] = defaultdict(int)
        for row in runs:
            ends[row.status] += row.number
        steps, work = self._steps(nodes, known)
        counted = min(sum(ends.values()), MOST_RUNS)
        return Analytics(
            days=days, completed=ends.pop("completed", 0), failed=ends.pop("failed", 0),
            skipped=ends.pop("skipped", 0), other=sum(ends.values()),
            work_seconds=work / counted if counted else None, minutes_saved=_saved(runs, known),
            triggers=self._triggers(runs, known), steps=steps,
            approvals=await self._store.asked(workspace, since, int(SOON.total_seconds()), now),
            going=await self._store.going(workspace),
            active=(await self._workflows.counts(workspace)).get("active", 0),
        )  # fmt: skip

    def _midnight(self, workspace: str, now: datetime, days_ago: int) -> datetime:
        zone = self._zone_of(workspace)
        return datetime.combine(now.astimezone(zone).date() - timedelta(days=days_ago), time(), zone)

    async def _known(self, workspace: str, rows: Iterable[Counted]) -> dict[tuple[str, int], Workflow]:
        """Return the versions that are still there."""
        found = {}
        for key in {(row.workflow_id, row.version) for row in rows}:
            try:
                found[key] = await self._versions.version(workspace, *key)
            except NotFound:
                continue  # deleted for good: its runs are counted, their parts have no name any more
        return found

    def _triggers(self, rows: Iterable[Counted], known: dict[tuple[str, int], Workflow]) -> list[Tally]:
        found: dict[str, Tally] = {}
        for row in rows:
            workflow = known.get((row.workflow_id, row.version))
            trigger = workflow.trigger(row.part) if workflow is not None else None
            if trigger is not None:
                tally = self._tally(found, f"trigger.{trigger.type}")
                tally.add(row.status, row.number, row.seconds)
        return sorted(found.values(), key=lambda one: (-one.all, one.title))

    def _steps(
        self, rows: Iterable[Counted], known: dict[tuple[str, int], Workflow]
    ) -> tuple[list[Tally], float]:  # fmt: skip
        """Return how the actions went, those that fail most at the top, and the seconds of all of them."""
        found: dict[str, Tally] = {}
        work = 0.0
        for row in rows:
            workflow = known.get((row.workflow_id, row.version))
            node = workflow.node(row.part) if workflow is not None else None
            kind = self._registry.find(node.key) if node is not None else None
            if kind is None or not issubclass(kind, Action):
                continue  # a wait is no work, and a loop's time is that of what stands in it
            self._tally(found, kind.registry_key()).add(row.status, row.number, row.seconds)
            work += row.seconds
        return sorted(found.values(), key=lambda one: (-one.failed, -one.all, one.title)), work

    def _tally(self, found: dict[str, Tally], key: str) -> Tally:
        if key not in found:
            kind = self._registry.find(key)
            found[key] = Tally(key, kind.title if kind else key, kind.icon if kind else "")
        return found[key]


def _saved(rows: Iterable[Counted], known: dict[tuple[str, int], Workflow]) -> float:
    """Return the minutes that the completed runs saved, by what their workflows say of themselves."""
    minutes = 0.0
    for row in rows:
        workflow = known.get((row.workflow_id, row.version))
        if workflow is not None and row.status == "completed":
            minutes += row.number * (workflow.settings.minutes_saved or 0)
    return minutes
