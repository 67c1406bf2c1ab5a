"""Fields whose browser sends what is typed by itself, through the page's journal, so that no cut line loses it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from nicegui import ui

Address = dict[str, Any]
"""Where a field's value belongs: `{"at": [part, what …], "inside": [place …], "form": "" | "json" | "object"}`, see
`frontend/src/entering.js`. The fields of our own bundle take it as `entry`."""


def entered(
    field: ui.element,
    entry: Address | None,
    *,
    values: Sequence[Any] | None = None,
    on: Literal["change", "blur"] = "change",
) -> None:
    """Let the browser send what is typed in one of NiceGUI's fields; nothing without an address.

    `values` are those of a list to choose from, in its order; `on` says whether each change is sent or what is there
    when the field is left, if it is another than before.
    """
    if entry is None:
        return
    place = json.dumps(entry)
    if on == "blur":
        sends = f"(e) => window.flowstudioLeft?.({place}, e.target.value)"
        field.on("focus", js_handler=f"(e) => window.flowstudioBegan?.({place}, e.target.value)")
        field.on("blur", js_handler=sends)
        if not isinstance(field, ui.textarea):
            field.on("keydown.enter", js_handler=sends)
        return
    picked = f"({json.dumps(list(values))})[value?.value]" if values is not None else "value"
    event = f"update:{getattr(field, 'VALUE_PROP', 'model-value')}"
    field.on(event, js_handler=f"(value) => window.flowstudioEnter?.({place}, {picked})")
