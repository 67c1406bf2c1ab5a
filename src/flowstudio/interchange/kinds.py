"""Which node type a document means: our own words, the seeds' words, action names in every spelling."""

from __future__ import annotations

import re
from functools import lru_cache

from flowstudio.kit import FlowNode, Registry

ACTION = "action"
_ACTION_WORDS = frozenset({"action", "automation", "integration", "task_action"})
_TRIGGER_WORDS = {
    "scheduled": "schedule", "cron": "schedule", "interval": "schedule", "time": "schedule", "event-based": "event",
    "event_based": "event", "record": "event", "button": "manual", "api": "manual", "http": "webhook",
    "hook": "webhook",
    "message": "new_message", "kpi": "kpi_threshold",
}  # fmt: skip


@lru_cache(maxsize=4_096)
def snake(word: str) -> str:
    """Return a name in snake_case: `sendEmail` and `Send Email` become `send_email`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word.strip())
    return re.sub(r"[\s\-]+", "_", parted).lower()


def node_kind(kind: str | None, action: str | None, registry: Registry) -> tuple[str, str | None, bool]:
    """Return (type, action, known) for what a document calls a node.

    A flow node's name under `action` and an action's name under `type` are understood; what is unknown stays as it is.
    """
    word = (kind or ACTION).strip()
    if action:
        key = _key(f"{ACTION}.", action, registry)
        if key is not None:
            return ACTION, key.removeprefix(f"{ACTION}."), True
        flow = _key("", action, registry)
        if snake(word) in _ACTION_WORDS and flow is not None and issubclass(registry.get(flow), FlowNode):
            return flow, None, True
    if snake(word) in _ACTION_WORDS:
        return ACTION, action, False
    key = _key("", word, registry) or _key(f"{ACTION}.", word, registry)
    if key is None or key.startswith("trigger."):
        return word, action, False
    if key.startswith(f"{ACTION}."):
        return ACTION, key.removeprefix(f"{ACTION}."), True
    return key, None, True


def trigger_kind(word: str, registry: Registry) -> tuple[str, bool]:
    """Return (type, known) for what a document calls a trigger."""
    key = _key("trigger.", word, registry)
    if key is None:
        key = _key("trigger.", _TRIGGER_WORDS.get(snake(word), _TRIGGER_WORDS.get(word.lower(), word)), registry)
    return (key.removeprefix("trigger."), True) if key is not None else (word, False)


def _key(prefix: str, word: str, registry: Registry) -> str | None:
    for spelling in (word, word.strip(), snake(word), word.lower()):
        if registry.find(prefix + spelling) is not None:
            return registry.canonical(prefix + spelling)
    return None
