"""What is done with chosen workflows: the bar above the table, its menus, and how each deed is undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.kit.words import listed
from flowstudio.services.shelf_ports import NONE
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shelf_folders import NEW, choose_folder
from flowstudio.ui.components.staying import staying
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from nicegui.events import ValueChangeEventArguments

    from flowstudio.domain.actor import Actor
    from flowstudio.services.bulk import Done
    from flowstudio.services.shelf import Places
    from flowstudio.services.studio import Studio
    from flowstudio.ui.components.shelf_side import ShelfSide

Changed = Callable[[], Awaitable[None]]
MOST_NAMED = 3
"""Workflows that a question names."""


class ShelfDeeds:
    """The deeds on chosen workflows."""

    def __init__(
        self, studio: Studio, actor: Actor, side: ShelfSide, changed: Changed, clear: Callable[[], None]
    ) -> None:
        """Draw nothing yet. `changed` draws the shelf anew, `clear` lets nothing be chosen any more."""
        self._studio, self._actor, self._side = studio, actor, side
        self._changed, self._clear = changed, clear
        self.chosen: list[str] = []
        self.names: dict[str, str] = {}
        """Names of the workflows that are shown, by id."""
        self.worn: dict[str, tuple[str, ...]] = {}
        """Their tags."""

    def choose(self, ids: list[str]) -> None:
        """Take note of what is chosen."""
        before, self.chosen = bool(self.chosen), ids
        if ids and before:
            self._told.set_text(f"{len(ids):,} chosen")
        else:
            self.bar.refresh()

    @ui.refreshable_method
    def bar(self) -> None:
        """Draw the bar; it is not there while nothing is chosen."""
        if not self.chosen:
            return
        with ui.element("div").classes("fs-shelf-bar").props('role=toolbar aria-label="Chosen workflows"'):
            self._told = ui.label(f"{len(self.chosen):,} chosen").classes("fs-strong").props("role=status")
            button("Switch on", icon="player-play", on_click=staying(partial(self.switch, active=True)))
            button("Switch off", icon="player-pause", on_click=staying(partial(self.switch, active=False)))
            button("Move", icon="folder", on_click=staying(self.move))
            button("Tag", icon="tag", on_click=staying(self.tag))
            button("Duplicate", icon="copy", on_click=staying(self.duplicate))
            button("Export", icon="file-export", on_click=staying(self.export))
            button("Delete", "danger", icon="trash", on_click=staying(self.delete))
            button("", "quiet", icon="x", label="Choose none", on_click=staying(self._clear))

    async def key(self, deed: str) -> None:
        """Do what a key stands for."""
        deeds: dict[str, Changed] = {"delete": self.delete, "move": self.move, "tag": self.tag}
        if deed in deeds:
            await deeds[deed]()

    async def switch(self, *, active: bool) -> None:
        """Switch what is chosen on or off."""
        with said():
            found = await self._studio.bulk.switch(self._actor, self.chosen, active=active)
            await self._changed()
            tell(found, f"{_workflows(found)} {'is' if len(found.done) == 1 else 'are'} {'on' if active else 'off'}.")

    async def duplicate(self) -> None:
        """Copy what is chosen."""
        with said():
            found = await self._studio.bulk.duplicate(self._actor, self.chosen)
            await self._changed()
            tell(found, f"{_workflows(found)} copied.")

    async def export(self) -> None:
        """Give what is chosen as one file."""
        with said():
            raw = await self._studio.bulk.export(self._actor, self.chosen)
            name = f"{self.chosen[0]}.json" if len(self.chosen) == 1 else "workflows.json"
            ui.download(raw, name, "application/json")

    async def delete(self) -> None:
        """Put what is chosen into the bin, after asking."""
        number, ids = len(self.chosen), list(self.chosen)
        if number == 1:
            question, deed = f"Delete {self.names.get(ids[0], ids[0])}?", "Delete the workflow"
        else:
            question, deed = f"Delete {number:,} workflows?", f"Delete {number:,} workflows"
        text = "Waiting runs are cancelled for good. Past runs stay readable, and the bin gives back the rest."
        if callers := await self._studio.shelf.callers_of(self._actor, ids):
            text = f"{_users(callers, 'it' if number == 1 else 'one of them')} {text}"
        if not await confirm(question, text, deed, destroys=True):
            return
        with said():
            found = await self._studio.bulk.delete(self._actor, ids)
            await self._changed()
            undo = partial(self._put_back, found)
            tell(found, f"{_workflows(found, self.names)} deleted.", "Undo", undo)

    async def _put_back(self, gone: Done) -> None:
        with said():
            found = await self._studio.bulk.put_back(self._actor, gone.done, on=gone.were_on)
            await self._changed()
            tell(found, f"{_workflows(found, self.names)} {'is' if len(found.done) == 1 else 'are'} back.")

    async def move(self) -> None:
        """Ask for a folder and put what is chosen there."""
        ids = list(self.chosen)
        folders = self._side.folders
        folder = await choose_folder(f"Move {count_of(len(ids), 'workflow')}", folders.tree, top="In no folder")
        if folder == NEW:
            made = await folders.make(self._side.place)
            folder = None if made is None else made.id
        if folder is not None:
            await self.move_to(ids, folder)

    async def move_to(self, ids: Sequence[str], folder: str) -> None:
        """Put workflows into a folder."""
        with said():
            before = await self._studio.shelf.move(self._actor, ids, folder)
            await self._changed()
            name = self._side.folders.tree.words(folder)
            place = "stand in no folder now" if folder == NONE else f"moved to {name}"
            if len(before) == 1:
                place = place.replace("stand ", "stands ")
            toast(f"{_named(list(before), self.names)} {place}.", action="Undo", on_action=partial(self._put, before))

    async def _put(self, places: Places) -> None:
        with said():
            await self._studio.shelf.put(self._actor, places)
            await self._changed()
            toast("As before.")

    async def tag(self) -> None:
        """Show all tags, those of what is chosen ticked, and give or take what is clicked."""
        ids, half = list(self.chosen), False

        async def change(tag_id: str, *, on: bool) -> None:
            with said():
                await self._studio.shelf.tag(self._actor, ids, tag_id, on=on)

        async def ticked(tag_id: str, event: ValueChangeEventArguments[bool | None]) -> None:
            await change(tag_id, on=event.value is True)

        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, f"Tags of {_named(ids, self.names)}")
            if not self._side.tags:
                ui.label("There are no tags yet. A tag is a word with a colour, to find workflows by.").classes(
                    "fs-text fs-text-2"
                )
            with ui.element("div").classes("fs-shelf-list"):
                for one in self._side.tags:
                    worn = sum(one.id in self.worn.get(key, ()) for key in ids)
                    state: bool | None = None if 0 < worn < len(ids) else bool(worn)
                    half = half or state is None
                    ui.checkbox(one.name, value=state, on_change=partial(ticked, one.id))
            if half:
                ui.label("A dash: some of them have it.").classes("fs-caption")
            with ui.element("div").classes("fs-dialog__deeds"):
                button("New tag", icon="plus", on_click=lambda: dialog.submit("new"))
                ui.element("div").classes("fs-bar__gap")
                button("Done", "primary", on_click=lambda: dialog.submit(None))
        if await answer_of(dialog) == "new":
            made = await self._side.make_tag()
            if made is not None:
                await change(made.id, on=True)
        await self._changed()


def tell(done: Done, text: str, action: str | None = None, on_action: Callable[[], object] | None = None) -> None:
    """Say what was done, and of what could not be done the first with its reason."""
    if not done.refused:
        toast(text, action=action, on_action=on_action)
        return
    first, rest = done.refused[0], len(done.refused) - 1
    more = f" Nor {count_of(rest, 'other')}." if rest else ""
    toast(
        f"{text if done.done else ''} Not {first.name}: {first.message}{more}".strip(),
        action=action if done.done else None, on_action=on_action, wrong=True,
    )  # fmt: skip


def _workflows(done: Done, names: dict[str, str] | None = None) -> str:
    return _named(list(done.done), names or {})


def _users(callers: Sequence[str], which: str) -> str:
    """Say who runs what is to be deleted, and what becomes of it."""
    names = listed([f'"{name}"' for name in callers], most=MOST_NAMED)
    return f"{names} {'runs' if len(callers) == 1 else 'run'} {which}: without it the step there fails."


def _named(ids: list[str], names: dict[str, str]) -> str:
    return names[ids[0]] if len(ids) == 1 and ids[0] in names else count_of(len(ids), "workflow")
