"""The addresses at which the world reaches a workflow's triggers: webhooks are called, forms are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Trigger

PLACES = {"webhook": "hooks", "form": "forms"}
"""Trigger type → first part of its addresses."""


def slug_of(trigger_id: str, config: JsonObject) -> str:
    """Return the last part of a trigger's address."""
    return str(config.get("slug") or trigger_id)


def public_address(base_url: str, token: str, trigger: Trigger) -> str | None:
    """Return the address of a trigger of the workflow with that token; None for one that has none."""
    place = PLACES.get(trigger.type)
    return f"{base_url}/{place}/{token}/{slug_of(trigger.id, trigger.config)}" if place else None
