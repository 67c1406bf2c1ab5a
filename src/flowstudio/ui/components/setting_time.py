"""The workspace's time on the settings page: its zone, its business hours, its holidays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from nicegui import ui

from flowstudio.calendar import BadTime
from flowstudio.domain.actor import Role
from flowstudio.errors import BadRequest
from flowstudio.services.setting_rules import DAYS, HOLIDAYS, HOURS, ZONE, hours_of, merged, read_holidays, read_hours
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.staying import staying
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.services.studio import Studio


class SettingTime:
    """The card of zone, hours and holidays."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.may = actor.may(Role.ADMIN)

    async def draw(self) -> None:
        """Draw the card."""
        values = await self.studio.settings.all(self.actor)
        with ui.element("section").classes("fs-card").props('aria-label="Time"'):
            ui.label("Time").classes("fs-title")
            ui.label("Schedules and dates without a zone of their own go by this clock.").classes("fs-caption")
            with ui.element("div").classes("fs-settings-zone"):
                self._zone(str(values[ZONE]))
            ui.label("Business hours").classes("fs-strong fs-settings__head")
            ui.label(
                "Steps that wait in business hours wait for these. Write such as 09:00 to 17:00, or"
                " 09:00 to 12:00, 13:00 to 17:00; leave a day empty where you are closed."
            ).classes("fs-caption")
            self._hours(values.get(HOURS))
            ui.label("Holidays").classes("fs-strong fs-settings__head")
            ui.label("On these days nothing counts as open. A day without a year comes every year.").classes(
                "fs-caption"
            )
            await self.holidays()

    def _zone(self, zone: str) -> None:
        with ui.element("div").classes("fs-field"):
            ui.label("Time zone").classes("fs-field-label")
            zones = sorted(available_timezones() | {zone})
            field = ui.select(
                zones, value=zone, with_input=True, on_change=lambda event: self._keep(ZONE, "Time zone", event.value)
            )
            field.props('outlined dense aria-label="Time zone"').set_enabled(self.may)

    def _hours(self, value: JsonValue) -> None:
        try:
            texts = hours_of(value)
        except (BadTime, TypeError, ValueError):  # an older FlowStudio kept what it was given
            texts = dict.fromkeys(DAYS, "")
        fields: dict[str, ui.input] = {}
        with ui.element("div").classes("fs-settings-week"):
            for day in DAYS:
                ui.label(day.capitalize()).classes("fs-field-label")
                fields[day] = ui.input(value=texts[day], placeholder="Closed").props(
                    f'outlined dense maxlength=120 aria-label="{day.capitalize()}"'
                )
                fields[day].set_enabled(self.may)
        wrong = ui.label().classes("fs-field-error").props("role=alert")
        wrong.set_visibility(False)

        async def keep() -> None:
            wrong.set_visibility(False)
            try:
                hours = read_hours({day: str(field.value or "") for day, field in fields.items()})
            except BadRequest as error:
                wrong.set_text(error.told)
                wrong.set_visibility(True)
                return
            await self._keep(HOURS, "Business hours", hours)

        if self.may:
            button("Keep the hours", on_click=keep)

    @ui.refreshable_method
    async def holidays(self) -> None:
        """Draw the holidays, a line each, by year."""
        days = self._days()
        if not days:
            ui.label("There are none yet.").classes("fs-caption")
        years: dict[str, list[JsonObject]] = {}
        for one in days:
            day = str(one.get("date"))
            years.setdefault(day[:4] if len(day) > 5 else "Every year", []).append(one)
        for year, found in years.items():
            ui.label(year).classes("fs-field-label fs-settings-days__year")
            with ui.element("ul").classes("fs-settings-days").props(f'aria-label="Holidays, {year.lower()}"'):
                for one in found:
                    with ui.element("li").props(f'data-holiday="{one["date"]}"'):
                        ui.label(str(one["date"])).classes("fs-num")
                        ui.label(str(one.get("name") or "")).classes("fs-ellipsis")
                        if self.may:
                            label = f"Remove {one['date']}"
                            button("", "quiet", icon="x", label=label, on_click=staying(partial(self._remove, one)))
        if self.may:
            with ui.element("div").classes("fs-toolbar"):
                button("Add holidays", icon="calendar-plus", on_click=staying(self._add))
                if days:
                    button("Remove all", "danger", icon="trash", on_click=staying(self._remove_all))

    def _days(self) -> list[JsonObject]:
        kept = self.studio.settings.settings(self.actor.workspace).get(HOLIDAYS)
        return merged(kept if isinstance(kept, list) else (), ())

    async def _add(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, "Add holidays")
            ui.label("One a line: the day and its name. Or paste a whole calendar file of holidays (.ics).").classes(
                "fs-text fs-text-2"
            )
            field = ui.textarea(placeholder="2026-12-25 Christmas Day\n01-01 New Year's Day").props(
                'outlined autofocus rows=8 maxlength=200000 aria-label="Holidays"'
            )
            wrong = ui.label().classes("fs-field-error").props("role=alert")
            wrong.set_visibility(False)

            def give() -> None:
                try:
                    dialog.submit(read_holidays(str(field.value or "")))
                except BadRequest as error:
                    wrong.set_text(error.told)
                    wrong.set_visibility(True)

            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=lambda: dialog.submit(None))
                button("Add them", "primary", on_click=give)
        found: list[JsonObject] | None = await answer_of(dialog)
        if found:
            before = self._days()
            await self._put(merged(before, found), f"{count_of(len(found), 'day')} added.", before)

    async def _remove(self, one: JsonObject) -> None:
        before = self._days()
        await self._put([day for day in before if day != one], f"{one.get('name') or one['date']} removed.", before)

    async def _remove_all(self) -> None:
        before = self._days()
        text = "All days of the week then count by the business hours alone."
        if await confirm("Remove all holidays?", text, "Remove all", destroys=True):
            await self._put([], "All holidays removed.", before)

    async def _put(self, days: list[JsonObject], told: str, before: list[JsonObject] | None = None) -> None:
        with said():
            await self.studio.settings.set(self.actor, HOLIDAYS, days or None)
            self.holidays.refresh()
            undo = None if before is None else partial(self._put, before, "As before.")
            toast(told, action="Undo" if undo else None, on_action=undo)

    async def _keep(self, key: str, label: str, value: JsonValue) -> None:
        with said():
            await self.studio.settings.set(self.actor, key, value)
            toast(f"{label}: kept.")
