"""The addresses at which the world reaches a workflow's triggers: webhooks, forms, and Slack's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Trigger

PLACES = {"webhook": "hooks", "form": "forms", "new_message": "hooks"}
"""Trigger type → first part of its addresses."""
SLACK = "slack"
"""Last part of the address to which Slack sends its events."""


def slug_of(trigger_id: str, config: JsonObject) -> str:
    """Return the last part of a webhook's or form's address."""
    return str(config.get("slug") or trigger_id)


def slug_for(trigger: Trigger) -> str | None:
    """Return the last part of a trigger's address; None for one that nobody outside reaches."""
    if trigger.type == "new_message":
        return SLACK if trigger.config.get("channel") in (None, "any", SLACK) else None
    return slug_of(trigger.id, trigger.config) if trigger.type in PLACES else None


def public_address(base_url: str, token: str, trigger: Trigger) -> str | None:
    """Return the address of a trigger of the workflow with that token; None for one that has none."""
    slug = slug_for(trigger)
    return f"{base_url}/{PLACES[trigger.type]}/{token}/{slug}" if slug else None
