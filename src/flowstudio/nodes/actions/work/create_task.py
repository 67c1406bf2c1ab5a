"""Create a task."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import is_duration, later, moment_of
from flowstudio.kit.recipients import is_address, one_recipient, people_of
from flowstudio.kit.records import known_fields
from flowstudio.kit.words import said


class CreateTaskConfig(Config):
    """What is to be done, by whom and until when."""

    title: str = setting(label="Title", example="Call {{lead.name}} at {{lead.company}}", min_length=1, max_length=500)
    assignee: str = setting(
        label="For",
        help="A mail address, a person or a team.",
        widget="recipients",
        example="{{deal.owner.email}}",
        min_length=1,
    )
    due: str | None = setting(
        None, label="Due", help="A time from now, such as 2 days, or a date.", widget="when", example="2 days"
    )
    priority: Literal["low", "medium", "high", "urgent"] | None = setting(None, label="Priority", example="high")
    description: str | None = setting(None, label="Description", widget="longtext", max_length=20_000)


class CreateTaskOutput(Output):
    """The task."""

    record: dict[str, Any] = Field(description="The new task.", examples=[{"id": "tsk_1", "status": "todo"}])


class CreateTask(Action):
    """Creates a task for a person or a team. Without a priority it is medium."""

    key = "create_task"
    title = "Create task"
    icon = "checkbox"
    aliases = ("createTask", "Create task")
    synonyms = ("todo", "assign", "work", "to do")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateTaskConfig
    Output = CreateTaskOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("title"):
            return "No title yet"
        due = said(config.get("due"))
        when = f", in {due}" if is_duration(config.get("due")) else ""
        return f"For {said(config.get('assignee')) or 'nobody yet'}{when}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `create the task "Call the customer" for the deal owner email`."""
        return f'create the task "{said(config.get("title"), 60)}" for {said(config.get("assignee")) or "somebody"}'

    async def run(self, config: CreateTaskConfig, ctx: RunContext) -> JsonObject:
        """Write the task."""
        assignee = await one_recipient(config.assignee, ctx, "assignee")
        people = await people_of(assignee, ctx) if is_address(assignee) else []
        row: JsonObject = {"title": config.title, "assignee": assignee}
        if people:
            row["assignee_id"] = people[0]["id"]
        if config.due:
            row["due_date"] = _due(config.due, ctx)
        if config.priority:
            row["priority"] = config.priority
        row |= known_fields(ctx.records.type_of("tasks"), {"description": config.description})
        return {"record": await ctx.records.create("tasks", row)}

    def preview(self, config: CreateTaskConfig) -> Preview:
        return Preview(f"Would create 1 task for {config.assignee}", {"created": 1})


def _due(due: str, ctx: RunContext) -> str:
    moment = later(ctx.now(), due, "due") if is_duration(due) else moment_of(due, ctx.zone, "due")
    return moment.date().isoformat()
