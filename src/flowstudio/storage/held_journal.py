"""The journal of a worker: it takes over only runs that this worker holds, and tells the others what became durable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from flowstudio.errors import FlowStudioError
from flowstudio.kit.ports import Batch, RunHistory
from flowstudio.services.dispatch_ports import Me, Note, WorkerNews
from flowstudio.storage import notes
from flowstudio.storage.database import Database
from flowstudio.storage.journal import claim
from flowstudio.storage.journal_entry import Entry, encode
from flowstudio.storage.sent_journal import SentJournal

_HELD = "SELECT 1 FROM hold WHERE run_id = %s AND worker = %s FOR UPDATE"


@dataclass(frozen=True, slots=True)
class _Told:
    """A batch, and what is said about it once it is on disk."""

    entry: Entry
    news: WorkerNews | None


class HeldJournal(SentJournal):
    """As `SentJournal`, for the runs that one worker holds."""

    def __init__(self, database: Database, me: Me) -> None:
        super().__init__(database)
        self._me = me
        self._places: dict[str, tuple[str, str]] = {}
        """Run → workspace and workflow, while it is held here."""
        self._events = False
        """Whether the transaction at hand writes events; only the writing thread touches it."""
        database.memory.told.append(self._note_events)

    async def append(self, batch: Batch) -> bool:
        """Write a batch durably; False when another owner has taken the run over."""
        entry = encode(batch, self._database.clock.now())
        told = _Told(entry, self._news(batch))
        return await self._database.writer.join(self._append_and_tell, told, weight=entry.weight)

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take a run over that this worker holds; None when it does not."""
        history = await self._database.writer.run(partial(_claim_held, run_id=run_id, worker=self._me.id))
        if history is not None:
            self._places[run_id] = (history.run.workspace, history.run.workflow_id)
        return history

    def forget(self, run_id: str) -> None:
        """Take note that a run is held no more."""
        self._places.pop(run_id, None)

    def _news(self, batch: Batch) -> WorkerNews | None:
        run = batch.new_run
        place = (run.workspace, run.workflow_id) if run is not None else self._places.get(batch.run_id)
        if place is None:
            return None
        status = run.status.value if run is not None else None
        if batch.patch and batch.patch.get("status"):
            status = str(batch.patch["status"])
        if status is None and not (batch.steps or batch.timers or batch.notices):
            return None
        return WorkerNews(
            *place, batch.run_id, status, batch.sent, bool(batch.steps), bool(batch.timers), bool(batch.notices)
        )

    def _append_and_tell(self, connection: Connection, items: Sequence[_Told]) -> Sequence[bool | FlowStudioError]:
        self._events = False
        answers = self._append_all(connection, [one.entry for one in items])
        news = [one.news for one, answer in zip(items, answers, strict=True) if answer is True and one.news is not None]
        if news or self._events:
            notes.send(connection, Note(news=news, events=self._events))
        return answers

    def _note_events(self) -> None:
        self._events = True


def _claim_held(connection: Connection, run_id: str, worker: str) -> RunHistory | None:
    held = connection.exec_driver_sql(_HELD, (run_id, worker)).first()
    return claim(connection, run_id) if held is not None else None
