"""What the shelf needs kept: folders, tags, the place of each workflow, and what a person chose to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowstudio.domain.json import JsonObject, JsonValue

COLOURS = ("idle", "ok", "busy", "warn", "bad", "data")
"""Colours that a tag may have, as the tokens of the theme name them."""
NONE = "none"
"""Asks for the workflows that stand in no folder."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, with the folder that it stands in (empty: at the top) and how many workflows stand in it and below."""

    id: str
    name: str
    parent: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Dissolved:
    """A deleted folder, and what moved up one level: it is put back from this."""

    folder: Folder
    workflows: tuple[str, ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    """Id of each folder that stood in it, and its name there: where that was taken above, it got a number."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, with how many workflows have it."""

    id: str
    name: str
    colour: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Binned:
    """A deleted workflow that can be taken back."""

    id: str
    name: str
    description: str
    deleted_at: datetime


class FolderStore(Protocol):
    """Folders in folders. Names are unique beside each other; raise Conflict where one is taken, NotFound for none."""

    async def folders(self, workspace: str) -> Sequence[Folder]:
        """List the folders."""

    async def add(self, workspace: str, folder: Folder, *, most: int) -> None:
        """Keep a new folder; raise Conflict when there are `most` already, BadRequest where it would be too deep."""

    async def change(
        self, workspace: str, folder_id: str, *, name: str | None = None, parent: str | None = None
    ) -> Folder:
        """Give a folder another name, or put it into another; return it as it was.

        Raise BadRequest where it would stand in itself or too deep.
        """

    async def dissolve(self, workspace: str, folder_id: str) -> Dissolved:
        """Delete a folder and move what is in it up one level; a name that is taken there gets a number."""

    async def restore(self, workspace: str, gone: Dissolved, *, most: int) -> None:
        """Keep a folder again, with what moved up out of it and stands there still."""


class ShelfStore(Protocol):
    """Tags, places, the bin and preferences."""

    async def tags(self, workspace: str) -> Sequence[Tag]:
        """List the tags by name."""

    async def add(self, workspace: str, tag: Tag, *, most: int) -> None:
        """Keep a new tag; raise Conflict when the name is taken or there are `most` already."""

    async def change(self, workspace: str, tag_id: str, name: str, colour: str) -> bool:
        """Give a tag another name and colour; say whether it was there."""

    async def drop(self, workspace: str, tag_id: str) -> bool:
        """Delete a tag and take it off its workflows; say whether it was there."""

    async def places(self, workspace: str, ids: Sequence[str]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Return folder and tags of these workflows, those left out that are not there."""

    async def place(self, workspace: str, places: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        """Set folder and tags of workflows, all or none; it is no change of the workflow itself."""

    async def binned(self, workspace: str) -> Sequence[Binned]:
        """List the deleted workflows, the last deleted first."""

    async def put_back(self, workspace: str, workflow_id: str) -> bool:
        """Take a deleted workflow back, switched off; say whether it was in the bin."""

    async def revisions(self, workspace: str) -> Mapping[str, tuple[int, int]]:
        """Return by workflow the revision of its draft and the number of its published version (0: none)."""

    async def documents(self, workspace: str, ids: Sequence[str]) -> Mapping[str, tuple[JsonObject, JsonObject | None]]:
        """Return drafts and published documents of workflows."""

    async def preference(self, workspace: str, person_id: str, name: str) -> JsonValue: ...

    async def prefer(self, workspace: str, person_id: str, name: str, value: JsonValue) -> None: ...
