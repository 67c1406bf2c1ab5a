"""The panel while no step is chosen: what the workflow is for, and how its runs behave together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import BadRequest
from flowstudio.services.editing.workflow_settings import (
    MINUTES,
    NO_DURATION,
    NO_MINUTES,
    NO_PEOPLE,
    USUAL,
    no_number,
    workflow_setting,
)
from flowstudio.services.run_guard import FAILURES
from flowstudio.ui.editor.entry import SETTINGS
from flowstudio.ui.forms.entered import Address, entered
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Workflow

AddressAt = Callable[..., Address]
"""Names the place of a field."""
PRIORITIES = {"high": "Before others", "normal": "In its turn", "low": "After others"}
TOGETHER = {
    "parallel": "Both run, side by side",
    "queued": "The new one waits for its turn",
    "single": "The new one is left out",
    "restart": "The new one replaces the old one",
}


def workflow_panel(workflow: Workflow, entry: AddressAt, extra: Callable[[], None], switched_off: str | None) -> None:
    """Draw it; `extra` draws what its triggers add, `switched_off` is why FlowStudio itself switched it off."""
    with ui.element("header").classes("fs-panel__head"):
        icon("route", 22)
        ui.label("This workflow").classes("fs-panel__title")
    with ui.element("div").classes("fs-panel__body"):
        if switched_off:
            _reason(workflow, switched_off)
        _purpose(workflow, entry)
        extra()
        fields = Fields(workflow, entry)
        for draw in (_starting, _ending, _failing, _switching_off, _keeping):
            draw(fields)


def _reason(workflow: Workflow, reason: str) -> None:
    with ui.element("div").classes("fs-card fs-card--bad").props("role=note"):
        ui.label("FlowStudio switched this workflow off").classes("fs-strong")
        ui.label(reason)
        with ui.element("a").props(f'href="/runs?workflow={workflow.id}"').classes("fs-link"):
            ui.label("Look at its runs")


def _purpose(workflow: Workflow, entry: AddressAt) -> None:
    with ui.element("div").classes("fs-field"):
        ui.label("What it is for").classes("fs-field-label")
        field = ui.textarea(value=workflow.description or "", placeholder="Sends reminders for overdue invoices")
        field.props('outlined autogrow debounce=400 aria-label="What it is for"')
        entered(field, entry("", "description"))


def _starting(fields: Fields) -> None:
    fields.choice("concurrency", "If it starts while it runs", TOGETHER)
    fields.number("max_runs_per_hour", "Most runs an hour", "No limit")
    fields.duration("dedupe_window", "Start once for the same record within", "Each time, else such as 5 minutes")
    fields.choice("priority", "When much is to do, its runs go", PRIORITIES)


def _ending(fields: Fields) -> None:
    asks = "So many messages and calls of a run leave by themselves; then it waits under Approvals for a yes."
    fields.number("ask_after", "Ask somebody after", "Never", asks)
    fields.duration("timeout", "Give a run up after", "No limit, else such as 2 hours")


def _failing(fields: Fields) -> None:
    once = "Once an hour at most: the next mail says how many more runs have failed."
    fields.people("alert_to", "When a run fails, mail to", "Nobody, else such as ana@company.com", once)


def _switching_off(fields: Fields) -> None:
    never = "Nothing starts it then until somebody switches it on again. 0 for never."
    fields.number("pause_after_failures", "Switch off after failed runs in a row", f"{FAILURES}", never)
    together = "All its runs together. Runs that are under way finish."
    fields.number("max_sent_per_hour", "Switch off beyond messages and calls an hour", "No limit", together)


def _keeping(fields: Fields) -> None:
    fields.duration("retention", "Keep finished runs for", "For good, else such as 90 days")
    worth = "What a person would need. Analytics adds it up over the completed runs."
    fields.number(MINUTES, "Minutes that a run saves", "Not known", worth)


class Fields:
    """Fields of the workflow's settings; the browser sends what is typed, a sentence says what does not fit."""

    def __init__(self, workflow: Workflow, entry: AddressAt) -> None:
        self._settings = workflow.settings
        self._entry = entry

    def choice(self, key: str, label: str, options: dict[str, str]) -> None:
        """Draw a list to choose from."""
        with self._field(label):
            field = ui.select(options, value=getattr(self._settings, key) or USUAL[key])
            field.props(f'outlined dense options-dense aria-label="{label}"')
            entered(field, self._entry("", SETTINGS, key), values=list(options))

    def number(self, key: str, label: str, empty: str, about: str = "") -> None:
        """Draw a field for a whole number; `empty` says what holds without one."""
        with self._field(label):
            field: ui.number = ui.number(value=getattr(self._settings, key), step=1, placeholder=empty)
            field.props(f'outlined dense debounce=400 aria-label="{label}"')
            entered(field, self._entry("", SETTINGS, key))
            wrong = _wrong(NO_MINUTES if key == MINUTES else no_number(key))
            field.on_value_change(lambda event: wrong.set_visibility(not _fits(key, event.value)))
            if about:
                ui.label(about).classes("fs-field-help")

    def duration(self, key: str, label: str, empty: str) -> None:
        """Draw a field for a duration in words, which says so when it cannot be read."""
        self._text(key, label, empty, getattr(self._settings, key) or "", NO_DURATION)

    def people(self, key: str, label: str, empty: str, about: str) -> None:
        """Draw a field for mail addresses."""
        self._text(key, label, empty, ", ".join(getattr(self._settings, key) or ()), NO_PEOPLE, about)

    def _text(self, key: str, label: str, empty: str, value: str, sentence: str, about: str = "") -> None:
        with self._field(label):
            field = ui.input(value=value, placeholder=empty)
            field.props(f'outlined dense aria-label="{label}"')
            entered(field, self._entry("", SETTINGS, key), on="blur")
            wrong = _wrong(sentence)
            if about:
                ui.label(about).classes("fs-field-help")

        def judge() -> None:
            wrong.set_visibility(not _fits(key, field.value))

        field.on("blur", judge)
        field.on("keydown.enter", judge)

    def _field(self, label: str) -> ui.element:
        with ui.element("div").classes("fs-field") as field:
            ui.label(label).classes("fs-field-label")
        return field


def _wrong(sentence: str) -> ui.label:
    wrong = ui.label(sentence).classes("fs-field-error").props("role=alert")
    wrong.set_visibility(False)
    return wrong


def _fits(key: str, given: str | float | None) -> bool:
    try:
        workflow_setting(key, given)
    except BadRequest:
        return False
    return True
