"""Which workflow starts which: read from the drafts, and again only from those that changed."""

from __future__ import annotations

from sqlalchemy import select

from flowstudio.domain.json import JsonObject
from flowstudio.storage import tables
from flowstudio.storage.database import Database

_workflow = tables.workflow
_Seen = tuple[int, frozenset[str]]
"""Revision of a draft, and the workflows that it starts."""


class WorkflowLinks:
    """Knows the workflows that each workflow starts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[str, dict[str, _Seen]] = {}

    async def starts(self, workspace: str) -> dict[str, frozenset[str]]:
        """Return the ids of the workflows that each workflow starts, by its id; those that start none are left out."""
        living = (_workflow.c.workspace == workspace, _workflow.c.deleted_at.is_(None))
        async with self._database.read() as connection:
            rows = await connection.execute(select(_workflow.c.id, _workflow.c.draft_revision).where(*living))
            revisions = {row.id: row.draft_revision for row in rows}
            before = self._seen.get(workspace, {})
            known = {key: seen for key, seen in before.items() if revisions.get(key) == seen[0]}
            changed = [key for key in revisions if key not in known]
            if changed:
                query = select(_workflow.c.id, _workflow.c.draft_revision, _workflow.c.draft).where(*living)
                if before:  # the first time all are read, afterwards the few that changed
                    query = query.where(_workflow.c.id.in_(changed[:500]))
                for row in await connection.execute(query):
                    known[row.id] = (row.draft_revision, started_by(row.draft))
        self._seen[workspace] = known
        return {key: found for key, (_, found) in known.items() if found}


def started_by(document: JsonObject | None) -> frozenset[str]:
    """Return the ids of the workflows that a document's steps start."""
    found: set[str] = set()
    for node in (document or {}).get("nodes") or ():
        config = node.get("config") if isinstance(node, dict) else None
        target = config.get("workflow") if isinstance(config, dict) else None
        if isinstance(target, str) and target and "{{" not in target:
            found.add(target)
    return frozenset(found)
