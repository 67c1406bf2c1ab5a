"""The panel while no step is chosen: what the workflow is for, and how its runs behave together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.calendar import parse_duration
from flowstudio.errors import FlowStudioError
from flowstudio.services.run_guard import FAILURES
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from nicegui.events import ValueChangeEventArguments

    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.workflow import Workflow

Edit = Callable[[str, Callable[["Workflow"], "Workflow"], str | None], Awaitable[None]]

MOST = 1_000_000
"""The largest number that a field takes: beyond it no limit would ever be met."""
PRIORITIES = {"high": "Before others", "normal": "In its turn", "low": "After others"}
TOGETHER = {
    "parallel": "Both run, side by side",
    "queued": "The new one waits for its turn",
    "single": "The new one is left out",
    "restart": "The new one replaces the old one",
}


def workflow_panel(workflow: Workflow, edit: Edit, extra: Callable[[], None], switched_off: str | None) -> None:
    """Draw it; `extra` draws what its triggers add, `switched_off` is why FlowStudio itself switched it off."""
    with ui.element("header").classes("fs-panel__head"):
        icon("route", 22)
        ui.label("This workflow").classes("fs-panel__title")
    with ui.element("div").classes("fs-panel__body"):
        if switched_off:
            _reason(workflow, switched_off)
        _purpose(workflow, edit)
        extra()
        fields = Fields(workflow, edit)
        for draw in (_starting, _ending, _switching_off, _keeping):
            draw(fields)


def _reason(workflow: Workflow, reason: str) -> None:
    with ui.element("div").classes("fs-card fs-card--bad").props("role=note"):
        ui.label("FlowStudio switched this workflow off").classes("fs-strong")
        ui.label(reason)
        with ui.element("a").props(f'href="/runs?workflow={workflow.id}"').classes("fs-link"):
            ui.label("Look at its runs")


def _purpose(workflow: Workflow, edit: Edit) -> None:
    async def describe(event: object) -> None:
        text = str(getattr(event, "value", "") or "")[:2000] or None
        await edit("Describe", lambda flow: flow.model_copy(update={"description": text}), "description")

    with ui.element("div").classes("fs-field"):
        ui.label("What it is for").classes("fs-field-label")
        ui.textarea(
            value=workflow.description or "", placeholder="Sends reminders for overdue invoices", on_change=describe
        ).props('outlined autogrow debounce=400 aria-label="What it is for"')


def _starting(fields: Fields) -> None:
    fields.choice("concurrency", "If it starts while it runs", TOGETHER, "parallel")
    fields.number("max_runs_per_hour", "Most runs an hour", "No limit", least=1)
    fields.duration("dedupe_window", "Start once for the same record within", "Each time, else such as 5 minutes")
    fields.choice("priority", "When much is to do, its runs go", PRIORITIES, "normal")


def _ending(fields: Fields) -> None:
    asks = "So many messages and calls of a run leave by themselves; then it waits under Approvals for a yes."
    fields.number("ask_after", "Ask somebody after", "Never", asks)
    fields.duration("timeout", "Give a run up after", "No limit, else such as 2 hours")


def _switching_off(fields: Fields) -> None:
    never = "Nothing starts it then until somebody switches it on again. 0 for never."
    fields.number("pause_after_failures", "Switch off after failed runs in a row", f"{FAILURES}", never, most=100)
    together = "All its runs together. Runs that are under way finish."
    fields.number("max_sent_per_hour", "Switch off beyond messages and calls an hour", "No limit", together, least=1)


def _keeping(fields: Fields) -> None:
    fields.duration("retention", "Keep finished runs for", "For good, else such as 90 days")


class Fields:
    """Fields of the workflow's settings; each keeps what is typed as one edit, nothing where it is emptied."""

    def __init__(self, workflow: Workflow, edit: Edit) -> None:
        self._settings = workflow.settings
        self._edit = edit

    def choice(self, key: str, label: str, options: dict[str, str], usual: str) -> None:
        """Draw a list to choose from; `usual` is what holds without a choice."""

        async def take(event: ValueChangeEventArguments[Any]) -> None:
            await self._keep(key, label, None if event.value == usual else event.value)

        with self._field(label):
            ui.select(options, value=getattr(self._settings, key) or usual, on_change=take).props(
                f'outlined dense options-dense aria-label="{label}"'
            )

    def number(self, key: str, label: str, empty: str, about: str = "", *, least: int = 0, most: int = MOST) -> None:
        """Draw a field for a whole number; `empty` says what holds without one."""

        async def take(event: ValueChangeEventArguments[Any]) -> None:
            value = event.value
            fits = value is None or (float(value).is_integer() and least <= value <= most)
            wrong.set_visibility(not fits)
            if fits:
                await self._keep(key, label, None if value is None else int(value))

        with self._field(label):
            ui.number(value=getattr(self._settings, key), step=1, placeholder=empty, on_change=take).props(
                f'outlined dense debounce=400 aria-label="{label}"'
            )
            wrong = ui.label(f"Write a whole number from {least} to {most:,}.").classes("fs-field-error")
            wrong.props("role=alert").set_visibility(False)
            if about:
                ui.label(about).classes("fs-field-help")

    def duration(self, key: str, label: str, empty: str) -> None:
        """Draw a field for a duration in words, which says so when it cannot be read."""
        before = getattr(self._settings, key) or ""
        with self._field(label):
            field = ui.input(value=before, placeholder=empty).props(f'outlined dense aria-label="{label}"')
            wrong = ui.label("Write a number and a unit, such as 2 hours or 3 days.").classes("fs-field-error")
            wrong.props("role=alert").set_visibility(False)

        async def take() -> None:
            nonlocal before
            text = str(field.value or "").strip()
            fits = not text or _is_duration(text)
            wrong.set_visibility(not fits)
            if fits and text != before:
                before = text
                await self._keep(key, label, text or None)

        field.on("blur", take)
        field.on("keydown.enter", take)

    def _field(self, label: str) -> ui.element:
        with ui.element("div").classes("fs-field") as field:
            ui.label(label).classes("fs-field-label")
        return field

    async def _keep(self, key: str, label: str, value: JsonValue) -> None:
        def change(flow: Workflow) -> Workflow:
            return flow.model_copy(update={"settings": flow.settings.model_copy(update={key: value})})

        await self._edit(f'Change "{label}"', change, f"settings:{key}")


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except (FlowStudioError, ValueError):
        return False
    return True
