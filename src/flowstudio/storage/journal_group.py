"""What waits for the journal is written together: each batch is checked by itself, then all go in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from flowstudio.domain.states import FINISHED_RUN
from flowstudio.errors import Conflict, FlowStudioError
from flowstudio.storage.delivery_table import INSERT_DELIVERY
from flowstudio.storage.journal_entry import RUN_COLUMNS, Entry
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.record_ledger import Key, RecordLedger
from flowstudio.storage.statements import Statements
from flowstudio.storage.workflow_counters import WorkflowCounters

_INSERT_RUN = "INSERT INTO run ({}) VALUES ({})".format(", ".join(RUN_COLUMNS), ", ".join("?" * len(RUN_COLUMNS)))  # noqa: S608
_INSERT_STEP = (
    "INSERT INTO step"
    " (run_id, seq, workspace, node_id, iteration, status, attempt, ways, body, started_at, completed_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_LARGE = (
    "INSERT INTO blob (workspace, hash, media_type, content, created_at) VALUES (?, ?, 'application/json', ?, ?)"
    " ON CONFLICT (workspace, hash) DO UPDATE SET created_at = excluded.created_at"  # young again: see retention
)
_INSERT_INTENT = (
    "INSERT INTO intent (workspace, run_id, node_id, iteration, attempt, key, input) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (run_id, node_id, iteration, attempt) DO UPDATE SET key = excluded.key, input = excluded.input"
)
_DELETE_TIMER = "DELETE FROM timer WHERE run_id = ? AND node_id = ? AND iteration = ?"
_INSERT_TIMER = (
    "INSERT INTO timer (workspace, run_id, node_id, iteration, kind, due) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (run_id, node_id, iteration, kind) DO UPDATE SET due = excluded.due"
)
_INSERT_WAIT = (
    "INSERT INTO wait (workspace, token, run_id, node_id, iteration, kind, detail, expires, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (token) DO UPDATE SET detail = excluded.detail, expires = excluded.expires, done_at = NULL"
)
_CLOSE_WAIT = "UPDATE wait SET done_at = ? WHERE token = ?"
_FINISHED = frozenset(status.value for status in FINISHED_RUN)


@dataclass(slots=True)
class _RunState:
    """A run as it stands inside the transaction."""

    workspace: str
    workflow_id: str
    epoch: int
    status: str
    test: bool
    new: dict[str, Any] | None = None
    patch: dict[str, Any] = field(default_factory=dict)
    at: int = 0
    """The moment of its last batch."""
    steps: int = 0
    steps_completed: int = 0
    held: bool = True
    """Whether timers or waits may be there."""


def append_all(connection: Connection, entries: Sequence[Entry], raised: RaisedEvents) -> list[bool | FlowStudioError]:
    """Write batches in order: True, False where another owner has the run, or Conflict.

    A refused one leaves nothing.
    """
    group = _Group(Statements(connection), entries, raised)
    answers: list[bool | FlowStudioError] = [group.take(entry) for entry in entries]
    group.write()
    return answers


class _Group:
    def __init__(self, statements: Statements, entries: Sequence[Entry], raised: RaisedEvents) -> None:
        self._sql = statements
        self._raised = raised
        self._runs: dict[str, _RunState] = {}
        self._read_runs({entry.run_id for entry in entries if entry.new_run is None})
        self._events = self._read_events([entry.new_run for entry in entries if entry.new_run is not None])
        self._records = RecordLedger(statements, self._record_keys(entries))
        self._counters = WorkflowCounters()
        self._rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        """Rows to write by statement; the statements run in the order of `write`."""

    def take(self, entry: Entry) -> bool | FlowStudioError:
        """Check a batch and note its rows."""
        if entry.new_run is not None:
            key = (entry.new_run["workflow_id"], entry.new_run["event_id"])
            if key[1] is not None and key in self._events:
                return Conflict("This event has already started a run of this workflow.")
            if entry.run_id in self._runs:
                return Conflict(f"There is a run {entry.run_id} already.")
            state = _begun(entry.new_run)
        else:
            key = ("", None)
            known = self._runs.get(entry.run_id)
            if known is None or known.epoch != entry.epoch:
                return False
            state = known
        try:
            changes = self._records.take(state.workspace, entry.writes, entry.at) if entry.writes else []
        except Conflict as conflict:
            return conflict
        self._events.add(key)
        self._runs[entry.run_id] = state
        self._note_run(state, entry)
        self._note_parts(state.workspace, entry)
        if changes and not state.test:
            self._rows["event"].extend(self._raised.of_changes(changes, entry.at, entry.run_id))
        return True

    def write(self) -> None:
        """Write everything that was taken."""
        sql, rows = self._sql, self._rows
        new = [tuple(state.new.values()) for state in self._runs.values() if state.new is not None]
        sql.many(_INSERT_RUN, new)
        for statement in (
            _INSERT_LARGE,
            _INSERT_STEP,
            _INSERT_INTENT,
            _DELETE_TIMER,
            _INSERT_TIMER,
            _CLOSE_WAIT,
            _INSERT_WAIT,
            INSERT_DELIVERY,
        ):
            sql.many(statement, rows[statement])
        self._records.write()
        self._raised.write(sql, rows["event"])
        self._write_patches()
        self._counters.write(sql)

    def _note_run(self, state: _RunState, entry: Entry) -> None:
        before = None if entry.new_run is not None else state.status
        status = entry.patch.get("status", state.status)
        if state.new is not None:
            state.new.update(entry.patch)
            state.new["steps_total"] += len(entry.steps)
            state.new["steps_completed"] += entry.steps_completed
        else:
            state.patch.update(entry.patch)
            state.steps += len(entry.steps)
            state.steps_completed += entry.steps_completed
        state.status = status
        state.at = entry.at
        state.held = state.held or bool(entry.timers or entry.waits)
        if not state.test:
            self._counters.note(state.workflow_id, entry, before, status)

    def _note_parts(self, workspace: str, entry: Entry) -> None:
        rows, run_id = self._rows, entry.run_id
        for step in entry.steps:
            rows[_INSERT_STEP].append((run_id, step.seq, workspace, *step.values))
            for key, content in step.large.items():
                rows[_INSERT_LARGE].append((workspace, key, content, entry.at))
        if entry.intents:
            rows[_INSERT_INTENT].extend((workspace, run_id, *intent) for intent in entry.intents)
        if entry.timers_done:
            rows[_DELETE_TIMER].extend(entry.timers_done)
        if entry.timers:
            rows[_INSERT_TIMER].extend((workspace, *timer) for timer in entry.timers)
        if entry.waits_done:
            rows[_CLOSE_WAIT].extend((entry.at, token) for token in entry.waits_done)
        if entry.waits:
            rows[_INSERT_WAIT].extend((workspace, *wait, entry.at) for wait in entry.waits)
        if entry.notices:
            rows[INSERT_DELIVERY].extend(entry.notices)
        if entry.events:
            rows["event"].extend((workspace, key, entry.at, type_, data, run_id) for key, type_, data in entry.events)

    def _write_patches(self) -> None:
        """Change rows of runs that were there before, alike changes together; clear up behind finished ones."""
        alike: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        finished, closed = [], []
        for run_id, state in self._runs.items():
            if state.status in _FINISHED and state.held:
                finished.append((run_id,))
                closed.append((state.at, run_id))
            if state.new is None and (state.patch or state.steps):
                values = (*state.patch.values(), state.steps, state.steps_completed, run_id)
                alike[tuple(state.patch)].append(values)
        for columns, changes in alike.items():
            settings = "".join(f"{column} = ?, " for column in columns)
            self._sql.many(
                f"UPDATE run SET {settings}steps_total = steps_total + ?, steps_completed = steps_completed + ?"  # noqa: S608
                " WHERE id = ?",
                changes,
            )
        self._sql.many("DELETE FROM timer WHERE run_id = ?", finished)
        self._sql.many("UPDATE wait SET done_at = ? WHERE run_id = ? AND done_at IS NULL", closed)

    def _read_runs(self, ids: set[str]) -> None:
        if not ids:
            return
        among, values = self._sql.among("id", ids)
        for run_id, *rest in self._sql.rows(
            f"SELECT id, workspace, workflow_id, epoch, status, test FROM run WHERE {among}{self._sql.locked()}",  # noqa: S608  our own words only
            (values,),
        ):
            self._runs[run_id] = _RunState(*rest)

    def _read_events(self, runs: list[dict[str, Any]]) -> set[tuple[str, str | None]]:
        ids = {run["event_id"] for run in runs if run["event_id"] is not None}
        if not ids:
            return set()
        workflows = {run["workflow_id"] for run in runs}
        of_workflows, first = self._sql.among("workflow_id", workflows)
        of_events, second = self._sql.among("event_id", ids)
        found = self._sql.rows(
            f"SELECT workflow_id, event_id FROM run WHERE {of_workflows} AND {of_events}",  # noqa: S608
            (first, second),
        )
        return {(workflow_id, event_id) for workflow_id, event_id in found}

    def _record_keys(self, entries: Sequence[Entry]) -> list[Key]:
        keys: list[Key] = []
        for entry in entries:
            if not entry.writes:
                continue
            workspace = entry.new_run["workspace"] if entry.new_run is not None else None
            if workspace is None and (known := self._runs.get(entry.run_id)) is not None:
                workspace = known.workspace
            if workspace is None:
                workspace = next(
                    (e.new_run["workspace"] for e in entries if e.new_run and e.run_id == entry.run_id), None
                )
            if workspace is not None:
                keys.extend((workspace, write.entity, write.id) for write in entry.writes)
        return keys


def _begun(values: dict[str, Any]) -> _RunState:
    return _RunState(
        values["workspace"],
        values["workflow_id"],
        values["epoch"],
        values["status"],
        values["test"],
        dict(values),
        held=False,
    )
