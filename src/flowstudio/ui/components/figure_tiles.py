"""The figures of the day: what needs a person, how many runs, how well they went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject


def figure_tiles(figures: JsonObject) -> None:
    """Draw the figures of `RunService.summary`, one tile each."""
    failed, flows = int(figures.get("failed_open", 0)), int(figures.get("failed_workflows", 0))
    with ui.element("section").classes("fs-tiles").props('aria-label="Today"'):
        with ui.element("div").classes(f"fs-card fs-figure-card {'fs-card--bad' if failed else ''}"):
            ui.label("Needs you" if failed else "All is well").classes("fs-strong")
            ui.label(count_of(failed, "failed run") if failed else "Nothing failed").classes("fs-figure")
            ui.label(f"in {count_of(flows, 'workflow')}" if failed else "in the last 30 days").classes("fs-caption")
            if failed:
                deed = button("Review", on_click=lambda: ui.navigate.to("/runs?status=failed"))
                deed.classes("fs-figure-card__deed")
        rate, runs = figures.get("success_30_days"), int(figures.get("runs_30_days", 0))
        share = "–" if rate is None else f"{100 * rate:.1f} %".replace(".0 %", " %")
        _tile("Runs today", f"{int(figures.get('today', 0)):,}", "since midnight")
        _tile("Success, 30 days", share, count_of(runs, "run"))
        _tile("Waiting", f"{int(figures.get('waiting', 0)):,}", "for a time, a person or an answer")


def _tile(title: str, figure: str, caption: str) -> None:
    with ui.element("div").classes("fs-card fs-figure-card"):
        ui.label(title).classes("fs-strong fs-text-2")
        ui.label(figure).classes("fs-figure")
        ui.label(caption).classes("fs-caption")
