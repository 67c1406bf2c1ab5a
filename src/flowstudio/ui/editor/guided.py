"""Beginning step by step: three questions, one after the other, that draw a first workflow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.editing.guided import MOST_STEPS, leads_on
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.editor.choosing import fitting, option_of
from flowstudio.ui.editor.palette import help_of, starts_of, steps_behind
from flowstudio.ui.theme import button, dialog_title, tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import NodeType, Registry

QUESTIONS = ("When should it start?", "What should it do?", "Only under a condition?")
CHECKS = {
    False: ("Always", "Whenever it starts, it does all of it."),
    True: ("Only if something holds", "A condition comes first. You say in it what must hold."),
}


class Guide:
    """The dialog: nothing is drawn until its last button."""

    def __init__(self, registry: Registry) -> None:
        self._triggers = starts_of(registry)
        usable = [one for one in steps_behind(registry) if leads_on(one)]
        self._steps = {one.registry_key(): one for one in usable}
        self._options = [option_of(one) for one in usable]
        self._at = 0
        self._trigger: type[NodeType] | None = None
        self._chosen: list[type[NodeType]] = []
        self._checked = False
        self._search = ""

    async def ask(self) -> JsonObject | None:
        """Ask; return the canvas's operation, None when the person changes their mind."""
        with ui.dialog() as self._dialog, ui.card().classes("fs-dialog fs-guide"):
            self._page()
        found: JsonObject | None = await answer_of(self._dialog)
        return found

    @ui.refreshable_method
    def _page(self) -> None:
        dialog_title(self._dialog, QUESTIONS[self._at])
        ui.label(f"{self._at + 1} of {len(QUESTIONS)}").classes("fs-caption").props("role=status")
        (self._when, self._what, self._whether)[self._at]()
        ready = (self._trigger is not None, bool(self._chosen), True)[self._at]
        with ui.element("div").classes("fs-dialog__deeds"):
            if self._at:
                button("Back", "quiet", on_click=partial(self._go, self._at - 1))
            else:
                button("Not now", "quiet", on_click=lambda: self._dialog.submit(None))
            if self._at + 1 < len(QUESTIONS):
                forward = button("Next", "primary", on_click=partial(self._go, self._at + 1))
            else:
                forward = button("Draw it", "primary", on_click=self._done)
            forward.set_enabled(ready)

    def _when(self) -> None:
        with ui.element("div").classes("fs-choose__list").props('role=radiogroup aria-label="What starts it"'):
            for one in self._triggers:
                self._option(one.title, help_of(one), on=one is self._trigger, step=one, deed=partial(self._take, one))

    def _what(self) -> None:
        if self._chosen:
            with ui.element("div").classes("fs-guide__chosen").props('role=list aria-label="In this order"'):
                for number, one in enumerate(self._chosen):
                    self._line(number, one)
        else:
            ui.label("Choose one or more, in their order. What they need is filled in on the canvas.").classes(
                "fs-caption"
            )
        if len(self._chosen) >= MOST_STEPS:
            ui.label("More steps are added on the canvas.").classes("fs-caption")
            return
        field = ui.input(value=self._search, placeholder="Find a step")
        field.props('outlined dense autofocus aria-label="Find a step"')
        field.on_value_change(lambda event: self._find(str(event.value or "")))
        field.on("keydown.enter", self._add_first)
        with ui.element("div").classes("fs-choose__list").props('role=group aria-label="Steps that fit"'):
            self._found()

    @ui.refreshable_method
    def _found(self) -> None:
        shown = self._fitting()
        for one in shown:
            with ui.element("button").classes("fs-quick__step").props("type=button") as element:
                tile(one.kind, one.icon)
                ui.label(one.title)
            element.on("click", partial(self._add, one))
        if not shown:
            ui.label("No step fits.").classes("fs-caption")

    def _whether(self) -> None:
        with ui.element("div").classes("fs-choose__list").props('role=radiogroup aria-label="Condition"'):
            for checked, (title, about) in CHECKS.items():
                self._option(title, about, on=checked is self._checked, deed=partial(self._check, checked))

    def _option(
        self, title: str, about: str, *, on: bool, deed: partial[None], step: type[NodeType] | None = None
    ) -> None:
        with ui.element("button").classes("fs-guide__option") as element:
            element.props(f"type=button role=radio aria-checked={'true' if on else 'false'}")
            if step is not None:
                tile(step.kind, step.icon)
            with ui.element("span").classes("fs-stack"):
                ui.label(title).classes("fs-strong")
                ui.label(about).classes("fs-caption")
        element.on("click", deed)

    def _line(self, number: int, one: type[NodeType]) -> None:
        with ui.element("div").classes("fs-guide__line").props("role=listitem"):
            tile(one.kind, one.icon)
            ui.label(f"{number + 1}. {one.title}").classes("fs-guide__name")
            up = button("", "quiet", icon="arrow-up", label=f"{one.title} earlier", on_click=partial(self._up, number))
            up.set_enabled(number > 0)
            button("", "quiet", icon="x", label=f"{one.title} away", on_click=partial(self._drop, number))

    def _fitting(self) -> Sequence[type[NodeType]]:
        return [self._steps[one.value] for one in fitting(self._options, self._search)]

    def _find(self, text: str) -> None:
        self._search = text
        self._found.refresh()

    def _add_first(self) -> None:
        shown = self._fitting()
        if shown:
            self._add(shown[0])

    def _go(self, at: int) -> None:
        self._at = at
        self._page.refresh()

    def _take(self, one: type[NodeType]) -> None:
        self._trigger = one
        self._go(1)

    def _add(self, one: type[NodeType]) -> None:
        self._chosen.append(one)
        self._search = ""
        self._page.refresh()

    def _up(self, number: int) -> None:
        self._chosen[number - 1 : number + 1] = reversed(self._chosen[number - 1 : number + 1])
        self._page.refresh()

    def _drop(self, number: int) -> None:
        del self._chosen[number]
        self._page.refresh()

    def _check(self, checked: bool) -> None:
        self._checked = checked
        self._page.refresh()

    def _done(self) -> None:
        if self._trigger is not None and self._chosen:
            self._dialog.submit(
                {
                    "op": "guided", "trigger": self._trigger.registry_key(),
                    "steps": [one.registry_key() for one in self._chosen], "checked": self._checked,
                }
            )  # fmt: skip
