"""Pictures of figures: runs per day as bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.domain.json import JsonObject

STEP, BAR, HEIGHT = 12, 9, 110
"""Of the drawing, in its own units: it is as wide as there is room."""
KINDS = (("completed", "var(--fs-ok)"), ("other", "var(--fs-idle)"), ("failed", "var(--fs-bad)"))
"""From the lowest part of a bar to the highest."""
WORDS = {"completed": "Completed", "failed": "Failed", "other": "Ended otherwise"}

Figures = dict[str, int]
"""How many runs were `completed`, `failed` and `other`."""


def by_day(rows: Iterable[JsonObject]) -> dict[str, Figures]:
    """Add up rows of `RunService.per_day` by day."""
    return _summed((str(row["day"])[:10], row) for row in rows)


def by_workflow(rows: Iterable[JsonObject]) -> dict[str, Figures]:
    """Add up rows of `RunService.per_day` by workflow, the one with the most runs first."""
    found = _summed((str(row["workflow_id"]), row) for row in rows)
    return dict(sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])))


def _summed(rows: Iterable[tuple[str, JsonObject]]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for key, row in rows:
        one = found.setdefault(key, dict.fromkeys(WORDS, 0))
        for kind in WORDS:
            one[kind] += int(row[kind])
    return found


def last_days(today: date, days: int) -> list[date]:
    """Return so many days, today the last."""
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def day_chart(figures: dict[str, Figures], days: Sequence[date], label: str) -> ui.element:
    """Draw one bar a day with what it means in its tip; the same in words for those who listen."""
    most = max([1, *(sum(figures[day.isoformat()].values()) for day in days if day.isoformat() in figures)])
    shapes = [_bar(index, day, figures.get(day.isoformat()), most) for index, day in enumerate(days)]
    told = "; ".join(_told(day, figures[day.isoformat()]) for day in days if day.isoformat() in figures)
    width = len(days) * STEP
    chart = ui.element("figure").classes("fs-chart")
    with chart:
        ui.label(f"{most:,}").classes("fs-caption fs-chart__most").props("aria-hidden=true")
        ui.html(
            f'<svg viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img" '
            f'aria-label="{escape(label)}: {escape(told or "none")}">{"".join(shapes)}</svg>', sanitize=False,
        )  # fmt: skip
        with ui.element("div").classes("fs-chart__days fs-caption").props("aria-hidden=true"):
            for day in dict.fromkeys((days[0], days[len(days) // 2], days[-1])):
                ui.label(f"{day.day} {day:%b}")
    return chart


def legend() -> None:
    """Say which colour is what."""
    with ui.element("div").classes("fs-toolbar fs-caption"):
        for kind, colour in KINDS:
            with ui.element("span").classes("fs-cell-icon"):
                ui.element("span").classes("fs-chart__key").style(f"background: {colour}")
                ui.label(WORDS[kind])


def _bar(index: int, day: date, figures: Figures | None, most: int) -> str:
    x, y = index * STEP, float(HEIGHT)
    if figures is None or not sum(figures.values()):
        return f'<rect x="{x}" y="{HEIGHT - 1.5}" width="{BAR}" height="1.5" fill="var(--fs-line-2)"/>'
    parts = [f"<g><title>{escape(_told(day, figures))}</title>"]
    for kind, colour in KINDS:
        if figures[kind]:
            height = max(2.0, HEIGHT * figures[kind] / most)  # one failed run of a thousand can be seen
            y = max(0.0, y - height)
            parts.append(f'<rect x="{x}" y="{y:.1f}" width="{BAR}" height="{height:.1f}" fill="{colour}"/>')
    return "".join((*parts, "</g>"))


def _told(day: date, figures: Figures) -> str:
    parts = [f"{figures[kind]:,} {word.lower()}" for kind, word in WORDS.items() if figures[kind]]
    return f"{day.day} {day:%b}: {', '.join(parts) or 'no runs'}"
