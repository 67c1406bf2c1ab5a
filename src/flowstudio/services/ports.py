"""What the services need kept: one protocol per noun, implemented in `flowstudio.storage`.

Every method takes the workspace; nothing is ever found across workspaces. Times are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import RecordType
from flowstudio.domain.run import Run, RunPlace, Step
from flowstudio.domain.states import RunStatus, WorkflowStatus


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` from 1, `size` rows, `sort` is a column with `-` for descending."""

    number: int = 1
    size: int = 50
    sort: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """A workflow in a list."""

    id: str
    name: str
    status: WorkflowStatus
    trigger_type: str
    trigger_config: JsonObject
    description: str
    updated_at: datetime
    published_version: int | None
    last_run_at: datetime | None
    last_run_status: RunStatus | None
    last_run_id: str | None
    run_count: int
    success_count: int
    failure_count: int
    skip_count: int = 0
    """Runs that were passed over: there was nothing to do for them any more."""
    folder: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    """Who made it or brought it in."""
    next_run: datetime | None = None
    """When a schedule starts it next."""

    @property
    def success_rate(self) -> float | None:
        """Return completed runs per finished run (0..1), or None without a finished run."""
        finished = self.success_count + self.failure_count
        return self.success_count / finished if finished else None


@dataclass(frozen=True, slots=True)
class StoredWorkflow:
    """A workflow as kept: its draft document, and what is published."""

    id: str
    name: str
    status: WorkflowStatus
    draft: JsonObject
    draft_revision: int
    published_version: int | None
    hook_token: str
    created_at: datetime
    updated_at: datetime
    history_pointer: int = 0
    """How many entries of the edit history are in effect (undo moves it back)."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version."""

    version: int
    name: str
    document: JsonObject
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One undoable edit."""

    seq: int
    label: str
    change: JsonObject
    actor: str
    at: datetime


class WorkflowStore(Protocol):
    """Workflows, their drafts, versions and edit history."""

    async def list(
        self,
        workspace: str,
        page: Page,
        *,
        search: str = "",
        status: str | None = None,
        trigger_type: str | None = None,
        folder: str | None = None, tag: str | None = None, ids: Collection[str] | None = None,
    ) -> tuple[Sequence[WorkflowRow], int]:  # fmt: skip
        """Return one page and the total; soft-deleted workflows are left out. `ids`: what a search found inside."""

    async def counts(self, workspace: str) -> dict[str, int]:
        """Return how many workflows there are per status."""

    async def get(self, workspace: str, workflow_id: str) -> StoredWorkflow | None: ...

    async def row(self, workspace: str, workflow_id: str) -> WorkflowRow | None: ...

    async def exists(self, workspace: str, workflow_id: str) -> str | None:
        """Return `live`, `deleted`, `foreign` (the id belongs to another workspace) or None."""

    async def create(self, workspace: str, workflow_id: str, draft: JsonObject, *, actor: str) -> StoredWorkflow:
        """Create, or bring a soft-deleted one of this workspace back with this draft. Raise Conflict if it lives."""

    async def save_draft(
        self,
        workspace: str,
        workflow_id: str,
        draft: JsonObject,
        *,
        revision: int | None,
        entry: HistoryEntry | None = None,
        pointer: int | None = None,
    ) -> int:
        """Keep the draft and, in the same transaction, the history entry (entries behind the pointer are dropped).

        Return the new revision. Raise Conflict unless `revision` is the stored one (None: do not care).
        """

    async def history(self, workspace: str, workflow_id: str, limit: int = 500) -> Sequence[HistoryEntry]: ...

    async def publish(
        self, workspace: str, workflow_id: str, version: int, document: JsonObject, *, name: str, actor: str
    ) -> None:
        """Keep an immutable version and make it the published one. Raise Conflict if that version exists."""

    async def set_status(self, workspace: str, workflow_id: str, status: WorkflowStatus) -> None: ...

    async def delete(self, workspace: str, workflow_id: str) -> None:
        """Soft-delete."""

    async def versions(self, workspace: str, workflow_id: str) -> Sequence[VersionRow]: ...

    async def version(self, workspace: str, workflow_id: str, version: int) -> VersionRow | None: ...

    async def names(self, workspace: str) -> dict[str, str]:
        """Return the names of all workflows by id, soft-deleted ones left out."""

    async def active(self, workspace: str | None = None) -> Sequence[tuple[str, str, int]]:
        """List (workspace, workflow id, published version) of active workflows."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list."""

    id: str
    workflow_id: str
    workflow_name: str
    version: int
    status: RunStatus
    outcome: str | None
    reason: str | None
    waiting_for: str | None
    error: JsonObject | None
    started_at: datetime | None
    completed_at: datetime | None
    steps_completed: int
    steps_total: int
    trigger_type: str = ""


