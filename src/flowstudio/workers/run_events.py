"""Events about runs: that one has completed or failed is written with its end, where a workflow wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.ids import new_id
from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.workers.passing import PassingJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Batch, Journal

_NAMES = {
    RunStatus.COMPLETED: "run.completed", RunStatus.FAILED: "run.failed", RunStatus.CANCELLED: "run.cancelled",
    RunStatus.REJECTED: "run.rejected", RunStatus.SKIPPED: "run.skipped",
}  # fmt: skip


class RunEventsJournal(PassingJournal):
    """Passes everything on to the real journal; to the batch that ends a run it adds the event of that."""

    def __init__(self, journal: Journal, listened: Callable[[str], Container[str]]) -> None:
        super().__init__(journal)
        self._listened = listened
        """Workspace → the names of events that somebody listens to."""

    async def append(self, batch: Batch) -> bool:
        """Write durably."""
        run = batch.new_run
        if run is not None and not run.test:
            self._place(batch.run_id, run.workspace, run.workflow_id)
        if batch.patch and "status" in batch.patch:
            self._add_event(batch, RunStatus(str(batch.patch["status"])), batch.patch)
        elif run is not None and run.status in FINISHED_RUN:
            said: JsonObject = {"outcome": run.outcome, "reason": run.reason, "error": run.error}
            self._add_event(batch, run.status, said)
        return await super().append(batch)

    def _add_event(self, batch: Batch, status: RunStatus, said: JsonObject) -> None:
        if status not in FINISHED_RUN:
            return
        place = self._places.pop(batch.run_id, None)
        name = _NAMES.get(status)
        if place is None or name is None or name not in self._listened(place[0]):
            return
        data = {
            "run_id": batch.run_id, "workflow_id": place[1], "status": status.value, "outcome": said.get("outcome"),
            "reason": said.get("reason"), "error": said.get("error"),
        }  # fmt: skip
        batch.events.append({"id": new_id("evt"), "type": name, "data": data})
