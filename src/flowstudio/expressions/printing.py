"""How a value is printed inside a text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flowstudio.errors import TooExpensive
from flowstudio.expressions.limits import MAX_DATA_DEPTH, checked_length
from flowstudio.expressions.numeric import number_text

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def print_value(value: JsonValue) -> str:
    """Print a value: text as it is, whole numbers without `.0`, true/false, nothing for null.

    Lists are comma separated, objects are JSON; keys beginning with `$` are left out. Raises TooExpensive beyond
    the length a text may have.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    pieces: list[str] = []
    if isinstance(value, list):
        _items(value, pieces, 0, 0)
    else:
        _json(value, pieces, 0, 0)
    return "".join(pieces)


def printed(ctx: EvalContext, value: JsonValue) -> str:
    """Print a value as part of an evaluation: charge for the work."""
    text = print_value(value)
    ctx.charge(len(text) // 10 if isinstance(value, (list, dict)) else len(text) // 1000)
    return text


def _add(piece: str, pieces: list[str], length: int) -> int:
    pieces.append(piece)
    return checked_length(length + len(piece))


def _items(values: list[JsonValue], pieces: list[str], length: int, depth: int) -> int:
    _check(depth)
    for place, value in enumerate(values):
        if place:
            length = _add(", ", pieces, length)
        if isinstance(value, list):
            length = _items(value, pieces, length, depth + 1)
        elif isinstance(value, dict):
            length = _json(value, pieces, length, depth + 1)
        else:
            length = _add(print_value(value), pieces, length)
    return length


def _json(value: JsonValue, pieces: list[str], length: int, depth: int) -> int:
    _check(depth)
    if isinstance(value, dict):
        length = _add("{", pieces, length)
        shown = [(key, item) for key, item in value.items() if not key.startswith("$")]
        for place, (key, item) in enumerate(shown):
            name = json.dumps(key, ensure_ascii=False)
            length = _add(f"{', ' if place else ''}{name}: ", pieces, length)
            length = _json(item, pieces, length, depth + 1)
        return _add("}", pieces, length)
    if isinstance(value, list):
        length = _add("[", pieces, length)
        for place, item in enumerate(value):
            if place:
                length = _add(", ", pieces, length)
            length = _json(item, pieces, length, depth + 1)
        return _add("]", pieces, length)
    return _add(json.dumps(value, ensure_ascii=False), pieces, length)


def _check(depth: int) -> None:
    if depth > MAX_DATA_DEPTH:
        message = f"The value is nested deeper than {MAX_DATA_DEPTH} levels."
        raise TooExpensive(message)
