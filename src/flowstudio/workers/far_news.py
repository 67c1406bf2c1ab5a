"""News of runs that go on in workers, told here as if they went on in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.errors import StorageFailed
from flowstudio.observe import logger
from flowstudio.observe.metrics import runs_finished
from flowstudio.services.watching import RunNews

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.services.dispatch_ports import Note
    from flowstudio.services.ports import RunStore
    from flowstudio.services.watching import RunWatch
    from flowstudio.workers.far_engine import FarEngine
    from flowstudio.workers.news import NewsJournal

log = logger(__name__)


class FarNews:
    """Hands on what workers tell; what somebody waits for is read from the database."""

    def __init__(
        self, journal: NewsJournal, watch: RunWatch, runs: RunStore, engine: FarEngine, workspace: str
    ) -> None:
        self._journal = journal
        self._watch = watch
        self._runs = runs
        self._engine = engine
        self._workspace = workspace
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self.queued: list[Callable[[str, str], None]] = []
        """Told (workspace, workflow) when a worker has put a run into the queue."""
        self.notices: list[Callable[[], None]] = []
        self.events: list[Callable[[], None]] = []
        self.memory: list[Callable[[], None]] = []

    def hear(self, note: Note) -> None:
        """Hand a note on."""
        if note.answered:
            self._engine.answered(note.answered)
        if note.events:
            _tell(self.events)
        if note.memory:
            _tell(self.memory)
        if any(one.timers for one in note.news):
            _tell(self._journal.timers_changed)
        if any(one.notices for one in note.news):
            _tell(self.notices)
        for one in note.news:
            if one.run_id in self._journal.watched:
                self._read(one.run_id)
            status = RunStatus(one.status) if one.status is not None else RunStatus.RUNNING
            if status is RunStatus.QUEUED:
                for told in self.queued:
                    told(one.workspace, one.workflow_id)
            if status in FINISHED_RUN:
                runs_finished.labels(status.value).inc()
            self._watch.tell(RunNews(one.workspace, one.workflow_id, one.run_id, status, one.sent))

    def missed(self) -> None:
        """Look at everything that may have been told while nobody listened."""
        for run_id in list(self._journal.watched):
            self._read(run_id)
        for told in (self.events, self.notices, self.memory, self._journal.timers_changed):
            _tell(told)
        self._engine.answered_meanwhile()

    async def close(self) -> None:
        """Read no more."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _read(self, run_id: str) -> None:
        """Read a run that somebody waits for; news that come meanwhile mean reading once more."""
        if run_id in self._reading:
            self._again.add(run_id)
            return
        self._reading[run_id] = asyncio.create_task(self._follow(run_id))

    async def _follow(self, run_id: str) -> None:
        try:
            while True:
                self._again.discard(run_id)
                found = await self._runs.get(self._workspace, run_id)
                watched = self._journal.watched.get(run_id)
                if watched is None:
                    return
                if found is not None:
                    watched.steps[:] = found[1]
                    watched.status = found[0].status
                    _tell(watched.tell)
                if run_id not in self._again:
                    return
        except StorageFailed as fault:
            log.warning("news.unread", run_id=run_id, reason=fault.message)  # whoever waits looks by itself
        finally:
            self._again.discard(run_id)
            self._reading.pop(run_id, None)


def _tell(hearers: list[Callable[[], None]]) -> None:
    for told in list(hearers):
        told()
