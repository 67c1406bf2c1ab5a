"""Yes or no, as a switch with its words at the left."""

from typing import Self

from nicegui import ui

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.entered import entered
from flowstudio.ui.forms.value_field import ValueField
from flowstudio.ui.forms.widgets.seam import Desk, Widget, takes_variables


class SwitchRow(ui.element):
    """Label and help at the left, the switch at the right."""

    def __init__(self, setting: Setting, value: JsonValue, desk: Desk) -> None:
        super().__init__("div")
        self.classes("fsf-switch")
        self._desk = desk
        self._setting = setting
        self._quiet = False
        with self:
            with ui.element("div").classes("fsf-switch-words"):
                ui.label(setting.label).classes("fsf-switch-label")
                if setting.help:
                    ui.label(setting.help).classes("fsf-help")
                self._now = ui.label().classes("fsf-now")
                self._error = ui.label().classes("fsf-error")
            self._switch = ui.switch(value=bool(value), on_change=lambda event: self._changed(event.value))
        entered(self._switch, desk.context.address(setting.key))
        self._switch.props["aria-label"] = setting.label
        self._switch.set_enabled(not desk.context.readonly)
        self.set_now(desk.context.now.get(setting.key))
        self.set_error(desk.context.errors.get(setting.key))

    def set_value(self, value: JsonValue) -> Self:
        """Show another value without reporting it."""
        self._quiet = True
        self._switch.value = bool(value)
        self._quiet = False
        return self

    def set_now(self, text: str | None) -> Self:
        """Show what the sample gives."""
        self._now.set_text(f"Now: {text}" if text else "")
        self._now.set_visibility(bool(text))
        return self

    def set_error(self, sentence: str | None) -> Self:
        """Show what is wrong."""
        self._error.set_text(sentence or "")
        self._error.set_visibility(bool(sentence))
        return self

    def _changed(self, value: bool) -> None:
        if not self._quiet:
            self._desk.change(self._setting, value)


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw a switch; a value that comes from data is a field instead."""
    shown = setting.default if value is None else value
    if isinstance(shown, str):
        return ValueField(
            shown,
            kind="boolean",
            label=setting.label,
            on_change=desk.changer(setting),
            variables=takes_variables(setting),
            **desk.shown(setting),
        )
    return SwitchRow(setting, shown, desk)
