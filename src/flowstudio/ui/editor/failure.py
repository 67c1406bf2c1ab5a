"""What is done when a step fails: whether the run goes on, how often it is tried, when it is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.editing import ops

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.workflow import Node
    from flowstudio.ui.editor.notices import Edit

ON_ERROR = {
    "stop": "Stop the run",
    "continue": "Go on with the next step",
    "branch": "Go another way: draw it from “If it fails”",
}


def draw_failure(node: Node, edit: Edit) -> None:
    """Draw what is done when the step fails: go on, try again, give up."""

    async def set_field(label: str, **fields: JsonValue) -> None:
        await edit(label, lambda flow: ops.update_node(flow, node.id, **fields), f"failure:{node.id}:{label}")

    with ui.element("div").classes("fs-field"):
        ui.label("If this step fails").classes("fs-field-label")
        ui.select(
            ON_ERROR,
            value=node.on_error or "stop",
            on_change=lambda event: set_field("If it fails", on_error=event.value),
        ).props('outlined dense options-dense aria-label="If this step fails"')
    with ui.element("div").classes("fs-field"):
        ui.label("Tries in all").classes("fs-field-label")

        async def tries(event: object) -> None:
            number = int(getattr(event, "value", None) or 1)
            retry = (
                {**(node.retry.model_dump() if node.retry else {}), "attempts": max(1, min(number, 100))}
                if number > 1
                else None
            )
            await set_field("Tries", retry=retry)

        ui.number(value=node.retry.attempts if node.retry else 1, min=1, max=100, step=1, on_change=tries).props(
            'outlined dense debounce=400 aria-label="Tries in all"'
        )
        ui.label("The first wait is 10 seconds; each further one is twice as long, up to an hour.").classes(
            "fs-field-help"
        )
    with ui.element("div").classes("fs-field"):
        ui.label("Give up after").classes("fs-field-label")
        ui.input(
            value=node.timeout or "",
            placeholder="60 seconds",
            on_change=lambda event: set_field("Time limit", timeout=event.value or None),
        ).props('outlined dense debounce=400 aria-label="Give up after"')
