"""Record types by name and alias, and reading them from the file that the product ships."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from flowstudio.config import ASSETS
from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import RecordType
from flowstudio.errors import NotFound


class RecordTypes(Mapping[str, RecordType]):
    """The record types of a workspace: iteration gives the names, look-up understands aliases too."""

    def __init__(self, types: Mapping[str, RecordType]) -> None:
        self._types = dict(types)
        self._aliases = {alias: one for one in self._types.values() for alias in one.aliases if alias not in types}

    def __getitem__(self, name: str) -> RecordType:
        return self._types[name] if name in self._types else self._aliases[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def find(self, name: str) -> RecordType:
        """Return the record type of that name or alias; raise NotFound with the names nearby."""
        found = self._types.get(name) or self._aliases.get(name)
        if found is None:
            near = get_close_matches(str(name), [*self._types, *self._aliases], n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(list(self._types)[:10])} …"
            raise NotFound(f'There is no record type "{name}".', hint=hint)
        return found

    def with_own(self, own: Mapping[str, RecordType]) -> RecordTypes:
        """Return these types and further ones; one of the same name takes the shipped one's place."""
        return RecordTypes({**self._types, **own})


def read_record_types(document: Mapping[str, JsonObject]) -> RecordTypes:
    """Build record types from the form of `assets/record_types.json`: name → fields, events, aliases, sample rows."""
    return RecordTypes(
        {name: RecordType.model_validate({**content, "name": name}) for name, content in document.items()}
    )


@cache
def shipped_record_types() -> RecordTypes:
    """Return the record types that the product ships with, sample rows included; read once."""
    return read_record_types(json.loads((ASSETS / "record_types.json").read_text(encoding="utf-8")))
