"""The rule of a schedule in words, one place for cards and explanations."""

from __future__ import annotations

from flowstudio.calendar import read_schedule, schedule_sentence
from flowstudio.domain.json import JsonObject


def schedule_words(rule: JsonObject) -> str:
    """Say a schedule: `Every day at 09:00`, `Every Monday at 08:00`. Empty while it is not complete or not right."""
    try:
        return schedule_sentence(read_schedule(rule))
    except (ValueError, KeyError, TypeError):
        return ""