class RunStore(Protocol):
    """Runs and their steps, for reading."""

    async def list(
        self,
        workspace: str,
        page: Page,
        *,
        workflow_id: str | None = None,
        status: Sequence[str] = (),
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Sequence[RunRow], int]:
        """Return one page and the total, the newest first unless sorted; `since`: those that began then or later."""

    async def get(self, workspace: str, run_id: str) -> tuple[Run, Sequence[Step]] | None: ...

    async def around(self, workspace: str, workflow_id: str, run_id: str) -> RunPlace: ...

    async def by_event(self, workspace: str, workflow_id: str, event_id: str) -> Run | None: ...

    async def unfinished(self, workspace: str, workflow_id: str) -> Sequence[str]:
        """List the runs of a workflow that are queued, running or waiting."""

    async def per_day(self, workspace: str, days: int, workflow_id: str | None = None) -> Sequence[JsonObject]:
        """Return per workflow and day: `{"workflow_id", "day", "completed", "failed", "other"}`, oldest first."""

    async def summary(self, workspace: str) -> JsonObject:
        """Return the dashboard's figures.

        `{"today", "failed_open", "failed_workflows", "waiting", "next_wake", "success_30_days", "runs_30_days"}`.
        """


class RecordKeeper(Protocol):
    """Records and record types, for pages and the API (the engine writes through the journal)."""

    async def types(self, workspace: str) -> list[tuple[RecordType, int]]:
        """List the record types with their number of records."""

    def type_of(self, entity: str) -> RecordType: ...

    async def page(
        self, workspace: str, entity: str, page: Page, *, where: JsonObject | None = None, search: str = ""
    ) -> tuple[list[JsonObject], int]: ...

    async def get(self, workspace: str, entity: str, record_id: str) -> JsonObject | None: ...

    async def create(self, workspace: str, entity: str, fields: JsonObject, *, actor: str) -> JsonObject: ...

    async def update(
        self,
        workspace: str,
        entity: str,
        record_id: str,
        fields: JsonObject,
        *,
        actor: str,
        revision: int | None = None,
    ) -> JsonObject: ...

    async def delete(self, workspace: str, entity: str, record_id: str, *, actor: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in."""

    id: str
    workspace: str
    name: str
    email: str
    role: str
    has_password: bool = False


class People(Protocol):
    """Users, sessions, sign-in links and API keys. Only hashes of secrets are kept."""

    async def owner(self, workspace: str) -> User: ...

    async def user(self, user_id: str) -> User | None: ...

    async def any_password(self) -> bool: ...

    async def password_hash(self, email: str) -> tuple[User, str] | None: ...

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """Keep the hash and end the user's sessions."""

    async def add_link(self, user_id: str, secret_hash: str, expires: datetime) -> None: ...

    async def take_link(self, secret_hash: str, now: datetime) -> User | None:
        """Return the user of an unused, unexpired link and mark it used; None otherwise."""

    async def add_session(self, user_id: str, secret_hash: str, expires: datetime) -> None: ...

    async def session(self, secret_hash: str, now: datetime) -> User | None: ...

    async def end_session(self, secret_hash: str) -> None: ...

    async def add_key(self, workspace: str, key_id: str, secret_hash: str, name: str, role: str) -> None: ...

    async def key(self, key_id: str) -> tuple[str, str, str, str] | None:
        """Return (secret hash, workspace, name, role) of a live key."""

    async def keys(self, workspace: str) -> list[JsonObject]: ...

    async def revoke_key(self, workspace: str, key_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that waits for a person."""

    token: str
    run_id: str
    workflow_id: str
    workflow_name: str
    node_id: str
    iteration: tuple[int, ...]
    detail: JsonObject
    """`{"subject", "approvers", "mode", "message", "amount", "deadline", "answers" …}`."""
    expires: datetime | None
    asked_at: datetime


class WaitStore(Protocol):
    """What people are asked."""

    async def asked(self, workspace: str, limit: int = 500) -> Sequence[Asked]:
        """List the open approvals, the one that ends first at the top."""

    async def asked_of(self, workspace: str, run_id: str, node_id: str) -> Sequence[Asked]:
        """List the open approvals of one step of a run: several where a loop asks side by side."""

    async def one(self, workspace: str, token: str) -> Asked | None: ...


class SettingStore(Protocol):
    """Workspace settings (`settings.*` of workflows)."""

    async def all(self, workspace: str) -> JsonObject: ...

    async def set(self, workspace: str, key: str, value: object) -> None: ...


class AuditLog(Protocol):
    """Who did what."""

    async def note(
        self, workspace: str, actor: str, action: str, subject: str, detail: JsonObject | None = None
    ) -> None: ...

    async def newest(self, workspace: str, subjects: Sequence[str], actions: Sequence[str]) -> dict[str, JsonObject]:
        """Return by subject the newest line with one of these actions: `{"actor", "action", "detail", "at"}`."""


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template that the workspace saved itself, as kept."""

    id: str
    summary: JsonObject
    """What lists show: the fields of a `TemplateRow`."""
    document: JsonObject
    """The whole template file; empty where only the summary was read."""
    created_by: str
    created_at: datetime
    updated_at: datetime


class TemplateStore(Protocol):
    """Templates that a workspace saved itself."""

    async def summaries(self, workspace: str) -> Sequence[OwnTemplate]:
        """List them by id, their documents left out."""

    async def get(self, workspace: str, template_id: str) -> OwnTemplate | None: ...

    async def add(self, workspace: str, template: OwnTemplate, *, most: int) -> None:
        """Keep a new one; raise Conflict when its id is taken or there are `most` already."""

    async def change(self, workspace: str, template: OwnTemplate) -> bool:
        """Replace summary and document; say whether it was there."""

    async def delete(self, workspace: str, template_id: str) -> bool: ...
