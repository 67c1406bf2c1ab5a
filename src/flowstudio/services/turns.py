"""Turns of runs: what a workflow's settings limit, and what was decided about runs that wait for their turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Run
    from flowstudio.domain.workflow import WorkflowSettings

log = logger(__name__)

WAITS_FOR_RUN = "It waits until the run before it has ended."
WAITS_FOR_ROOM = "It waits until the limit of runs an hour leaves room."
WAITS_FOR_SHARE = "It waits until this workspace has room for one more run."

Place = tuple[str, str]
"""Workspace and workflow id."""
EVERY = ""
"""In a place: all workflows of the workspace, which a quota is dealt between."""
Mode = Literal["parallel", "queued", "single", "restart"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workflow's settings say about how its runs start."""

    mode: Mode = "parallel"
    per_hour: int | None = None
    window: timedelta | None = None
    """For how long the same record starts the workflow only once."""

    @property
    def none(self) -> bool:
        """Say whether every run may go at once."""
        return self.mode == "parallel" and self.per_hour is None and self.window is None


NO_LIMITS = Limits()


@dataclass(slots=True)
class Passed:
    """A run that waited for its turn and never gets it."""

    run: Run
    epoch: int
    reason: str


@dataclass(slots=True)
class Verdict:
    """What was decided about the runs of a workflow that wait for their turn."""

    admitted: list[str] = field(default_factory=list)
    skipped: list[Passed] = field(default_factory=list)
    replaced: list[Passed] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    """Runs that are going and have to end first."""
    left: int = 0
    """How many wait on."""
    more: bool = False
    """Whether there is more to decide at once."""
    next_room: datetime | None = None
    """When the limit of runs an hour leaves room again."""


def limits_of(settings: WorkflowSettings) -> Limits:
    """Return what a workflow's settings limit."""
    window = None
    if settings.dedupe_window is not None:
        try:
            window = parse_duration(settings.dedupe_window)
        except BadDuration as fault:
            log.warning("admission.bad_window", error=str(fault))
    return Limits(settings.concurrency or "parallel", settings.max_runs_per_hour, window or None)


def records_in(event: JsonObject) -> frozenset[str]:
    """Return the records that an event is about, each as `name:id`."""
    return frozenset(f"{name}:{found}" for name, value in event.items() if (found := _id_of(name, value)) is not None)


def _id_of(name: str, value: JsonValue) -> str | None:
    if name.startswith("$") or name == "old" or not isinstance(value, dict):
        return None
    found = value.get("id")
    return str(found) if isinstance(found, str | int) else None
