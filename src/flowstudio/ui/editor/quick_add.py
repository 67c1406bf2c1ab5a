"""The small list of steps that opens where a person wants one: at a "+", or where a wire was dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.editor.palette import TRIGGERS, help_of, steps_of, tile_html

if TYPE_CHECKING:
    from nicegui.events import GenericEventArguments

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry

Choose = Callable[[str, "JsonObject"], Awaitable["JsonObject | None"]]
"""Adds a step of that key at the place of a wish; gives the wish for the one behind it."""
WIDTH, HEIGHT = 300, 380


class QuickAdd:
    """One popup per page, shown on demand."""

    def __init__(self, registry: Registry, on_choose: Choose, presets: Callable[[], None]) -> None:
        """`presets` draws people's own steps."""
        self._registry = registry
        self._presets = presets
        self._on_choose = on_choose
        self._wish: JsonObject = {}
        self._turn = asyncio.Lock()
        """What is chosen quickly is added one after the other: each stands behind the one before."""
        self._place: ui.element | None = None

    def draw(self) -> None:
        """Draw it, hidden."""
        with ui.element("div").classes("fs-quick").props("hidden") as self._place:
            ui.html(_FIELD, sanitize=False)
            with ui.element("div").classes("fs-quick__list").props('role=listbox aria-label="Steps"'):
                self._presets()
                ui.html(self._content(), sanitize=False)
            ui.html(_HINT, sanitize=False)
        self._place.on("click", self._chosen, js_handler=_CLICK)
        self._place.on("keydown", self._chosen, js_handler=_KEYS)
        self._place.on("input", js_handler=_FILTER)
        self._place.on("focusout", js_handler=_LEAVE)

    def open(self, wish: JsonObject) -> None:
        """Show it at `wish["screen"]`; the choice is handed on together with the wish."""
        self._wish = wish
        x, y = wish.get("screen") or (400, 200)
        ui.run_javascript(
            f"const box = document.querySelector('.fs-quick'); box.hidden = false;"
            f"box.style.left = Math.max(8, Math.min({float(x)}, innerWidth - {WIDTH + 16})) + 'px';"
            f"box.style.top = Math.max(8, Math.min({float(y)}, innerHeight - {HEIGHT + 16})) + 'px';"
            "const field = box.querySelector('input'); field.value = '';"
            "field.dispatchEvent(new Event('input', {bubbles: true}));"
            "field.focus();"
        )

    async def _chosen(self, event: GenericEventArguments) -> None:
        """Add a step; with Ctrl the list is still open, for the one behind it."""
        choice = event.args if isinstance(event.args, dict) else {}
        key = choice.get("key")
        if not isinstance(key, str):
            return
        async with self._turn:
            following = await self._on_choose(key, self._wish)
            if following is not None:
                self._wish = following
            elif choice.get("more"):
                ui.run_javascript("document.querySelector('.fs-quick').hidden = true")

    def _content(self) -> str:
        rows = []
        for title, steps in steps_of(self._registry):
            if title == TRIGGERS:
                continue
            rows.append(f'<div class="fs-quick__title" data-group>{escape(title)}</div>')
            for one in steps:
                words = " ".join((one.title, one.key.replace("_", " "), *one.synonyms)).lower()
                rows.append(
                    f'<button type="button" role="option" class="fs-quick__step" '
                    f'data-key="{escape(one.registry_key())}" '
                    f'data-words="{escape(words)}" title="{escape(help_of(one))}">'
                    f"{tile_html(one)}<span>{escape(one.title)}</span></button>"
                )
        return "".join(rows)


_FIELD = (
    '<input class="fs-quick__find" type="text" placeholder="Which step comes here?" '
    'aria-label="Which step comes here?">'
)
_HINT = '<div class="fs-quick__hint">With <kbd class="fs-kbd">Ctrl</kbd> the list stays open</div>'
_TAKE = """const take = (step) => {
    const box = step.closest('.fs-quick');
    const more = event.ctrlKey || event.metaKey;
    box.hidden = !more;
    if (more) {
      const field = box.querySelector('input');
      field.value = '';
      field.dispatchEvent(new Event('input', {bubbles: true}));
      field.focus();
    }
    emit({key: step.dataset.key, more});
  };
"""
_CLICK = f"""(event) => {{
  {_TAKE}
  const step = event.target.closest('[data-key]');
  if (step) take(step);
}}"""
_KEYS = f"""(event) => {{
  {_TAKE}
  const box = document.querySelector('.fs-quick');
  const steps = [...box.querySelectorAll('[data-key]')].filter((one) => !one.hidden);
  const here = steps.indexOf(document.activeElement);
  event.stopPropagation();
  if (event.key === 'Escape') {{ box.hidden = true; document.querySelector('.fs-canvas-host [tabindex]')?.focus(); }}
  else if (event.key === 'ArrowDown') {{ event.preventDefault(); (steps[here + 1] || steps[0])?.focus(); }}
  else if (event.key === 'ArrowUp') {{
    event.preventDefault(); (here > 0 ? steps[here - 1] : box.querySelector('input')).focus();
  }}
  else if (event.key === 'Enter' && steps.length && (here < 0 || event.ctrlKey || event.metaKey)) {{
    event.preventDefault(); take(steps[Math.max(here, 0)]);
  }}
}}"""
_FILTER = """(event) => {
  const words = event.target.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const box = document.querySelector('.fs-quick');
  box.querySelectorAll('[data-key]').forEach((one) => {
    one.hidden = !words.every((word) => one.dataset.words.includes(word));
  });
  box.querySelectorAll('[data-group]').forEach((one) => { one.hidden = words.length > 0; });
}"""
_LEAVE = """(event) => {
  const box = document.querySelector('.fs-quick');
  if (!box.contains(event.relatedTarget)) {
    setTimeout(() => { if (!box.contains(document.activeElement)) box.hidden = true; }, 150);
  }
}"""
