"""Start a workflow later."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, is_record
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import is_day, is_duration, later, moment_of, stamp
from flowstudio.kit.records import known_fields
from flowstudio.kit.words import said, spaced


class ScheduleWorkflowConfig(Config):
    """Which workflow, when, and with what."""

    workflow: str = setting(label="Workflow", widget="workflow", example="invoice-reminder", min_length=1)
    run_at: str = setting(
        label="When",
        help="A time from now, such as 7 days, or a date, with a time if you like.",
        widget="when",
        example="7 days",
        min_length=1,
    )
    input: dict[str, Any] = setting(
        default_factory=dict,
        label="Gives it",
        help="The values with which it starts. Left empty, what started this run.",
        widget="fields",
        advanced=True,
    )


class ScheduleWorkflowOutput(Output):
    """The start."""

    record: dict[str, Any] = Field(description="The planned start.", examples=[{"status": "scheduled"}])


class ScheduleWorkflow(Action):
    """Plans the start of a workflow for later and goes on at once.

    At its time the published version runs, records as they are then. One that is not published does not start, and
    people are told.
    """

    key = "schedule_workflow"
    title = "Start a workflow later"
    icon = "calendar-plus"
    aliases = ("scheduleWorkflow",)
    synonyms = ("later", "plan", "delay", "start")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = ScheduleWorkflowConfig
    Output = ScheduleWorkflowOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("workflow"):
            return "No workflow yet"
        when = said(config.get("run_at"))
        return (
            f"{said(config['workflow'])}, {'in ' if is_duration(config.get('run_at')) else ''}{when or 'no time yet'}"
        )

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `start the workflow invoice reminder in 7 days`."""
        when = said(config.get("run_at"))
        name = spaced(said(config.get("workflow"))) or "that is still to be chosen"
        return (
            f"start the workflow {name} {'in' if is_duration(config.get('run_at')) else 'at'} {when or 'a later time'}"
        )

    async def run(self, config: ScheduleWorkflowConfig, ctx: RunContext) -> JsonObject:
        """Write the planned start."""
        row: JsonObject = {"workflow": config.workflow, "run_at": _moment(config.run_at, ctx)}
        given = config.input or await ctx.fill("{{trigger}}")
        more: JsonObject = {"input": by_id(given) or None, "planned_by": ctx.run_id}
        row |= known_fields(ctx.records.type_of("scheduled_workflows"), more)
        return {"record": await ctx.records.create("scheduled_workflows", row)}

    def preview(self, config: ScheduleWorkflowConfig) -> Preview:
        return Preview(f"Would start {config.workflow} later", {"created": 1})


def by_id(value: JsonValue) -> JsonValue:
    """Return a value whose records are named by their ids alone: they are read anew when it is used."""
    if is_record(value):
        return {"id": value["id"], ENTITY: value[ENTITY]}
    if isinstance(value, dict):
        return {key: by_id(item) for key, item in value.items() if not key.startswith("$")}
    return [by_id(item) for item in value] if isinstance(value, list) else value


def _moment(run_at: str, ctx: RunContext) -> str:
    if is_duration(run_at):
        return stamp(later(ctx.now(), run_at, "run_at"))
    moment = moment_of(run_at, ctx.zone, "run_at")
    return moment.date().isoformat() if is_day(run_at) else stamp(moment)
