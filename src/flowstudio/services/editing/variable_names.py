"""What variables are called that come about by themselves: after what they mean, each once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.free_names import free_name
from flowstudio.kit.words import singular

if TYPE_CHECKING:
    from flowstudio.analysis.types.flow import Flow
    from flowstudio.analysis.types.kinds import Kind

LOCAL = frozenset({"row", "item", "index"})
"""Names that actions fill in themselves."""
WORDS = frozenset({"and", "or", "not", "in", "true", "false", "null", "none"}) | LOCAL
"""Words of the language itself, and those names."""
_VAGUE = frozenset(
    {"output", "result", "value", "record", "records", "count", "status", "id", "body", "item", "index", "items"}
)


def wanted_name(flow: Flow, root: str, parts: Sequence[str | int | None], kind: Kind) -> str:
    """Return what the value of a path is called for what it means."""
    names = [str(part) for part in parts if isinstance(part, str)]
    if root == "steps" and names:
        node = flow.nodes.get(names[0])
        known = flow.node_types.get(names[0])
        if node is not None and node.outputs and known is not None and names[1:] == [known.main]:
            return node.outputs[0]
        step = snake(flow.registry.written_name(node)) if node is not None else ""
        last = names[-1] if len(names) > 1 else step
        if last not in _VAGUE:
            return last
        return snake(singular(kind.entity)) if kind.entity else f"{step}_{last}"
    last = names[-1] if names else root
    if root == "loop" and kind.entity:
        return snake(singular(kind.entity))
    if root == "trigger" and len(names) > 1:
        return "_".join(names[-2:])
    return f"{root}_{last}" if last in _VAGUE else last


def snake(text: str) -> str:
    """Return words as the name of a variable: `Send reminder` → `send_reminder`."""
    name = re.sub(r"\W+", "_", text.strip().lower()).strip("_")
    return name if name[:1].isalpha() or not name else f"n_{name}"


def free_variable(wanted: str, taken: set[str]) -> str:
    """Return `wanted` as the name of a variable, or `wanted_2` … where something is called so."""
    return free_name(wanted if wanted.isidentifier() else snake(wanted) or "value", taken, "_")
