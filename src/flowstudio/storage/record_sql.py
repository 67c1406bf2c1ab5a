"""Filters as SQL.

What a database would answer otherwise than `kit.record_filter` is left out: then more rows than fit come back, and are
filtered again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, false, func, not_, or_, true

from flowstudio.domain.json import JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.expressions.comparing import parts_of
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.moments import read_moment
from flowstudio.expressions.numeric import as_number
from flowstudio.kit.record_filter import Comparison, FieldOf, Group, Node
from flowstudio.storage.record_columns import RecordColumns, Sql, by_bytes
from flowstudio.storage.text_sql import text_clause

_DAYS_SINCE = re.compile(r"max\(0, days_since\((\w+)\)\)(?:,|$)")
_MOST_DAYS = 100_000
_ORDERS: dict[str, Callable[[Sql, JsonValue], Sql]] = {
    "greater_than": lambda left, right: left > right,
    "greater_or_equal": lambda left, right: left >= right,
    "less_than": lambda left, right: left < right,
    "less_or_equal": lambda left, right: left <= right,
}
_DAY_ORDERS: dict[str, Callable[[Sql, JsonValue], Sql]] = {
    "before": lambda left, right: left < right,
    "after": lambda left, right: left > right,
    "on_or_before": lambda left, right: left <= right,
    "on_or_after": lambda left, right: left >= right,
    "same_day": lambda left, right: left == right,
}
_NEGATED = {
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_in": "in",
    "not_between": "between",
    "not_equals": "equals",
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A clause that holds for every row that fits; `exact`: and for no other."""

    clause: Sql
    exact: bool


ALL = Narrowed(true(), exact=False)


