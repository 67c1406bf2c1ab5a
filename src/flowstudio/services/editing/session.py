"""One open workflow: the document that all tabs and people share, its history, and who is told of changes.

The session is the truth while a workflow is open. Every edit is kept in the database before it is answered, so a
browser, a tab or the whole process may go away at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Role
from flowstudio.domain.json_text import require_storable
from flowstudio.domain.workflow import Workflow, plain
from flowstudio.errors import NotFound
from flowstudio.services.editing.change import Change, difference, put
from flowstudio.services.ports import HistoryEntry

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import WorkflowStore

Listener = Callable[["Edited"], None]
MERGE_WITHIN = timedelta(seconds=2)
"""Typing in one field within this time is one undoable edit."""
MOST_KNOWN = 2000
"""Gestures that a session knows to be done already."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What listeners hear: the document before and after, and who did it by which tab."""

    before: Workflow
    after: Workflow
    revision: int
    label: str
    actor: str
    tab: str
    op_id: str | None = None


@dataclass(slots=True)
class _Past:
    label: str
    change: Change
    actor: str
    at: datetime
    merge_key: str | None = None
    op_id: str | None = None


class WorkflowSession:
    """The one writer of a workflow's draft."""

    def __init__(
        self,
        workspace: str,
        workflow: Workflow,
        revision: int,
        store: WorkflowStore,
        history: Sequence[HistoryEntry],
        pointer: int,
    ) -> None:
        self.workspace = workspace
        self.workflow = workflow
        self.revision = revision
        self._store = store
        self._past = [
            _Past(one.label, Change.from_json(one.change), one.actor, one.at, op_id=one.change.get("op_id"))
            for one in history
        ]
        self._known: dict[str, None] = {one.op_id: None for one in self._past if one.op_id}
        self._forgotten = history[0].seq - 1 if history else 0
        """How many edits lie before those that are known here; the store counts from the very first."""
        if pointer < self._forgotten or not history:
            self._past, self._forgotten = [], pointer  # all that is known was taken back: nothing left to go through
        self._pointer = min(pointer - self._forgotten, len(self._past))
        self._listeners: dict[str, Listener] = {}
        self.present: dict[str, str] = {}
        """Who has it open: tab → name."""
        self._here: dict[str, Callable[[], object]] = {}
        """Tabs whose line stands, and what tells each that others came or went."""
        self.saved_at: datetime | None = None
        self.entered: dict[str, tuple[str, str]] = {}
        """Place of a field → the page that wrote there last, and the mark of what it wrote."""
        self._lock = asyncio.Lock()

    def subscribe(self, tab: str, name: str, listener: Listener) -> None:
        """Tell this tab of every edit, its own too."""
        self._listeners[tab] = listener
        self.present[tab] = name

    def unsubscribe(self, tab: str) -> None:
        """Forget a tab."""
        self._listeners.pop(tab, None)
        self.present.pop(tab, None)
        self.away(tab)

    def here(self, tab: str, on_people: Callable[[], object]) -> None:
        """Count a tab among those who are here now; `on_people` hears of others who come and go."""
        if tab in self.present:
            self._here[tab] = on_people
            self._tell_of_people()

    def away(self, tab: str) -> None:
        """Count a tab out: it was left, or its line is cut."""
        if self._here.pop(tab, None) is not None:
            self._tell_of_people()

    def others(self, tab: str) -> list[str]:
        """Return the names of those who are here in other tabs, each tab once."""
        return sorted(self.present[one] for one in self._here if one != tab)

    def _tell_of_people(self) -> None:
        for tell in list(self._here.values()):
            tell()

    @property
    def can_undo(self) -> str | None:
        """Return what undo would take back, or None."""
        return self._past[self._pointer - 1].label if self._pointer else None

    @property
    def can_redo(self) -> str | None:
        """Return what redo would bring back, or None."""
        return self._past[self._pointer].label if self._pointer < len(self._past) else None

    @property
    def undoes(self) -> tuple[str, int] | None:
        """Return whose edit undo would take back, and its number; None where there is none."""
        return (self._past[self._pointer - 1].actor, self._forgotten + self._pointer) if self._pointer else None

    def last_to_change(self, part: str) -> str | None:
        """Return who changed a step or trigger last, None where the history does not say."""
        addresses = {f"node:{part}", f"trigger:{part}"}
        done = reversed(self._past[: self._pointer])
        return next((one.actor for one in done if addresses & one.change.after.keys()), None)

    async def edit(
        self,
        label: str,
        operation: Callable[[Workflow], Workflow],
        actor: Actor,
        *,
        tab: str = "",
        op_id: str | None = None,
        merge_key: str | None = None,
    ) -> Workflow:
        """Carry out one undoable edit and keep it. An operation that raises changes nothing.

        `op_id` names a gesture of a browser, which may send it again after a loss of connection: it is done once.
        """
        actor.require(Role.BUILDER)
        async with self._lock:
            before = self.workflow
            if op_id is not None and op_id in self._known:
                return before
            after = operation(before)
            change = difference(before, after)
            if not change:
                return before
            require_storable(change.to_json(), "This change")
            # What undo and redo would make of it: so that they give the very same document, order and all.
            after = put(before, change.after).model_copy(update={"version": after.version, "status": after.status})
            now = datetime.now(UTC)
            last = self._past[self._pointer - 1] if self._pointer else None
            if (
                merge_key is not None
                and last is not None
                and self._pointer == len(self._past)
                and last.merge_key == merge_key
                and last.actor == actor.name
                and now - last.at < MERGE_WITHIN
            ):
                past = _Past(last.label, last.change.then(change), actor.name, now, merge_key)
                seq = self._pointer
            else:
                past = _Past(label, change, actor.name, now, merge_key, op_id)
                seq = self._pointer + 1
            entry = HistoryEntry(
                seq=self._forgotten + seq, label=past.label, change=_kept(past), actor=actor.name, at=now
            )
            await self._keep(after, entry, seq)
            self._past[seq - 1 :] = [past]
            self._remember(op_id)
            self._pointer = seq
            self._tell(before, after, label, actor.name, tab, op_id)
            return after

    async def undo(self, actor: Actor, *, tab: str = "") -> str | None:
        """Take the last edit back; return its label, or None when there is none."""
        actor.require(Role.BUILDER)
        async with self._lock:
            if not self._pointer:
                return None
            past = self._past[self._pointer - 1]
            await self._travel(past.change.before, self._pointer - 1, past.label, actor, tab)
            return past.label

    async def redo(self, actor: Actor, *, tab: str = "") -> str | None:
        """Bring the last undone edit back; return its label, or None when there is none."""
        actor.require(Role.BUILDER)
        async with self._lock:
            if self._pointer >= len(self._past):
                return None
            past = self._past[self._pointer]
            await self._travel(past.change.after, self._pointer + 1, past.label, actor, tab)
            return past.label

    async def _travel(self, wanted: dict[str, object], pointer: int, label: str, actor: Actor, tab: str) -> None:
        before = self.workflow
        after = put(before, wanted)
        await self._keep(after, None, pointer)
        self._pointer = pointer
        self._tell(before, after, label, actor.name, tab, None)

    async def _keep(self, after: Workflow, entry: HistoryEntry | None, pointer: int) -> None:
        self.revision = await self._store.save_draft(
            self.workspace, after.id, plain(after), revision=self.revision, entry=entry,
            pointer=self._forgotten + pointer,
        )  # fmt: skip
        self.saved_at = datetime.now(UTC)
        self.workflow = after

    def _remember(self, op_id: str | None) -> None:
        if op_id is not None:
            self._known[op_id] = None
            while len(self._known) > MOST_KNOWN:
                self._known.pop(next(iter(self._known)))

    def _tell(self, before: Workflow, after: Workflow, label: str, actor: str, tab: str, op_id: str | None) -> None:
        edited = Edited(before, after, self.revision, label, actor, tab, op_id)
        for listener in list(self._listeners.values()):
            listener(edited)

    def replaced(self, workflow: Workflow, revision: int) -> None:
        """Take over a draft that was written elsewhere (API, import, restore) and tell the tabs."""
        before, self.workflow, self.revision = self.workflow, workflow, revision
        self._tell(before, workflow, "Changed elsewhere", "", "", None)


