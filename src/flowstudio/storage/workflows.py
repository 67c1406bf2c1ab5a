"""Workflows, their drafts, versions and edit history."""

from __future__ import annotations

from builtins import list as list_of
from collections.abc import Collection
from functools import partial

from sqlalchemy import Select, func, or_, select

from flowstudio.domain.json import JsonObject
from flowstudio.domain.states import WorkflowStatus
from flowstudio.services.ports import HistoryEntry, Page, StoredWorkflow, VersionRow, WorkflowRow
from flowstudio.services.shelf_ports import NONE
from flowstudio.storage import tables, workflow_changes
from flowstudio.storage.database import Database
from flowstudio.storage.folders import below
from flowstudio.storage.lists import page_of
from flowstudio.storage.shelf import wearing
from flowstudio.storage.workflow_rows import NEXT_RUN, ROW_COLUMNS, entry_of, row_of, stored_of, version_of

_workflow, _version, _history = tables.workflow, tables.workflow_version, tables.edit_history
_SORTS = {
    "name": func.lower(_workflow.c.name),
    "status": _workflow.c.status,
    "created_at": _workflow.c.created_at,
    "updated_at": _workflow.c.updated_at,
    "last_run": _workflow.c.last_run_at,
    "last_run_at": _workflow.c.last_run_at,
    "run_count": _workflow.c.run_count,
    "trigger_type": _workflow.c.trigger_type,
    "owner": func.lower(_workflow.c.owner),
    "next_run": NEXT_RUN,
    "success_rate": 1.0
    * _workflow.c.success_count
    / func.nullif(_workflow.c.success_count + _workflow.c.failure_count, 0),
}


