"""What a step can use: pieces that are dragged into its fields, and their values as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Self

from nicegui import ui

from flowstudio.domain.json import JsonObject
from flowstudio.ui.components.data_view import DataView
from flowstudio.ui.forms.context import Known
from flowstudio.ui.theme import icon_url

TITLE = "What is known here"
PIECES = "Pieces to drag into fields"
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

    def __init__(self, variables: Sequence[JsonObject], known: Known | None = None) -> None:
        self._pieces: ui.html
        self._view: DataView | None = None
        with ui.element("details").classes("fsf-tray") as self._element:
            with ui.element("summary").classes("fsf-tray-title"):
                ui.label(TITLE)
            if known is None:
                self._draw_pieces(variables)
            else:
                self._view = DataView(TITLE, lambda: self._draw_pieces(variables), known.data, known.missing)
        self._element.set_visibility(bool(variables))

    def _draw_pieces(self, variables: Sequence[JsonObject]) -> None:
        self._pieces = ui.html(_html(variables), sanitize=False).classes("fsf-pieces")
        self._pieces.props(f'role=group tabindex=0 aria-label="{PIECES}"').on("dragstart", js_handler=_DRAG)

    def set_variables(self, variables: Sequence[JsonObject], known: Known | None = None) -> Self:
        """Show other variables, and what they hold now."""
        if self._view is not None and known is not None:
            self._view.show(known.data, known.missing)
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
    hint = f"{item.get('type') or 'any'}, {item['path']}"
    sample = f'<span class="fsf-tray-now">{escape(str(item["sample"]))}</span>' if item.get("sample") else ""
    pill = (
        f'<span class="fsf-pill" draggable="true" data-variable="{escape(str(item["path"]))}" '
        f'title="{escape(hint)}"><svg class="fsf-icon" width="14" height="14" aria-hidden="true">'
        f'<use href="{escape(icon)}"/></svg><span class="fsf-pill-text">{escape(str(item["label"]))}</span></span>'
    )
    return f'<span class="fsf-tray-piece">{pill}{sample}</span>'
