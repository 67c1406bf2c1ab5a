"""Choose a step by typing a part of its name; Enter takes the first that fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.editor.palette import help_of
from flowstudio.ui.theme import button, dialog_title, tile

if TYPE_CHECKING:
    from flowstudio.kit import NodeType


def fitting(steps: Sequence[type[NodeType]], text: str) -> list[type[NodeType]]:
    """Return the steps that a search finds: those with the words in their name first, then those in their help."""
    words = text.lower().split()
    named = [one for one in steps if all(word in one.title.lower() for word in words)]
    told = [one for one in steps if all(word in help_of(one).lower() for word in words)]
    return list(dict.fromkeys((*named, *told)))


async def ask_step(question: str, steps: Sequence[type[NodeType]]) -> str | None:
    """Let a person choose one of the steps; return its key, or None when they change their mind."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-choose"):
        dialog_title(dialog, question)
        field = ui.input(placeholder="Find a step").props('outlined dense autofocus aria-label="Find a step"')

        @ui.refreshable
        def found() -> None:
            shown = fitting(steps, str(field.value or ""))
            for one in shown:
                with ui.element("button").classes("fs-quick__step").props("type=button") as element:
                    tile(one.kind, one.icon)
                    ui.label(one.title)
                element.on("click", partial(dialog.submit, one.registry_key()))
            if not shown:
                ui.label("No step fits.").classes("fs-caption")

        def take_first() -> None:
            shown = fitting(steps, str(field.value or ""))
            if shown:
                dialog.submit(shown[0].registry_key())

        with ui.element("div").classes("fs-choose__list").props('role=group aria-label="Steps that fit"'):
            found()
        field.on_value_change(found.refresh)
        field.on("keydown.enter", take_first)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
    key = await answer_of(dialog)
    return str(key) if key else None
