"""The page that says that what an address names is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import NotFound
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.shell import shell

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.editing.session import WorkflowSession
    from flowstudio.services.studio import Studio


def missing(actor: Actor, thing: str, symbol: str, address: str) -> None:
    """Draw the page for a `thing` (workflow, run …) with the way to the list of all of them."""
    with shell(actor, address, "Not found"):
        empty(f"This {thing} is not there.", [(f"See all {thing}s", symbol, lambda: ui.navigate.to(address))])


def missing_workflow(actor: Actor) -> None:
    """Draw the page for a workflow."""
    missing(actor, "workflow", "route", "/workflows")


async def opened(studio: Studio, actor: Actor, workflow_id: str) -> WorkflowSession | None:
    """Open a workflow for editing; where it is not there, draw the page that says so and return None."""
    try:
        return await studio.sessions.open(actor.workspace, workflow_id)
    except NotFound:
        missing_workflow(actor)
        return None
