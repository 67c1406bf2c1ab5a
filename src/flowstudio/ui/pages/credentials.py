"""Connections: what steps sign in with elsewhere. A secret goes in and is never shown again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.errors import FlowStudioError
from flowstudio.kit.words import listed
from flowstudio.services.connecting import CALLBACK
from flowstudio.services.credentials import KINDS
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.grant_form import GrantForm, QuickBooksForm
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button, chip, dialog_title, icon, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

MOST_NAMED = 3
"""Workflows that the question before deleting names."""


class CredentialList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.may = actor.may(Role.BUILDER)

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/credentials", "Connections"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Connections").classes("fs-page__title").props("role=heading aria-level=1")
                if self.may:
                    button("New connection", "primary", icon="plus", on_click=partial(self._edit, "", "token"))
            ui.label("Mail and providers that stand in the environment are listed by flowstudio doctor.").classes(
                "fs-caption"
            )
            await self.rows()

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw the list."""
        rows = await self.studio.credentials.list(self.actor)
        if not rows:
            with ui.element("div").classes("fs-card"):
                make = [("New connection", "plus", partial(self._edit, "", "token"))] if self.may else []
                empty("Which system should your workflows sign in to?", make)
            return
        zone = self.studio.settings.zone(self.actor.workspace)
        with ui.element("div").classes("fs-rows"):
            for row in rows:
                with ui.element("div").classes("fs-row fs-row--wraps").props(f'data-connection="{row["name"]}"'):
                    icon("key")
                    ui.label(str(row["name"])).classes("fs-row__name")
                    ui.label(KINDS.get(str(row["kind"]), str(row["kind"]))).classes("fs-caption")
                    ui.label(f"kept {moment(row['updated_at'], zone, self.studio.clock.now())}").classes("fs-caption")
                    waits = self.studio.connecting.needs_leave(str(row["name"]))
                    if waits is not None:
                        chip("Not connected yet" if waits else "Connected", "warn" if waits else "ok")
                    if not self.may:
                        continue
                    if waits:
                        to = " to QuickBooks" if row["kind"] == "quickbooks" else ""
                        self._connect_button(str(row["name"]), f"Connect{to}")
                    with ui.element("div").classes("fs-row__actions"):
                        if waits is False:
                            self._connect_button(str(row["name"]), "Connect again")
                        if self.studio.connecting.can_test(str(row["name"]), str(row["kind"])):
                            button("Test", icon="circle-check", on_click=partial(self._test, str(row["name"])))
                        button("New secret", on_click=partial(self._edit, str(row["name"]), str(row["kind"])))
                        button("Delete", "danger", on_click=partial(self._delete, str(row["name"])))

    def _connect_button(self, name: str, text: str) -> None:
        button(text, icon="plug-connected", on_click=partial(self._connect, name))

    def _connect(self, name: str) -> None:
        with said():
            ui.navigate.to(self.studio.connecting.begin(self.actor, name))

    async def _test(self, name: str) -> None:
        with said():
            await self.studio.connecting.test(self.actor, name)
            toast(f"{name} works: the other side knows us.")

    def _edit(self, name: str, kind: str) -> None:
        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, f"New secret for {name}" if name else "New connection")
            fields = {}
            for key, label, value in (("name", "Name", name), ("secret", "Secret", "")):
                with ui.element("div").classes("fs-field"):
                    ui.label(label).classes("fs-field-label")
                    hidden = " type=password autocomplete=new-password" if key == "secret" else ""
                    locked = " readonly" if key == "name" and name else ""
                    fields[key] = ui.input(value=value).props(f'outlined dense aria-label="{label}"{hidden}{locked}')
            with ui.element("div").classes("fs-field"):
                ui.label("Kind").classes("fs-field-label")
                chosen = ui.select(KINDS, value=kind).props('outlined dense options-dense aria-label="Kind"')
            plain = fields["secret"].parent_slot.parent if fields["secret"].parent_slot else None
            redirect = self.studio.connecting.redirect
            forms: dict[str, GrantForm | QuickBooksForm] = {
                "oauth2": GrantForm(redirect),
                "quickbooks": QuickBooksForm(redirect),
            }
            for key, form in forms.items():
                form.box.bind_visibility_from(chosen, "value", value=key)
            if plain is not None:
                plain.bind_visibility_from(chosen, "value", backward=lambda value: value not in forms)
            chosen.on_value_change(lambda event: _suggest_name(fields["name"], event.value))
            ui.label("It is stored sealed and never shown again.").classes("fs-caption")

            async def keep() -> None:
                form = forms.get(str(chosen.value))
                with said():
                    await self.studio.credentials.save(
                        self.actor,
                        str(fields["name"].value or "").strip(),
                        str(chosen.value),
                        form.text() if form is not None else str(fields["secret"].value or ""),
                    )
                    dialog.close()
                    toast("The connection is kept.")
                self.rows.refresh()

            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=dialog.close)
                button("Keep the connection", "primary", on_click=keep)
        dialog.open()

    async def _delete(self, name: str) -> None:
        used = await self.studio.shelf.signed_in_with(self.actor, name)
        where = listed([f'"{one}"' for one in used], most=MOST_NAMED)
        text = f"Steps that sign in with it fail from then on{f': there are some in {where}' if used else ''}."
        if await confirm(f"Delete {name}?", text, "Delete the connection", destroys=True):
            with said():
                await self.studio.credentials.delete(self.actor, name)
            self.rows.refresh()


def _suggest_name(field: ui.input, kind: object) -> None:
    """Fill in the name under which steps look for a connection when they name none."""
    if kind == "quickbooks" and not field.value:
        field.set_value(kind)


def register(studio: Studio) -> None:
    """Add the pages."""

    @ui.page(CALLBACK, response_timeout=PATIENCE)
    async def back(state: str = "", code: str = "", error: str = "", realmId: str = "") -> None:  # noqa: N803
        actor = current_actor()
        with shell(actor, "/credentials", "Connections"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Connecting").classes("fs-page__title").props("role=heading aria-level=1")
            with ui.element("section").classes("fs-card fs-stack fs-stack--apart").props('aria-label="Connecting"'):
                try:
                    name = await studio.connecting.finish(actor, state, code, error, realmId)
                    ui.label(f"{name} is connected. Steps can sign in with it now.").classes("fs-text").props(
                        "role=status"
                    )
                except FlowStudioError as fault:
                    ui.label(fault.told).classes("fs-text fs-bad").props("role=alert")
                button("To the connections", "primary", on_click=lambda: ui.navigate.to("/credentials"))

    @ui.page("/credentials", response_timeout=PATIENCE)
    async def page() -> None:
        await CredentialList(studio, current_actor()).draw()
