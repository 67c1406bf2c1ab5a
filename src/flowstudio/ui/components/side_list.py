"""The list at the left of a page that has more places than the rail: find one, go there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nicegui import ui

from flowstudio.ui.components.search import search_field

_NARROW = """(text) => {
  const wanted = String(text || '').trim().toLowerCase();
  for (const one of document.querySelectorAll('.fs-split__list [data-words]'))
    one.hidden = !one.dataset.words.includes(wanted);
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """One line: its address, its name, a figure beside it, and more words under which it is found."""

    href: str
    name: str
    count: int | None = None
    words: str = ""
    current: bool = False


def side_list(label: str, find: str, places: Sequence[Place]) -> None:
    """Draw the list called `label`, with a field called `find` that narrows it down in the browser."""
    with ui.element("nav").classes("fs-split__list").props(f'aria-label="{label}"'):
        search_field(find, find, lambda _: None).on("update:model-value", js_handler=_NARROW)
        # A hundred lines as one element: each would cost the server as much as all of them together.
        ui.html("".join(_line(place) for place in places), sanitize=False).classes("fs-split__lines")


def _line(place: Place) -> str:
    """Return one line as HTML; every word of it is escaped."""
    count = "" if place.count is None else f'<span class="fs-rail__count">{place.count:,}</span>'
    words, current = escape(f"{place.name} {place.words}".lower()), " aria-current=page" if place.current else ""
    return (
        f'<a class="fs-rail__item" href="{escape(place.href)}" data-words="{words}"{current}>'
        f'<span class="fs-ellipsis">{escape(place.name)}</span>{count}</a>'
    )
