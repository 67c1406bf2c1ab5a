"""The command bar: type what to do, add or go to; Enter does the first that fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.editing.presets import PREFIX
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.editor.palette import steps_of
from flowstudio.ui.editor.shortcuts import offered
from flowstudio.ui.theme import icon, tile

if TYPE_CHECKING:
    from flowstudio.services.presets import Preset
    from flowstudio.ui.editor.shared_desk import Desk

MOST = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the bar."""

    deed: str
    """`do`, `add` or `go`."""
    value: str
    text: str
    keys: str = ""
    words: str = ""
    kind: str = ""
    symbol: str = ""


def choices_of(desk: Desk) -> list[Choice]:
    """Return everything that can be typed for: commands, steps to go to, steps to add."""
    registry = desk.studio.registry
    commands = offered(desk.place, len(desk.selected), readonly=desk.readonly)
    found = [Choice("do", one.name, one.text, one.keys) for one in commands]
    for node in desk.workflow.nodes:
        known = registry.find(node.key)
        name = registry.name_of(node)
        found.append(
            Choice(
                "go",
                node.id,
                f"Go to {name}",
                kind=known.kind if known else "plain",
                symbol=known.icon if known else "point",
            )
        )
    if not desk.readonly:
        found += [_preset(desk, one) for one in desk.presets.rows]
        for _, steps in steps_of(registry):
            found += [
                Choice(
                    "add",
                    one.registry_key(),
                    f"Add {one.title}",
                    words=" ".join(one.synonyms),
                    kind=one.kind,
                    symbol=one.icon,
                )
                for one in steps
            ]
    return found


def _preset(desk: Desk, preset: Preset) -> Choice:
    known = desk.studio.registry.find(preset.key)
    kind, symbol = (known.kind, known.icon) if known else ("plain", "point")
    return Choice("add", PREFIX + preset.id, f"Add {preset.name}", words="preset", kind=kind, symbol=symbol)


def fitting(choices: list[Choice], text: str) -> list[Choice]:
    """Return what fits all the words, first what has them in its text."""
    words = text.lower().split()
    named = [one for one in choices if all(word in one.text.lower() for word in words)]
    more = [one for one in choices if all(word in f"{one.text} {one.words}".lower() for word in words)]
    return list(dict.fromkeys((*named, *more)))[:MOST]


async def ask_command(desk: Desk) -> Choice | None:
    """Show the bar; return what was chosen, or None when the person changes their mind."""
    choices = choices_of(desk)
    named = 'position=top aria-label="Command bar"'
    with ui.dialog().props(named) as dialog, ui.card().classes("fs-dialog fs-commands"):
        field = ui.input(placeholder="What to do, a step to add, or where to go")
        field.props('outlined dense autofocus aria-label="Command"')

        @ui.refreshable
        def found() -> None:
            shown = fitting(choices, str(field.value or ""))
            for one in shown:
                with ui.element("button").classes("fs-quick__step fs-commands__line").props("type=button") as element:
                    if one.kind:
                        tile(one.kind, one.symbol)  # type: ignore[arg-type]
                    else:
                        icon("command")
                    ui.label(one.text)
                    if one.keys:
                        ui.label(one.keys).classes("fs-kbd")
                element.on("click", partial(dialog.submit, one))
            if not shown:
                ui.label("Nothing fits.").classes("fs-caption")

        def take_first() -> None:
            shown = fitting(choices, str(field.value or ""))
            if shown:
                dialog.submit(shown[0])

        with ui.element("div").classes("fs-choose__list").props('role=group aria-label="What fits"') as place:
            found()
        place.on("keydown", js_handler=_ARROWS)
        field.on("keydown", js_handler=_ARROWS)
        field.on_value_change(found.refresh)
        field.on("keydown.enter", take_first)
    answer = await answer_of(dialog)
    return answer if isinstance(answer, Choice) else None


_ARROWS = """(event) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const bar = document.querySelector('.fs-commands');
  const lines = [...bar.querySelectorAll('.fs-commands__line')];
  const at = lines.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
  (at < 0 ? bar.querySelector('input') : lines[Math.min(at, lines.length - 1)])?.focus();
}"""
