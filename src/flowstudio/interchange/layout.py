"""Where things stand on the canvas, as the document says it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flowstudio.domain.document import under
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Layout
from flowstudio.interchange.reading import Part, Reading, kind_words


def read_layout(value: JsonObject | None, positions: Mapping[str, JsonObject], reading: Reading) -> Layout:
    """Read the `layout` block; `positions` are those that nodes give themselves. Places of strange ids are kept."""
    part = Part(reading, value or {}, "$.layout", "the layout")
    nodes: dict[str, dict[str, float]] = {}
    given = part.object("nodes") or {}
    for node_id, place in {**positions, **given}.items():
        spot = _spot(place, under("$.layout.nodes", node_id), reading)
        if spot is not None:
            nodes[node_id] = spot
    return Layout(nodes=nodes, notes=part.objects("notes"), groups=part.objects("groups"), extra=part.rest())


def _spot(place: JsonValue, path: str, reading: Reading) -> dict[str, float] | None:
    if isinstance(place, list) and len(place) == 2:
        place = {"x": place[0], "y": place[1]}
    if not isinstance(place, dict):
        reading.fault(path, "wrong_type", f"A place must be an object with x and y, but is {kind_words(place)}.")
        return None
    spot: dict[str, float] = {}
    for axis in ("x", "y"):
        number = place.get(axis)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            reading.fault(
                under(path, axis), "wrong_type", f'"{axis}" of a place must be a number, but is {kind_words(number)}.'
            )
            return None
        spot[axis] = float(number)
    return spot
