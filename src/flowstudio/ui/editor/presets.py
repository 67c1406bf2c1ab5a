"""Presets in the editor: a step is kept under a name, and stands in the palette and the quick list from then on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from flowstudio.errors import FlowStudioError
from flowstudio.services.editing.presets import PREFIX
from flowstudio.services.presets import LONGEST_NAME
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.template_form import left_out_words
from flowstudio.ui.editor.palette import chevron, tile_html
from flowstudio.ui.theme import button, dialog_title, svg, toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.presets import Preset
    from flowstudio.ui.editor.shared_desk import Desk


class Presets:
    """One desk's view of the workspace's presets."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rows: Sequence[Preset] = ()
        self._palette: ui.html | None = None
        self._quick: ui.html | None = None

    async def load(self) -> None:
        """Read the presets anew and show them."""
        self.rows = await self.desk.studio.presets.list(self.desk.actor)
        if self._palette is not None:
            self._palette.set_content(self._group())
        if self._quick is not None:
            self._quick.set_content(self._list())

    def draw_in_palette(self) -> None:
        """Draw the group of the palette; it is not there while there is no preset."""
        self._palette = ui.html(self._group(), sanitize=False)
        self._palette.on("click", lambda event: self._more(str(event.args)), js_handler=_MORE)

    def draw_in_quick_list(self) -> None:
        """Draw the part of the list that opens at a "+"; triggers start a workflow and are not in it."""
        self._quick = ui.html(self._list(), sanitize=False)

    async def filled(self, operations: list[JsonObject]) -> list[JsonObject]:
        """Return a gesture's operations with each preset in the place of its key; raise NotFound for one that went."""
        return [await self._filled(one) for one in operations]

    async def _filled(self, operation: JsonObject) -> JsonObject:
        key = str(operation.get("key") or "")
        if not key.startswith(PREFIX):
            return operation
        found = await self.desk.studio.presets.get(self.desk.actor, key.removeprefix(PREFIX))
        return {**operation, "key": found.key, "part": {**found.part, "name": found.part.get("name") or found.name}}

    async def keep(self, node_id: str) -> None:
        """Ask for a name and keep a step as a preset."""
        desk = self.desk
        part = desk.workflow.node(node_id) or desk.workflow.trigger(node_id)
        if part is None:
            return
        with desk.root:
            name = await _ask("Save as preset", desk.studio.registry.name_of(part), "Save the preset")
            if name is None:
                return
            try:
                made, left_out = await desk.studio.presets.save(desk.actor, desk.workflow.id, node_id, name)
            except FlowStudioError as error:
                toast(error.told, wrong=True)
                return
            await self.load()
            toast(f"{made.name} stands under Presets.{left_out_words(left_out)}")

    async def _more(self, preset_id: str) -> None:
        """Ask what to do with a preset: another name, or away with it."""
        found = next((one for one in self.rows if one.id == preset_id), None)
        if found is None:
            return
        with self.desk.root:
            answer = await _ask("Preset", found.name, "Rename", deletes=True)
            if answer is None:
                return
            try:
                if answer == _DELETE:
                    gone = await self.desk.studio.presets.delete(self.desk.actor, preset_id)
                    toast(
                        f"{gone.name} deleted. Steps made from it stay.",
                        action="Undo",
                        on_action=lambda: background_tasks.create(self._bring_back(gone)),
                    )
                else:
                    await self.desk.studio.presets.rename(self.desk.actor, preset_id, answer)
            except FlowStudioError as error:
                toast(error.told, wrong=True)
            await self.load()

    async def _bring_back(self, preset: Preset) -> None:
        with self.desk.root:
            await self.desk.studio.presets.bring_back(self.desk.actor, preset)
            await self.load()

    def _group(self) -> str:
        rows = "".join(self._row(one) for one in self.rows)
        if not rows:
            return ""
        return (
            f'<details class="fs-palette__group" open><summary>{chevron()}<span>Presets</span>'
            f'<span class="fs-palette__count">{len(self.rows)}</span></summary>{rows}</details>'
        )

    def _row(self, one: Preset) -> str:
        more = (
            ""
            if self.desk.readonly
            else f'<button type="button" class="fs-palette__more" data-preset="{escape(one.id)}" '
            f'aria-label="{escape(f"Rename or delete {one.name}")}">{svg("dots")}</button>'
        )
        return f'<div class="fs-palette__preset">{self._step(one, "fs-palette__step", " draggable=true")}{more}</div>'

    def _list(self) -> str:
        rows = [one for one in self.rows if not one.key.startswith("trigger.")]
        if not rows:
            return ""
        steps = "".join(self._step(one, "fs-quick__step", " role=option") for one in rows)
        return f'<div class="fs-quick__title" data-group>Presets</div>{steps}'

    def _step(self, one: Preset, style: str, more: str) -> str:
        found = self.desk.studio.registry.find(one.key)
        words = f"{one.name} {found.title if found else ''} preset".lower()
        help_line = f"{found.title if found else one.key}, by {one.created_by}"
        return (
            f'<button type="button" class="{style}"{more} data-key="{escape(PREFIX + one.id)}" '
            f'data-words="{escape(words)}" title="{escape(help_line)}">'
            f"{tile_html(found) if found else ''}<span>{escape(one.name)}</span></button>"
        )


async def _ask(question: str, name: str, deed: str, *, deletes: bool = False) -> str | None:
    """Ask for a preset's name; None when the person changes their mind, `_DELETE` when it is to go."""
    with ui.dialog().props("persistent=false") as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, question)
        with ui.element("div").classes("fs-field"):
            ui.label("Name").classes("fs-field-label")
            field = ui.input(value=name[:LONGEST_NAME])
            field.props(f'outlined dense autofocus maxlength={LONGEST_NAME} aria-label="Name of the preset"')
            if not deletes:
                ui.label("Its settings come along; connections and secrets do not.").classes("fs-field-help")
        field.on("keydown.enter", lambda: dialog.submit(field.value))
        with ui.element("div").classes("fs-dialog__deeds"):
            if deletes:
                button("Delete", "danger", on_click=lambda: dialog.submit(_DELETE))
                ui.element("div").classes("fs-bar__gap")
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button(deed, "primary", on_click=lambda: dialog.submit(field.value))
    answer = await answer_of(dialog)
    return None if answer is None else str(answer)


_DELETE = "\0"
"""No name: a preset's name is never a control character."""
_MORE = """(event) => {
  const more = event.target.closest('[data-preset]');
  if (more) { event.preventDefault(); emit(more.dataset.preset); }
}"""
