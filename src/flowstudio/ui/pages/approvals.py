"""Approvals: what waits for a person, with the words it was asked in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.services.mailing import nobody_told
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.untold_note import untold_note
from flowstudio.ui.components.words import moment, printed
from flowstudio.ui.theme import button, chip, tile, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.services.ports import Asked
    from flowstudio.services.studio import Studio


class ApprovalList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.shown: Sequence[Asked] = ()
        self.comments: dict[str, str] = {}
        """What somebody has written and not sent yet, by token: it outlives what is drawn anew around it."""

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/approvals", "Approvals"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Approvals").classes("fs-page__title").props("role=heading aria-level=1")
            await self.rows()

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw what waits."""
        waiting = self.shown = await self.studio.approvals.list(self.actor)
        if not waiting:
            with ui.element("div").classes("fs-card"):
                empty("Nobody waits for a decision.", note="When a workflow asks for approval, it stands here.")
            return
        by_mail = any(asked.detail.get("approvers") for asked in waiting)
        untold_note(nobody_told(self.studio.mail_from, asks=by_mail))
        for asked in waiting:
            self._card(asked)

    async def look_again(self) -> None:
        """Draw anew what waits, where it is not what stands there: runs that ask nobody leave the page alone."""
        if await self.studio.approvals.list(self.actor) != self.shown:
            await self.rows.refresh()

    def _card(self, asked: Asked) -> None:
        zone = self.studio.settings.zone(self.actor.workspace)
        when = partial(moment, zone=zone, now=self.studio.clock.now())
        detail = asked.detail
        with ui.element("article").classes("fs-card fs-approval").props(f'data-approval="{asked.token}"'):
            with ui.element("div").classes("fs-toolbar"):
                tile("flow", "rubber-stamp")
                ui.label(asked.workflow_name).classes("fs-strong")
                ui.label(f"asked {when(asked.asked_at)}").classes("fs-caption")
                ui.element("div").classes("fs-bar__gap")
                if asked.expires is not None:
                    chip(f"until {when(asked.expires)}", "warn", icon="clock")
            ui.label(str(detail.get("subject") or "May it go on?")).classes("fs-voice fs-voice--large")
            if detail.get("message"):
                ui.label(str(detail["message"])).classes("fs-text")
            if detail.get("amount") is not None:
                ui.label(f"Amount {printed(detail['amount'])}").classes("fs-strong")
            ui.label("For " + (", ".join(map(str, detail.get("approvers") or ())) or "everyone here")).classes(
                "fs-caption"
            )
            if not self.actor.may(Role.OPERATOR):
                button("See the run", "quiet", on_click=lambda: ui.navigate.to(f"/runs/{asked.run_id}"))
                return
            comment = ui.input(
                placeholder="A word to go with it",
                value=self.comments.get(asked.token, ""),
                on_change=lambda event: self.comments.update({asked.token: str(event.value or "")}),
            ).props('outlined dense maxlength=2000 aria-label="Comment"')
            with ui.element("div").classes("fs-toolbar"):
                button("Approve", "primary", icon="check", on_click=lambda: self._decide(asked, "approved", comment))
                button("Reject", icon="x", on_click=lambda: self._decide(asked, "rejected", comment))
                ui.element("div").classes("fs-bar__gap")
                button("See the run", "quiet", on_click=lambda: ui.navigate.to(f"/runs/{asked.run_id}"))

    async def _decide(self, asked: Asked, decision: str, comment: ui.input) -> None:
        with said():
            await self.studio.approvals.decide(self.actor, asked.token, decision, str(comment.value or ""))
            toast("Approved. The run goes on." if decision == "approved" else "Rejected.")
        self.rows.refresh()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/approvals", response_timeout=PATIENCE)
    async def page() -> None:
        actor = current_actor()
        shown = ApprovalList(studio, actor)
        await shown.draw()
        keep_fresh(studio, actor, shown.look_again)
