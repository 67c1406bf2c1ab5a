"""Small dialogs: confirm a deed that cannot be undone, or name a thing."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from flowstudio.ui.theme import button, dialog_title
from flowstudio.ui.theme.patience import while_a_person_thinks


async def confirm(question: str, text: str, deed: str, *, destroys: bool = False) -> bool:
    """Ask before a deed; its button names it."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, question)
        ui.label(text).classes("fs-text fs-text-2")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(False))
            button(deed, "destroy" if destroys else "primary", on_click=lambda: dialog.submit(True))
    return bool(await answer_of(dialog))


async def ask_text(question: str, label: str, deed: str, value: str = "") -> str | None:
    """Ask for one line of text; None when the person changes their mind."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, question)
        ui.label(label).classes("fs-field-label")
        field = ui.input(value=value).props(f'outlined dense autofocus aria-label="{label}" maxlength=200')
        field.on("keydown.enter", lambda: dialog.submit(field.value))
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button(deed, "primary", on_click=lambda: dialog.submit(field.value))
    answer = await answer_of(dialog)
    return str(answer) if answer is not None else None


async def answer_of(dialog: ui.dialog) -> Any:
    """Show a dialog, wait for what it submits, and clear it away; None also when its page has gone meanwhile."""
    with while_a_person_thinks():
        answer = await dialog
    if not dialog.is_deleted and not dialog.client.is_deleted:
        dialog.delete()
    return answer
