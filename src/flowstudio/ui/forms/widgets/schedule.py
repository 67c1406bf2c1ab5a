"""When a trigger fires: one field over the settings that say so together."""

from collections.abc import Sequence
from typing import Self

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.schedule_field import ScheduleField
from flowstudio.ui.forms.widgets.seam import Desk, Widget

PARTS = ("mode", "cron", "every", "time", "day", "at")


class ScheduleParts(ScheduleField):
    """Shows a trigger's `mode`, `cron`, `every`, `time`, `day` and `at` as one choice, and writes them one by one."""

    def __init__(self, setting: Setting, desk: Desk) -> None:
        self._setting = setting
        self._desk = desk
        sentence, next_times = self._said()
        super().__init__(
            self._chosen(),
            label=setting.label,
            on_change=self._choose,
            sentence=sentence,
            next_times=next_times,
            **desk.shown(setting, *PARTS),
        )
        for part in PARTS:
            if part != setting.key:
                desk.claimed[part] = setting.key
        desk.follow(self._say)

    def set_value(self, value: JsonValue) -> Self:
        """Show what the form's values say; `value` is one of them only."""
        del value
        super().set_value(self._chosen())
        self._say()
        return self

    def _chosen(self) -> JsonObject:
        return {part: self._desk.values[part] for part in PARTS if self._desk.values.get(part) is not None}

    def _choose(self, chosen: JsonValue) -> None:
        before = self._chosen()
        for part in PARTS:
            if chosen.get(part) != before.get(part):
                self._desk.values[part] = chosen.get(part)
                if self._desk.context.address(part) is None:
                    self._desk.on_change(part, chosen.get(part))
        self._desk.refresh()

    def _say(self) -> None:
        self.show(*self._said())

    def _said(self) -> tuple[str, Sequence[str]]:
        """Return what is chosen in words, with its next times; the zone of the form counts."""
        chosen, zone = self._chosen(), self._desk.values.get("timezone")
        return self._desk.context.schedule({**chosen, "timezone": zone}) if chosen else ("", ())


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a schedule with its sentence and next times; a setting of another name holds a cron line."""
    if setting.key in PARTS:
        return ScheduleParts(setting, desk)

    def changed(chosen: JsonValue) -> None:
        desk.change(setting, chosen)
        element.show(*desk.context.schedule(chosen))

    sentence, next_times = desk.context.schedule(value) if value else ("", ())
    element = ScheduleField(
        value,
        label=setting.label,
        on_change=changed,
        text=True,
        sentence=sentence,
        next_times=next_times,
        **desk.shown(setting),
    )
    return element
