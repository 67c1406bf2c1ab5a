"""Alerts: which figures of the workspace people want to hear of, from which limit on, and who hears of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.services.alert_rules import METRICS, amount
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button, chip, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonValue
    from flowstudio.services.alerts import AlertState
    from flowstudio.services.studio import Studio

LOOK_EVERY = 20.0
"""Seconds after which the page says anew what is beyond its limit."""
FIELDS = (
    ("mail", "Mail to", "Nobody, else such as ana@company.com"),
    ("slack", "Slack channel", "None, else such as #operations"),
    ("webhook", "Call an address", "None, else such as https://events.company.com/alerts"),
)


class AlertsPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.may = actor.may(Role.ADMIN)

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/analytics", "Alerts"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Alerts").classes("fs-page__title").props("role=heading aria-level=1")
                ui.element("div").classes("fs-bar__gap")
                button("Analytics", icon="arrow-left", on_click=lambda: ui.navigate.to("/analytics"))
            await self.voice()
            ui.label(
                "FlowStudio looks every minute. When a figure goes beyond its limit it tells once, and once more when"
                " it is back; on Home everybody sees it."
            ).classes("fs-caption")
            for one in await self.studio.alerts.list(self.actor):
                self._card(one)
            if not self.may:
                ui.label("Admins and owners change them.").classes("fs-caption")

    @ui.refreshable_method
    async def voice(self) -> None:
        """Say what is raised."""
        raised = [one for one in await self.studio.alerts.list(self.actor) if one.raised_at is not None]
        names = [METRICS[one.rule.metric].title.lower() for one in raised]
        text = f"Beyond the limit: {', '.join(names)}." if names else "No figure is beyond its limit."
        ui.label(text).classes("fs-voice fs-voice--large").props("data-alerts-voice role=status")

    def _card(self, one: AlertState) -> None:
        rule, metric = one.rule, METRICS[one.rule.metric]
        with ui.element("section").classes("fs-card").props(f'aria-label="{metric.title}" data-alert="{rule.metric}"'):
            with ui.element("div").classes("fs-toolbar"):
                ui.label(metric.title).classes("fs-title").props("role=heading aria-level=2")
                if one.raised_at is not None:
                    zone = self.studio.settings.zone(self.actor.workspace)
                    since = moment(one.raised_at, zone, self.studio.clock.now())
                    chip(f"Beyond the limit since {since}", "bad", icon="alert-triangle")
                ui.element("div").classes("fs-bar__gap")
                switch = ui.switch(value=rule.on).props(f'aria-label="Alert: {metric.title}"')
                switch.on_value_change(lambda event: self._keep(rule.metric, "on", event.value))
                switch.set_enabled(self.may)
            now = f"Now {amount(metric, one.reading)}." if one.reading is not None else "Nothing to read at present."
            ui.label(f"{metric.about} {now}").classes("fs-caption")
            with ui.element("div").classes("fs-form-grid"):
                self._field(rule.metric, "above", f"Above ({metric.unit})", f"{rule.above:g}", f"{metric.above:g}")
                self._field(rule.metric, "minutes", "Within minutes", str(rule.minutes), str(metric.minutes))
                for key, label, empty in FIELDS:
                    kept = getattr(rule, key)
                    self._field(rule.metric, key, label, kept if isinstance(kept, str) else ", ".join(kept), empty)

    def _field(self, metric: str, key: str, label: str, value: str, empty: str) -> None:
        with ui.element("div").classes("fs-field"):
            ui.label(label).classes("fs-field-label")
            field = ui.input(value=value, placeholder=empty).props(f'outlined dense aria-label="{label}"')
            if not self.may:
                field.props("readonly")
                return
            kept = [value]

            async def keep() -> None:
                given = str(field.value or "").strip()
                if given != kept[0] and await self._keep(metric, key, given):
                    kept[0] = given

            field.on("blur", keep)
            field.on("keydown.enter", partial(field.run_method, "blur"))

    async def _keep(self, metric: str, key: str, value: JsonValue) -> bool:
        kept = False
        with said():
            await self.studio.alerts.change(self.actor, metric, {key: value})
            kept = True
            toast("Kept.")
        return kept


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/alerts", response_timeout=PATIENCE)
    async def page() -> None:
        found = AlertsPage(studio, current_actor())
        await found.draw()
        ui.timer(LOOK_EVERY, found.voice.refresh, immediate=False)
