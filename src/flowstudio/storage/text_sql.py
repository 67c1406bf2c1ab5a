"""Comparisons of texts as SQL: natively where a text is plain ASCII, folding case as Python does elsewhere."""

from __future__ import annotations

from sqlalchemy import case, func, or_

from flowstudio.domain.json import JsonValue
from flowstudio.expressions.comparing import parts_of
from flowstudio.storage.record_columns import Sql

_FOREIGN = "*[^ -~]*"
"""SQLite's pattern for a text with a letter beyond ASCII."""


def text_clause(
    key: str, column: Sql, value: JsonValue, *, ignore_case: bool, postgres: bool, ascii_only: bool
) -> tuple[Sql, bool] | None:
    """Return the clause of a comparison, and whether it holds for no other row; None where SQL cannot tell.

    `ascii_only`: the field never holds a letter beyond ASCII.
    """
    wanted = _wanted(key, value)
    if wanted is None:
        return None
    if not ignore_case:
        return _compared(key, column, wanted, postgres=postgres), True
    folded = [text.casefold() for text in wanted]
    if not postgres:
        native = _without_case(key, column, folded)
        foreign = _compared(key, func.casefold(column), folded, postgres=False)
        return (native if ascii_only else case((column.op("GLOB")(_FOREIGN), foreign), else_=native)), True
    native = _compared(key, func.lower(column.collate("C")), folded, postgres=True)
    if ascii_only:
        return native, True
    return or_(native, func.octet_length(column) != func.char_length(column)), False


def _wanted(key: str, value: JsonValue) -> list[str] | None:
    if key == "in":
        parts = parts_of(value) if isinstance(value, (str, list)) else []
        return parts if parts and all(isinstance(part, str) for part in parts) else None
    if key in ("equals", "contains", "starts_with", "ends_with") and isinstance(value, str) and value:
        return [value]
    return None


def _compared(key: str, left: Sql, wanted: list[str], *, postgres: bool) -> Sql:
    if key == "in":
        return left.in_(wanted)
    right = wanted[0]
    if key == "equals":
        return left == right
    if key == "contains":
        return (func.strpos if postgres else func.instr)(left, right) > 0
    if key == "starts_with":
        return func.substr(left, 1, len(right)) == right
    return (func.right(left, len(right)) if postgres else func.substr(left, -len(right))) == right


def _without_case(key: str, left: Sql, folded: list[str]) -> Sql:
    """Compare ASCII texts on SQLite, whose LIKE and NOCASE know no other letters."""
    if key == "in":
        return left.collate("NOCASE").in_(folded)
    right = folded[0]
    if key == "equals":
        return left.collate("NOCASE") == right
    if key == "contains":
        return left.contains(right, autoescape=True)
    if key == "starts_with":
        return left.startswith(right, autoescape=True)
    return left.endswith(right, autoescape=True)
