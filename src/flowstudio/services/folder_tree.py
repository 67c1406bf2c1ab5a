"""Folders in folders: the order in which they are shown, the way to each, and what stands below."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.services.shelf_ports import Folder

DEEPEST = 5
"""Folders that stand in each other at most."""


class FolderTree:
    """The folders of a workspace, as they stand in each other.

    A folder whose parent is gone stands at the top, so that nothing is ever out of sight.
    """

    def __init__(self, folders: Sequence[Folder]) -> None:
        self.by_id: Mapping[str, Folder] = {one.id: one for one in folders}
        self._in: dict[str, list[Folder]] = {}
        for one in sorted(folders, key=lambda one: (one.name.casefold(), one.id)):
            self._in.setdefault(one.parent if one.parent in self.by_id else "", []).append(one)

    def inside(self, folder_id: str) -> Sequence[Folder]:
        """List the folders that stand directly in a folder (empty: at the top), by name."""
        return self._in.get(folder_id, ())

    def ordered(self) -> list[Folder]:
        """List all folders as they are shown: each followed by those in it."""
        return self._from("")

    def below(self, folder_id: str) -> set[str]:
        """Return the ids of a folder and of all below it."""
        return {folder_id, *(one.id for one in self._from(folder_id))}

    def path(self, folder_id: str) -> list[Folder]:
        """List the folders on the way to a folder, from the top to itself; empty for one that is not there."""
        found: list[Folder] = []
        while (one := self.by_id.get(folder_id)) is not None and one not in found:
            found.insert(0, one)
            folder_id = one.parent
        return found

    def depth(self, folder_id: str) -> int:
        """Return how many folders the way to a folder has; the top has none."""
        return len(self.path(folder_id))

    def words(self, folder_id: str) -> str:
        """Return the way to a folder in words: `Finance / Invoices`."""
        return " / ".join(one.name for one in self.path(folder_id))

    def height(self, folder_id: str) -> int:
        """Return how many folders stand in each other from a folder on, itself counted."""
        return 1 + max((self.height(one.id) for one in self.inside(folder_id)), default=0)

    def _from(self, folder_id: str) -> list[Folder]:
        return [each for one in self.inside(folder_id) for each in (one, *self._from(one.id))]
