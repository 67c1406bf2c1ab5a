"""Small pictures of figures: runs per day as bars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

HEIGHT = 22


def day_bars(rows: list[JsonObject], days: int) -> ui.element:
    """Draw one bar a day: completed below in green, failed in red on top; a dash for a day without runs."""
    by_day = {str(row["day"])[:10]: row for row in rows}
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    most = max([1, *(_total(by_day.get(day.isoformat())) for day in dates)])
    shapes, told = [], []
    for index, day in enumerate(dates):
        row = by_day.get(day.isoformat())
        x = index * 7
        total = _total(row)
        if row is None or not total:
            shapes.append(f'<rect x="{x}" y="{HEIGHT - 2}" width="5" height="1.5" fill="var(--fs-line-2)"/>')
            continue
        failed = int(row.get("failed", 0))
        height = max(4, round(HEIGHT * total / most))
        bad = max(3, round(height * failed / total)) if failed else 0
        shapes.append(
            f'<rect x="{x}" y="{HEIGHT - height}" width="5" height="{height - bad}" rx="1" '
            'fill="var(--fs-ok)" opacity=".5"/>'
        )
        if bad:
            shapes.append(f'<rect x="{x}" y="{HEIGHT - bad}" width="5" height="{bad}" rx="1" fill="var(--fs-bad)"/>')
        told.append(f"{day:%d %b}: {total}, {failed} failed")
    text = "; ".join(told) or "no runs"
    head = f'<svg width="{days * 7}" height="{HEIGHT}" role="img" aria-label="Runs per day: {text}">'
    svg = f"{head}{''.join(shapes)}</svg>"
    return ui.html(svg, sanitize=False)


def _total(row: JsonObject | None) -> int:
    return 0 if row is None else int(row.get("completed", 0)) + int(row.get("failed", 0)) + int(row.get("other", 0))
