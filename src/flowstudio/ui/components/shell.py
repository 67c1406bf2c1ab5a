"""The frame around every page but the editor: the rail at the left, or a bar below on a phone, and the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from nicegui import app, ui

from flowstudio.ui.theme import svg

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor

PLACES: tuple[tuple[str, str, str] | None, ...] = (
    ("/", "Home", "home"),
    ("/workflows", "Workflows", "route"),
    ("/runs", "Runs", "player-play"),
    ("/analytics", "Analytics", "chart-bar"),
    ("/schedules", "Schedules", "calendar"),
    ("/approvals", "Approvals", "rubber-stamp"),
    ("/templates", "Templates", "layout-grid"),
    None,
    ("/records", "Records", "database"),
    ("/messages", "Message texts", "mail"),
    ("/credentials", "Connections", "plug-connected"),
)
DOCK = ("/", "/workflows", "/runs", "/approvals")
"""What stands in the bar of a phone; its last button shows all places."""
MARK = "/static/theme/mark.svg"
FOOT = (("/settings", "Settings", "settings"), ("/help", "Help", "help-circle"))


@contextmanager
def shell(actor: Actor, here: str, title: str, counts: Mapping[str, int] | None = None) -> Iterator[None]:
    """Draw the ways to all places with `here` marked and open the page's area; `counts` has figures of places."""
    ui.page_title(f"{title} · FlowStudio")
    look()
    with ui.element("a").classes("fs-skip").props('href="#page"'):
        ui.label("Skip to the page")
    with ui.element("div").classes("fs-shell"):
        # Each navigation is one element: forty of them would cost every page more than its own content.
        rail = ui.html(_rail(actor, here, counts or {}), sanitize=False, tag="nav")
        rail.classes("fs-rail").props('id=fs-places popover=auto aria-label="Main"')
        ui.html(_dock(here), sanitize=False, tag="nav").classes("fs-dock").props('aria-label="Most used"')
        with ui.element("div").classes("fs-page").props('id="page" tabindex="-1"'):
            yield


def look() -> None:
    """Follow the look that this person chose: as the computer, light or dark."""
    try:
        chosen = app.storage.user.get("look", "auto")
    except (RuntimeError, AssertionError):  # what failed is told when the visit is over, and nobody's choice is known
        chosen = "auto"
    ui.dark_mode({"light": False, "dark": True}.get(chosen))


def brand() -> None:
    """Draw the mark and the name."""
    with ui.element("a").classes("fs-rail__brand").props('href="/"'):
        mark()
        ui.label("FlowStudio")


def mark() -> None:
    """Draw FlowStudio's mark."""
    ui.element("img").classes("fs-mark").props(f'src="{MARK}" alt=""')


def _rail(actor: Actor, here: str, counts: Mapping[str, int]) -> str:
    """Return all places as HTML: the rail of a desk, the sheet that a phone's last button opens."""
    gap, end = '<div class="fs-rail__gap"></div>', '<div class="fs-rail__end"></div>'
    places = [gap if place is None else _link(*place, here=here, count=counts.get(place[0])) for place in PLACES]
    foot = [_link(*place, here=here) for place in FOOT]
    return "".join((_BRAND, *places, end, *foot, _person(actor)))


def _dock(here: str) -> str:
    """Return the bar at the lower edge of a phone as HTML: the places most used, and the button that shows all."""
    known = {place[0]: place for place in PLACES if place}
    links = [_link(*known[path], here=here) for path in DOCK]
    more = '<button type="button" class="fs-rail__item" popovertarget="fs-places">{}<span>All</span></button>'
    return "".join((*links, more.format(svg("menu-2", 18))))


def _link(path: str, text: str, symbol: str, *, here: str, count: int | None = None) -> str:
    current = ' aria-current="page"' if path == here else ""
    figure = f'<span class="fs-rail__count">{count:,}</span>' if count else ""
    return f'<a class="fs-rail__item" href="{path}"{current}>{svg(symbol, 18)}<span>{escape(text)}</span>{figure}</a>'


def _person(actor: Actor) -> str:
    letters = "".join(word[0] for word in actor.name.split()[:2]).upper() or "?"
    avatar = f'<span class="fs-avatar" aria-hidden="true">{escape(letters)}</span>'
    return (
        f'<a class="fs-rail__person" href="/settings">{avatar}'
        f'<span class="fs-stack"><span class="fs-strong">{escape(actor.name)}</span>'
        f'<span class="fs-caption">{actor.role.value.capitalize()}</span></span></a>'
    )


_BRAND = f'<a class="fs-rail__brand" href="/"><img class="fs-mark" src="{MARK}" alt=""><span>FlowStudio</span></a>'
