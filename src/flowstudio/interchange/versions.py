"""Formats of documents and the way up from each: one function per step."""

from __future__ import annotations

from collections.abc import Callable

from flowstudio.domain.json import JsonObject
from flowstudio.interchange.chains import is_chain, unchained
from flowstudio.interchange.reading import Reading

CURRENT = 1
"""The format that we write. Documents name theirs under `format`; without it, it is told from their shape."""

UPGRADES: dict[int, Callable[[JsonObject], JsonObject]] = {0: unchained}
"""Format → what makes the next one of it. 0: steps in a row, as the seeds write them."""


def upgraded(document: JsonObject, reading: Reading) -> JsonObject:
    """Return the document in the current format; one of a later format is noted as unreadable."""
    given = document.get("format")
    if given is not None and (isinstance(given, bool) or not isinstance(given, int) or given > CURRENT or given < 0):
        message = f"The document has the format {given}; this FlowStudio knows formats up to {CURRENT}."
        reading.fault("$.format", "unsupported_format", message, hint="Open it in a newer FlowStudio.")
        return document
    version = given if given is not None else 0 if is_chain(document) else CURRENT
    rest = {key: value for key, value in document.items() if key != "format"}
    for step in range(version, CURRENT):
        rest = UPGRADES[step](rest)
    return rest
