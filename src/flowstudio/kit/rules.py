"""Rules in words: a condition tree or a filter as people would say it."""

from __future__ import annotations

from flowstudio.domain.json import JsonValue
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import ALWAYS, sentence


def rule_words(rule: JsonValue, *, article: bool = False) -> str:
    """Say a rule: `reminder count is less than 3`; with `article`, `the reminder count …`. Empty without a rule."""
    if not rule:
        return ""
    try:
        words = sentence(rule)
    except FlowStudioError:
        return ""
    if words == ALWAYS:
        return ""
    return words if article else words.removeprefix("the ")
