"""From bytes to a JSON object: size, depth and numbers within limits, each fault a sentence."""

from __future__ import annotations

import math

import orjson

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.json_text import depth_within, repeated_key
from flowstudio.interchange.reading import Reading, kind_words

MAX_BYTES = 10 * 1024 * 1024
MAX_NODES = 2_000
MAX_DEPTH = 64
LEAST_WHOLE, LARGEST_WHOLE = -(2**63), 2**64 - 1
"""Whole numbers that are written back digit by digit (what the JSON writer takes)."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def load(raw: bytes | str | JsonValue, reading: Reading) -> JsonObject | None:
    """Return the document's outermost object, or None with the reason noted."""
    value = _parsed(raw, reading) if isinstance(raw, (bytes, bytearray, str)) else raw
    if not reading.readable:
        return None
    if not isinstance(value, dict):
        message = f"A workflow is a JSON object, but this is {kind_words(value)}."
        reading.fault("$", "not_an_object", message, hint="It begins with { and ends with }.")
        return None
    return value if _sound(value, reading) else None


def _parsed(raw: bytes | bytearray | str, reading: Reading) -> JsonValue:
    if isinstance(raw, str):
        try:
            raw = raw.encode()
        except UnicodeEncodeError:
            reading.fault(
                "$", "not_json", "The text holds characters that cannot be written.", hint="Save it as UTF-8."
            )
            return None
    data = bytes(raw).removeprefix(_BYTE_ORDER_MARK)
    if len(data) > MAX_BYTES:
        megabytes = len(data) / 1024 / 1024
        reading.fault("$", "too_large", f"The document has {megabytes:.1f} MB; the limit is 10 MB.")
        return None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as bad:
        place = f"line {bad.lineno}, column {bad.colno}"
        hint = "NaN and Infinity are no JSON numbers." if b"NaN" in data or b"Infinity" in data else ""
        reading.fault("$", "not_json", f"This is no JSON: {bad.msg} ({place}).", hint=hint)
        return None
    key = repeated_key(data, value) if depth_within(value, MAX_DEPTH) else None
    if key is not None:
        message = f'The key "{key[:100]}" stands twice in one object.'
        reading.fault("$", "repeated_key", message, hint="Programs disagree about which of the two counts.")
        return None
    return value


_HARMLESS = frozenset({str, bool, type(None)})
"""Kinds of values that need no second look."""


def _sound(value: JsonObject, reading: Reading) -> bool:
    """Say whether depth, numbers and the number of steps are within limits; what is not is noted."""
    if not depth_within(value, MAX_DEPTH):
        message = f"The document is nested deeper than {MAX_DEPTH} levels."
        reading.fault("$", "too_deep", message)
        return False
    open_: list[JsonValue] = [value]
    while open_:
        here = open_.pop()
        if type(here) in _HARMLESS:  # nearly everything: it is asked first
            continue
        if isinstance(here, float) and not math.isfinite(here):
            reading.fault("$", "not_json", "NaN and Infinity are no JSON numbers.")
        elif isinstance(here, int) and not LEAST_WHOLE <= here <= LARGEST_WHOLE:
            reading.fault("$", "number_too_large", "A whole number has more than 64 bits.", hint="Write it as text.")
        elif isinstance(here, dict):
            if not all(isinstance(key, str) for key in here):
                reading.fault("$", "not_json", "Every key of a JSON object is text.")
                return False
            open_.extend(here.values())
        elif isinstance(here, list):
            open_.extend(here)
        elif here is not None and not isinstance(here, (str, int, float, bool)):
            reading.fault("$", "not_json", "The document holds something that is no JSON value.")
    for key in ("nodes", "steps", "actions"):
        if isinstance(value.get(key), list) and len(value[key]) > MAX_NODES:
            message = f"The workflow has {len(value[key]):,} steps; the limit is {MAX_NODES:,}."
            reading.fault(f"$.{key}", "too_many_nodes", message, hint="Split it and call one from the other.")
    return reading.readable
