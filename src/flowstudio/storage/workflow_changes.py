"""Changes of workflows, each one transaction on the writing connection."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from flowstudio.domain.json import JsonObject
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import Conflict, NotFound
from flowstudio.services.ports import HistoryEntry, StoredWorkflow
from flowstudio.storage import tables
from flowstudio.storage.shelf import place_of
from flowstudio.storage.workflow_rows import columns_of, stored_of

_workflow, _version, _history = tables.workflow, tables.workflow_version, tables.edit_history


def create(
    connection: Connection, workspace: str, workflow_id: str, draft: JsonObject, actor: str, now: datetime
) -> StoredWorkflow:
    """Create a workflow, or bring a soft-deleted one back with this draft; versions and runs stay.

    A new one stands in the folder and has the tags that its document names; from then on only the shelf says so.
    """
    held = connection.execute(select(_workflow).where(_workflow.c.id == workflow_id)).first()
    values = {**columns_of(draft), "draft": draft, "updated_at": now, "status": WorkflowStatus.DRAFT.value}
    if held is None:
        made = insert(_workflow).values(
            id=workflow_id,
            workspace=workspace,
            draft_revision=1,
            hook_token=secrets.token_urlsafe(18),
            created_at=now,
            owner=actor,
            **place_of(connection, workspace, draft.get("extra") or {}, now),
            **values,
        )
        return stored_of(connection.execute(made.returning(_workflow)).one())
    if held.deleted_at is None or held.workspace != workspace:
        raise Conflict(f'There is a workflow "{workflow_id}" already.')
    connection.execute(delete(_history).where(_history.c.workflow_id == workflow_id))
    brought_back = update(_workflow).where(_workflow.c.id == workflow_id)
    values |= {"deleted_at": None, "draft_revision": held.draft_revision + 1, "history_pointer": 0}
    return stored_of(connection.execute(brought_back.values(**values).returning(_workflow)).one())


def save_draft(
    connection: Connection,
    workspace: str,
    workflow_id: str,
    draft: JsonObject,
    *,
    revision: int | None,
    entry: HistoryEntry | None,
    pointer: int | None,
    now: datetime,
) -> int:
    """Keep a draft and its history entry; return the new revision."""
    held = living(connection, workspace, workflow_id)
    if revision is not None and revision != held.draft_revision:
        raise Conflict("The workflow was changed in the meantime.", hint="Read it again, then repeat the change.")
    values = {**columns_of(draft), "draft": draft, "updated_at": now, "draft_revision": held.draft_revision + 1}
    if entry is not None:
        connection.execute(delete(_history).where(_history.c.workflow_id == workflow_id, _history.c.seq >= entry.seq))
        connection.execute(
            insert(_history).values(
                workspace=workspace,
                workflow_id=workflow_id,
                seq=entry.seq,
                label=entry.label,
                change=entry.change,
                actor=entry.actor,
                at=entry.at,
            )
        )
        values["history_pointer"] = entry.seq
    if pointer is not None:
        values["history_pointer"] = pointer
    connection.execute(update(_workflow).where(_workflow.c.id == workflow_id).values(**values))
    return held.draft_revision + 1


def publish(
    connection: Connection,
    workspace: str,
    workflow_id: str,
    version: int,
    document: JsonObject,
    *,
    name: str,
    actor: str,
    now: datetime,
) -> None:
    """Keep a version and make it the published one.

    A version that is there already is used again when its document is the same; else raise Conflict.
    """
    living(connection, workspace, workflow_id)
    there = select(_version.c.document).where(_version.c.workflow_id == workflow_id, _version.c.version == version)
    known = connection.execute(there).first()
    if known is None:
        connection.execute(
            insert(_version).values(
                workspace=workspace,
                workflow_id=workflow_id,
                version=version,
                name=name,
                document=document,
                published_at=now,
                published_by=actor,
            )
        )
    elif known.document != document:
        raise Conflict(f"Version {version} of this workflow exists already.")
    connection.execute(
        update(_workflow).where(_workflow.c.id == workflow_id).values(published_version=version, updated_at=now)
    )


def set_status(connection: Connection, workspace: str, workflow_id: str, status: WorkflowStatus, now: datetime) -> None:
    """Change where a workflow stands."""
    living(connection, workspace, workflow_id)
    connection.execute(
        update(_workflow).where(_workflow.c.id == workflow_id).values(status=status.value, updated_at=now)
    )


def remove(connection: Connection, workspace: str, workflow_id: str, now: datetime) -> None:
    """Soft-delete: its triggers are off, its runs and versions stay."""
    living(connection, workspace, workflow_id)
    connection.execute(
        update(_workflow)
        .where(_workflow.c.id == workflow_id)
        .values(deleted_at=now, status=WorkflowStatus.ARCHIVED.value, updated_at=now)
    )
    connection.execute(delete(tables.schedule).where(tables.schedule.c.workflow_id == workflow_id))


def living(connection: Connection, workspace: str, workflow_id: str) -> StoredWorkflow:
    """Return the workflow; raise NotFound where it is not, or not any more."""
    query = select(_workflow).where(
        _workflow.c.id == workflow_id, _workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None)
    )
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound(f'There is no workflow "{workflow_id}".')
    return stored_of(row)
