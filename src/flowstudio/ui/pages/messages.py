"""Message texts: what mails and other messages say, with a preview as the reader gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.kit.message_texts import html_of
from flowstudio.kit.words import human
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.side_list import Place, side_list
from flowstudio.ui.components.steps import mail
from flowstudio.ui.theme import button, chip, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.studio import Studio


class MessageList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, name: str) -> None:
        self.studio = studio
        self.actor = actor
        texts = studio.messages.list(actor)
        self.texts = {str(text["name"]): text for text in texts}
        self.name = name if name in self.texts else next(iter(self.texts), "")
        self.draft: JsonObject = dict(self.texts.get(self.name, {}))

    def draw(self) -> None:
        """Draw the page: texts at the left, the chosen one with its preview at the right."""
        with shell(self.actor, "/messages", "Message texts"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Message texts").classes("fs-page__title").props("role=heading aria-level=1")
            with ui.element("div").classes("fs-split"):
                side_list("Message texts", "Find a text", [
                    Place(f"/messages?name={name}", str(text.get("title") or human(name)), words=name,
                          current=name == self.name)
                    for name, text in self.texts.items()
                ])  # fmt: skip
                if self.name:
                    with ui.element("section").classes("fs-split__main"):
                        self._form()
                        self.preview()

    def _form(self) -> None:
        with ui.element("div").classes("fs-toolbar"):
            ui.label(str(self.draft.get("title") or human(self.name))).classes("fs-title--large")
            chip(human(str(self.draft.get("channel"))), "plain")
            if self.draft.get("own"):
                chip("Your wording", "data")
        for key, label in (("subject", "Subject"), ("text", "Text")):
            if key == "subject" and self.draft.get("channel") != "email":
                continue
            with ui.element("div").classes("fs-field"):
                ui.label(label).classes("fs-field-label")
                make = ui.textarea if key == "text" else ui.input
                field = make(
                    value=str(self.draft.get(key) or ""),
                    on_change=lambda event, key=key: self._change(key, event.value),
                )
                field.props(
                    f'outlined dense debounce=300 aria-label="{label}"' + (" autogrow" if key == "text" else "")
                )
        names = ", ".join(f"{{{{{name}}}}}" for name in self.draft.get("variables") or ())
        ui.label(f"Filled in by the step: {names}" if names else "Nothing is filled in.").classes("fs-caption")
        if not self.actor.may(Role.BUILDER):
            ui.label("Builders reword it.").classes("fs-caption")
            return
        with ui.element("div").classes("fs-toolbar"):
            button("Keep this wording", "primary", on_click=self._keep)
            if self.draft.get("own"):
                button("Go back to the shipped wording", on_click=self._reset)

    @ui.refreshable_method
    def preview(self) -> None:
        """Draw it as its reader gets it, with the names in the place of values."""
        ui.label("As its reader gets it").classes("fs-field-label")
        content: JsonObject = {
            "channel": self.draft.get("channel"),
            "to": "the recipient",
            "body": self.draft.get("text"),
        }
        if self.draft.get("channel") == "email":
            content |= {"subject": self.draft.get("subject"), "html": html_of(str(self.draft.get("text") or ""))}
        mail(content)

    def _change(self, key: str, value: str | None) -> None:
        self.draft[key] = value or ""
        self.preview.refresh()

    async def _keep(self) -> None:
        with said():
            fields = {key: self.draft.get(key) for key in ("subject", "text") if self.draft.get(key) is not None}
            await self.studio.messages.save(self.actor, self.name, fields)
            toast("Your wording is kept.")

    async def _reset(self) -> None:
        with said():
            await self.studio.messages.reset(self.actor, self.name)
            ui.navigate.reload()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/messages", response_timeout=PATIENCE)
    def page(name: str = "") -> None:
        MessageList(studio, current_actor(), name).draw()
