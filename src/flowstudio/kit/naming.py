"""What people call a step or trigger: by the name it was given, else by what it does. The one rule for every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.nodes import NodeType

_NUMBER = re.compile(r"(?: \d+)?")


def name_of(name: str, found: type[NodeType] | None, config: JsonObject) -> str:
    """Return what people call a part of this written name and kind: `Create expense report`; empty for neither.

    A new step is written down by the title of its kind, further ones with a number (`Create record 2`). That is no name
    that somebody chose: it gives way to what the step does, and the number stays where it tells steps apart.
    """
    if found is None or not is_unnamed(name, found):
        return name
    number = name.removeprefix(found.title) if name else ""
    called = found.called(config)
    return called if called.endswith("?") else f"{called}{number}"


def is_unnamed(name: str, found: type[NodeType]) -> bool:
    """Say whether nobody chose this name: none at all, or the title of the kind, with or without a number."""
    return not name or (name.startswith(found.title) and _NUMBER.fullmatch(name, len(found.title)) is not None)
