"""The list of what is worth a look before a workflow works unattended; shown once, put away by each person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import app, ui

from flowstudio.errors import NotFound
from flowstudio.services.going_live import LivePoint, live_points
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.studio import Studio

TITLE = "Before it works unattended"
PUT_AWAY = "live_lists_put_away"
MOST_KEPT = 500


async def points_of(
    studio: Studio, actor: Actor, workflow_id: str, draft: Workflow | None = None
) -> tuple[LivePoint, ...]:
    """Return the points of what is live, or of a draft of it; none where nothing is published."""
    try:
        live = await studio.workflows.published(actor, workflow_id)
    except NotFound:
        return ()
    stored, row = await studio.workflows.get(actor, workflow_id), await studio.workflows.row(actor, workflow_id)
    found, mails = draft or live, bool(studio.mail_from)
    return live_points(stored, row, found, studio.registry, studio.credentials.get, mails=mails)


def is_put_away(workflow_id: str) -> bool:
    """Say whether this person has put the list of a workflow away."""
    return workflow_id in (app.storage.user.get(PUT_AWAY) or ())


def put_away(workflow_id: str) -> None:
    """Put the list of a workflow away for this person."""
    kept = [one for one in app.storage.user.get(PUT_AWAY) or () if one != workflow_id]
    app.storage.user[PUT_AWAY] = [*kept, workflow_id][-MOST_KEPT:]


def live_list(
    studio: Studio, actor: Actor, points: Sequence[LivePoint], go: Callable[[LivePoint], object] | None
) -> None:
    """Draw the points, the open ones with a button that leads there; without `go` for reading alone."""
    zone, now = studio.settings.zone(actor.workspace), studio.clock.now()
    with ui.element("ul").classes("fs-live").props(f'aria-label="{TITLE}"'):
        for point in points:
            word = "Done" if point.done else "Open"
            with ui.element("li").classes("fs-live__point").props(f'data-topic="{point.topic}"'):
                mark = icon("circle-check" if point.done else "circle-dashed").classes(
                    "fs-ok" if point.done else "fs-warn"
                )
                mark.props(f'role=img aria-label="{word}" aria-hidden=false')
                with ui.element("span"):
                    ui.label(f"{point.text} {moment(point.at, zone, now)}." if point.at else point.text)
                    if go is not None and not point.done:
                        with ui.element("button").classes("fs-link").props("type=button") as way:
                            ui.label(point.deed)
                        way.on("click", partial(go, point))
