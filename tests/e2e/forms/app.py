"""The app that the browser tests drive: one page per widget, what it reported last shown as JSON underneath."""

import json
import sys
from collections.abc import Callable
from typing import Any, Literal

from nicegui import app, ui

from flowstudio.kit import Config, setting, settings_of
from flowstudio.ui import forms, theme
from tests.e2e.forms import sample

theme.install(app)
Report = Callable[[Any], None]


def page(path: str, width: int = 348) -> Callable[[Callable[[Report], None]], None]:
    """Make a page with one widget in a panel `width` px wide; `?dark` shows it dark."""

    def register(build: Callable[[Report], None]) -> None:
        @ui.page(path)
        def show(dark: str | None = None) -> None:
            ui.dark_mode(dark is not None)
            seen: list[Any] = []
            with ui.element("div").style(
                f"width:{width}px;padding:20px;background:var(--fs-paper);display:grid;gap:20px"
            ):
                body = ui.element("div")
                ui.label("outside").props("data-testid=outside")
                out = (
                    ui.label("-")
                    .props("data-testid=out")
                    .style("white-space:pre-wrap;overflow-wrap:anywhere;font:12px var(--fs-mono)")
                )
                count = ui.label("0").props("data-testid=count")

            def report(value: Any) -> None:
                seen.append(value)
                out.set_text(json.dumps(value, ensure_ascii=False))
                count.set_text(str(len(seen)))

            with body, forms.FormScope(sample.VARIABLES, forms.FORMATTERS, sample.operators()):
                build(report)

    return register


def chip(label: str, path: str) -> None:
    """A variable that can be dragged, as the editor's input panel shows it."""
    element = ui.label(label).classes("fsf-pill").props("draggable=true")
    element.on("dragstart", js_handler=f"(e) => e.dataTransfer.setData('application/x-flowstudio-variable', '{path}')")


@page("/expression")
def expression(report: Report) -> None:
    field = forms.ExpressionField(
        "Invoice {{invoice.number}} is overdue",
        label="Subject",
        on_change=report,
        now="Invoice INV-2041 is overdue",
        placeholder="Invoice",
    )
    forms.ExpressionField(
        "", label="To", on_change=report, placeholder="anna@example.com", error="An address is missing."
    )
    forms.ExpressionField("{{old.total}} and {{invoice.amount | money}}", label="Broken", on_change=report)
    forms.ExpressionField(
        "Dear {{invoice.customer.name}},\n\nplease pay.", label="Message", multiline=True, on_change=report
    )
    chip("Drag amount", "invoice.amount")
    ui.button("Set", on_click=lambda: field.set_value("From outside {{invoice.amount}}"))
    ui.button("Refresh", on_click=lambda: field.set_now("Now and then"))


@page("/condition", 760)
def condition(report: Report) -> None:
    builder = forms.ConditionBuilder(sample.CONDITION, on_change=report, sentence=sample.SENTENCE)
    builder.show(sample.SENTENCE, sample.VERDICTS)
    chip("Drag due date", "invoice.due_date")
    ui.button("Empty", on_click=lambda: builder.set_value(None))


@page("/condition-narrow")
def condition_narrow(report: Report) -> None:
    forms.ConditionBuilder(sample.CONDITION, on_change=report, sentence=sample.SENTENCE).show(
        sample.SENTENCE, sample.VERDICTS
    )


@page("/condition-empty", 760)
def condition_empty(report: Report) -> None:
    forms.ConditionBuilder(
        {"field": "{{invoice.amount}}", "operator": "less_than", "value": 3}, on_change=report, label="Rules"
    )


@page("/filter", 760)
def filter_(report: Report) -> None:
    fields = [{"title": "Invoice", "items": [
        sample.item("status", "Status", "choice", "overdue", choices=["draft", "sent", "overdue"]),
        sample.item("balance", "Balance", "money", "4,800.00"), sample.item("amount", "Amount", "money", "4,800.00"),
        sample.item("due_date", "Due date", "date", "11 Feb 2026"),
    ]}]  # fmt: skip
    tree = {
        "type": "and",
        "conditions": [
            {"field": "status", "operator": "equals", "value": "overdue"},
            {"field": "balance", "operator": "less_than", "value": {"field_of": "amount"}},
        ],
    }
    forms.ConditionBuilder(tree, on_change=report, fields=fields, label="Which ones")


@page("/lists")
def lists(report: Report) -> None:
    forms.ListEditor("{{invoice.customer.email}}", label="Recipients", noun="recipient", single=True, on_change=report)
    forms.FieldsEditor({"invoice_number": "{{invoice.number}}", "amount": 12}, label="Variables", on_change=report)
    names = [
        {"value": "status", "label": "Status", "type": "text"},
        {"value": "balance", "label": "Balance", "type": "number"},
    ]
    forms.FieldsEditor({"status": "paid"}, label="Change", names=names, on_change=report)
    forms.FieldsEditor({"due_date": "{{invoice.due_date}}"}, label="Fills in the text", fixed=True, on_change=report,
                       names=[{"value": "number", "label": "Invoice number"}, {"value": "due_date", "label": "Due date"}])  # fmt: skip


