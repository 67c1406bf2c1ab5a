"""The field for the name that a step's result has for later steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.forms.entered import Address, entered

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node, Trigger
    from flowstudio.kit import NodeType


def result_field(part: Node | Trigger, found: type[NodeType], entry: Address) -> ui.input:
    """Draw it; a refusal is shown as its error."""
    outputs: tuple[str, ...] = getattr(part, "outputs", ())
    main = str(found.main if found.main != "*" else "result")
    with ui.element("div").classes("fs-field"):
        ui.label("Call the result").classes("fs-field-label")
        field: ui.input = ui.input(value=outputs[0] if outputs else "", placeholder=main)
        field.props('outlined dense hide-bottom-space debounce=400 aria-label="Call the result" maxlength=60')
        entered(field, entry)
        help_ = "Later steps pick it by this name. Where it is used already, the new name is put in."
        ui.label(help_).classes("fs-field-help")
    return field
