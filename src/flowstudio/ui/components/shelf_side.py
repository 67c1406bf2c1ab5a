"""The places of the shelf: all workflows, each folder, each tag, the bin. Rows are dropped on folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.shelf_ports import COLOURS, NONE, Folder, Tag
from flowstudio.ui.components.ask import answer_of, ask_text, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.staying import staying
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, icon, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

COLOUR_WORDS = dict(zip(COLOURS, ("Grey", "Green", "Blue", "Amber", "Red", "Violet"), strict=True))
Chosen = Callable[[str | None, str], Awaitable[None]]
"""Gets the folder (None: all) and the tag that are looked at."""


class ShelfSide:
    """The list at the left and its menus."""

    def __init__(
        self, studio: Studio, actor: Actor, *, builds: bool, chosen: Chosen, changed: Callable[[], Awaitable[None]]
    ) -> None:
        """`chosen` is told where a person goes, `changed` that folders or tags are others now."""
        self._studio, self._actor, self._builds = studio, actor, builds
        self._chosen, self._changed = chosen, changed
        self.folders: Sequence[Folder] = ()
        self.tags: Sequence[Tag] = ()
        self.total = self.binned = 0
        self.folder: str | None = None
        self.tag = ""

    async def look(self, total: int) -> None:
        """Read folders, tags and the bin anew."""
        self.folders = await self._studio.shelf.folders(self._actor)
        self.tags = await self._studio.shelf.tags(self._actor)
        self.binned = len(await self._studio.bulk.binned(self._actor))
        self.total = total
        if self.folder not in {None, NONE, *(one.id for one in self.folders)}:
            self.folder = None
        if self.tag not in {one.id for one in self.tags}:
            self.tag = ""

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list."""
        with ui.element("nav").classes("fs-shelf-side").props('aria-label="Folders and tags"'):
            self._place("All workflows", None, self.total, "list-details")
            for one in self.folders:
                with self._place(one.name, one.id, one.count, "folder"):
                    self._menu(one.name, [
                        ("Rename", partial(self._rename, one)), ("Delete the folder", partial(self._delete, one)),
                    ])  # fmt: skip
            if self.folders:
                loose = max(0, self.total - sum(one.count for one in self.folders))
                self._place("In no folder", NONE, loose, "inbox")
            if self._builds:
                button("New folder", "quiet", icon="folder-plus", on_click=staying(self.make_folder))
            if self.tags:
                ui.label("Tags").classes("fs-shelf-side__head")
            for tag in self.tags:
                self._tag(tag)
            ui.element("div").classes("fs-shelf-side__gap")
            with ui.element("a").classes("fs-shelf-side__go").props('href="/bin"'):
                icon("trash", 16)
                ui.label("Bin").classes("fs-ellipsis")
                ui.label(f"{self.binned:,}").classes("fs-rail__count")

    def _place(self, name: str, folder: str | None, count: int, symbol: str) -> ui.element:
        here = folder == self.folder
        drop = f' data-folder="{folder}"' if folder is not None else ""
        with ui.element("div").classes("fs-shelf-side__line").props(f"{drop.strip()}") as line:
            go = ui.element("button").classes("fs-shelf-side__go")
            go.on("click", staying(partial(self._go, folder, self.tag)))
            go.props(f'type=button aria-pressed="{"true" if here else "false"}"')
            with go:
                icon(symbol, 16)
                ui.label(name).classes("fs-ellipsis")
                ui.label(f"{count:,}").classes("fs-rail__count")
        return line

    def _tag(self, tag: Tag) -> None:
        here = tag.id == self.tag
        with ui.element("div").classes("fs-shelf-side__line"):
            go = ui.element("button").classes("fs-shelf-side__go")
            go.on("click", staying(partial(self._go, self.folder, "" if here else tag.id)))
            go.props(f'type=button aria-pressed="{"true" if here else "false"}"')
            with go:
                with ui.element("span").classes(f"fs-chip fs-chip--{tag.colour} fs-shelf-side__tag"):
                    icon("tag", 14)
                    ui.label(tag.name).classes("fs-ellipsis")
                ui.label(f"{tag.count:,}").classes("fs-rail__count")
            self._menu(tag.name, [
                ("Rename or colour", partial(self._change, tag)), ("Delete the tag", partial(self._delete_tag, tag)),
            ])  # fmt: skip

    def _menu(self, name: str, deeds: list[tuple[str, Callable[[], object]]]) -> None:
        if not self._builds:
            return
        more = button("", "quiet", icon="dots", label=f"More about {name}").classes("fs-shelf-side__more")
        with more, ui.menu().classes("fs-menu"):
            for text, deed in deeds:
                ui.menu_item(text, on_click=staying(deed))

    async def _go(self, folder: str | None, tag: str) -> None:
        self.folder, self.tag = folder, tag
        self.draw.refresh()
        await self._chosen(folder, tag)

    async def make_folder(self) -> Folder | None:
        """Ask for a name and make a folder; None when the person changes their mind."""
        name = await ask_text("A new folder", "Name of the folder", "Make the folder")
        if name is None:
            return None
        made = None
        with said():
            made = await self._studio.shelf.make_folder(self._actor, name)
            await self._changed()
        return made

    async def _rename(self, folder: Folder) -> None:
        name = await ask_text(f"Rename {folder.name}", "Name of the folder", "Rename the folder", folder.name)
        if name is None or name == folder.name:
            return
        with said():
            await self._studio.shelf.rename_folder(self._actor, folder.id, name)
            await self._changed()

    async def _delete(self, folder: Folder) -> None:
        stays = "stays as it is" if folder.count == 1 else "stay as they are"
        text = f"The {count_of(folder.count, 'workflow')} in it {stays}, in no folder."
        text = text if folder.count else "It is empty."
        if await confirm(f"Delete the folder {folder.name}?", text, "Delete the folder", destroys=True):
            with said():
                await self._studio.shelf.delete_folder(self._actor, folder.id)
                await self._changed()
                toast(f"The folder {folder.name} is deleted. Its workflows are still here.")

    async def make_tag(self) -> Tag | None:
        """Ask for name and colour and make a tag; None when the person changes their mind."""
        found = await ask_tag("A new tag", "Make the tag")
        if found is None:
            return None
        made = None
        with said():
            made = await self._studio.shelf.make_tag(self._actor, *found)
            await self._changed()
        return made

    async def _change(self, tag: Tag) -> None:
        found = await ask_tag(f"Change the tag {tag.name}", "Keep the tag", tag.name, tag.colour)
        if found is not None:
            with said():
                await self._studio.shelf.change_tag(self._actor, tag.id, *found)
                await self._changed()

    async def _delete_tag(self, tag: Tag) -> None:
        text = f"{count_of(tag.count, 'workflow')} {'loses' if tag.count == 1 else 'lose'} it and stay as they are."
        if await confirm(f"Delete the tag {tag.name}?", text, "Delete the tag", destroys=True):
            with said():
                await self._studio.shelf.delete_tag(self._actor, tag.id)
                await self._changed()


async def ask_tag(question: str, deed: str, name: str = "", colour: str = COLOURS[0]) -> tuple[str, str] | None:
    """Ask for name and colour of a tag; None when the person changes their mind."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, question)
        with ui.element("div").classes("fs-field"):
            ui.label("Name of the tag").classes("fs-field-label")
            field = ui.input(value=name).props('outlined dense autofocus aria-label="Name of the tag" maxlength=60')
        with ui.element("div").classes("fs-field"):
            ui.label("Colour").classes("fs-field-label")
            chosen = ui.select(COLOUR_WORDS, value=colour).props('outlined dense options-dense aria-label="Colour"')

        def give() -> None:
            dialog.submit((str(field.value or ""), str(chosen.value)))

        field.on("keydown.enter", give)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button(deed, "primary", on_click=give)
    found: tuple[str, str] | None = await answer_of(dialog)
    return found
