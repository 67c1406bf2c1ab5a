"""Addresses and values that workflows use as `settings.*`: changed, added, removed, with who uses them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.errors import BadRequest, FlowStudioError
from flowstudio.kit.words import human, listed
from flowstudio.services.quotas import QUOTAS
from flowstudio.services.retention import LIMIT, SETTING
from flowstudio.services.setting_rules import BIN, HOLIDAYS, HOURS, ZONE, known_settings
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.staying import staying
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonValue
    from flowstudio.services.studio import Studio

ELSEWHERE = {ZONE, HOURS, HOLIDAYS, SETTING, LIMIT, BIN, *QUOTAS}
"""Settings that have a place of their own."""
MOST_NAMED = 5


class SettingValues:
    """The card of addresses and values."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.may = actor.may(Role.ADMIN)
        self.uses: Mapping[str, int] | None = None

    async def draw(self) -> None:
        """Draw the card; who uses what is looked up afterwards, because that reads all workflows."""
        with ui.element("section").classes("fs-card").props('aria-label="Addresses and values"'):
            ui.label("Addresses and values").classes("fs-title")
            ui.label(
                "Workflows use these by name, so that an address changes in one place. An example stands for"
                " itself until you write your own."
            ).classes("fs-caption")
            await self.rows()
            if self.may:
                with ui.element("div").classes("fs-toolbar fs-settings__head"):
                    button("Add a value", icon="plus", on_click=staying(self._add))
        ui.timer(0.1, self._count, once=True)

    async def _count(self) -> None:
        self.uses = await self.studio.shelf.settings_used(self.actor)
        for key, label in self.labels.items():
            label.set_text(self._used(key))

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw a line for each value."""
        own = await self.studio.settings.own(self.actor)
        values = await self.studio.settings.all(self.actor)
        self.labels: dict[str, ui.label] = {}
        known = known_settings()
        with ui.element("div").classes("fs-settings-values"):
            for key, value in sorted(values.items(), key=lambda item: (item[0] not in known, _label(item[0]).lower())):
                if key not in ELSEWHERE:
                    self._row(key, value, mine=key in own)

    def _row(self, key: str, value: JsonValue, *, mine: bool) -> None:
        name = _label(key)
        with ui.element("div").classes("fs-field").props(f'data-setting="{key}"'):
            ui.label(name).classes("fs-field-label")
            with ui.element("div").classes("fs-settings-value"):
                field = ui.input(value=_text(value)).props(f'outlined dense maxlength=10000 aria-label="{name}"')
                field.set_enabled(self.may)
                if mine and self.may:
                    what = "Back to the example" if key in known_settings() else "Remove"
                    label = f"{what}: {name}"
                    symbol = "arrow-back-up" if key in known_settings() else "trash"
                    button("", "quiet", icon=symbol, label=label, on_click=staying(partial(self._remove, key)))
            wrong = ui.label().classes("fs-field-error").props("role=alert")
            wrong.set_visibility(False)
            with ui.element("div").classes("fs-settings-value__about fs-caption"):
                ui.label(f"settings.{key}").classes("fs-mono")
                if not mine:
                    ui.label("Example")
                self.labels[key] = ui.label(self._used(key))
            keep = partial(self._keep, key, value, field, wrong)
            field.on("blur", staying(keep))
            field.on("keydown.enter", staying(keep))

    def _used(self, key: str) -> str:
        number = None if self.uses is None else self.uses.get(key, 0)
        return "" if number is None else f"Used by {count_of(number, 'workflow')}" if number else "Not used"

    async def _keep(self, key: str, before: JsonValue, field: ui.input, wrong: ui.label) -> None:
        if field.is_deleted or str(field.value or "") == _text(before):
            return
        try:
            await self.studio.settings.set(self.actor, key, _value(str(field.value or ""), before))
        except FlowStudioError as error:
            wrong.set_text(error.told)
            wrong.set_visibility(True)
            return
        toast(f"{_label(key)} is kept.")
        self.rows.refresh()

    async def _remove(self, key: str) -> None:
        names = await self.studio.shelf.users_of(self.actor, key)
        shipped = key in known_settings()
        before = self.studio.settings.settings(self.actor.workspace).get(key)
        if names and not shipped:
            those = listed(list(names), most=MOST_NAMED)
            text = f"{count_of(len(names), 'workflow')} would find nothing there any more: {those}. Change them first."
            if not await confirm(f"Remove {_label(key)}?", text, "Remove it all the same", destroys=True):
                return
        with said():
            await self.studio.settings.set(self.actor, key, None)
            self.rows.refresh()
            told = f"{_label(key)} is the example again." if shipped else f"{_label(key)} is removed."
            toast(told, action="Undo", on_action=partial(self._put, key, before))

    async def _put(self, key: str, value: JsonValue) -> None:
        with said():
            await self.studio.settings.set(self.actor, key, value)
            self.rows.refresh()

    async def _add(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, "Add a value")
            with ui.element("div").classes("fs-field"):
                ui.label("Name").classes("fs-field-label")
                name = ui.input(placeholder="warehouse_email").props(
                    'outlined dense autofocus maxlength=100 aria-label="Name"'
                )
                ui.label("Small letters, digits and _. Workflows use it as settings.warehouse_email.").classes(
                    "fs-field-help"
                )
            with ui.element("div").classes("fs-field"):
                ui.label("What it holds").classes("fs-field-label")
                kind = ui.select({"text": "A text", "number": "A number", "list": "A list of texts"}, value="text")
                kind.props('outlined dense options-dense aria-label="What it holds"')
            with ui.element("div").classes("fs-field"):
                ui.label("Value").classes("fs-field-label")
                value = ui.input(placeholder="warehouse@example.com").props(
                    'outlined dense maxlength=10000 aria-label="Value"'
                )
                ui.label("Entries of a list have commas between.").classes("fs-field-help")
            wrong = ui.label().classes("fs-field-error").props("role=alert")
            wrong.set_visibility(False)

            async def give() -> None:
                examples: dict[str, JsonValue] = {"text": "", "number": 0, "list": []}
                key = str(name.value or "").strip()
                try:
                    if key in await self.studio.settings.all(self.actor):
                        wrong.set_text(f"There is a value {key} already. Change it in the list.")
                        wrong.set_visibility(True)
                        return
                    given = _value(str(value.value or "").strip(), examples[str(kind.value)])
                    await self.studio.settings.set(self.actor, key, given)
                except FlowStudioError as error:
                    wrong.set_text(error.told)
                    wrong.set_visibility(True)
                    return
                dialog.submit(key)

            value.on("keydown.enter", give)
            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=lambda: dialog.submit(None))
                button("Add the value", "primary", on_click=give)
        key = await answer_of(dialog)
        if key:
            self.rows.refresh()
            toast(f"{_label(key)} is kept. Workflows use it as settings.{key}.")


def _label(key: str) -> str:
    known = known_settings().get(key)
    return human(key if known is None else known.label)


def _text(value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _value(text: str, before: JsonValue) -> JsonValue:
    """Return what is written as the kind of value that stood there before: a list, a number, else a text."""
    if isinstance(before, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(before, int | float) and not isinstance(before, bool):
        try:
            number = float(text)
        except ValueError as error:
            raise BadRequest(
                f'"{text[:40]}" is no number.', hint="Write digits, and a point before decimals."
            ) from error
        return int(number) if number.is_integer() else number
    return text
