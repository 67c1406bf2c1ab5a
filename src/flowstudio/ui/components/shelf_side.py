"""The places of the shelf: all workflows, each folder, each tag, the bin. Rows are dropped on folders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.shelf_ports import COLOURS, NONE, Folder, Tag
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shelf_folders import ShelfFolders
from flowstudio.ui.components.staying import staying
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, icon

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
        self.folders = ShelfFolders(studio, actor, changed)
        self.tags: Sequence[Tag] = ()
        self.total = self.binned = 0
        self.folder: str | None = None
        self.tag = ""

    async def look(self, total: int) -> None:
        """Read folders, tags and the bin anew."""
        way = self.folders.tree.path(self.place)
        await self.folders.look()
        self.tags = await self._studio.shelf.tags(self._actor)
        self.binned = len(await self._studio.bulk.binned(self._actor))
        self.total = total
        known = self.folders.tree.by_id
        if self.folder not in {None, NONE, *known}:  # it was deleted: what was in it stands further up now
            self.folder = next((one.id for one in reversed(way) if one.id in known), None)
        if self.tag not in {one.id for one in self.tags}:
            self.tag = ""

    @property
    def place(self) -> str:
        """Id of the folder that is looked at; empty for all workflows, and for those in none."""
        return self.folder if self.folder not in (None, NONE) and self.folder else ""

    def ways(self, in_column: bool) -> tuple[dict[str, str], dict[str, str]]:
        """Return the way to each folder, and that from the folder that is looked at, unless it stands in a column."""
        tree = self.folders.tree
        ways, here = {key: tree.words(key) for key in tree.by_id}, tree.depth(self.place)
        if in_column:
            return ways, {}
        return ways, {key: " / ".join(one.name for one in tree.path(key)[here:]) for key in ways}

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list."""
        tree = self.folders.tree
        folders = tree.ordered()
        nested = " is-nested" if any(one.parent for one in folders) else ""
        with ui.element("nav").classes(f"fs-shelf-side{nested}").props('aria-label="Folders and tags"'):
            self._place("All workflows", None, self.total, "list-details")
            for one in folders:
                self._folder(one)
            if folders:
                loose = max(0, self.total - sum(one.count for one in tree.inside("")))
                self._place("In no folder", NONE, loose, "inbox")
            if self._builds:
                make = staying(lambda: self.folders.make(self.place))
                button("New folder", "quiet", icon="folder-plus", on_click=make)
            if self.tags:
                ui.label("Tags").classes("fs-shelf-side__head")
            for tag in self.tags:
                self._tag(tag)
            ui.element("div").classes("fs-shelf-side__gap")
            with ui.element("a").classes("fs-shelf-side__go").props('href="/bin"'):
                icon("trash", 16)
                ui.label("Bin").classes("fs-ellipsis")
                ui.label(f"{self.binned:,}").classes("fs-rail__count")

    @ui.refreshable_method
    def crumbs(self) -> None:
        """Draw the way to the folder that is looked at; nothing where there is none."""
        way = self.folders.tree.path(self.place)
        if not way:
            return
        with ui.element("nav").classes("fs-shelf-way").props('aria-label="Way to this folder"'):
            self._step("All workflows", None)
            for one in way[:-1]:
                self._step(one.name, one.id)
            ui.label(way[-1].name).classes("fs-strong fs-ellipsis").props("aria-current=location")

    def _step(self, name: str, folder: str | None) -> None:
        with ui.element("button").classes("fs-shelf-way__step").props("type=button") as step:
            ui.label(name).classes("fs-ellipsis")
        step.on("click", staying(partial(self._go, folder, self.tag)))
        icon("chevron-right", 14)

    def _folder(self, one: Folder) -> None:
        tree = self.folders.tree
        line = self._place(one.name, one.id, one.count, "folder")
        line.classes("is-own").style(f"--fs-depth: {tree.depth(one.id) - 1}")
        if self.folders.hidden(one):
            line.classes("is-folded")
        if one.parent not in {"", *(each.id for each in tree.path(self.place))}:
            line.classes("is-far")
        with line:
            if tree.inside(one.id):
                closed = one.id in self.folders.closed
                fold = ui.element("button").classes("fs-shelf-side__fold").props("type=button data-fold")
                fold.props["aria-label"], fold.props["aria-expanded"] = (
                    f"Folders in {one.name}",
                    str(not closed).lower(),
                )
                fold.on("click", staying(partial(self.folders.fold, one)))
                with fold:
                    icon("chevron-right" if closed else "chevron-down", 16)
            self._menu(one.name, self.folders.menu_of(one))

    def _place(self, name: str, folder: str | None, count: int, symbol: str) -> ui.element:
        """Draw a place; workflows are dropped where `data-folder` stands, folders where `data-above` does."""
        here, own = folder == self.folder, folder not in (None, NONE)
        drop = "" if folder is None else f"data-folder={folder}"
        above = f"data-above={folder if own else NONE}" if folder != NONE else ""
        drag = "draggable=true" if own and self._builds else ""
        with ui.element("div").classes("fs-shelf-side__line") as line:
            line.props(f"{drop} {above} {drag} data-place={folder or 'all'}")
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
        with ui.element("div").classes("fs-shelf-side__line").props(f"data-place={tag.id}"):
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

    def _menu(self, name: str, deeds: Sequence[tuple[str, Callable[[], object]]]) -> None:
        if not self._builds:
            return
        more = button("", "quiet", icon="dots", label=f"More about {name}").classes("fs-shelf-side__more")
        with more, ui.menu().classes("fs-menu"):
            for text, deed in deeds:
                ui.menu_item(text, on_click=staying(deed))

    async def _go(self, folder: str | None, tag: str) -> None:
        self.folder, self.tag = folder, tag
        self.draw_again()
        await self._chosen(folder, tag)

    def draw_again(self) -> None:
        """Draw the list and the way anew."""
        self.draw.refresh()
        self.crumbs.refresh()

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
