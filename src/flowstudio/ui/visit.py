"""Who is looking at a page: the actor of the request, kept for the events that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import NotSignedIn

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor

PATIENCE = 30.0
"""Seconds that a page may take to be drawn on a busy machine before its visitor is shown an error."""


def current_actor() -> Actor:
    """Return the actor of the page being built; raise NotSignedIn."""
    request = ui.context.client.request
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        raise NotSignedIn
    return actor
