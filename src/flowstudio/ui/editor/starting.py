"""The small form before a run by hand: what the workflow asks for when somebody starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.forms import asked_by
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.asked_fields import AskedFields, rows_of
from flowstudio.ui.theme import button, dialog_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.forms import FormField
    from flowstudio.services.studio import Studio


def asked_for(workflow: Workflow) -> tuple[FormField, ...]:
    """Return what a run by hand asks for."""
    trigger = next((one for one in workflow.triggers if one.type == "manual"), None)
    return asked_by(trigger) if trigger is not None else ()


async def ask_inputs(studio: Studio, actor: Actor, asked: Sequence[FormField]) -> JsonObject | None:
    """Ask for the values; None when the person changes their mind."""
    rows = await rows_of(studio, actor, asked)
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "What should it run with?")
        fields = AskedFields(asked, {}, rows)

        def go() -> None:
            payload = fields.read()
            if payload is not None:
                dialog.submit(payload)

        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Run it", "primary", icon="bolt", on_click=go)
    answer: JsonObject | None = await answer_of(dialog)
    return answer
