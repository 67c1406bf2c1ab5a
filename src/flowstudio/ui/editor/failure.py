"""What is done when a step fails: whether the run goes on, how often it is tried, when it is given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.forms.entered import Address, entered

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node

ON_ERROR = {
    "stop": "Stop the run",
    "continue": "Go on with the next step",
    "branch": 'Go another way: draw it from "If it fails"',
}


def draw_failure(node: Node, entry: Callable[..., Address]) -> None:
    """Draw what is done when the step fails: go on, try again, give up; `entry` names the places of the fields."""
    with ui.element("div").classes("fs-field"):
        ui.label("If this step fails").classes("fs-field-label")
        choice = ui.select(ON_ERROR, value=node.on_error or "stop")
        choice.props('outlined dense options-dense aria-label="If this step fails"')
        entered(choice, entry(node.id, "on_error"), values=list(ON_ERROR))
    with ui.element("div").classes("fs-field"):
        ui.label("Tries in all").classes("fs-field-label")
        tries = ui.number(value=node.retry.attempts if node.retry else 1, min=1, max=100, step=1)
        tries.props('outlined dense debounce=400 aria-label="Tries in all"')
        entered(tries, entry(node.id, "tries"))
        ui.label("The first wait is 10 seconds; each further one is twice as long, up to an hour.").classes(
            "fs-field-help"
        )
    with ui.element("div").classes("fs-field"):
        ui.label("Give up after").classes("fs-field-label")
        limit = ui.input(value=node.timeout or "", placeholder="60 seconds")
        limit.props('outlined dense debounce=400 aria-label="Give up after"')
        entered(limit, entry(node.id, "timeout"))
