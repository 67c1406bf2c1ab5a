"""The bin: deleted workflows, which can be taken back, or removed for good."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.services.setting_rules import BIN
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.running_job import RunningJob
from flowstudio.ui.components.shelf_deeds import tell
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment
from flowstudio.ui.theme import button, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.services.emptying import Weight
    from flowstudio.services.shelf_ports import Binned
    from flowstudio.services.studio import Studio

KEPT = {
    "": "Until somebody removes them", "7 days": "7 days", "30 days": "30 days", "90 days": "90 days",
    "365 days": "1 year",
}  # fmt: skip
"""How long workflows stay in the bin, in words."""


class BinPage:
    """The page's parts."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.removes = actor.may(Role.ADMIN)
        self.found: Sequence[Binned] = ()

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/workflows", "Bin"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Bin").classes("fs-page__title").props("role=heading aria-level=1")
                button("All workflows", icon="arrow-left", on_click=lambda: ui.navigate.to("/workflows"))
            ui.label(
                "Deleted workflows stay here with their versions and past runs. What comes back is switched off."
            ).classes("fs-text-2")
            if self.removes:
                self._emptying()
            await self.rows()

    def _emptying(self) -> None:
        self.kept = kept = str(self.studio.settings.settings(self.actor.workspace).get(BIN) or "")
        with ui.element("div").classes("fs-toolbar"):
            ui.label("They stay").classes("fs-field-label")
            words = KEPT if kept in KEPT else {**KEPT, kept: kept}
            self.chosen = ui.select(words, value=kept, on_change=lambda event: self._keep(str(event.value)))
            self.chosen.classes("fs-bin__stay").props('outlined dense options-dense aria-label="How long they stay"')
            ui.element("div").classes("fs-bar__gap")
            self.job = RunningJob("Remove all for good", self._remove_all, kind="danger", symbol="trash")

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw what is in the bin."""
        self.found = found = await self.studio.bulk.binned(self.actor)
        if self.removes:
            self.job.set_enabled(bool(found))
        if not found:
            with ui.element("div").classes("fs-card"):
                empty("The bin is empty.", [("All workflows", "route", lambda: ui.navigate.to("/workflows"))])
            return
        zone, now = self.studio.settings.zone(self.actor.workspace), self.studio.clock.now()
        with ui.element("div").classes("fs-rows").props('role=list aria-label="Deleted workflows"'):
            for one in found:
                with ui.element("div").classes("fs-row fs-row--wraps").props(f'role=listitem data-binned="{one.id}"'):
                    with ui.element("div").classes("fs-stack fs-row__name"):
                        ui.label(one.name or one.id)
                        ui.label(f"Deleted {moment(one.deleted_at, zone, now)}").classes("fs-caption")
                    ui.element("div").classes("fs-bar__gap")
                    if self.actor.may(Role.BUILDER):
                        button("Put back", icon="arrow-back-up", on_click=partial(self._put_back, one))
                    if self.removes:
                        label = f"Remove {one.name or one.id} for good"
                        button("Remove for good", "danger", label=label, on_click=partial(self._remove, [one]))

    async def _put_back(self, one: Binned) -> None:
        with said():
            done = await self.studio.bulk.put_back(self.actor, [one.id])
            for refusal in done.refused:
                toast(refusal.message, wrong=True)
            if done.done:
                toast(f"{one.name} is back.", action="Open it", on_action=partial(_open, one.id))
        self.rows.refresh()

    async def _remove_all(self) -> None:
        await self._remove(list(self.found))

    async def _remove(self, gone: Sequence[Binned]) -> None:
        ids = [one.id for one in gone]
        names = gone[0].name or gone[0].id if len(gone) == 1 else count_of(len(gone), "workflow")
        with said():
            weight = await self.studio.emptying.weigh(self.actor, ids)
            if not await confirm(f"Remove {names} for good?", _what_goes(weight), f"Remove {names}", destroys=True):
                return
            done = await self.job.wait_for(self.studio.emptying.remove(self.actor, ids, self.job.told))
            if done is not None:
                removed = names if len(gone) == 1 else count_of(len(done.done), "workflow")
                tell(done, f"{removed} {'is' if len(done.done) == 1 else 'are'} gone for good.")
            self.rows.refresh()

    async def _keep(self, stays: str) -> None:
        if stays == self.kept:
            return
        if stays and not await confirm(
            f"Remove workflows after {KEPT.get(stays, stays)} in the bin?",
            "Each hour those go for good that were deleted longer ago, with their versions and past runs.",
            f"Remove them after {KEPT.get(stays, stays)}", destroys=True,
        ):  # fmt: skip
            self.chosen.set_value(self.kept)
            return
        with said():
            await self.studio.settings.set(self.actor, BIN, stays or None)
            self.kept = stays
            toast(f"Workflows stay in the bin for {KEPT[stays]}." if stays else "Workflows stay in the bin.")


def _what_goes(weight: Weight) -> str:
    parts = [
        count_of(number, word)
        for number, word in (
            (weight.versions, "version"), (weight.runs, "past run"), (weight.steps, "step"),
            (weight.cases, "test case"),
        )
        if number
    ]  # fmt: skip
    also = (
        f"{', '.join(parts)} and every change in the editor go too, with files that only they hold. " if parts else ""
    )
    return f"{also}Records that runs wrote stay, and so do the lines of the audit. This cannot be undone."


def _open(workflow_id: str) -> None:
    ui.navigate.to(f"/workflows/{workflow_id}")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/bin", response_timeout=PATIENCE)
    async def page() -> None:
        await BinPage(studio, current_actor()).draw()
