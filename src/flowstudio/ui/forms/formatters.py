"""The formats that a pill offers: filters of the expression language in people's words."""

from typing import Final

from flowstudio.domain.json import JsonObject

FORMATTERS: Final[tuple[JsonObject, ...]] = (
    {"key": "day", "label": "Day", "types": ["date"], "filter": "date('DD.MM.YYYY')", "example": "20.11.2026"},
    {
        "key": "day_iso",
        "label": "Day, year first",
        "types": ["date"],
        "filter": "date('YYYY-MM-DD')",
        "example": "2026-11-20",
    },
    {"key": "money", "label": "Money", "types": ["number"], "filter": "money", "example": "1,240.00"},
    {"key": "whole", "label": "Whole number", "types": ["number"], "filter": "round(0)", "example": "1240"},
    {"key": "upper", "label": "Upper case", "types": ["text"], "filter": "upper", "example": "ROTH AG"},
    {"key": "lower", "label": "Lower case", "types": ["text"], "filter": "lower", "example": "roth ag"},
    {"key": "join", "label": "With commas", "types": ["list"], "filter": "join(', ')", "example": "Anna, Ben"},
    {"key": "count", "label": "How many", "types": ["list"], "filter": "count", "example": "14"},
    {
        "key": "default",
        "label": "Something when empty",
        "types": ["any"],
        "filter": "default({})",
        "ask": "When there is nothing",
        "placeholder": "not known",
    },
)
"""`filter` is what is written after `|`; with `ask`, `{}` in it takes the person's answer in quotes."""
