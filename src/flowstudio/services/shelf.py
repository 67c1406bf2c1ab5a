"""The shelf: tags of workflows, where each stands, and what each person chose to see; folders stand in `folders`.

Folder and tags belong to the workspace and not to the document: moving a workflow changes neither its draft nor what
is exported. A document that names a folder and tags is put there when it first comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.folders import MOST_LABELS, label_named, no_folder
from flowstudio.services.shelf_ports import COLOURS, NONE, Tag

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.shelf_ports import FolderStore, ShelfStore
    from flowstudio.services.shelf_texts import ShelfTexts

Places = dict[str, tuple[str, tuple[str, ...]]]
"""Folder and tags by workflow, as they were before a change: `put` them back to undo it."""
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
    """The verbs of tags and places."""

    def __init__(self, store: ShelfStore, folders: FolderStore, texts: ShelfTexts, audit: AuditLog) -> None:
        self._store = store
        self._folders = folders
        self._texts = texts
        self._audit = audit

    async def tags(self, actor: Actor) -> Sequence[Tag]:
        """List the tags by name."""
        actor.require(Role.VIEWER)
        return await self._store.tags(actor.workspace)

    async def make_tag(self, actor: Actor, name: str, colour: str = COLOURS[0]) -> Tag:
        """Make a tag; raise Conflict when its name is taken."""
        actor.require(Role.BUILDER)
        made = Tag(new_id("tag"), label_named(name, "tag"), _coloured(colour))
        await self._store.add(actor.workspace, made, most=MOST_LABELS)
        await self._audit.note(actor.workspace, actor.name, "tag.created", made.id, {"name": made.name})
        return made

    async def change_tag(self, actor: Actor, tag_id: str, name: str, colour: str) -> None:
        """Give a tag another name and colour."""
        actor.require(Role.BUILDER)
        if not await self._store.change(actor.workspace, tag_id, label_named(name, "tag"), _coloured(colour)):
            raise _no_tag()

    async def delete_tag(self, actor: Actor, tag_id: str) -> None:
        """Delete a tag; the workflows that have it lose it."""
        actor.require(Role.BUILDER)
        if not await self._store.drop(actor.workspace, tag_id):
            raise _no_tag()
        await self._audit.note(actor.workspace, actor.name, "tag.deleted", tag_id)

    async def move(self, actor: Actor, ids: Sequence[str], folder_id: str) -> Places:
        """Put workflows into a folder (`none`: into none); return where they were."""
        actor.require(Role.BUILDER)
        wanted = "" if folder_id == NONE else folder_id
        if wanted and wanted not in {one.id for one in await self._folders.folders(actor.workspace)}:
            raise no_folder()
        before = await self._places(actor, ids)
        await self._store.place(actor.workspace, {key: (wanted, tags) for key, (_, tags) in before.items()})
        return before

    async def tag(self, actor: Actor, ids: Sequence[str], tag_id: str, *, on: bool = True) -> Places:
        """Give workflows a tag, or take it off them; return what they had."""
        actor.require(Role.BUILDER)
        if tag_id not in {one.id for one in await self._store.tags(actor.workspace)}:
            raise _no_tag()
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
        folders = {one.id for one in await self._folders.folders(actor.workspace)}
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

    async def callers_of(self, actor: Actor, ids: Collection[str]) -> Sequence[str]:
        """List the names of the workflows that run one of these, without these themselves."""
        actor.require(Role.VIEWER)
        return await self._texts.callers_of(actor.workspace, ids)

    async def signed_in_with(self, actor: Actor, connection: str) -> Sequence[str]:
        """List the names of the workflows whose steps or triggers name a connection."""
        actor.require(Role.VIEWER)
        return await self._texts.signed_in_with(actor.workspace, connection)

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


def require_few(ids: Sequence[str]) -> None:
    """Raise BadRequest for no workflow at all, and for more than are changed at once."""
    if not ids or len(ids) > MOST_AT_ONCE:
        raise BadRequest(f"Choose 1 to {MOST_AT_ONCE:,} workflows.")


def _no_tag() -> NotFound:
    return NotFound("There is no such tag.", hint="It may have been deleted.")


def _coloured(colour: str) -> str:
    if colour not in COLOURS:
        raise BadRequest(f'There is no colour "{colour}".', hint=f"There are {', '.join(COLOURS)}.")
    return colour
