"""How often a workflow ran and how its last run went, kept in the transaction of the runs themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from flowstudio.domain.states import RunStatus
from flowstudio.storage.journal_entry import Entry
from flowstudio.storage.statements import Statements

_COMPLETED, _FAILED, _SKIPPED = RunStatus.COMPLETED.value, RunStatus.FAILED.value, RunStatus.SKIPPED.value


@dataclass(slots=True)
class _Counts:
    runs: int = 0
    successes: int = 0
    failures: int = 0
    skips: int = 0


class WorkflowCounters:
    """Gathers what the runs of one transaction change, then writes one row per workflow."""

    def __init__(self) -> None:
        self._counts: dict[str, _Counts] = {}
        self._newest: dict[str, tuple[str, Any]] = {}
        """By workflow: id and start of the newest run that began here."""
        self._status: dict[tuple[str, str], str] = {}
        """By workflow and run: the status it ends up with."""

    def note(self, workflow_id: str, entry: Entry, before: str | None, after: str) -> None:
        """Take a batch of a run into account; `before` None: the run is new."""
        run: Mapping[str, Any] | None = entry.new_run
        if run is None and before == after:
            return
        counts = self._counts.setdefault(workflow_id, _Counts())
        if run is not None:
            counts.runs += 1
            began = run["started_at"] or run["queued_at"] or entry.at
            self._newest[workflow_id] = max(self._newest.get(workflow_id, ("", None)), (entry.run_id, began))
        counts.successes += (after == _COMPLETED) - (before == _COMPLETED)
        counts.failures += (after == _FAILED) - (before == _FAILED)
        counts.skips += (after == _SKIPPED) - (before == _SKIPPED)
        self._status[workflow_id, entry.run_id] = after

    def write(self, sql: Statements) -> None:
        """Write the workflows' columns, in one order: other processes write the same rows."""
        counts = sorted(self._counts.items(), key=itemgetter(0))
        sql.many(
            "UPDATE workflow SET run_count = run_count + ?, success_count = success_count + ?,"
            " failure_count = failure_count + ?, skip_count = skip_count + ? WHERE id = ?",
            [(one.runs, one.successes, one.failures, one.skips, key) for key, one in counts],
        )
        sql.many(
            "UPDATE workflow SET last_run_id = ?, last_run_at = ?"
            " WHERE id = ? AND (last_run_id IS NULL OR last_run_id < ?)",
            [(run_id, began, key, run_id) for key, (run_id, began) in self._newest.items()],
        )
        sql.many(
            "UPDATE workflow SET last_run_status = ? WHERE id = ? AND last_run_id = ?",
            [
                (status, workflow_id, run_id)
                for (workflow_id, run_id), status in self._status.items()
                if run_id >= self._newest.get(workflow_id, ("", None))[0]  # of an older one nothing is shown
            ],
        )
