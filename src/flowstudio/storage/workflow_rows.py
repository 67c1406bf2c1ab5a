"""Reading workflows back from their rows, and what their rows say about a document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from flowstudio.domain.json import JsonObject
from flowstudio.domain.states import RunStatus, WorkflowStatus
from flowstudio.services.ports import HistoryEntry, StoredWorkflow, VersionRow, WorkflowRow
from flowstudio.storage.tables import schedule, workflow

ROW_COLUMNS = [
    workflow.c[name]
    for name in (
        "id", "name", "status", "trigger_type", "trigger_config", "description", "updated_at", "published_version",
        "last_run_at", "last_run_status", "last_run_id", "run_count", "success_count", "failure_count",
        "skip_count", "folder", "tags", "owner",
    )
]  # fmt: skip
NEXT_RUN = (
    select(func.min(schedule.c.next_fire)).where(schedule.c.workflow_id == workflow.c.id).correlate(workflow)
).scalar_subquery()
"""When a schedule of the workflow fires next."""


def row_of(row: Row[Any]) -> WorkflowRow:
    """Build a line of a list."""
    return WorkflowRow(
        id=row.id,
        name=row.name,
        status=WorkflowStatus(row.status),
        trigger_type=row.trigger_type,
        trigger_config=row.trigger_config or {},
        description=row.description,
        updated_at=row.updated_at,
        published_version=row.published_version,
        last_run_at=row.last_run_at,
        last_run_status=RunStatus(row.last_run_status) if row.last_run_status else None,
        last_run_id=row.last_run_id,
        run_count=row.run_count,
        success_count=row.success_count,
        failure_count=row.failure_count,
        skip_count=row.skip_count,
        folder=row.folder,
        tags=tuple(row.tags or ()),
        owner=row.owner,
        next_run=row.next_run,
    )


def stored_of(row: Row[Any]) -> StoredWorkflow:
    """Build a workflow as it is kept."""
    return StoredWorkflow(
        id=row.id,
        name=row.name,
        status=WorkflowStatus(row.status),
        draft=row.draft,
        draft_revision=row.draft_revision,
        published_version=row.published_version,
        hook_token=row.hook_token,
        created_at=row.created_at,
        updated_at=row.updated_at,
        history_pointer=row.history_pointer,
    )


def version_of(row: Row[Any]) -> VersionRow:
    """Build a published version."""
    return VersionRow(row.version, row.name, row.document, row.published_at, row.published_by)


def entry_of(row: Row[Any]) -> HistoryEntry:
    """Build an entry of the edit history."""
    return HistoryEntry(row.seq, row.label, row.change, row.actor, row.at)


def triggers_of(document: JsonObject) -> list[JsonObject]:
    """List a document's triggers, in whichever of its two forms it has them."""
    triggers = document.get("triggers") or [document.get("trigger")]
    return [trigger for trigger in triggers if isinstance(trigger, dict)]


def columns_of(document: JsonObject) -> dict[str, Any]:
    """Return the columns that show a draft in lists: name, description and first trigger."""
    first = next(iter(triggers_of(document)), {})
    return {
        "name": str(document.get("name") or ""),
        "description": str(document.get("description") or ""),
        "trigger_type": str(first.get("type") or ""),
        "trigger_config": first.get("config") or {},
    }
