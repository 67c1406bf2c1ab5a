"""The journal where workers carry runs on: a new run is written together with the job that lets one take it up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.errors import FlowStudioError
from flowstudio.storage import jobs
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.journal_entry import Entry


class SentJournal(SqlJournal):
    """As `SqlJournal`; runs that wait for their turn get their job when admission lets them in."""

    def _append_all(self, connection: Connection, entries: Sequence[Entry]) -> list[bool | FlowStudioError]:
        answers = super()._append_all(connection, entries)
        begun = [
            entry.run_id for entry, answer in zip(entries, answers, strict=True) if answer is True and _may_go(entry)
        ]
        jobs.enqueue(connection, begun)
        return answers


def _may_go(entry: Entry) -> bool:
    run = entry.new_run
    return run is not None and run["status"] == RunStatus.QUEUED and run["waiting_for"] != WaitingFor.LIMIT
