"""Folders of the shelf: make, rename, move into each other, delete with what is in them kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.json_text import require_storable
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.folder_tree import FolderTree
from flowstudio.services.shelf_ports import NONE, Dissolved, Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.shelf_ports import FolderStore, ShelfStore

LONGEST_NAME = 60
MOST_LABELS = 200
"""Folders that a workspace may have; tags too."""
CLOSED = "closed_folders"


class FolderService:
    """The verbs of folders."""

    def __init__(self, store: FolderStore, shelf: ShelfStore, audit: AuditLog) -> None:
        self._store = store
        self._shelf = shelf
        self._audit = audit

    async def list(self, actor: Actor) -> Sequence[Folder]:
        """List the folders as they are shown: by name, each followed by those in it. Counts have what is below."""
        actor.require(Role.VIEWER)
        return FolderTree(await self._store.folders(actor.workspace)).ordered()

    async def make(self, actor: Actor, name: str, parent: str = "") -> Folder:
        """Make a folder, in another or at the top; raise Conflict when its name is taken there."""
        actor.require(Role.BUILDER)
        made = Folder(new_id("folder"), label_named(name, "folder"), "" if parent == NONE else parent)
        await self._store.add(actor.workspace, made, most=MOST_LABELS)
        await self._note(actor, "created", made.id, {"name": made.name})
        return made

    async def change(
        self, actor: Actor, folder_id: str, *, name: str | None = None, parent: str | None = None
    ) -> Folder:
        """Give a folder another name, or put it into another (`none`: to the top); return it as it was.

        What is below it comes along. Raise BadRequest where it would stand in itself or too deep, Conflict when its
        name is taken there.
        """
        actor.require(Role.BUILDER)
        if name is None and parent is None:
            raise BadRequest("A folder gets another name, or another place.", hint="Say `name`, `parent` or both.")
        called = None if name is None else label_named(name, "folder")
        above = "" if parent == NONE else parent
        before = await self._store.change(actor.workspace, folder_id, name=called, parent=above)
        detail: JsonObject = {"name": called or before.name}
        if called is not None:
            detail["before"] = before.name
        if above is not None:
            detail |= {"from": before.parent or NONE, "to": above or NONE}
        await self._note(actor, "changed", folder_id, detail)
        return before

    async def delete(self, actor: Actor, folder_id: str) -> Dissolved:
        """Delete a folder: what is in it moves up one level. Give the answer to `restore` to undo it."""
        actor.require(Role.BUILDER)
        gone = await self._store.dissolve(actor.workspace, folder_id)
        await self._note(actor, "deleted", folder_id, {"name": gone.folder.name})
        return gone

    async def restore(self, actor: Actor, gone: Dissolved) -> None:
        """Take a deleted folder back, with what moved up and still stands there."""
        actor.require(Role.BUILDER)
        kept = replace(gone.folder, count=0)
        await self._store.restore(actor.workspace, replace(gone, folder=kept), most=MOST_LABELS)
        await self._note(actor, "restored", kept.id, {"name": kept.name})

    async def closed(self, actor: Actor) -> frozenset[str]:
        """Return the folders that this person closed: those in them are not shown."""
        actor.require(Role.VIEWER)
        kept = await self._shelf.preference(actor.workspace, actor.user_id, CLOSED)
        return frozenset(one for one in kept if isinstance(one, str)) if isinstance(kept, list) else frozenset()

    async def keep_closed(self, actor: Actor, folders: frozenset[str]) -> None:
        """Keep which folders this person closed; those that are gone are forgotten."""
        known = {one.id for one in await self.list(actor)}
        await self._shelf.prefer(actor.workspace, actor.user_id, CLOSED, sorted(folders & known))

    async def _note(self, actor: Actor, deed: str, folder_id: str, detail: JsonObject) -> None:
        await self._audit.note(actor.workspace, actor.name, f"folder.{deed}", folder_id, detail)


def label_named(name: str, kind: str) -> str:
    """Return the name of a folder or tag as it is kept; raise BadRequest for one that cannot be."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME:
        raise BadRequest(f"The name of a {kind} has 1 to {LONGEST_NAME} characters.")
    require_storable(found, "This name")
    return found


def no_folder() -> NotFound:
    """Return the fault of asking for a folder that is not there."""
    return NotFound("There is no such folder.", hint="It may have been deleted.")
