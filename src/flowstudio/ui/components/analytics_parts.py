"""What runs came to, as tiles and tables: success, time saved, approvals, what starts runs and what their steps do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.analytics import MOST_RUNS
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable
from flowstudio.ui.components.words import count_of, lasted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.services.analytics import Analytics, Asked, Going, Tally

_START = datetime(2000, 1, 1, tzinfo=UTC)
_COLUMNS = (
    Column("Completed", "112px", figure=True), Column("Failed", "96px", figure=True, since="tablet"),
    Column("Took on average", "150px", figure=True, since="desk"),
)  # fmt: skip


def analytics_tiles(found: Analytics) -> None:
    """Draw the four figures that decide."""
    with ui.element("section").classes("fs-tiles").props('aria-label="In short"'):
        bad = found.failed
        _tile("Success", percent(found.success), f"{count_of(bad, 'run')} failed for good" if bad else "none failed")
        saved = found.minutes_saved
        hint = "that people would have needed" if saved else "no workflow says what it saves"
        _tile("Time saved", lasting(saved * 60) if saved else "–", hint)
        _tile("Work per run", lasting(found.work_seconds), "on average, waits left out")
        asked = found.approvals
        _tile("Answered in 4 hours", percent(asked.soon_share), _asked(asked))


def tally_table(title: str, first: str, many: str, rows: Sequence[Tally], mark: str, about: str = "") -> None:
    """Draw how runs or steps went, one line a kind; nothing where there are none."""
    if not rows:
        return
    ui.label(title).classes("fs-title").props("role=heading aria-level=2")
    if about:
        ui.label(about).classes("fs-caption")
    table = RowTable(title, (Column(first), Column(many, "84px", figure=True, since="tablet"), *_COLUMNS), mark=mark)
    table.show([_row(one) for one in rows])


def steps_about(found: Analytics) -> str:
    """Say of how many runs the steps are, where it is not all of them."""
    return f"Of the newest {MOST_RUNS:,} runs." if found.ended > MOST_RUNS else ""


def going_line(going: Going, active: int) -> str:
    """Say what goes on at present."""
    parts = [
        f"{count_of(number, 'run')} {word}" if index == 0 else f"{number:,} {word}"
        for index, (number, word) in enumerate(
            ((going.running, "under way"), (going.queued, "queued"), (going.waiting, "waiting"))
        )
    ]
    on = f"{count_of(active, 'workflow')} {'is' if active == 1 else 'are'} switched on"
    return f"Now: {', '.join(parts)}; {on}."


def percent(share: float | None) -> str:
    """Return a share (0..1) as people read it: `98.4 %`, `100 %`, `–` for None."""
    return "–" if share is None else f"{100 * share:.1f} %".replace(".0 %", " %")


def lasting(seconds: float | None) -> str:
    """Return a duration as people say it, `–` for None."""
    return "–" if seconds is None else lasted(_START, _START + timedelta(seconds=seconds))


def _asked(asked: Asked) -> str:
    if not asked.answered and not asked.unanswered:
        return f"{count_of(asked.open, 'approval')} open" if asked.open else "nothing was asked"
    told = [f"{lasting(asked.average)} on average" if asked.answered else "none answered"]
    if asked.unanswered:
        told.append(f"{asked.unanswered:,} without an answer")
    if asked.open:
        told.append(f"{asked.open:,} open")
    return ", ".join(told)


def _row(one: Tally) -> Row:
    share = one.completed / one.all if one.all else 0.0
    return Row(
        one.key,
        (
            Cell(one.title, icon=one.icon, tile="trigger" if one.key.startswith("trigger.") else "action"),
            Cell(f"{one.all:,}"),
            Cell(percent(share)),
            Cell(f"{one.failed:,}", quiet=not one.failed),
            Cell(lasting(one.average), quiet=one.average is None),
        ),
    )


def _tile(title: str, figure: str, caption: str) -> None:
    with ui.element("div").classes("fs-card fs-figure-card"):
        ui.label(title).classes("fs-strong fs-text-2")
        ui.label(figure).classes("fs-figure")
        ui.label(caption).classes("fs-caption")
