"""Schedules fire."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.calendar import BadDuration, BadTime, read_schedule
from flowstudio.domain.problem import Problem

_TIMES = ("mode", "cron", "every", "time", "day", "at")


def check(look: Look) -> Iterator[Problem]:
    """Find schedules that cannot be read or never fire."""
    for trigger in look.workflow.triggers:
        if trigger.type != "schedule":
            continue
        try:
            read_schedule(trigger.config)
        except (BadTime, BadDuration) as bad:
            key = next((key for key in ("cron", "every", "time", "day", "timezone") if key in trigger.config), None)
            if any(trigger.config.get(one) for one in _TIMES):
                message = f"{look.called(trigger)} cannot be used as a schedule. {bad}"
                hint = 'Such as "0 9 * * 1-5", or every day at 09:00.'
            else:
                message = f"{look.called(trigger)} has no time yet."
                hint = "Choose how often it starts."
            where = ("config", key) if key else ("config",)
            yield look.problem(trigger, where, "bad_schedule", message, hint=hint)
