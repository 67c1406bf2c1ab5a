"""The shelf: folders and tags of workflows, where each stands, and what each person chose to see.

Folder and tags belong to the workspace and not to the document: moving a workflow changes neither its draft nor what
is exported. A document that names a folder and tags is put there when it first comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.json_text import require_storable
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.shelf_ports import COLOURS, NONE, Folder, Kind, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.shelf_ports import ShelfStore
    from flowstudio.services.shelf_texts import ShelfTexts

Places = dict[str, tuple[str, tuple[str, ...]]]
"""Folder and tags by workflow, as they were before a change: `put` them back to undo it."""
LONGEST_NAME = 60
MOST_LABELS = 200
"""Folders that a workspace may have; tags too."""
MOST_TAGS = 20
"""Tags that one workflow may have."""
MOST_AT_ONCE = 1_000
VIEW = "workflows"


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What a person sees of each workflow, and in which order."""

    columns: tuple[str, ...] = ("starts", "status", "last_run", "days", "success_rate")
    sort: str = "-last_run"


COLUMNS = (
    "starts", "status", "last_run", "next_run", "days", "success_rate", "folder", "updated_at", "owner",
)  # fmt: skip
"""What can be shown beside the name."""
SORTS = ("name", "status", "last_run", "next_run", "success_rate", "updated_at", "owner")