class FilterSql:
    """Turns the filters over one record type into SQL, for one moment."""

    def __init__(self, record_type: RecordType, columns: RecordColumns, ctx: EvalContext) -> None:
        self._type = record_type
        self._columns = columns
        self._ctx = ctx

    def narrow(self, node: Node | None) -> Narrowed:
        """Return the clause of a filter."""
        if node is None:
            return Narrowed(true(), exact=True)
        return self._group(node) if isinstance(node, Group) else self._comparison(node)

    def _group(self, group: Group) -> Narrowed:
        parts = [self.narrow(part) for part in group.parts]
        exact = all(part.exact for part in parts)
        if group.kind == "and":
            return Narrowed(and_(true(), *(part.clause for part in parts)), exact)
        if group.kind == "or":
            return Narrowed(or_(false(), *(part.clause for part in parts)), exact)
        sure = [part.clause for part in parts if part.exact]
        return Narrowed(not_(or_(false(), *sure)), exact)

    def _comparison(self, line: Comparison) -> Narrowed:
        found = self._columns.value(line.path)
        key = line.operator.key
        if line.operator.nested or line.operator.on_change or isinstance(line.value, FieldOf):
            return ALL
        if found is None:
            return self._over_computed(line)
        kind, column = found
        if line.operator.missing:
            clause = self._presence(key, kind, column)
        elif line.operator.arity != 1 and line.value is None:
            return Narrowed(false(), exact=True)
        elif kind == "text":
            return self._text(key, column, line)
        elif (positive := _NEGATED.get(key)) is not None:
            inner = self._positive(positive, kind, column, line)
            clause = None if inner is None else and_(column.is_not(None), not_(inner))
        else:
            clause = self._positive(key, kind, column, line)
        return ALL if clause is None else Narrowed(func.coalesce(clause, false()), exact=True)

    def _presence(self, key: str, kind: str, column: Sql) -> Sql | None:
        if key in ("exists", "not_exists"):
            return column.is_not(None) if key == "exists" else column.is_(None)
        if kind == "other":
            return None
        empty = column.is_(None) if kind in ("number", "boolean") else or_(column.is_(None), column == "")
        return empty if key == "is_empty" else not_(empty)

    def _positive(self, key: str, kind: str, column: Sql, line: Comparison) -> Sql | None:
        if kind == "number":
            return self._number(key, column, line.value)
        if kind == "boolean":
            return self._boolean(key, column, line.value)
        return self._date(key, column, line.value) if kind == "date" else None

    def _text(self, key: str, column: Sql, line: Comparison) -> Narrowed:
        positive = _NEGATED.get(key)
        found = text_clause(
            positive or key, column, line.value, ignore_case=line.ignore_case, postgres=self._columns.postgres,
            ascii_only=self._columns.is_ascii(line.path),
        )  # fmt: skip
        if found is None:
            return ALL
        clause, exact = found
        if positive is None:
            return Narrowed(func.coalesce(clause, false()), exact)
        return Narrowed(func.coalesce(and_(column.is_not(None), not_(clause)), false()), exact=True) if exact else ALL

    def _number(self, key: str, column: Sql, value: JsonValue) -> Sql | None:
        if key in ("in", "between"):
            parts = [as_number(part) for part in parts_of(value)] if not isinstance(value, dict) else [None]
            if any(part is None for part in parts):
                return None
            if key == "in":
                return column.in_(parts)
            return column.between(*parts) if len(parts) == 2 else None
        number = None if isinstance(value, bool) else as_number(value)
        if number is None:
            return None
        if key == "equals":
            return column == number
        order = _ORDERS.get(key)
        return order(column, number) if order is not None else None

    def _boolean(self, key: str, column: Sql, value: JsonValue) -> Sql | None:
        if key in ("is_true", "is_false"):
            return column.is_(key == "is_true")
        if key == "equals" and isinstance(value, bool):
            return column.is_(value)
        return None

    def _date(self, key: str, column: Sql, value: JsonValue) -> Sql | None:
        """Days are compared as texts: `2026-03-02` sorts as it should."""
        day_order = _DAY_ORDERS.get(key)
        if day_order is not None:
            moment = read_moment(value, self._ctx)
            return None if moment is None else day_order(self._by_bytes(column), moment.day.isoformat())
        days = None if isinstance(value, bool) else as_number(value)
        if not isinstance(days, int) or abs(days) > _MOST_DAYS:
            return None
        back, ahead = self._day(-days), self._day(days)
        left, today = self._by_bytes(column), self._day(0)
        clauses: dict[str, Sql] = {
            "days_ago": left <= back,
            "more_than_days_ago": left < back,
            "exactly_days_ago": left == back,
            "less_than_days_ago": and_(left <= today, left > back),
            "days_from_now": and_(left >= today, left <= ahead),
        }
        return clauses.get(key)

    def _over_computed(self, line: Comparison) -> Narrowed:
        """Narrow down what is computed from the age of a date: more than 0 days since it means a date before today."""
        spec = self._type.fields.get(line.path[0]) if len(line.path) == 1 else None
        formula = _DAYS_SINCE.match(spec.computed) if spec is not None and spec.computed else None
        days = (
            as_number(line.value)
            if not isinstance(line.value, (bool, list, dict, FieldOf, Group, Comparison))
            else None
        )
        least = {"greater_or_equal": 0, "greater_than": 1, "equals": 0}.get(line.operator.key)
        if formula is None or least is None or not isinstance(days, int) or not 0 < days + least < _MOST_DAYS:
            return ALL
        found = self._columns.value((formula[1],))
        if found is None or found[0] != "date":
            return ALL
        return Narrowed(func.coalesce(self._by_bytes(found[1]) <= self._day(-days - least), false()), exact=False)

    def _day(self, offset: int) -> str:
        try:
            return (self._ctx.today + timedelta(days=offset)).isoformat()
        except OverflowError:
            return (date.max if offset > 0 else date.min).isoformat()

    def _by_bytes(self, column: Sql) -> Sql:
        return by_bytes(column, postgres=self._columns.postgres)
