"""Secrets that FlowStudio made: shown once, to be copied to the system that will send them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from collections.abc import Mapping


async def tell_secrets(secrets: Mapping[str, str]) -> None:
    """Show the secrets of webhooks, by the last part of the address, until the person has them."""
    with ui.dialog().props("persistent") as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "The other system sends a secret")
        ui.label(
            "It goes into the header X-FlowStudio-Secret. Copy it now: it is kept under Connections and never shown "
            "again. You find the address at the trigger."
        ).classes("fs-text fs-text-2")
        for slug, secret in secrets.items():
            label = f"Secret for {slug}"
            ui.label(label).classes("fs-field-label")
            ui.input(value=secret).props(f'outlined dense readonly aria-label="{label}"').classes("fs-mono")
            button("Copy", icon="copy", on_click=partial(_copy, secret))
        with ui.element("div").classes("fs-dialog__deeds"):
            button("I have copied it", "primary", on_click=lambda: dialog.submit(True))
    await answer_of(dialog)


def _copy(secret: str) -> None:
    ui.clipboard.write(secret)
    toast("The secret is copied.")
