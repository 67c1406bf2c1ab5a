"""Settings of the workspace: values that workflows use, time zone, keys, appearance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import app, ui

from flowstudio.domain.actor import Role
from flowstudio.errors import FlowStudioError, NotAllowed
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.run_limits import RunLimits
from flowstudio.ui.components.setting_time import SettingTime
from flowstudio.ui.components.setting_values import SettingValues
from flowstudio.ui.components.shell import shell
from flowstudio.ui.theme import button, dialog_title, icon, segments
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

LOOKS: dict[str, bool | None] = {"auto": None, "light": False, "dark": True}


class SettingsPage:
    """The page's parts."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/settings", "Settings"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Settings").classes("fs-page__title").props("role=heading aria-level=1")
                ui.element("div").classes("fs-bar__gap")
                button("People", icon="users", on_click=lambda: ui.navigate.to("/members"))
                if self.actor.may(Role.ADMIN):
                    button("Audit", icon="history", on_click=lambda: ui.navigate.to("/audit"))
                button("Storage", icon="database", on_click=lambda: ui.navigate.to("/storage"))
                with ui.element("form").props('method="post" action="/sign-out"'):
                    button("Sign out", icon="logout").props("type=submit")
            self._look()
            await SettingTime(self.studio, self.actor).draw()
            await SettingValues(self.studio, self.actor).draw()
            await RunLimits(self.studio, self.actor).draw()
            self._own_actions()
            await self._keys()

    def _own_actions(self) -> None:
        """Show what users of this installation wrote, and what of it cannot be used."""
        try:
            found, broken = self.studio.own_actions.listed(self.actor)
        except NotAllowed:
            return
        with ui.element("section").classes("fs-card").props('aria-label="Your own actions"'):
            ui.label("Your own actions").classes("fs-title")
            ui.label(
                f"Python files in {self.studio.own_actions.folder}, read when FlowStudio starts. "
                "They stand in the palette under Your own."
            ).classes("fs-caption").style("overflow-wrap:anywhere")
            if not found and not broken:
                ui.label("There are none yet.").classes("fs-caption")
            for one, source in found:
                with ui.element("div").classes("fs-toolbar").props(f'data-own-action="{one.key}"'):
                    icon("circle-check")
                    ui.label(one.title).classes("fs-strong")
                    ui.label(source).classes("fs-caption")
            for fault in broken:
                with ui.element("div").classes("fs-toolbar").props("data-own-broken"):
                    icon("alert-triangle")
                    ui.label(f"{fault.source} cannot be used").classes("fs-strong")
                    ui.label(fault.reason).classes("fs-text").style("overflow-wrap:anywhere")

    def _look(self) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="Appearance"'):
            ui.label("Appearance").classes("fs-title")

            def choose(look: str) -> None:
                app.storage.user["look"] = look
                ui.navigate.reload()

            segments(
                {"auto": "As this computer", "light": "Light", "dark": "Dark"},
                app.storage.user.get("look", "auto"),
                choose,
            )

    async def _keys(self) -> None:
        try:
            keys = await self.studio.sign_in.keys(self.actor)
        except FlowStudioError:
            return
        with ui.element("section").classes("fs-card").props('aria-label="Keys for programs"'):
            ui.label("Keys for programs").classes("fs-title")
            ui.label("A program signs in with one of these. The reference of the API is at /api/v1/docs.").classes(
                "fs-caption"
            )
            for key in keys:
                with ui.element("div").classes("fs-toolbar"):
                    ui.label(str(key.get("name"))).classes("fs-strong")
                    ui.label(str(key.get("role"))).classes("fs-caption")
                    ui.element("div").classes("fs-bar__gap")
                    button("Revoke", "danger", on_click=partial(self._revoke, str(key.get("id") or key.get("key_id"))))
            button("New key", icon="key", on_click=self._make_key)

    async def _make_key(self) -> None:
        with said():
            key = await self.studio.sign_in.make_key(self.actor, "Made on the settings page", Role.BUILDER)
            with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
                dialog_title(dialog, "Your new key")
                ui.label("Copy it now: it is not shown again.").classes("fs-text")
                ui.label(key).classes("fs-mono fs-well").style("overflow-wrap:anywhere;user-select:all")
                with ui.element("div").classes("fs-dialog__deeds"):
                    button("I have copied it", "primary", on_click=ui.navigate.reload)
            dialog.open()

    async def _revoke(self, key_id: str) -> None:
        with said():
            await self.studio.sign_in.revoke_key(self.actor, key_id)
            ui.navigate.reload()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/settings", response_timeout=PATIENCE)
    async def page() -> None:
        await SettingsPage(studio, current_actor()).draw()
