"""A journal that tells: what becomes durable is news for pages, and for whoever waits for a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.services.watching import RunNews
from flowstudio.workers.passing import PassingJournal

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.run import Step
    from flowstudio.kit.ports import Batch, Journal
    from flowstudio.services.watching import RunWatch


@dataclass(slots=True)
class Watched:
    """What somebody who waits for a run has seen of it so far."""

    status: RunStatus = RunStatus.QUEUED
    steps: list[Step] = field(default_factory=list)
    tell: list[Callable[[], None]] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """Say whether the run has ended."""
        return self.status in FINISHED_RUN


class NewsJournal(PassingJournal):
    """Passes everything on to the real journal, then tells."""

    def __init__(self, journal: Journal, watch: RunWatch) -> None:
        super().__init__(journal)
        self._watch = watch
        self.watched: dict[str, Watched] = {}
        self.timers_changed: list[Callable[[], None]] = []

    async def append(self, batch: Batch) -> bool:
        """Write durably, then tell what changed."""
        written = await super().append(batch)
        if written:
            self._tell(batch)
        return written

    def _tell(self, batch: Batch) -> None:
        run_id = batch.run_id
        status: RunStatus | None = None
        started_by = batch.new_run.trigger_id if batch.new_run is not None and not batch.new_run.test else None
        if batch.new_run is not None:
            self._place(run_id, batch.new_run.workspace, batch.new_run.workflow_id)
            status = batch.new_run.status
        if batch.patch and batch.patch.get("status"):
            status = RunStatus(str(batch.patch["status"]))
        if batch.timers:
            for told in self.timers_changed:
                told()
        watched = self.watched.get(run_id)
        if watched is not None:
            watched.steps.extend(batch.steps)
            watched.status = status or watched.status
            for tell in watched.tell:
                tell()
        place = self._places.get(run_id)
        if place is not None and (status is not None or batch.steps):
            now = status or RunStatus.RUNNING
            self._watch.tell(RunNews(place[0], place[1], run_id, now, batch.sent, started_by))
        if status in FINISHED_RUN:
            self._places.pop(run_id, None)
