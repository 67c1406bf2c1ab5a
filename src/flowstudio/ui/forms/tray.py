"""What a step can use, as pieces that are dragged into its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Self

from nicegui import ui

from flowstudio.domain.json import JsonObject
from flowstudio.ui.theme import icon_url

TITLE = "Drag in what is known here"
MOST = 80
"""How many pieces lie there; the picker finds the rest."""
_ICONS = {
    "text": "letter-t", "number": "hash", "date": "calendar", "boolean": "toggle-left", "list": "list", "record": "box",
    "email": "at", "choice": "tag",
}  # fmt: skip
_DRAG = """(event) => {
  const piece = event.target.closest('[data-variable]');
  if (!piece) return;
  event.dataTransfer.setData('application/x-flowstudio-variable', JSON.stringify({ path: piece.dataset.variable }));
  event.dataTransfer.effectAllowed = 'copy';
}"""


class Tray:
    """A folded list of variables above a form."""

    def __init__(self, variables: Sequence[JsonObject]) -> None:
        with ui.element("details").classes("fsf-tray") as self._element:
            with ui.element("summary").classes("fsf-tray-title"):
                ui.label(TITLE)
            self._pieces = ui.html(_html(variables), sanitize=False).on("dragstart", js_handler=_DRAG)
        self._element.set_visibility(bool(variables))

    def set_variables(self, variables: Sequence[JsonObject]) -> Self:
        """Show other variables."""
        self._element.set_visibility(bool(variables))
        content = _html(variables)
        if content != self._pieces.content:
            self._pieces.set_content(content)
        return self


def _html(groups: Sequence[JsonObject]) -> str:
    left = MOST
    parts: list[str] = []
    for group in groups:
        pieces = [_piece(item) for item in list(_usable(group["items"]))[:left]]
        left -= len(pieces)
        if pieces:
            parts.append(f'<div class="fsf-head">{escape(str(group["title"]))}</div>')
            parts.append(f'<div class="fsf-tray-pieces">{"".join(pieces)}</div>')
    return "".join(parts)


def _usable(items: Sequence[JsonObject]) -> Iterator[JsonObject]:
    """Visit what can be used here: fields of records in place of the records."""
    for item in items:
        if item.get("available", True):
            children = [one for one in item.get("children") or () if not one.get("children")]
            yield from children or [item]


def _piece(item: JsonObject) -> str:
    icon = icon_url(_ICONS.get(str(item.get("type")), "braces")).removeprefix("svguse:")
    sample = f"now {item['sample']}" if item.get("sample") else str(item["path"])
    return (
        f'<span class="fsf-pill" draggable="true" data-variable="{escape(str(item["path"]))}" '
        f'title="{escape(sample)}"><svg class="fsf-icon" width="14" height="14" aria-hidden="true">'
        f'<use href="{escape(icon)}"/></svg><span class="fsf-pill-text">{escape(str(item["label"]))}</span></span>'
    )
