"""The figures that KPI triggers watch: a field of a record, a count of records, or the latest stored value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flowstudio.expressions import condition_from_text

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

STORED = "kpi_values"
"""The record type that holds stored values, one row per metric and day."""
TOLERANCE = 0.01
"""How far a figure may be from the value and still equal it."""
_FIELDS = {
    "nps_score": "customers",
    "license_utilization_pct": "customers",
    "cost_per_lead": "campaigns",
    "session_fill_pct": "sessions",
    "budget_used_pct": "projects",
}
_COUNTS = {"stock_below_reorder_point": ("items", "on_hand less_than @reorder_point; not on_order equals true")}


@dataclass(frozen=True, slots=True)
class Metric:
    """Where a figure comes from."""

    name: str
    kind: Literal["field", "count", "stored"]
    entity: str
    """The record type whose changes move it."""
    field: str = ""
    where: JsonObject | None = None


def metric_of(config: JsonObject) -> Metric:
    """Return the figure that a trigger's settings name.

    Beside the figures with a name of their own, any number field of the record type that is chosen is one; every other
    word is the name of a stored value.
    """
    name = str(config.get("metric") or "")
    if name in _COUNTS:
        entity, text = _COUNTS[name]
        return Metric(name, "count", entity, where=condition_from_text(text))
    entity = str(config.get("entity") or _FIELDS.get(name) or "")
    if entity and entity != STORED:
        return Metric(name, "field", entity, field=name)
    where: JsonObject = {"field": "metric", "operator": "equals", "value": name}
    return Metric(name, "stored", STORED, field="value", where=where)


def past(operator: str, figure: float, value: float) -> bool:
    """Say whether a figure is on the side of the value that a trigger waits for."""
    if operator == "above":
        return figure > value
    if operator == "below":
        return figure < value
    return round(abs(figure - value), 9) <= TOLERANCE  # 0.31 - 0.3 is a hair more than 0.01
