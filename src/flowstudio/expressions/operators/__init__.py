"""The operators of conditions, one file by family; importing this fills the table in the catalogue's order."""

from __future__ import annotations

from flowstudio.expressions.operators import booleans, changes, dates, groups, lists, numbers, presence, texts
from flowstudio.expressions.operators.registry import OPERATORS, Operator, find_operator, needed_operator

_ORDER = """
    exists not_exists is_empty is_not_empty changed changed_to changed_from equals not_equals contains
    not_contains starts_with not_starts_with ends_with not_ends_with in not_in matches not_matches
    greater_than greater_or_equal less_than less_or_equal equals_within between not_between same_day
    before after on_or_before on_or_after days_ago exactly_days_ago more_than_days_ago
    less_than_days_ago days_from_now in_last in_next is_weekday is_true is_false contains_any
    contains_all length_equals length_not_equals length_greater_than length_greater_or_equal
    length_less_than length_less_or_equal at_least_one all none and or not
"""
for _key in _ORDER.split():
    OPERATORS[_key] = OPERATORS.pop(_key)

__all__ = [
    "OPERATORS",
    "Operator",
    "booleans",
    "changes",
    "dates",
    "find_operator",
    "groups",
    "lists",
    "needed_operator",
    "numbers",
    "presence",
    "texts",
]
