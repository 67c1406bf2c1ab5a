"""The panel at the right while something other than one step is chosen: several boxes, a note, a group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.editing.annotating import (
    GROUP,
    LEAST,
    MOST,
    MOST_NAME,
    MOST_TEXT,
    NOTE,
    TONES,
    groups_of,
    notes_of,
    steps_in,
)
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.annotations import note_box
from flowstudio.ui.forms.entered import entered
from flowstudio.ui.theme import button, icon, segments

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.ui.editor.shared_desk import Desk

SIDES = (
    ("align_left", "layout-align-left", "Align left"), ("align_centre", "layout-align-center", "Align centres"),
    ("align_right", "layout-align-right", "Align right"), ("align_top", "layout-align-top", "Align top"),
    ("align_middle", "layout-align-middle", "Align middles"),
    ("align_bottom", "layout-align-bottom", "Align bottom"),
)  # fmt: skip
SPREAD = (
    ("distribute_x", "layout-distribute-vertical", "Spread evenly from left to right"),
    ("distribute_y", "layout-distribute-horizontal", "Spread evenly from top to bottom"),
)


def panel_of(desk: Desk) -> Callable[[], None] | None:
    """Return what draws the panel for the present selection; None where a step's own panel or none is wanted."""
    if len(desk.selected) > 1:
        return partial(_several, desk)
    only = desk.selected[0] if desk.selected else ""
    if only.startswith(NOTE) and only.removeprefix(NOTE) in notes_of(desk.workflow):
        return partial(_note, desk, only)
    if only.startswith(GROUP) and only.removeprefix(GROUP) in groups_of(desk.workflow):
        return partial(_group, desk, only)
    return None


def _head(symbol: str, title: str) -> None:
    with ui.element("header").classes("fs-panel__head"):
        icon(symbol, 22)
        ui.label(title).classes("fs-panel__title")


def _several(desk: Desk) -> None:
    def do(name: str) -> object:
        return desk.commands.run({"name": name})

    _head("stack-2", f"{count_of(len(desk.selected), 'box', 'boxes')} chosen")
    with ui.element("div").classes("fs-panel__body"):
        if desk.readonly:
            return
        ui.label("Bring into line").classes("fs-field-label")
        with ui.element("div").classes("fs-deeds"):
            for name, symbol, label in SIDES:
                button("", icon=symbol, label=label, on_click=partial(do, name))
        if len(desk.selected) > 2:
            ui.label("Spread evenly").classes("fs-field-label")
            with ui.element("div").classes("fs-deeds"):
                for name, symbol, label in SPREAD:
                    button("", icon=symbol, label=label, on_click=partial(do, name))
        ui.label("All of them").classes("fs-field-label")
        with ui.element("div").classes("fs-deeds"):
            button("Tidy up these", icon="layout-dashboard", on_click=partial(do, "tidy"))
            button("Group", icon="stack-2", on_click=partial(do, "group"))
            button("Make a workflow", icon="binary-tree", on_click=partial(do, "extract"))
            button("Duplicate", icon="copy", on_click=partial(do, "duplicate"))
            button("On or off", icon="toggle-left", on_click=partial(do, "disable"))
            button("Delete", "danger", icon="trash", on_click=partial(do, "delete"))


def _note(desk: Desk, note_id: str) -> None:
    note = notes_of(desk.workflow)[note_id.removeprefix(NOTE)]
    box = note_box(note)

    async def tint(tone: str) -> None:
        await desk.patch([{"op": "note", "id": note_id, "tone": tone}])

    _head("note", "Note")
    with ui.element("div").classes("fs-panel__body"):
        ui.label("Text").classes("fs-field-label")
        field = ui.textarea(value=str(note.get("text") or ""))
        field.props(f'outlined autogrow debounce=400 aria-label="Text" maxlength={MOST_TEXT}')
        entered(field, desk.detail.entry(note_id, "text"))
        ui.label("Colour").classes("fs-field-label")
        tone = str(note.get("tone"))
        segments({one: one.capitalize() for one in TONES}, tone if tone in TONES else TONES[0], tint)
        for side, label in (("w", "Width"), ("h", "Height")):
            ui.label(label).classes("fs-field-label")
            size: ui.number = ui.number(value=box[side], min=LEAST, max=MOST, step=12)
            size.props(f'outlined dense debounce=400 aria-label="{label}"')
            entered(size, desk.detail.entry(note_id, side))
        button("Delete the note", "danger", icon="trash", on_click=lambda: desk.commands.run({"name": "delete"}))


def _group(desk: Desk, group_id: str) -> None:
    group: JsonObject = groups_of(desk.workflow)[group_id.removeprefix(GROUP)]

    _head("stack-2", "Group")
    with ui.element("div").classes("fs-panel__body"):
        ui.label("Name").classes("fs-field-label")
        field = ui.input(value=str(group.get("name") or ""))
        field.props(f'outlined dense debounce=400 aria-label="Name of the group" maxlength={MOST_NAME}')
        entered(field, desk.detail.entry(group_id, "name"))
        ui.label(count_of(len(steps_in(desk.workflow, group_id.removeprefix(GROUP))), "step")).classes("fs-caption")
        folded = bool(group.get("collapsed"))
        with ui.element("div").classes("fs-deeds"):
            button(
                "Open" if folded else "Fold", icon="arrows-diagonal" if folded else "fold",
                on_click=lambda: desk.commands.run({"name": "fold"}),
            )  # fmt: skip
            button("Ungroup", icon="unlink", on_click=lambda: desk.commands.run({"name": "ungroup"}))
            button("Make a workflow", icon="binary-tree", on_click=lambda: desk.commands.run({"name": "extract"}))
            button(
                "Delete with its steps", "danger", icon="trash", on_click=lambda: desk.commands.run({"name": "delete"})
            )
