"""The type of a JSON value, the one currency between parts."""

from __future__ import annotations

from typing import Any

JsonValue = Any
"""None, bool, int, float, str, or lists and string-keyed dicts of these. `Any` because mypy's recursive aliases
make every access to foreign data a cast; the JSON edge is the only place that may use it."""

JsonObject = dict[str, Any]
