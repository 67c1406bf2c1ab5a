"""How long the answer of another system to the same question is used again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.forms.entered import Address, entered

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node

LABEL = "Use an answer again for"


def draw_reuse(node: Node, entry: Callable[..., Address]) -> None:
    """Draw the field; `entry` names its place."""
    with ui.element("div").classes("fs-field"):
        ui.label(LABEL).classes("fs-field-label")
        field = ui.input(value=node.reuse_for or "", placeholder="Ask each time, else such as 10 minutes")
        field.props(f'outlined dense debounce=400 aria-label="{LABEL}"')
        entered(field, entry(node.id, "reuse_for"))
        ui.label("A run that asks the very same within that time gets that answer, and nobody is asked.").classes(
            "fs-field-help"
        )
