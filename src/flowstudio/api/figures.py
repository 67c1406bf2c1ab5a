"""Figures over time as the API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.analytics import Analytics, Tally


def figures_json(found: Analytics) -> JsonObject:
    """Return the figures of some days; shares are 0..1, None where there is nothing to divide."""
    asked, going = found.approvals, found.going
    return {
        "runs": {
            "ended": found.ended, "completed": found.completed, "failed": found.failed, "skipped": found.skipped,
            "other": found.other, "success_rate": found.success, "average_work_seconds": found.work_seconds,
        },
        "minutes_saved": found.minutes_saved,
        "active_workflows": found.active,
        "triggers": _tallies(found.triggers),
        "steps": _tallies(found.steps),
        "approvals": {
            "answered": asked.answered, "unanswered": asked.unanswered, "open": asked.open,
            "average_seconds": asked.average, "answered_share": asked.answered_share,
            "within_4_hours_share": asked.soon_share,
        },
        "now": {"queued": going.queued, "running": going.running, "waiting": going.waiting},
    }  # fmt: skip


def _tallies(found: Sequence[Tally]) -> list[JsonObject]:
    return [
        {
            "key": one.key, "title": one.title, "completed": one.completed, "failed": one.failed, "other": one.other,
            "average_seconds": one.average,
        }
        for one in found
    ]  # fmt: skip
