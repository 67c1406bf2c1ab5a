"""JSON from outside: read strictly, because whoever reads it differently must not be told something else.

A key that stands twice in one object is refused: some readers take the first, some the last, and a check may look at
another one than the work that follows (https://www.rfc-editor.org/rfc/rfc8259#section-4).
"""

from __future__ import annotations

import json
from collections import Counter

import orjson

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import BadRequest

MAX_DEPTH = 200
"""Lists and objects inside one another."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_JSON_NUMBERS = (b"NaN", b"Infinity")


def read_json(raw: bytes, what: str = "The body") -> JsonValue:
    """Return the value of a JSON text in UTF-8; `what` begins the message about a fault.

    Raise BadRequest for what is no JSON, is nested too deeply, or holds a key twice in one object.
    """
    data = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        deep = "depth limit" in str(error)
        odd = any(word in data for word in _NOT_JSON_NUMBERS)
        hint = "NaN and Infinity are no JSON numbers." if odd else ""
        raise (too_deep(what) if deep else BadRequest(f"{what} is no JSON: {error}.", hint=hint)) from error
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and not depth_within(value, MAX_DEPTH):
        raise too_deep(what)
    key = repeated_key(data, value)
    if key is not None:
        raise BadRequest(
            f'{what} holds the key "{key[:100]}" twice in one object.',
            hint="Give every key once: programs disagree about which of the two counts.",
        )
    return value


def require_storable(value: JsonValue, what: str) -> None:
    """Raise BadRequest for what cannot be kept as JSON, such as a whole number of more than 64 bits."""
    try:
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError) as error:
        raise BadRequest(f"{what} cannot be kept: {error}.", hint="Write a long number as text.") from error


def too_deep(what: str) -> BadRequest:
    """Return the error about a text that is nested too deeply."""
    return BadRequest(f"{what} is nested deeper than {MAX_DEPTH} levels.")


def repeated_key(data: bytes, value: JsonValue) -> str | None:
    """Return a key that stands twice in one object of a JSON text, or None; `value` is what was read of the text.

    Written anew, the value has a colon less for each pair that was dropped; colons inside texts stay, unless one was
    written as an escape. So two counts tell, some microseconds for a kilobyte; only a text that may be guilty is read
    a second time.
    """
    escaped = b"\\u003a" in data or b"\\u003A" in data
    if not escaped and data.count(b":") == orjson.dumps(value).count(b":"):
        return None
    found: list[str] = []

    def look(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
        known = dict(pairs)
        if len(known) < len(pairs) and not found:
            counts = Counter(key for key, _ in pairs)
            found.append(counts.most_common(1)[0][0])
        return known

    json.loads(data, object_pairs_hook=look)
    return found[0] if found else None


def depth_within(value: JsonValue, limit: int) -> bool:
    """Say whether at most `limit` lists and objects lie inside one another."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level and depth <= limit:
        depth += 1
        within = [child for here in level for child in (here.values() if isinstance(here, dict) else here)]
        level = [child for child in within if isinstance(child, dict | list)]
    return depth <= limit
