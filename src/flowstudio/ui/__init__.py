"""What people see: pages, the editor, forms, components and the look. Calls services, knows no storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nicegui import App

    from flowstudio.services.studio import Studio


PAGES = (
    "sign_in",
    "home",
    "workflows",
    "bin",
    "editor",
    "versions",
    "outline",
    "schedules",
    "forms",
    "overview",
    "runs",
    "run",
    "replay",
    "past",
    "templates",
    "template",
    "approvals",
    "asked",
    "records",
    "messages",
    "credentials",
    "settings",
    "members",
    "audit",
    "storage",
    "analytics",
    "alerts",
    "notifications",
    "help",
)
"""Modules of `flowstudio.ui.pages`, each with a `register(studio)`."""


def pages_of(app: App, studio: Studio) -> None:
    """Add every page to the app, and the look to every page."""
    from importlib import import_module

    from flowstudio.ui import theme, visit
    from flowstudio.ui.components import lost

    theme.install(app)
    lost.install(app)
    studio.members.changed.append(visit.look_again)
    for name in PAGES:
        import_module(f"flowstudio.ui.pages.{name}").register(studio)