class SqlWorkflows:
    """The WorkflowStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self,
        workspace: str,
        page: Page,
        *,
        search: str = "",
        status: str | None = None,
        trigger_type: str | None = None,
        folder: str | None = None,
        tag: str | None = None,
        ids: Collection[str] | None = None,
    ) -> tuple[list_of[WorkflowRow], int]:
        """Return one page and the total, the last changed first unless sorted; soft-deleted ones are left out.

        `status` may name several, with commas between. `ids` are those that a search found besides the ones that are
        found by name, description and id. A folder brings what stands in the folders below it too.
        """
        query = self._living(workspace)
        if search:
            query = query.where(
                or_(
                    _workflow.c.name.icontains(search, autoescape=True),
                    _workflow.c.description.icontains(search, autoescape=True),
                    _workflow.c.id == search,
                    _workflow.c.id.in_(ids or ()),
                )
            )
        if folder is not None:
            here = _workflow.c.folder == "" if folder == NONE else _workflow.c.folder.in_(below(workspace, folder))
            query = query.where(here)
        if tag:
            query = query.where(wearing(tag))
        if status:
            query = query.where(_workflow.c.status.in_(status.split(",")))
        if trigger_type:
            query = query.where(_workflow.c.trigger_type == trigger_type)
        wanted = Page(page.number, page.size, page.sort or "-updated_at")
        async with self._database.read() as connection:
            bare = query.with_only_columns(_workflow.c.id)
            rows, total = await page_of(connection, query, wanted, _SORTS, _workflow.c.id, counted=bare)
        return [row_of(row) for row in rows], total

    async def counts(self, workspace: str) -> dict[str, int]:
        """Return how many workflows there are per status."""
        query = (
            select(_workflow.c.status, func.count().label("number"))
            .where(_workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None))
            .group_by(_workflow.c.status)
        )
        async with self._database.read() as connection:
            return {row.status: row.number for row in await connection.execute(query)}

    async def get(self, workspace: str, workflow_id: str) -> StoredWorkflow | None:
        """Return the workflow as it is kept, or None."""
        query = select(_workflow).where(
            _workflow.c.id == workflow_id, _workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else stored_of(row)

    async def row(self, workspace: str, workflow_id: str) -> WorkflowRow | None:
        """Return the workflow as a line of a list, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(self._living(workspace).where(_workflow.c.id == workflow_id))).first()
        return None if row is None else row_of(row)

    async def exists(self, workspace: str, workflow_id: str) -> str | None:
        """Return `live`, `deleted`, `foreign` (the id belongs to another workspace) or None."""
        query = select(_workflow.c.workspace, _workflow.c.deleted_at).where(_workflow.c.id == workflow_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        if row.workspace != workspace:
            return "foreign"
        return "live" if row.deleted_at is None else "deleted"

    async def create(self, workspace: str, workflow_id: str, draft: JsonObject, *, actor: str) -> StoredWorkflow:
        """Create, or bring a soft-deleted one of this workspace back with this draft. Raise Conflict if it lives."""
        make = partial(
            workflow_changes.create, workspace=workspace, workflow_id=workflow_id, draft=draft, actor=actor,
            now=self._database.clock.now(),
        )  # fmt: skip
        return await self._database.writer.run(make)

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
        """Keep the draft and its history entry (later ones are dropped); return the new revision.

        Raise Conflict unless `revision` is the stored one (None: do not care).
        """
        change = partial(
            workflow_changes.save_draft, workspace=workspace, workflow_id=workflow_id, draft=draft, revision=revision,
            entry=entry, pointer=pointer, now=self._database.clock.now(),
        )  # fmt: skip
        return await self._database.writer.run(change)

    async def history(self, workspace: str, workflow_id: str, limit: int = 500) -> list_of[HistoryEntry]:
        """Return the last entries of the edit history, oldest first."""
        query = (
            select(_history)
            .where(_history.c.workspace == workspace, _history.c.workflow_id == workflow_id)
            .order_by(_history.c.seq.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [entry_of(row) for row in reversed((await connection.execute(query)).all())]

    async def publish(
        self, workspace: str, workflow_id: str, version: int, document: JsonObject, *, name: str, actor: str
    ) -> None:
        """Keep an immutable version and make it the published one. Raise Conflict if that version exists."""
        change = partial(
            workflow_changes.publish, workspace=workspace, workflow_id=workflow_id, version=version, document=document,
            name=name, actor=actor, now=self._database.clock.now(),
        )  # fmt: skip
        await self._database.writer.run(change)

    async def set_status(self, workspace: str, workflow_id: str, status: WorkflowStatus) -> None:
        """Change where a workflow stands."""
        now = self._database.clock.now()
        await self._database.writer.run(lambda c: workflow_changes.set_status(c, workspace, workflow_id, status, now))

    async def delete(self, workspace: str, workflow_id: str) -> None:
        """Soft-delete."""
        now = self._database.clock.now()
        await self._database.writer.run(lambda c: workflow_changes.remove(c, workspace, workflow_id, now))

    async def versions(self, workspace: str, workflow_id: str) -> list_of[VersionRow]:
        """Return the published versions, the newest first."""
        query = (
            select(_version)
            .where(_version.c.workspace == workspace, _version.c.workflow_id == workflow_id)
            .order_by(_version.c.version.desc())
        )
        async with self._database.read() as connection:
            return [version_of(row) for row in await connection.execute(query)]

    async def version(self, workspace: str, workflow_id: str, version: int) -> VersionRow | None:
        """Return one version, or None."""
        query = select(_version).where(
            _version.c.workspace == workspace, _version.c.workflow_id == workflow_id, _version.c.version == version
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else version_of(row)

    async def active(self, workspace: str | None = None) -> list_of[tuple[str, str, int]]:
        """List (workspace, workflow id, published version) of active workflows."""
        query = select(_workflow.c.workspace, _workflow.c.id, _workflow.c.published_version).where(
            _workflow.c.status == WorkflowStatus.ACTIVE.value, _workflow.c.deleted_at.is_(None),
            _workflow.c.published_version.is_not(None),
        )  # fmt: skip
        if workspace is not None:
            query = query.where(_workflow.c.workspace == workspace)
        async with self._database.read() as connection:
            return [(row.workspace, row.id, row.published_version) for row in await connection.execute(query)]

    async def names(self, workspace: str) -> dict[str, str]:
        """Return the names of all workflows by id, soft-deleted ones left out."""
        query = (
            select(_workflow.c.id, _workflow.c.name)
            .where(_workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None))
            .order_by(_workflow.c.name)
        )
        async with self._database.read() as connection:
            return {row.id: row.name for row in await connection.execute(query)}

    def _living(self, workspace: str) -> Select[tuple[object, ...]]:
        return select(*ROW_COLUMNS, NEXT_RUN.label("next_run")).where(
            _workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None)
        )
