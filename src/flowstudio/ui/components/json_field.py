"""A field for data as JSON, which says where it is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.ui.forms.entered import Address, entered

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject


def json_field(
    label: str,
    text: str,
    on_data: Callable[[JsonObject], Awaitable[None]] | None = None,
    *,
    placeholder: str = "",
    entry: Address | None = None,
) -> ui.textarea:
    """Draw label, field and error; `on_data` gets the object when the field is left and holds a new one.

    With `entry` the browser itself sends what was typed there (`flowstudio.ui.forms.entered`).
    """
    ui.label(label).classes("fs-field-label")
    field = ui.textarea(value=text, placeholder=placeholder).props(
        f'outlined autogrow spellcheck=false aria-label="{label}"'
    )
    field.classes("fs-mono fs-json-field")
    wrong = ui.label().classes("fs-field-error").props("role=alert")
    wrong.set_visibility(False)
    known = text

    async def take() -> None:
        nonlocal known
        given = str(field.value or "").strip()
        fault, data = read_object(given)
        wrong.set_text(fault)
        wrong.set_visibility(bool(fault))
        if not fault and given != known.strip():
            known = given
            if on_data is not None:
                await on_data(data)

    field.on("blur", take)
    entered(field, entry, on="blur")
    return field


def read_object(text: str) -> tuple[str, JsonObject]:
    """Read a JSON object; return what is wrong with it as a sentence, empty when nothing is."""
    if not text:
        return "", {}
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"This is no JSON, see line {error.lineno}: {error.msg}.", {}
    if not isinstance(data, dict):
        return "Fields and values are needed here, in { and }.", {}
    return "", data
