"""Folders in folders on the shelf: what their menu, their keys and dragging do, and the dialog that asks for one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.folder_tree import DEEPEST, FolderTree
from flowstudio.services.shelf_ports import NONE, Dissolved, Folder
from flowstudio.ui.components.ask import answer_of, ask_text, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, icon, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

NEW = "new"
"""What `choose_folder` answers when a new folder is asked for."""
Deed = tuple[str, Callable[[], Awaitable[object]]]


class ShelfFolders:
    """The folders of the shelf and the deeds on them."""

    def __init__(self, studio: Studio, actor: Actor, changed: Callable[[], Awaitable[None]]) -> None:
        """Read nothing yet; `changed` is told that folders are others now."""
        self._studio, self._actor, self._changed = studio, actor, changed
        self.tree = FolderTree(())
        self.closed: frozenset[str] = frozenset()

    async def look(self) -> None:
        """Read the folders anew, and which of them this person closed."""
        self.tree = FolderTree(await self._studio.folders.list(self._actor))
        self.closed = await self._studio.folders.closed(self._actor)

    def hidden(self, folder: Folder) -> bool:
        """Say whether a folder stands in one that is closed."""
        return any(one.id in self.closed for one in self.tree.path(folder.parent))

    def menu_of(self, folder: Folder) -> list[Deed]:
        """Return what the menu of a folder has."""
        deeds: list[Deed] = [("New folder in it", partial(self.make, folder.id))]
        return [
            *(deeds if self.tree.depth(folder.id) < DEEPEST else ()),
            ("Rename", partial(self.rename, folder)),
            ("Move", partial(self.move, folder)),
            ("Delete the folder", partial(self.delete, folder)),
        ]

    async def key(self, deed: str, folder_id: str) -> None:
        """Do what a key stands for."""
        folder = self.tree.by_id.get(folder_id)
        deeds = {"move": self.move, "rename": self.rename, "delete": self.delete, "fold": self.fold}
        if folder is not None and deed in deeds:
            await deeds[deed](folder)

    async def fold(self, folder: Folder) -> None:
        """Close an open folder, open a closed one."""
        self.closed ^= {folder.id}
        await self._studio.folders.keep_closed(self._actor, self.closed)
        await self._changed()

    async def make(self, parent: str = "") -> Folder | None:
        """Ask for a name and make a folder; None when the person changes their mind."""
        parent = parent if self.tree.depth(parent) < DEEPEST else ""
        where = f" in {self.tree.by_id[parent].name}" if parent in self.tree.by_id else ""
        name = await ask_text(f"A new folder{where}", "Name of the folder", "Make the folder")
        if name is None:
            return None
        made = None
        with said():
            made = await self._studio.folders.make(self._actor, name, parent)
            await self._changed()
        return made

    async def rename(self, folder: Folder) -> None:
        """Ask for another name."""
        name = await ask_text(f"Rename {folder.name}", "Name of the folder", "Rename the folder", folder.name)
        if name is None or name == folder.name:
            return
        with said():
            await self._studio.folders.change(self._actor, folder.id, name=name)
            await self._changed()

    async def move(self, folder: Folder) -> None:
        """Ask where a folder goes, and put it there."""
        apart = self.tree.below(folder.id)
        parent = await choose_folder(f"Move {folder.name}", self.tree, top="At the top", without=apart)
        if parent == NEW:
            made = await self.make()
            parent = None if made is None else made.id
        if parent is not None:
            await self.move_to(folder.id, parent)

    async def move_to(self, folder_id: str, parent: str) -> None:
        """Put a folder with all below it into another; `none` is the top."""
        folder = self.tree.by_id.get(folder_id)
        if folder is None or parent in (folder.parent or NONE, folder_id):
            return
        with said():
            before = await self._studio.folders.change(self._actor, folder_id, parent=parent)
            await self._changed()
            above = self.tree.by_id.get(parent)
            place = f"stands in {above.name}" if above is not None else "stands at the top"
            undo = partial(self._back, folder_id, before.parent or NONE)
            toast(f"{folder.name} {place} now.", action="Undo", on_action=undo)

    async def _back(self, folder_id: str, parent: str) -> None:
        with said():
            await self._studio.folders.change(self._actor, folder_id, parent=parent)
            await self._changed()
            toast("As before.")

    async def delete(self, folder: Folder) -> None:
        """Delete a folder, after asking; what is in it moves up."""
        if not await confirm(f"Delete the folder {folder.name}?", self._what_moves(folder), "Delete the folder",
                             destroys=True):  # fmt: skip
            return
        with said():
            gone = await self._studio.folders.delete(self._actor, folder.id)
            await self._changed()
            told = [
                f"The folder {folder.name} is deleted.",
                *(["What was in it moved up."] if self._holds(gone) else []),
            ]
            for folder_id, name in gone.folders:
                now = self.tree.by_id.get(folder_id)
                told += [f"{name} is called {now.name} now."] if now is not None and now.name != name else []
            toast(" ".join(told), action="Undo", on_action=partial(self._restore, gone))

    async def _restore(self, gone: Dissolved) -> None:
        with said():
            await self._studio.folders.restore(self._actor, gone)
            await self._changed()
            toast(f"The folder {gone.folder.name} is back.")

    def _holds(self, gone: Dissolved) -> bool:
        return bool(gone.workflows or gone.folders)

    def _what_moves(self, folder: Folder) -> str:
        inside = self.tree.inside(folder.id)
        own = max(0, folder.count - sum(one.count for one in inside))
        parts = [count_of(number, word) for number, word in ((own, "workflow"), (len(inside), "folder")) if number]
        if not parts:
            return "It is empty."
        one, what = own + len(inside) == 1, f"The {' and '.join(parts)} in it"
        above = self.tree.by_id.get(folder.parent)
        if above is not None:
            return f"{what} {'moves' if one else 'move'} up to {above.name}."
        if not inside:
            return f"{what} {'stays as it is' if one else 'stay as they are'}, in no folder."
        return f"{what} {'moves' if one else 'move'} up to the top."


async def choose_folder(question: str, tree: FolderTree, *, top: str, without: Collection[str] = ()) -> str | None:
    """Ask for a folder: its id, `none` for what `top` says, NEW for one that is to be made, None: not now."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, question)
        with ui.element("div").classes("fs-shelf-list"):
            for one in tree.ordered():
                if one.id not in without:
                    line(one.name, "folder", partial(dialog.submit, one.id), tree.depth(one.id) - 1)
            line(top, "inbox", lambda: dialog.submit(NONE))
        with ui.element("div").classes("fs-dialog__deeds"):
            button("New folder", icon="folder-plus", on_click=lambda: dialog.submit(NEW))
            ui.element("div").classes("fs-bar__gap")
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
    found: str | None = await answer_of(dialog)
    return found


def line(text: str, symbol: str, deed: Callable[[], object], depth: int = 0) -> None:
    """Draw one line of a list of folders, so far to the right as it stands deep."""
    with ui.element("button").classes("fs-shelf-side__go").props("type=button").on("click", deed) as go:
        go.style(f"padding-left: {8 + 18 * depth}px")
        icon(symbol, 16)
        ui.label(text).classes("fs-ellipsis")
