"""Choose one of several by typing a part of its name or with the arrow keys; Enter takes the first that fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.editor.palette import help_of
from flowstudio.ui.theme import button, dialog_title, tile

if TYPE_CHECKING:
    from flowstudio.kit import NodeType
    from flowstudio.ui.theme import Kind

_SHORT = 7
"""So many options are seen at a glance and need no search."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    text: str
    kind: Kind = "plain"
    symbol: str = "point"
    caption: str = ""
    words: str = ""
    """What it is found by beside its text."""


def fitting(options: Sequence[Option], text: str) -> list[Option]:
    """Return the options that a search finds: those with the words in their name first, then those in their help."""
    words = text.lower().split()
    named = [one for one in options if all(word in one.text.lower() for word in words)]
    told = [one for one in options if all(word in f"{one.text} {one.caption} {one.words}".lower() for word in words)]
    return list(dict.fromkeys((*named, *told)))


async def ask_step(question: str, steps: Sequence[type[NodeType]]) -> str | None:
    """Let a person choose one of the steps; return its key, or None when they change their mind."""
    return await ask_option(question, [option_of(one) for one in steps], searched=True)


def option_of(step: type[NodeType]) -> Option:
    """Return a step as something to choose."""
    return Option(step.registry_key(), step.title, step.kind, step.icon, words=help_of(step))


async def ask_option(
    question: str, options: Sequence[Option], *, note: str = "", searched: bool | None = None
) -> str | None:
    """Let a person choose one of the options; return its value, or None when they change their mind."""
    searched = len(options) > _SHORT if searched is None else searched
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-choose"):
        dialog_title(dialog, question)
        if searched:
            field = ui.input(placeholder="Find a step").props('outlined dense autofocus aria-label="Find a step"')

        @ui.refreshable
        def found() -> None:
            shown = fitting(options, str(field.value or "") if searched else "")
            for at, one in enumerate(shown):
                with ui.element("button").classes("fs-quick__step fs-choose__option") as element:
                    element.props("type=button autofocus" if not searched and not at else "type=button")
                    tile(one.kind, one.symbol)
                    ui.label(one.text)
                    if one.caption:
                        ui.label(one.caption).classes("fs-caption")
                element.on("click", partial(dialog.submit, one.value))
            if not shown:
                ui.label("No step fits.").classes("fs-caption")

        def take_first() -> None:
            shown = fitting(options, str(field.value or ""))
            if shown:
                dialog.submit(shown[0].value)

        with ui.element("div").classes("fs-choose__list").props('role=group aria-label="Steps that fit"') as place:
            found()
        place.on("keydown", js_handler=_ARROWS)
        if searched:
            field.on("keydown", js_handler=_ARROWS)
            field.on_value_change(found.refresh)
            field.on("keydown.enter", take_first)
        if note:
            ui.label(note).classes("fs-caption")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
    value = await answer_of(dialog)
    return None if value is None else str(value)


_ARROWS = """(event) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const box = event.target.closest('.fs-choose');
  const options = [...box.querySelectorAll('.fs-choose__option')];
  const at = options.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
  (at < 0 ? box.querySelector('input') ?? options[0] : options[Math.min(at, options.length - 1)])?.focus();
}"""
