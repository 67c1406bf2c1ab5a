"""The small form before a run by hand: what the workflow asks for when somebody starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.services.ports import Page
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.json_field import read_object
from flowstudio.ui.components.words import human, printed
from flowstudio.ui.theme import button, dialog_title

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.studio import Studio

MOST_RECORDS = 200


def asked_for(workflow: Workflow) -> list[JsonObject]:
    """Return what a run by hand asks for: `{"name", "type", "required"}` each."""
    trigger = next((one for one in workflow.triggers if one.type == "manual"), None)
    inputs = (trigger.config.get("inputs") if trigger else None) or []
    return [one for one in inputs if isinstance(one, dict) and one.get("name")]


async def ask_inputs(studio: Studio, actor: Actor, inputs: list[JsonObject]) -> JsonObject | None:
    """Ask for the values; None when the person changes their mind."""
    fields: dict[str, tuple[JsonObject, ui.element]] = {}
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "What should it run with?")
        for one in inputs:
            name, word = str(one["name"]), human(str(one.get("label") or one["name"]))
            with ui.element("div").classes("fs-field"):
                ui.label(word + (" *" if one.get("required") else "")).classes("fs-field-label")
                fields[name] = one, await _field(studio, actor, one, word)
        wrong = ui.label().classes("fs-field-error").props("role=alert")
        wrong.set_visibility(False)

        def go() -> None:
            payload, fault = _read(fields)
            wrong.set_text(fault)
            wrong.set_visibility(bool(fault))
            if not fault:
                dialog.submit(payload)

        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Run it", "primary", icon="bolt", on_click=go)
    answer: JsonObject | None = await answer_of(dialog)
    return answer


async def _field(studio: Studio, actor: Actor, one: JsonObject, word: str) -> ui.element:
    kind, named = str(one.get("type") or "text"), f'outlined dense aria-label="{word}"'
    default = one.get("default")
    if kind.startswith("record:"):
        rows, _ = await studio.records.page(actor, kind.removeprefix("record:"), Page(1, MOST_RECORDS), search="")
        options = {str(row["id"]): printed(row, 60) for row in rows}
        return ui.select(options, value=default if default in options else None, with_input=True).props(named)
    if kind in ("number", "integer"):
        return ui.number(value=default if isinstance(default, int | float) else None).props(named)
    if kind == "boolean":
        return ui.switch(value=bool(default)).props(f'aria-label="{word}"')
    if kind in ("object", "list", "open"):
        text = orjson.dumps(default).decode() if default else ""
        return ui.textarea(value=text).props(f"{named} autogrow").classes("fs-mono")
    extra = {"date": " type=date", "email": " type=email"}.get(kind, "")
    return ui.input(value="" if default is None else str(default)).props(named + extra)


def _read(fields: dict[str, tuple[JsonObject, ui.element]]) -> tuple[JsonObject, str]:
    payload: JsonObject = {}
    for name, (one, field) in fields.items():
        value: JsonValue = getattr(field, "value", None)
        if value in (None, ""):
            if one.get("required"):
                return {}, f"{human(name)} is needed."
            continue
        if str(one.get("type")) in ("object", "open"):
            fault, value = read_object(str(value))
            if fault:
                return {}, f"{human(name)}: {fault}"
        elif str(one.get("type")) == "list":
            value = [part.strip() for part in str(value).split(",") if part.strip()]
        payload[name] = value
    return payload, ""
