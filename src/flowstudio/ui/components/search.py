"""The field that narrows a list down."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from flowstudio.ui.theme import icon


def search_field(placeholder: str, label: str, on_text: Callable[[str], object]) -> ui.input:
    """Draw it; `on_text` gets what stands in it a moment after the last key."""
    field = ui.input(placeholder=placeholder, on_change=lambda event: on_text((event.value or "").strip()))
    field.props(f'outlined dense debounce=200 clearable aria-label="{label}"').classes("fs-search")
    with field.add_slot("prepend"):
        icon("search", 16)
    return field
