"""What active workflows listen to, read in one go: the triggers of their published versions."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSON

from flowstudio.domain.states import WorkflowStatus
from flowstudio.services.triggers import Active
from flowstudio.storage.database import Database
from flowstudio.storage.tables import workflow as _workflow
from flowstudio.storage.tables import workflow_version as _version


class SqlTriggers:
    """The TriggerStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def active(self, workspace: str | None = None, workflow_id: str | None = None) -> list[Active]:
        """List the active workflows with the triggers of their published version."""
        triggers: Any = (
            cast(func.json_extract_path(cast(_version.c.document, JSON), "triggers"), Text)
            if self._database.is_postgres
            else func.json_extract(_version.c.document, "$.triggers", type_=Text())
        )
        query = (
            select(_workflow.c.workspace, _workflow.c.id, _workflow.c.published_version, _workflow.c.hook_token,
                   triggers.label("triggers"))
            .join(_version, (_version.c.workflow_id == _workflow.c.id)
                  & (_version.c.version == _workflow.c.published_version))
            .where(_workflow.c.status == WorkflowStatus.ACTIVE.value, _workflow.c.deleted_at.is_(None))
            .order_by(_workflow.c.id)
        )  # fmt: skip
        if workspace is not None:
            query = query.where(_workflow.c.workspace == workspace)
        if workflow_id is not None:
            query = query.where(_workflow.c.id == workflow_id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Active(row.workspace, row.id, row.published_version, row.hook_token, orjson.loads(row.triggers or "[]"))
            for row in rows
        ]

    async def state(self) -> tuple[object, ...]:
        """Return something that differs whenever another set of versions is active."""
        query = select(func.count(), func.sum(_workflow.c.published_version), func.max(_workflow.c.updated_at)).where(
            _workflow.c.status == WorkflowStatus.ACTIVE.value, _workflow.c.deleted_at.is_(None)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).one())
