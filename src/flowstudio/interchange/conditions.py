"""Conditions and filters in every form, turned into the tree that documents hold."""

from __future__ import annotations

from flowstudio.domain.document import UNREADABLE
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ExpressionError
from flowstudio.expressions import normalise
from flowstudio.interchange.reading import Reading, kind_words

_EMPTY: tuple[JsonValue, ...] = ({}, [], "")


def read_tree(value: JsonValue, reading: Reading, path: str, node_id: str | None, what: str) -> JsonObject | None:
    """Return the tree of a condition or filter, `{}` for an empty one; None with the reason noted.

    What cannot be understood is unreadable only when it is of the wrong kind; a text with a slip in it is reported as
    an error and kept as it came.
    """
    if value in _EMPTY and not isinstance(value, bool):
        return {}
    if not isinstance(value, (str, list, dict)):
        reading.fault(path, "wrong_type", f"{what} must be a condition, but is {kind_words(value)}.", node_id=node_id)
        return None
    if isinstance(value, dict) and set(value) == {UNREADABLE}:
        value = value[UNREADABLE]
    try:
        return normalise(value)
    except ExpressionError as bad:
        reading.note(path, "bad_condition", f"{what} cannot be read. {bad.message}", hint=bad.hint, node_id=node_id)
        return value if isinstance(value, dict) else {UNREADABLE: value}
