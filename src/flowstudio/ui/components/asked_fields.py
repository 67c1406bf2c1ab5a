"""What a workflow asks of whoever starts it, as fields by kind, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import BadRequest, FlowStudioError
from flowstudio.kit.files import FileContent, is_file, reference_of
from flowstudio.services.forms import FILE, read_answer
from flowstudio.services.ports import Page
from flowstudio.ui.components.data_tables import json_text
from flowstudio.ui.components.json_field import read_object
from flowstudio.ui.components.words import printed
from flowstudio.ui.forms.widgets.data import NOT_YET, read

if TYPE_CHECKING:
    from nicegui.elements.mixins.value_element import ValueElement

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.services.forms import FormField
    from flowstudio.services.studio import Studio

Rows = Mapping[str, Mapping[str, "JsonObject"]]
"""Record type → its records by id."""
OnAnswer = Callable[[str, "JsonValue"], Awaitable[None]]
RECORD = "record:"
MOST_RECORDS = 200
_INPUTS = {
    "email": "email", "number": "number", "integer": "number", "date": "date", "datetime": "datetime-local",
    "url": "url", "phone": "tel",
}  # fmt: skip
_SIMULATED = "A name is enough: the file itself is simulated."
_OPEN = ("object", "open", "list")
"""How kinds begin that several values make up."""


async def rows_of(studio: Studio, actor: Actor, asked: Sequence[FormField]) -> Rows:
    """Return the records that can be chosen: the first 200 of each type that is asked for."""
    found: dict[str, dict[str, JsonObject]] = {}
    for entity in {one.type.removeprefix(RECORD) for one in asked if one.type.startswith(RECORD)}:
        try:
            rows, _ = await studio.records.page(actor, entity, Page(1, MOST_RECORDS), search="")
        except FlowStudioError:
            rows = []  # the type is not there (any more): nothing can be chosen
        found[entity] = {str(row["id"]): row for row in rows}
    return found


@dataclass(slots=True)
class _Field:
    asked: FormField
    control: ValueElement[JsonValue]
    wrong: ui.label
    shown: JsonValue
    """What the control said at first."""
    stands_for: JsonValue
    """The value that was shown so; it stays what it is for as long as nobody changes it."""
    taken: JsonValue


class AskedFields:
    """One field for each question."""

    def __init__(
        self,
        asked: Sequence[FormField],
        given: Mapping[str, JsonValue],
        rows: Rows,
        on_answer: OnAnswer | None = None,
    ) -> None:
        """Draw the fields with the values `given`, else with their defaults.

        `on_answer` gets name and value when a field is left with another value that is right.
        """
        self._rows = rows
        self._on_answer = on_answer
        self._fields = [self._field(one, given) for one in asked]

    def read(self) -> JsonObject | None:
        """Return all answers, without those that were left out; None where one is wrong, which its field then says."""
        answers = [(one.asked.name, self._checked(one)) for one in self._fields]
        if any(one.wrong.visible for one in self._fields):
            return None
        return {name: value for name, value in answers if value is not None}

    async def settle(self) -> bool:
        """Take what was typed in fields that nobody has left yet; say whether nothing is wrong."""
        for one in self._fields:
            if one.wrong.visible or one.control.value != one.taken:
                await self._take(one)
        return not any(one.wrong.visible for one in self._fields)

    def _field(self, asked: FormField, given: Mapping[str, JsonValue]) -> _Field:
        value = given.get(asked.name)
        with ui.element("div").classes("fs-field"):
            ui.label(f"{asked.label} *" if asked.required else asked.label).classes("fs-field-label")
            control = self._control(asked, asked.default if value is None else value)
            control.props["aria-label"] = asked.label
            for text in (asked.help, _SIMULATED if asked.type == FILE else ""):
                if text:
                    ui.label(text).classes("fs-field-help")
            wrong = ui.label().classes("fs-field-error").props("role=alert")
            wrong.set_visibility(False)
        field = _Field(asked, control, wrong, control.value, value, control.value)
        if self._on_answer is not None:
            take = partial(self._take, field)
            if isinstance(control, ui.select | ui.switch):
                control.on_value_change(take)
            else:
                control.on("blur", take)
                if not isinstance(control, ui.textarea):
                    control.on("keydown.enter", take)
        return field

    def _control(self, asked: FormField, value: JsonValue) -> ValueElement[JsonValue]:
        """Draw what a question is answered with."""
        if asked.type.startswith(RECORD):
            rows = self._rows.get(asked.type.removeprefix(RECORD), {})
            options = {key: printed(row, 60) for key, row in rows.items()}
            known = str(value.get("id") or "") if isinstance(value, dict) else str(value or "")
            if known and known not in options:
                options[known] = printed(value, 60)
            return ui.select(options, value=known or None, with_input=True, clearable=not asked.required).props(_PLAIN)
        if asked.type == "boolean":
            return ui.switch(value=bool(value))
        text = str(value["name"]) if asked.type == FILE and is_file(value) else written(value)
        if asked.choices:
            choices = with_odd(asked.choices, text)
            return ui.select(choices, value=text or None, clearable=not asked.required).props(_PLAIN)
        if asked.type == "longtext" or asked.type.startswith(_OPEN) or "\n" in text:
            mono = " fs-mono fs-json-field" if asked.type.startswith(_OPEN) else ""
            return ui.textarea(value=text).props(f"{_PLAIN} autogrow").classes(mono)
        kind = _INPUTS.get(asked.type, "text")
        return ui.input(value=text).props(f"{_PLAIN} type={kind}" + (" step=any" if kind == "number" else ""))

    def _checked(self, field: _Field) -> JsonValue:
        """Return the answer of a field, and say at it what is wrong."""
        fault, value = "", None
        try:
            value = _answer(field)
        except BadRequest as error:
            fault = error.message
        field.wrong.set_text(fault)
        field.wrong.set_visibility(bool(fault))
        return value

    async def _take(self, field: _Field) -> None:
        value = self._checked(field)
        if self._on_answer is None or field.wrong.visible or field.control.value == field.taken:
            return
        field.taken = field.control.value
        await self._on_answer(field.asked.name, value)


_PLAIN = "outlined dense options-dense"


def with_odd(choices: Sequence[str], value: str) -> list[str]:
    """Return choices, and with them a value that is there but none of them: showing it must not change it."""
    return [*choices, *([value] if value and value not in choices else [])]


def written(value: JsonValue) -> str:
    """Return a value as a field takes it: texts of a list with commas between, other data as JSON."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) and one and "," not in one for one in value):
        return ", ".join(map(str, value))
    return json_text(value) if isinstance(value, dict | list | bool) else str(value)


def _answer(field: _Field) -> JsonValue:
    """Return what a field says; raise BadRequest for what does not fit."""
    asked, value = field.asked, field.control.value
    if value == field.shown and field.stands_for not in (None, ""):
        return field.stands_for
    text = "" if value is None else str(value).strip()
    if not text:
        return read_answer(asked, value)
    if asked.type == FILE:
        return reference_of(FileContent(text, "", b""))
    if asked.type.startswith(_OPEN):
        return _data(asked, text)
    return read_answer(asked, value)


def _data(asked: FormField, text: str) -> JsonValue:
    """Return what is written where several values belong: JSON, or texts of a list with commas between."""
    if asked.type.startswith("list") and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    if asked.type.startswith("object"):
        fault, found = read_object(text)
        if fault:
            raise BadRequest(fault)
        return found
    try:
        return read(text)
    except ValueError:
        raise BadRequest(NOT_YET) from None
