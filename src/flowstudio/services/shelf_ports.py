"""What the shelf needs kept: folders, tags, the place of each workflow, and what a person chose to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from flowstudio.domain.json import JsonObject, JsonValue

COLOURS = ("idle", "ok", "busy", "warn", "bad", "data")
"""Colours that a tag may have, as the tokens of the theme name them."""
NONE = "none"
"""Asks for the workflows that stand in no folder."""
Kind = Literal["folder", "tag"]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, with how many workflows stand in it."""

    id: str
    name: str
    count: int = 0


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


class ShelfStore(Protocol):
    """Folders, tags, places and preferences."""

    async def folders(self, workspace: str) -> Sequence[Folder]:
        """List the folders by name."""

    async def tags(self, workspace: str) -> Sequence[Tag]:
        """List the tags by name."""

    async def add(self, workspace: str, kind: Kind, label_id: str, name: str, colour: str, *, most: int) -> None:
        """Keep a new folder or tag; raise Conflict when the name is taken or there are `most` already."""

    async def change(self, workspace: str, kind: Kind, label_id: str, name: str, colour: str) -> bool:
        """Give a folder or tag another name, a tag another colour; say whether it was there."""

    async def drop(self, workspace: str, kind: Kind, label_id: str) -> bool:
        """Delete a folder or tag and take it off its workflows; say whether it was there."""

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
