"""The palette: every step one can add, by drag, by click and by Enter; found by name and by synonym."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.theme import svg

if TYPE_CHECKING:
    from flowstudio.kit import NodeType, Registry

TRIGGERS = "Start when"
"""The group of what starts a workflow."""
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (TRIGGERS, ("triggers",)),
    ("Flow", ("flow",)),
    ("Messages", ("communication", "campaign")),
    ("Records", ("data",)),
    ("Lists", ("lists",)),
    ("Tasks and tickets", ("work", "support", "approval")),
    ("Sales", ("crm",)),
    ("Documents and planning", ("document", "utility")),
    ("Other systems", ("integration",)),
)
OPEN_AT_FIRST = {TRIGGERS, "Flow"}


def steps_of(registry: Registry) -> list[tuple[str, list[type[NodeType]]]]:
    """Return the groups of the palette with the steps that can be used, in the order people look for them."""
    usable = [one for one in registry.all() if getattr(one, "available", True)]
    known = {category for _, categories in GROUPS for category in categories}
    found = []
    for title, categories in GROUPS:
        steps = [one for one in usable if one.category in categories]
        if steps:
            found.append((title, sorted(steps, key=_order)))
    rest = [one for one in usable if one.category not in known]
    if rest:
        found.append(("Your own", sorted(rest, key=_order)))
    return found


def starts_of(registry: Registry) -> list[type[NodeType]]:
    """Return what can start a workflow, in the order of the palette."""
    return [one for title, steps in steps_of(registry) if title == TRIGGERS for one in steps]


def steps_behind(registry: Registry) -> list[type[NodeType]]:
    """Return the steps that can follow what starts a workflow, in the order of the palette."""
    return [one for title, steps in steps_of(registry) if title != TRIGGERS for one in steps]


_FIRST = (
    "manual", "schedule", "form", "event", "webhook", "condition", "switch", "loop", "parallel", "join", "delay",
    "approval", "wait", "transform", "workflow", "respond", "end",
    "send_email", "send_notification", "query_records", "create_record", "update_record", "delete_record",
    "create_task", "create_ticket", "http_request",
)  # fmt: skip
"""What most people look for: Enter takes the first that fits, and "create record" means one before many."""


def _order(one: type[NodeType]) -> tuple[int, str]:
    return (_FIRST.index(one.key) if one.key in _FIRST else len(_FIRST), one.title)


def help_of(one: type[NodeType]) -> str:
    """Return the first line of a step's help."""
    return (one.__doc__ or one.title).strip().splitlines()[0]


class Palette:
    """The list at the left of the canvas."""

    def __init__(self, registry: Registry, on_add: Callable[[str], object], presets: Callable[[], None]) -> None:
        """`presets` draws the group of people's own steps."""
        self._registry = registry
        self._on_add = on_add
        self._presets = presets
        self._search: ui.input | None = None

    def draw(self) -> None:
        """Draw search field and groups."""
        with ui.element("aside").classes("fs-panel fs-panel--left fs-palette").props('aria-label="Steps"'):
            with ui.element("div").classes("fs-palette__find"):
                self._search = (
                    ui.input(placeholder="Find a step")
                    .props('outlined dense clearable aria-label="Find a step" data-palette-search')
                    .classes("fs-search")
                )
                self._search.on("update:model-value", js_handler=_FILTER)
                self._search.on("keydown.enter", self._clicked, js_handler=_FIRST_HIT)
                with self._search.add_slot("append"):
                    ui.label("N").classes("fs-kbd")
            with ui.element("div").classes("fs-palette__groups") as groups:
                self._presets()
                for title, steps in steps_of(self._registry):
                    self._group(title, steps)
                ui.label("No step of that name.").classes("fs-caption fs-palette__none").props("hidden")
            groups.on("click", self._clicked, js_handler=_CLICK)
            groups.on("dragstart", js_handler=_DRAG)

    def focus(self) -> None:
        """Put the cursor into the search field."""
        ui.run_javascript("document.querySelector('[data-palette-search]')?.focus()")

    def _clicked(self, event: object) -> object:
        key = getattr(event, "args", None)
        return self._on_add(key) if isinstance(key, str) else None

    def _group(self, title: str, steps: list[type[NodeType]]) -> None:
        opened = " open" if title in OPEN_AT_FIRST else ""
        rows = "".join(_row(one) for one in steps)
        ui.html(
            f'<details class="fs-palette__group"{opened}><summary>{chevron()}<span>{escape(title)}</span>'
            f'<span class="fs-palette__count">{len(steps)}</span></summary>{rows}</details>',
            sanitize=False,
        )


def _row(one: type[NodeType]) -> str:
    words = " ".join((one.title, one.key.replace("_", " "), *one.synonyms)).lower()
    return (
        f'<button type="button" class="fs-palette__step" draggable="true" data-key="{escape(one.registry_key())}" '
        f'data-words="{escape(words)}" title="{escape(help_of(one))}">'
        f"{tile_html(one)}<span>{escape(one.title)}</span></button>"
    )


def tile_html(one: type[NodeType]) -> str:
    """Return a step's tile as HTML, for lists that are drawn in one piece."""
    return f'<span class="fs-tile fs-tile--{one.kind}" aria-hidden="true">{svg(one.icon)}</span>'


def chevron() -> str:
    """Return the mark of a group that opens."""
    return f'<span class="fs-palette__chevron" aria-hidden="true">{svg("chevron-right")}</span>'


_CLICK = """(event) => { const step = event.target.closest('[data-key]'); if (step) emit(step.dataset.key); }"""
_FIRST_HIT = """(event) => {
  const found = [...document.querySelectorAll('.fs-palette__group:not([hidden]) [data-key]:not([hidden])')];
  if (event.target.value && found.length) emit(found[0].dataset.key);
}"""
_DRAG = """(event) => {
  const step = event.target.closest('[data-key]');
  if (!step) return;
  event.dataTransfer.setData('application/x-flowstudio-step', step.dataset.key);
  event.dataTransfer.effectAllowed = 'copy';
}"""
_FILTER = """(value) => {
  const words = (value || '').toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  document.querySelectorAll('.fs-palette__group').forEach((group) => {
    let here = 0;
    group.querySelectorAll('[data-key]').forEach((step) => {
      const fits = words.every((word) => step.dataset.words.includes(word));
      step.hidden = !fits; here += fits;
    });
    group.hidden = !here; shown += here;
    if (words.length) { group.dataset.was ??= group.open; group.open = true; }
    else if ('was' in group.dataset) { group.open = group.dataset.was === 'true'; delete group.dataset.was; }
  });
  document.querySelector('.fs-palette__none').hidden = shown > 0;
}"""