def _kept(past: _Past) -> JsonObject:
    """Return an edit for the history: with the gesture's id, so that a restart does not forget that it was done."""
    change = past.change.to_json()
    return change if past.op_id is None else {**change, "op_id": past.op_id}


class Sessions:
    """The open workflows of this process."""

    def __init__(self, store: WorkflowStore) -> None:
        self._store = store
        self._open: dict[tuple[str, str], WorkflowSession] = {}
        self._opening: dict[tuple[str, str], asyncio.Lock] = {}

    async def open(self, workspace: str, workflow_id: str) -> WorkflowSession:
        """Return the session of a workflow, made on first use; raise NotFound."""
        key = (workspace, workflow_id)
        async with self._opening.setdefault(key, asyncio.Lock()):
            if key not in self._open:
                stored = await self._store.get(workspace, workflow_id)
                if stored is None:
                    raise NotFound(f'There is no workflow "{workflow_id}".')
                history = await self._store.history(workspace, workflow_id)
                self._open[key] = WorkflowSession(
                    workspace,
                    Workflow.model_validate(stored.draft),
                    stored.draft_revision,
                    self._store,
                    history,
                    stored.history_pointer,
                )
            return self._open[key]

    def find(self, workspace: str, workflow_id: str) -> WorkflowSession | None:
        """Return the session if the workflow is open."""
        return self._open.get((workspace, workflow_id))

    def close(self, workspace: str, workflow_id: str) -> None:
        """Forget a session nobody looks at (its draft is kept already)."""
        session = self._open.get((workspace, workflow_id))
        if session is not None and not session.present:
            del self._open[(workspace, workflow_id)]

    def drop(self, workspace: str, workflow_id: str) -> None:
        """Forget a session whose workflow was deleted."""
        self._open.pop((workspace, workflow_id), None)
