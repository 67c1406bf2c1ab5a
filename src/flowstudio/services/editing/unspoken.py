"""What steps read of a run without an expression that says so: scripts name variables, some send on what came in."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flowstudio.errors import ExpressionError
from flowstudio.expressions import paths_of
from flowstudio.kit.uses import settings_map

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node
    from flowstudio.kit import NodeType

GIVEN = "inputs"
"""The setting of a script in which further names get values; they come before the run's variables."""
_SENDS_ON = {"action.send_webhook": "payload", "action.schedule_workflow": "input"}
"""Actions that take what started the run where this setting is empty."""


def names_in_scripts(node: Node, node_type: type[NodeType] | None) -> set[str]:
    """Return the names that the scripts of a step read; more than it does where a script cannot be read."""
    if node_type is None:
        return set()
    codes = [key for key, one in settings_map(node_type).items() if one.widget == "code"]
    given = node.config.get(GIVEN)
    own = set(given) if isinstance(given, dict) else set()
    texts = (node.config.get(key) for key in codes)
    return {name for text in texts if isinstance(text, str) for name in _names(text)} - own


def sends_on(node: Node, node_type: type[NodeType] | None) -> bool:
    """Say whether a step passes on what started the run because nothing else is said."""
    setting = _SENDS_ON.get(node_type.registry_key()) if node_type is not None else None
    return setting is not None and not node.config.get(setting)


def _names(script: str) -> set[str]:
    try:
        return {path.root for path in paths_of(script)}
    except ExpressionError:
        pass
    try:
        return {one.id for one in ast.walk(ast.parse(script)) if isinstance(one, ast.Name)}
    except (SyntaxError, ValueError, RecursionError):
        return set(re.findall(r"[^\W\d]\w*", script))