@page("/values")
def values(report: Report) -> None:
    forms.ValueField("3 days", kind="duration", label="Wait for", on_change=report)
    forms.ValueField(3, kind="number", label="Attempts", on_change=report)
    forms.ValueField("2026-11-20", kind="date", label="Day", on_change=report)
    forms.ValueField(
        "b",
        kind="choice",
        label="Plan",
        options=[{"value": letter, "label": f"Plan {letter.upper()}"} for letter in "abcdefghijkl"],
        on_change=report,
    )
    forms.ValueField(
        "invoice.overdue",
        kind="choice",
        free=True,
        label="Event",
        options=[{"value": "invoice.overdue", "label": "invoice.overdue"}],
        variables=[],
        on_change=report,
    )
    forms.ValueField("now", kind="datetime", label="Until", on_change=report)
    forms.ValueField(True, kind="boolean", label="Active", on_change=report)


@page("/schedule")
def schedule(report: Report) -> None:
    forms.ScheduleField({"mode": "weekly", "day": ["monday", "friday"], "time": "09:00", "timezone": "Europe/Berlin"}, label="When", on_change=report,
                        sentence="Every Monday and Friday at 09:00.", next_times=["Mon 23 Nov, 09:00", "Fri 27 Nov, 09:00"])  # fmt: skip
    forms.ScheduleField("0 9 * * 1-5", label="Cron", text=True, on_change=report)
    forms.ScheduleField({}, label="Not yet", on_change=report)


class MailConfig(Config):
    to: list[str] | str = setting(label="To", widget="recipients", example="anna@example.com")
    subject: str = setting(label="Subject", example="Invoice {{invoice.number}}")
    body: str | None = setting(None, label="Message", widget="longtext", help="What the person reads.")
    priority: Literal["normal", "high"] = setting("normal", label="Priority")
    variables: dict[str, Any] = setting(default_factory=dict, label="Fills in the text", widget="fields")
    track: bool = setting(False, label="Count openings", help="Adds a small picture.")
    attempts: int = setting(3, label="Attempts", advanced=True, ge=1)
    note: str = setting("", label="Why so high", show_if={"priority": "high"})


@ui.page("/form")
def form(dark: str | None = None) -> None:
    ui.dark_mode(dark is not None)
    with ui.element("div").style("width:348px;padding:20px;background:var(--fs-paper);display:grid;gap:20px"):
        context = forms.FormContext(
            sample.VARIABLES,
            sample.operators(),
            now={"to": "accounts@harborprint.example"},
            errors={"subject": "The subject is missing."},
        )
        start = {"to": "{{invoice.customer.email}}", "variables": {"amount": "{{invoice.amount}}"}}
        made = forms.render_form(settings_of(MailConfig), start, context=context, on_change=lambda key, value: show())
        out = ui.label("-").props("data-testid=out").style("overflow-wrap:anywhere;font:12px var(--fs-mono)")

        def show() -> None:
            out.set_text(json.dumps(made.values, ensure_ascii=False))

        ui.button("Undo", on_click=lambda: made.set_values({**start, "priority": "high"}))


class ChoosingConfig(Config):
    cases: list[dict[str, Any]] = setting(default_factory=list, label="Cases", widget="cases", reading="lazy")
    inputs: list[dict[str, Any]] = setting(default_factory=list, label="Asks for", widget="inputs", reading="literal")


@page("/rows")
def rows(report: Report) -> None:
    start = {"cases": [{"name": "high", "value": "high"}, {"name": "large", "condition": {"field": "invoice.amount", "operator": "greater_than", "value": 5}}],
             "inputs": [{"name": "lead", "type": "record:leads", "required": True}]}  # fmt: skip
    context = forms.FormContext(sample.VARIABLES, sample.operators())
    forms.render_form(
        settings_of(ChoosingConfig), start, context=context, on_change=lambda key, value: report([key, value])
    )


class AskingConfig(Config):
    fields: list[dict[str, Any]] = setting(default_factory=list, label="Fields", widget="inputs", reading="literal")


@page("/asking")
def asking(report: Report) -> None:
    start = {"fields": [{"name": "topic", "type": "text", "required": True}]}
    context = forms.FormContext(sample.VARIABLES, sample.operators())
    forms.render_form(
        settings_of(AskingConfig), start, context=context, on_change=lambda key, value: report([key, value])
    )


if __name__ in {"__main__", "__mp_main__"}:
    ui.run(host="127.0.0.1", port=int(sys.argv[1]), reload=False, show=False, title="Forms")
