"""The frame around every page but the editor: the rail at the left, the page at the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nicegui import app, ui

from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor

PLACES: tuple[tuple[str, str, str] | None, ...] = (
    ("/", "Home", "home"),
    ("/workflows", "Workflows", "route"),
    ("/runs", "Runs", "player-play"),
    ("/schedules", "Schedules", "calendar"),
    ("/approvals", "Approvals", "rubber-stamp"),
    ("/templates", "Templates", "layout-grid"),
    None,
    ("/records", "Records", "database"),
    ("/messages", "Message texts", "mail"),
    ("/credentials", "Connections", "plug-connected"),
)
FOOT = (("/settings", "Settings", "settings"), ("/help", "Help", "help-circle"))


@contextmanager
def shell(actor: Actor, here: str, title: str, counts: Mapping[str, int] | None = None) -> Iterator[None]:
    """Draw the rail with `here` marked and open the page's area. `counts` maps places to the figure beside them."""
    ui.page_title(f"{title} · FlowStudio")
    look()
    with ui.element("a").classes("fs-skip").props('href="#page"'):
        ui.label("Skip to the page")
    with ui.element("div").classes("fs-shell"):
        with ui.element("nav").classes("fs-rail").props('aria-label="Main"'):
            brand()
            for place in PLACES:
                if place is None:
                    ui.element("div").classes("fs-rail__gap")
                else:
                    _link(*place, here=here, count=(counts or {}).get(place[0]))
            ui.element("div").classes("fs-rail__end")
            for place in FOOT:
                _link(*place, here=here)
            _person(actor)
        with ui.element("div").classes("fs-page").props('id="page" tabindex="-1"'):
            yield


def look() -> None:
    """Follow the look that this person chose: as the computer, light or dark."""
    chosen = app.storage.user.get("look", "auto")
    ui.dark_mode({"light": False, "dark": True}.get(chosen))


def brand() -> None:
    """Draw the mark and the name."""
    with ui.element("a").classes("fs-rail__brand").props('href="/"'):
        mark()
        ui.label("FlowStudio")


def mark() -> None:
    """Draw FlowStudio's mark."""
    ui.element("img").classes("fs-mark").props('src="/static/theme/mark.svg" alt=""')


def _link(path: str, text: str, symbol: str, *, here: str, count: int | None = None) -> None:
    current = ' aria-current="page"' if path == here else ""
    with ui.element("a").classes("fs-rail__item").props(f'href="{path}"{current}'):
        icon(symbol)
        ui.label(text)
        if count:
            ui.label(f"{count:,}").classes("fs-rail__count")


def _person(actor: Actor) -> None:
    letters = "".join(word[0] for word in actor.name.split()[:2]).upper() or "?"
    with ui.element("a").classes("fs-rail__person").props('href="/settings"'):
        ui.label(letters).classes("fs-avatar").props("aria-hidden=true")
        with ui.element("div"):
            ui.label(actor.name).classes("fs-strong")
            ui.label(actor.role.value.capitalize()).classes("fs-caption")
