"""Find a free agent with a skill."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import said

_FREE: JsonObject = {
    "type": "and",
    "conditions": [
        {"field": "department", "operator": "equals", "value": "support"},
        {"field": "available", "operator": "equals", "value": True},
    ],
}


class FindAvailableAgentConfig(Config):
    """What the agent has to know."""

    skill: str = setting(label="Skill", example="technical", min_length=1, max_length=100)


class FindAvailableAgentOutput(Output):
    """The agent; nothing when nobody is free."""

    record: dict[str, Any] | None = Field(description="The agent, or nothing.", examples=[{"id": "emp_7"}])
    id: str | None = Field(description="The agent's id.", examples=["emp_7"])
    name: str | None = Field(description="The agent's name.", examples=["Ines Rocha"])
    email: str | None = Field(description="The agent's mail address.", examples=["ines@brightline.example"])


class FindAvailableAgent(Action):
    """Finds the free support agent with the fewest open tickets, one with the skill if there is any.

    When nobody is free, the step succeeds and the agent is empty.
    """

    key = "find_available_agent"
    title = "Find free agent"
    icon = "user-search"
    aliases = ("findAvailableAgent",)
    synonyms = ("support", "assign", "skill", "route")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = FindAvailableAgentConfig
    Output = FindAvailableAgentOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"Who knows {said(config['skill'])}" if config.get("skill") else "Any skill"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `find a free agent for technical`."""
        return f"find a free agent for {said(config.get('skill')) or 'any skill'}"

    async def run(self, config: FindAvailableAgentConfig, ctx: RunContext) -> JsonObject:
        """Look for the agent."""
        free = await ctx.records.query("employees", _FREE)
        wanted = config.skill.casefold()
        skilled = [agent for agent in free if wanted in [str(skill).casefold() for skill in agent.get("skills") or ()]]
        agent = min(skilled or free, key=lambda one: one.get("open_tickets") or 0, default=None)
        if agent is None:
            return {"record": None, "id": None, "name": None, "email": None}
        return {"record": agent, "id": agent["id"], "name": agent.get("name"), "email": agent.get("email")}

    def preview(self, config: FindAvailableAgentConfig) -> Preview:
        return Preview("Finds a free agent")
