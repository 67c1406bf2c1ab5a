"""Who is looking at a page: the actor of the request, kept for the events that follow, as long as it holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakSet

from nicegui import background_tasks, ui

from flowstudio.errors import NotSignedIn

if TYPE_CHECKING:
    from nicegui import Client

    from flowstudio.domain.actor import Actor

PATIENCE = 30.0
"""Seconds that a page may take to be drawn on a busy machine before its visitor is shown an error."""
GRACE = 1.0
"""Seconds that a browser has to load its page anew before the page is taken away from it."""
_open: dict[str, WeakSet[Client]] = {}
"""The pages that each person has open."""


def current_actor() -> Actor:
    """Return the actor of the page being built; raise NotSignedIn."""
    client = ui.context.client
    actor: Actor | None = getattr(client.request.state, "actor", None)
    if actor is None:
        raise NotSignedIn
    _open.setdefault(actor.user_id, WeakSet()).add(client)
    return actor


def look_again(user_id: str) -> None:
    """Let every page of a person be loaded anew: what they may do has changed, and pages act for who opened them."""
    for client in [one for one in _open.pop(user_id, ()) if not one.is_deleted]:
        client.run_javascript("location.reload()")
        background_tasks.create(_take_away(client))


async def _take_away(client: Client) -> None:
    """Leave nothing on a page that acts: its browser may not have obeyed."""
    await asyncio.sleep(GRACE)
    if not client.is_deleted:
        client.remove_all_elements()