class ShelfService:
    """The verbs of folders, tags and places."""

    def __init__(self, store: ShelfStore, texts: ShelfTexts, audit: AuditLog) -> None:
        self._store = store
        self._texts = texts
        self._audit = audit

    async def folders(self, actor: Actor) -> Sequence[Folder]:
        """List the folders by name."""
        actor.require(Role.VIEWER)
        return await self._store.folders(actor.workspace)

    async def tags(self, actor: Actor) -> Sequence[Tag]:
        """List the tags by name."""
        actor.require(Role.VIEWER)
        return await self._store.tags(actor.workspace)

    async def make_folder(self, actor: Actor, name: str) -> Folder:
        """Make a folder; raise Conflict when its name is taken."""
        made = Folder(new_id("folder"), _named(name, "folder"))
        await self._make(actor, "folder", made.id, made.name, "")
        return made

    async def make_tag(self, actor: Actor, name: str, colour: str = COLOURS[0]) -> Tag:
        """Make a tag; raise Conflict when its name is taken."""
        made = Tag(new_id("tag"), _named(name, "tag"), _coloured(colour))
        await self._make(actor, "tag", made.id, made.name, made.colour)
        return made

    async def rename_folder(self, actor: Actor, folder_id: str, name: str) -> None:
        """Give a folder another name."""
        await self._change(actor, "folder", folder_id, _named(name, "folder"), "")

    async def change_tag(self, actor: Actor, tag_id: str, name: str, colour: str) -> None:
        """Give a tag another name and colour."""
        await self._change(actor, "tag", tag_id, _named(name, "tag"), _coloured(colour))

    async def delete_folder(self, actor: Actor, folder_id: str) -> None:
        """Delete a folder; the workflows in it stay and stand in no folder."""
        await self._drop(actor, "folder", folder_id)

    async def delete_tag(self, actor: Actor, tag_id: str) -> None:
        """Delete a tag; the workflows that have it lose it."""
        await self._drop(actor, "tag", tag_id)

    async def move(self, actor: Actor, ids: Sequence[str], folder_id: str) -> Places:
        """Put workflows into a folder (`none`: into none); return where they were."""
        actor.require(Role.BUILDER)
        wanted = "" if folder_id == NONE else folder_id
        if wanted and wanted not in {one.id for one in await self._store.folders(actor.workspace)}:
            raise NotFound("There is no such folder.", hint="It may have been deleted.")
        before = await self._places(actor, ids)
        await self._store.place(actor.workspace, {key: (wanted, tags) for key, (_, tags) in before.items()})
        return before

    async def tag(self, actor: Actor, ids: Sequence[str], tag_id: str, *, on: bool = True) -> Places:
        """Give workflows a tag, or take it off them; return what they had."""
        actor.require(Role.BUILDER)
        if tag_id not in {one.id for one in await self._store.tags(actor.workspace)}:
            raise NotFound("There is no such tag.", hint="It may have been deleted.")
        before = await self._places(actor, ids)
        after = {
            key: (folder, tuple(one for one in tags if one != tag_id) + ((tag_id,) if on else ()))
            for key, (folder, tags) in before.items()
        }
        if any(len(tags) > MOST_TAGS for _, tags in after.values()):
            raise BadRequest(f"A workflow has at most {MOST_TAGS} tags.", hint="Take one off, then try again.")
        await self._store.place(actor.workspace, after)
        return before

    async def put(self, actor: Actor, places: Places) -> None:
        """Put workflows where they were; folders and tags that are gone by now are left out."""
        actor.require(Role.BUILDER)
        folders = {one.id for one in await self._store.folders(actor.workspace)}
        tags = {one.id for one in await self._store.tags(actor.workspace)}
        await self._store.place(
            actor.workspace,
            {
                key: (folder if folder in folders else "", [one for one in worn if one in tags])
                for key, (folder, worn) in places.items()
            },
        )

    async def found(self, actor: Actor, search: str) -> Mapping[str, str]:
        """Return the workflows in which every word of a search stands, and where it does besides the name."""
        actor.require(Role.VIEWER)
        return await self._texts.find(actor.workspace, search[:200]) if search.strip() else {}

    async def settings_used(self, actor: Actor) -> Mapping[str, int]:
        """Return by setting of the workspace how many workflows read it."""
        actor.require(Role.VIEWER)
        return await self._texts.settings_used(actor.workspace)

    async def users_of(self, actor: Actor, setting: str) -> Sequence[str]:
        """List the names of the workflows that read a setting."""
        actor.require(Role.VIEWER)
        return await self._texts.users_of(actor.workspace, setting)

    async def view(self, actor: Actor) -> ShelfView:
        """Return what this person chose to see."""
        actor.require(Role.VIEWER)
        kept = await self._store.preference(actor.workspace, actor.user_id, VIEW)
        if not isinstance(kept, dict):
            return ShelfView()
        columns = kept.get("columns")
        shown = tuple(one for one in COLUMNS if one in columns) if isinstance(columns, list) else ShelfView().columns
        sort = str(kept.get("sort") or "")
        return ShelfView(shown, sort if sort.removeprefix("-") in SORTS else ShelfView().sort)

    async def keep_view(self, actor: Actor, view: ShelfView) -> None:
        """Keep what this person chose to see."""
        actor.require(Role.VIEWER)
        value: JsonObject = {"columns": [one for one in COLUMNS if one in view.columns], "sort": view.sort}
        await self._store.prefer(actor.workspace, actor.user_id, VIEW, value)

    async def _places(self, actor: Actor, ids: Sequence[str]) -> Places:
        require_few(ids)
        found = dict(await self._store.places(actor.workspace, ids))
        missing = [one for one in ids if one not in found]
        if missing:
            raise NotFound(f'There is no workflow "{missing[0]}".')
        return found

    async def _make(self, actor: Actor, kind: Kind, label_id: str, name: str, colour: str) -> None:
        actor.require(Role.BUILDER)
        await self._store.add(actor.workspace, kind, label_id, name, colour, most=MOST_LABELS)
        await self._audit.note(actor.workspace, actor.name, f"{kind}.created", label_id, {"name": name})

    async def _change(self, actor: Actor, kind: Kind, label_id: str, name: str, colour: str) -> None:
        actor.require(Role.BUILDER)
        if not await self._store.change(actor.workspace, kind, label_id, name, colour):
            raise NotFound(f"There is no such {kind}.", hint="It may have been deleted.")

    async def _drop(self, actor: Actor, kind: Kind, label_id: str) -> None:
        actor.require(Role.BUILDER)
        if not await self._store.drop(actor.workspace, kind, label_id):
            raise NotFound(f"There is no such {kind}.", hint="It may have been deleted.")
        await self._audit.note(actor.workspace, actor.name, f"{kind}.deleted", label_id)


def require_few(ids: Sequence[str]) -> None:
    """Raise BadRequest for no workflow at all, and for more than are changed at once."""
    if not ids or len(ids) > MOST_AT_ONCE:
        raise BadRequest(f"Choose 1 to {MOST_AT_ONCE:,} workflows.")


def _named(name: str, kind: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME:
        raise BadRequest(f"The name of a {kind} has 1 to {LONGEST_NAME} characters.")
    require_storable(found, "This name")
    return found


def _coloured(colour: str) -> str:
    if colour not in COLOURS:
        raise BadRequest(f'There is no colour "{colour}".', hint=f"There are {', '.join(COLOURS)}.")
    return colour
