"""Change stage, health or assignee of a client."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import record_of
from flowstudio.kit.words import capital, listed, said, spaced


class UpdateClientConfig(Config):
    """Which client, and what changes."""

    record: dict[str, Any] = setting(label="Client", widget="record", reading="expression", example="{{client}}")
    set: dict[str, Any] = setting(
        label="Change", help="Fields and their new values.", widget="fields", example={"stage": "at_risk"}, min_length=1
    )


class UpdateClientOutput(Output):
    """The client."""

    record: dict[str, Any] = Field(
        description="The client as it is now.", examples=[{"id": "cust_1", "stage": "at_risk"}]
    )


class UpdateClient(Action):
    """Changes a client: stage, health, owner or any other field."""

    key = "update_client"
    title = "Change client"
    icon = "user-edit"
    aliases = ("updateClient", "Update client")
    synonyms = ("customer", "stage", "health", "owner")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = UpdateClientConfig
    Output = UpdateClientOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return capital(listed(_changes(config))) or "No change yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `set the client's stage to at risk`."""
        changes = listed(_changes(config))
        return f"set the client's {changes}" if changes else "change the client"

    async def run(self, config: UpdateClientConfig, ctx: RunContext) -> JsonObject:
        """Write the change."""
        client = record_of(config.record, "customers")
        return {"record": await ctx.records.update("customers", client, config.set)}

    def preview(self, config: UpdateClientConfig) -> Preview:
        return Preview("Would change 1 client", {"updated": 1})


def _changes(config: JsonObject) -> list[str]:
    return [
        f"{spaced(name)} to {said(value).replace('_', ' ') or 'nothing'}"
        for name, value in (config.get("set") or {}).items()
    ]
