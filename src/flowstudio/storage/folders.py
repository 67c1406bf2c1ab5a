"""Folders in folders. Every change reads the tree in its own transaction, so that two of them cannot make a circle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from flowstudio.domain.free_names import numbered
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, Conflict
from flowstudio.services.folder_tree import DEEPEST, FolderTree
from flowstudio.services.folders import LONGEST_NAME, no_folder
from flowstudio.services.shelf_ports import Dissolved, Folder
from flowstudio.storage.database import Database
from flowstudio.storage.shelf_tables import folder
from flowstudio.storage.tables import workflow


class SqlFolders:
    """The FolderStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def folders(self, workspace: str) -> Sequence[Folder]:
        """List the folders; each counts the workflows in it and below it."""
        counted = (
            select(workflow.c.folder, func.count().label("number"))
            .where(workflow.c.workspace == workspace, workflow.c.deleted_at.is_(None))
            .where(workflow.c.status != WorkflowStatus.ARCHIVED.value)
            .group_by(workflow.c.folder)
        )
        async with self._database.read() as connection:
            counts = {row.folder: row.number for row in await connection.execute(counted)}
            rows = (await connection.execute(_all(workspace))).all()
        tree = FolderTree([_folder_of(row) for row in rows])
        return [replace(one, count=sum(counts.get(each, 0) for each in tree.below(one.id))) for one in tree.ordered()]

    async def add(self, workspace: str, folder: Folder, *, most: int) -> None:
        """Keep a new folder; raise Conflict when there are `most` already, BadRequest where it would be too deep."""

        def keep(connection: Connection) -> None:
            tree = _tree(connection, workspace)
            _require_room(tree, folder.parent, 1)
            self._keep(connection, workspace, tree, folder, most, leaving=())

        await self._database.writer.run(keep)

    async def change(
        self, workspace: str, folder_id: str, *, name: str | None = None, parent: str | None = None
    ) -> Folder:
        """Give a folder another name, or put it into another; return it as it was.

        Raise BadRequest where it would stand in itself or too deep.
        """

        def keep(connection: Connection) -> Folder:
            tree = _tree(connection, workspace)
            found = _found(tree, folder_id)
            called, above = found.name if name is None else name, found.parent if parent is None else parent
            if above in tree.below(folder_id):
                raise BadRequest("A folder cannot stand in itself.", hint="Choose a folder that is not in it.")
            if above != found.parent:
                _require_room(tree, above, tree.height(folder_id))
            _require_free(tree, above, called, {folder_id})
            connection.execute(update(folder).where(_one(workspace, folder_id)).values(name=called, parent=above))
            return found

        return await self._database.writer.run(keep)

    async def dissolve(self, workspace: str, folder_id: str) -> Dissolved:
        """Delete a folder and move what is in it up one level; a name that is taken there gets a number."""

        def drop(connection: Connection) -> Dissolved:
            tree = _tree(connection, workspace)
            gone = _found(tree, folder_id)
            inside = tree.inside(folder_id)
            taken = {one.name.casefold() for one in tree.inside(gone.parent) if one.id != folder_id}
            for one in inside:
                name = _free_name(one.name, taken)
                taken.add(name.casefold())
                moved = update(folder).where(_one(workspace, one.id))
                connection.execute(moved.values(parent=gone.parent, name=name))
            # What is in the bin moves up too: it comes back where a person finds it.
            here = and_(workflow.c.workspace == workspace, workflow.c.folder == folder_id)
            ids = tuple(connection.execute(select(workflow.c.id).where(here)).scalars())
            connection.execute(update(workflow).where(here).values(folder=gone.parent))
            connection.execute(delete(folder).where(_one(workspace, folder_id)))
            return Dissolved(gone, ids, tuple((one.id, one.name) for one in inside))

        return await self._database.writer.run(drop)

    async def restore(self, workspace: str, gone: Dissolved, *, most: int) -> None:
        """Keep a folder again, with what moved up out of it and stands there still."""

        def keep(connection: Connection) -> None:
            tree, above, folder_id = _tree(connection, workspace), gone.folder.parent, gone.folder.id
            back = [pair for pair in gone.folders if pair[0] in tree.by_id and tree.by_id[pair[0]].parent == above]
            _require_room(tree, above, 1 + max((tree.height(one) for one, _ in back), default=0))
            self._keep(connection, workspace, tree, gone.folder, most, leaving={one for one, _ in back})
            for one, name in back:
                connection.execute(update(folder).where(_one(workspace, one)).values(parent=folder_id, name=name))
            for workflow_id in gone.workflows:
                here = and_(workflow.c.workspace == workspace, workflow.c.id == workflow_id, workflow.c.folder == above)
                connection.execute(update(workflow).where(here).values(folder=folder_id))

        await self._database.writer.run(keep)

    def _keep(
        self, connection: Connection, workspace: str, tree: FolderTree, new: Folder, most: int, leaving: Collection[str]
    ) -> None:
        if len(tree.by_id) >= most:
            raise Conflict(f"A workspace has at most {most:,} folders.", hint="Delete one, then try again.")
        _require_free(tree, new.parent, new.name, leaving)
        values = {"workspace": workspace, "id": new.id, "name": new.name, "parent": new.parent}
        connection.execute(insert(folder).values(**values, created_at=self._database.clock.now()))


def below(workspace: str, folder_id: str) -> Any:
    """Return the query for the ids of a folder and of all below it, whether it is there or not."""
    start = select(folder.c.id).where(folder.c.workspace == workspace, folder.c.id == folder_id)
    found = start.cte("below", recursive=True)
    inside = folder.alias("inside")
    return select(
        found.union(select(inside.c.id).where(inside.c.workspace == workspace, inside.c.parent == found.c.id)).c.id
    )


def _tree(connection: Connection, workspace: str) -> FolderTree:
    return FolderTree([_folder_of(row) for row in connection.execute(_all(workspace)).all()])


def _all(workspace: str) -> Any:
    return select(folder.c.id, folder.c.name, folder.c.parent).where(folder.c.workspace == workspace)


def _folder_of(row: Any) -> Folder:
    return Folder(row.id, row.name, row.parent)


def _one(workspace: str, folder_id: str) -> Any:
    return and_(folder.c.workspace == workspace, folder.c.id == folder_id)


def _found(tree: FolderTree, folder_id: str) -> Folder:
    if folder_id not in tree.by_id:
        raise no_folder()
    return tree.by_id[folder_id]


def _require_room(tree: FolderTree, parent: str, height: int) -> None:
    if parent:
        _found(tree, parent)
    if tree.depth(parent) + height > DEEPEST:
        raise BadRequest(
            f"At most {DEEPEST} folders stand in each other.", hint="Choose a folder that is further up."
        )  # fmt: skip


def _require_free(tree: FolderTree, parent: str, name: str, leaving: Collection[str]) -> None:
    beside = (one for one in tree.inside(parent) if one.id not in leaving)
    if any(one.name.casefold() == name.casefold() for one in beside):
        where = f" in {tree.by_id[parent].name}" if parent else ""
        raise Conflict(f'There is a folder "{name}"{where} already.', hint="Choose another name.")


def _free_name(name: str, taken: set[str]) -> str:
    if name.casefold() not in taken:
        return name
    short = name[: LONGEST_NAME - 5].rstrip()
    return next(one for one in numbered(short) if one.casefold() not in taken)
