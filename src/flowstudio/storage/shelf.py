"""Tags, places and the bin; what each person chose to see. Folders stand in `folders`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, Text, and_, delete, insert, select, type_coerce, update

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import Conflict
from flowstudio.services.shelf_ports import COLOURS, Binned, Tag
from flowstudio.storage.database import Database
from flowstudio.storage.shelf_tables import folder, preference
from flowstudio.storage.shelf_tables import tag as _tag
from flowstudio.storage.tables import workflow, workflow_version

_CUT = 500
"""Workflows that one statement asks for at most: databases limit how many values it may carry."""


class SqlShelf:
    """The ShelfStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tags(self, workspace: str) -> Sequence[Tag]:
        """List the tags by name."""
        worn = select(workflow.c.tags).where(*_living(workspace), workflow.c.status != WorkflowStatus.ARCHIVED.value)
        counts: dict[str, int] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(worn):
                for one in row.tags or ():
                    counts[one] = counts.get(one, 0) + 1
            rows = (await connection.execute(select(_tag).where(_tag.c.workspace == workspace))).all()
        return sorted((Tag(row.id, row.name, row.colour, counts.get(row.id, 0)) for row in rows), key=_by_name)

    async def add(self, workspace: str, tag: Tag, *, most: int) -> None:
        """Keep a new tag; raise Conflict when the name is taken or there are `most` already."""
        now = self._database.clock.now()

        def keep(connection: Connection) -> None:
            known = _named(connection, _tag, workspace)
            if len(known) >= most:
                raise Conflict(f"A workspace has at most {most:,} tags.", hint="Delete one, then try again.")
            if tag.name.casefold() in known:
                raise _taken(tag.name)
            values = {"workspace": workspace, "id": tag.id, "name": tag.name, "colour": tag.colour}
            connection.execute(insert(_tag).values(**values, created_at=now))

        await self._database.writer.run(keep)

    async def change(self, workspace: str, tag_id: str, name: str, colour: str) -> bool:
        """Give a tag another name and colour; say whether it was there."""

        def keep(connection: Connection) -> bool:
            if _named(connection, _tag, workspace).get(name.casefold(), tag_id) != tag_id:
                raise _taken(name)
            changed = update(_tag).where(_one(workspace, tag_id)).values(name=name, colour=colour)
            return connection.execute(changed).rowcount > 0

        return await self._database.writer.run(keep)

    async def drop(self, workspace: str, tag_id: str) -> bool:
        """Delete a tag and take it off its workflows; say whether it was there."""

        def keep(connection: Connection) -> bool:
            if not connection.execute(delete(_tag).where(_one(workspace, tag_id))).rowcount:
                return False
            worn = select(workflow.c.id, workflow.c.tags).where(workflow.c.workspace == workspace, wearing(tag_id))
            for row in connection.execute(worn).all():
                left = [one for one in row.tags if one != tag_id]
                connection.execute(update(workflow).where(workflow.c.id == row.id).values(tags=left))
            return True

        return await self._database.writer.run(keep)

    async def places(self, workspace: str, ids: Sequence[str]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Return folder and tags of these workflows, those left out that are not there."""
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        async with self._database.read() as connection:
            for start in range(0, len(ids), _CUT):
                some = workflow.c.id.in_(ids[start : start + _CUT])
                query = select(workflow.c.id, workflow.c.folder, workflow.c.tags).where(*_living(workspace), some)
                found |= {row.id: (row.folder, tuple(row.tags or ())) for row in await connection.execute(query)}
        return found

    async def place(self, workspace: str, places: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        """Set folder and tags of workflows, all or none; it is no change of the workflow itself."""

        def keep(connection: Connection) -> None:
            for workflow_id, (folder_id, tags) in places.items():
                where = and_(workflow.c.workspace == workspace, workflow.c.id == workflow_id)
                connection.execute(update(workflow).where(where).values(folder=folder_id, tags=list(tags)))

        await self._database.writer.run(keep)

    async def binned(self, workspace: str) -> Sequence[Binned]:
        """List the deleted workflows, the last deleted first."""
        columns = (workflow.c.id, workflow.c.name, workflow.c.description, workflow.c.deleted_at)
        query = select(*columns).where(workflow.c.workspace == workspace, workflow.c.deleted_at.is_not(None))
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(workflow.c.deleted_at.desc(), workflow.c.id).limit(1_000))
            return [Binned(row.id, row.name, row.description, row.deleted_at) for row in rows]

    async def put_back(self, workspace: str, workflow_id: str) -> bool:
        """Take a deleted workflow back, switched off; say whether it was in the bin."""
        return await self._database.writer.run(partial(_put_back, workspace=workspace, workflow_id=workflow_id))

    async def revisions(self, workspace: str) -> Mapping[str, tuple[int, int]]:
        """Return by workflow the revision of its draft and the number of its published version (0: none)."""
        query = select(workflow.c.id, workflow.c.draft_revision, workflow.c.published_version)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(*_living(workspace)))
            return {row.id: (row.draft_revision, row.published_version or 0) for row in rows}

    async def documents(self, workspace: str, ids: Sequence[str]) -> Mapping[str, tuple[JsonObject, JsonObject | None]]:
        """Return drafts and published documents of workflows."""
        published = and_(
            workflow_version.c.workflow_id == workflow.c.id,
            workflow_version.c.version == workflow.c.published_version,
        )
        query = (
            select(workflow.c.id, workflow.c.draft, workflow_version.c.document)
            .outerjoin(workflow_version, published)
            .where(*_living(workspace), workflow.c.id.in_(ids[:_CUT]))
        )
        async with self._database.read() as connection:
            return {row.id: (row.draft, row.document) for row in await connection.execute(query)}

    async def preference(self, workspace: str, person_id: str, name: str) -> JsonValue:
        """Return what a person chose, or None."""
        query = select(preference.c.value).where(_chosen(workspace, person_id, name))
        async with self._database.read() as connection:
            found: JsonValue = (await connection.execute(query)).scalar()
            return found

    async def prefer(self, workspace: str, person_id: str, name: str, value: JsonValue) -> None:
        """Keep what a person chose."""

        def keep(connection: Connection) -> None:
            connection.execute(delete(preference).where(_chosen(workspace, person_id, name)))
            connection.execute(
                insert(preference).values(workspace=workspace, person_id=person_id, name=name, value=value)
            )

        await self._database.writer.run(keep)


def place_of(connection: Connection, workspace: str, extra: JsonObject, now: Any) -> JsonObject:
    """Return the columns `folder` and `tags` for a new document that names them; what is missing is made.

    A name says nothing of other folders: it means the folder at the top.
    """
    said, tags = extra.get("folder"), extra.get("tags")
    names = [one for one in tags if isinstance(one, str)] if isinstance(tags, list) else []
    wanted = [str(said)] if isinstance(said, str) else []
    return {
        "folder": next(iter(_ids(connection, folder, workspace, wanted, now)), ""),
        "tags": _ids(connection, _tag, workspace, names[:20], now),
    }


def wearing(tag_id: str) -> Any:
    """Return the clause for the workflows with a tag; ids of tags have nothing that JSON would write otherwise."""
    return type_coerce(workflow.c.tags, Text).contains(f'"{tag_id}"', autoescape=True)


def _ids(connection: Connection, table: Table, workspace: str, names: Sequence[str], now: Any) -> list[str]:
    found: list[str] = []
    known = _named(connection, table, workspace) if names else {}
    for name in dict.fromkeys(one.strip()[:60] for one in names):
        if not name:
            continue
        if name.casefold() not in known:
            known[name.casefold()] = made = new_id(table.name)
            values = {"workspace": workspace, "id": made, "name": name, "created_at": now}
            connection.execute(insert(table).values(**values, **({"colour": COLOURS[0]} if table is _tag else {})))
        found.append(known[name.casefold()])
    return list(dict.fromkeys(found))


def _put_back(connection: Connection, workspace: str, workflow_id: str) -> bool:
    gone = and_(
        workflow.c.workspace == workspace, workflow.c.id == workflow_id, workflow.c.deleted_at.is_not(None)
    )  # fmt: skip
    row = connection.execute(select(workflow.c.published_version).where(gone).with_for_update()).first()
    if row is None:
        return False
    status = WorkflowStatus.DRAFT if row.published_version is None else WorkflowStatus.PAUSED
    connection.execute(update(workflow).where(gone).values(deleted_at=None, status=status.value))
    return True


def _named(connection: Connection, table: Table, workspace: str) -> dict[str, str]:
    """Return the ids of tags, or of the folders at the top, by name."""
    rows = select(table.c.id, table.c.name).where(table.c.workspace == workspace)
    rows = rows.where(folder.c.parent == "") if table is folder else rows
    return {row.name.casefold(): row.id for row in connection.execute(rows)}


def _one(workspace: str, tag_id: str) -> Any:
    return and_(_tag.c.workspace == workspace, _tag.c.id == tag_id)


def _taken(name: str) -> Conflict:
    return Conflict(f'There is a tag "{name}" already.', hint="Choose another name.")


def _chosen(workspace: str, person_id: str, name: str) -> Any:
    return and_(
        preference.c.workspace == workspace, preference.c.person_id == person_id, preference.c.name == name
    )  # fmt: skip


def _living(workspace: str) -> tuple[Any, ...]:
    return workflow.c.workspace == workspace, workflow.c.deleted_at.is_(None)


def _by_name(one: Tag) -> tuple[str, str]:
    return one.name.casefold(), one.id
