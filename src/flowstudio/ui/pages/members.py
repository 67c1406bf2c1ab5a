"""People: who is in the workspace and what each may do; everybody's own password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shell import shell
from flowstudio.ui.theme import button, dialog_title, toast
from flowstudio.ui.visit import PATIENCE, current_actor, look_again

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.ports import User
    from flowstudio.services.studio import Studio

ROLES = {
    Role.OWNER: "Everything",
    Role.ADMIN: "What builders do, and people, settings, keys, storage and the audit",
    Role.BUILDER: "What operators do, and draw workflows, switch them on and off, connections, message texts",
    Role.OPERATOR: "What viewers do, and start, stop and decide runs, change records",
    Role.VIEWER: "Look at everything but secrets",
}
"""What each role may do, from the most to the least."""


class MembersPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.may = actor.may(Role.ADMIN)

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/settings", "People"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("People").classes("fs-page__title").props("role=heading aria-level=1")
                button("Settings", icon="arrow-left", on_click=lambda: ui.navigate.to("/settings"))
                if self.may:
                    button("Add a person", "primary", icon="plus", on_click=self._add)
            await self.people()
            _what_roles_may()
            self._password()

    @ui.refreshable_method
    async def people(self) -> None:
        """Draw who is in."""
        with ui.element("div").classes("fs-rows").props('role=list aria-label="People"'):
            for one in await self.studio.members.list(self.actor):
                self._person(one)

    def _person(self, one: User) -> None:
        own = one.id == self.actor.user_id
        mine = self.may and self.actor.may(Role(one.role))
        with ui.element("div").classes("fs-row fs-row--wraps").props(f'role=listitem data-member="{one.id}"'):
            with ui.element("div").classes("fs-stack fs-row__name"):
                ui.label(f"{one.name} (you)" if own else one.name)
                ui.label(one.email).classes("fs-caption")
            ui.element("div").classes("fs-bar__gap")
            if not mine:
                ui.label(Role(one.role).value.capitalize()).classes("fs-text-2")
                return
            choice = ui.select(self._roles(), value=Role(one.role)).props("outlined dense").classes("fs-member__role")
            choice.props["aria-label"] = f"Role of {one.name}"
            choice.on_value_change(lambda event: self._change(one, event.value))
            button("Sign-in link", icon="link", on_click=partial(self._link, one))
            button("", "quiet", icon="trash", label=f"Remove {one.name}", on_click=partial(self._remove, one))

    def _roles(self) -> dict[Role, str]:
        """Return the roles that this person can give: none beyond their own."""
        return {role: role.value.capitalize() for role in ROLES if self.actor.may(role)}

    async def _add(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, "Add a person")
            name = _field("Name", "text", 100)
            email = _field("Email", "email", 254)
            ui.label("May do").classes("fs-field-label")
            role = ui.select(self._roles(), value=Role.BUILDER).props('outlined dense aria-label="May do"')
            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=lambda: dialog.submit(None))
                button("Add", "primary", on_click=lambda: self._added(dialog, name, email, role))
        link = await answer_of(dialog)
        if link:
            self.people.refresh()
            _show_link(str(link))

    async def _added(self, dialog: ui.dialog, name: ui.input, email: ui.input, role: ui.select) -> None:
        with said():  # the dialog stays open where something is wrong: what was typed is not lost
            _, link = await self.studio.members.add(
                self.actor, str(name.value or ""), str(email.value or ""), Role(role.value)
            )
            dialog.submit(link)

    async def _change(self, one: User, role: Role) -> None:
        with said():
            await self.studio.members.set_role(self.actor, one.id, Role(role))
            toast(f"{one.name} is {Role(role).value} now.")
        self.people.refresh()

    async def _link(self, one: User) -> None:
        with said():
            _show_link(await self.studio.members.link(self.actor, one.id))

    async def _remove(self, one: User) -> None:
        text = "They are signed out at once and cannot come back. What they made stays."
        if not await confirm(f"Remove {one.name}?", text, "Remove", destroys=True):
            return
        with said():
            await self.studio.members.remove(self.actor, one.id)
            toast(f"{one.name} is removed.")
        if one.id == self.actor.user_id:
            ui.navigate.to("/sign-in")
        else:
            self.people.refresh()

    def _password(self) -> None:
        if not self.actor.user_id.startswith("usr"):
            return  # a program's key has none
        with ui.element("section").classes("fs-card").props('aria-label="Your password"'):
            ui.label("Your password").classes("fs-title").props("role=heading aria-level=2")
            ui.label("With it you sign in by email. Setting it signs you out everywhere.").classes("fs-caption")
            with ui.element("div").classes("fs-toolbar"):
                field = ui.input(password=True, password_toggle_button=True).props(
                    'outlined dense maxlength=200 autocomplete=new-password aria-label="New password"'
                )
                button("Set password", on_click=lambda: self._set_password(field))

    async def _set_password(self, field: ui.input) -> None:
        with said():
            await self.studio.sign_in.set_password(self.actor, self.actor.user_id, str(field.value or ""))
            look_again(self.actor.user_id)


def _what_roles_may() -> None:
    with ui.element("section").classes("fs-card").props('aria-label="What each may do"'):
        ui.label("What each may do").classes("fs-title").props("role=heading aria-level=2")
        with ui.element("dl").classes("fs-pairs"):
            for role, words in ROLES.items():
                with ui.element("dt"):
                    ui.label(role.value.capitalize()).classes("fs-strong")
                with ui.element("dd"):
                    ui.label(words)


def _field(label: str, kind: str, most: int) -> ui.input:
    ui.label(label).classes("fs-field-label")
    return ui.input().props(f'outlined dense type={kind} maxlength={most} aria-label="{label}"')


def _show_link(link: str) -> None:
    """Show a sign-in link: it is the only time."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "The sign-in link")
        ui.label("Pass it on yourself. It holds for three days, once, and is not shown again.").classes("fs-text")
        ui.label(link).classes("fs-mono fs-well").style("overflow-wrap:anywhere;user-select:all").props("data-link")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Copy it", "primary", icon="copy", on_click=lambda: _copy(link))
            button("Done", on_click=dialog.close)
    dialog.on("hide", dialog.delete)
    dialog.open()


def _copy(link: str) -> None:
    ui.clipboard.write(link)
    toast("Copied.")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/members", response_timeout=PATIENCE)
    async def page() -> None:
        await MembersPage(studio, current_actor()).draw()
