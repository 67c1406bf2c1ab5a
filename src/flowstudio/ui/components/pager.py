"""Page by page through a long list: where one is, and the ways back and on."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button


class Pager:
    """The line below a list. Its buttons stay the same ones, so that the keyboard stays where it is."""

    def __init__(self, size: int, one: str, ways: tuple[str, str], on_turn: Callable[[int], object]) -> None:
        """Draw it for pages of `size` things called `one`; `on_turn` gets the number of the page asked for."""
        self.size = size
        self.one = one
        self.number = 1
        with ui.element("div").classes("fs-toolbar") as self.line:
            self.back = button("", icon="chevron-left", label=ways[0], on_click=lambda: on_turn(self.number - 1))
            self.told = ui.label().classes("fs-caption")
            self.on = button("", icon="chevron-right", label=ways[1], on_click=lambda: on_turn(self.number + 1))

    def show(self, number: int, total: int) -> None:
        """Say which page of how many things is shown; without any there is nothing to say."""
        self.number = number
        pages = max(1, (total + self.size - 1) // self.size)
        amount = count_of(total, self.one)
        self.told.set_text(amount if pages == 1 else f"Page {number:,} of {pages:,}, {amount}")
        self.back.set_enabled(number > 1)
        self.on.set_enabled(number < pages)
        for way in (self.back, self.on):
            way.set_visibility(pages > 1)
        self.line.set_visibility(total > 0)
