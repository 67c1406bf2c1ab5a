"""Give a lead to a sales rep."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import stamp
from flowstudio.kit.records import fresh, record_of

_WORDS = {
    "least_loaded": "To whoever has the fewest leads",
    "round_robin": "To each in turn",
    "territory": "To somebody of the lead's region",
}
_SALES: JsonObject = {
    "type": "and",
    "conditions": [
        {"field": "department", "operator": "equals", "value": "sales"},
        {"field": "quota_carrying", "operator": "equals", "value": True},
    ],
}


class AssignLeadConfig(Config):
    """Which lead, and how its owner is found."""

    record: dict[str, Any] = setting(label="Lead", widget="record", reading="expression", example="{{lead}}")
    strategy: Literal["least_loaded", "round_robin", "territory"] = setting(
        label="Who gets it",
        help="Whoever has the fewest leads, each in turn, or somebody of the lead's region.",
        example="least_loaded",
    )


class AssignLeadOutput(Output):
    """The new owner."""

    id: str = Field(description="The owner's id.", examples=["emp_002"])
    name: str | None = Field(description="The owner's name.", examples=["Leo Brandt"])
    email: str | None = Field(description="The owner's mail address.", examples=["leo.brandt@brightline.example"])


class AssignLead(Action):
    """Gives a lead to one of the sales people who carry a quota, and counts it among their open leads."""

    key = "assign_lead"
    title = "Assign lead"
    icon = "user-plus"
    aliases = ("assignLead",)
    synonyms = ("owner", "sales", "route", "round robin", "territory")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = AssignLeadConfig
    Output = AssignLeadOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return _WORDS.get(str(config.get("strategy")), "Nobody yet")

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `give the lead to whoever has the fewest leads`."""
        words = _WORDS.get(str(config.get("strategy")), "to somebody")
        return f"give the lead {words[0].lower()}{words[1:]}"

    async def run(self, config: AssignLeadConfig, ctx: RunContext) -> JsonObject:
        """Find the owner, and write both records."""
        lead_id = record_of(config.record, "leads")
        people = await ctx.records.query("employees", _SALES)
        if not people:
            raise ConfigRejected(
                "Nobody in sales can take the lead.", hint="Mark at least one employee of sales as carrying a quota."
            )
        owner = await self._owner(config, people, ctx)
        now = stamp(ctx.now())
        await ctx.records.update("leads", lead_id, {"owner_id": owner["id"], "assigned_at": now})
        await ctx.records.update("employees", str(owner["id"]), {"open_leads": _load(owner) + 1})
        return {"id": owner["id"], "name": owner.get("name"), "email": owner.get("email")}

    @staticmethod
    async def _owner(config: AssignLeadConfig, people: list[JsonObject], ctx: RunContext) -> JsonObject:
        if config.strategy == "round_robin":
            last = await _last_assignments(ctx)
            return min(people, key=lambda person: last.get(str(person["id"]), ""))
        if config.strategy == "territory":
            lead = await fresh(config.record, ctx)
            region = str(lead.get("region") or "").casefold()
            near = [person for person in people if str(person.get("region") or "").casefold() == region]
            people = near or people
        return min(people, key=_load)

    def preview(self, config: AssignLeadConfig) -> Preview:
        return Preview("Would give 1 lead to a sales person", {"updated": 2})


def _load(person: JsonObject) -> int:
    return int(person.get("open_leads") or 0)


async def _last_assignments(ctx: RunContext) -> dict[str, str]:
    """Return when each person was last given a lead; who never was is missing."""
    last: dict[str, str] = {}
    for lead in await ctx.records.query("leads", {"field": "assigned_at", "operator": "exists"}):
        owner = str(lead.get("owner_id") or "")
        last[owner] = max(last.get(owner, ""), str(lead["assigned_at"]))
    return last
