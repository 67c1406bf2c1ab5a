"""Tell a whole team on its own channel."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.recipients import people_of
from flowstudio.kit.words import capital, said

CHANNELS = "team_channels"
"""The workspace setting that names each team's channel: `{"sales": "#sales"}`."""


class NotifyTeamConfig(Config):
    """Which team, and what it is told."""

    team: str = setting(
        label="Team", help="A department, such as sales.", example="sales", min_length=1, max_length=100
    )
    text: str = setting(
        label="Text", widget="longtext", example="New lead {{lead.company}}", min_length=1, max_length=20_000
    )


class NotifyTeamOutput(Output):
    """What the channel said."""

    message_id: str | None = Field(description="The id of the message.", examples=["ntf_1"])


class NotifyTeam(Action):
    """Tells a team something on its own channel.

    The channel of each team is a setting of the workspace. A team without one is told inside the app, member by member.
    """

    key = "notify_team"
    title = "Tell a team"
    icon = "speakerphone"
    aliases = ("notifyTeam", "Team notifications")
    synonyms = ("group", "department", "everyone", "inform")
    effect = "sends"
    idempotent = False
    Config: ClassVar[type[Config]] = NotifyTeamConfig
    Output = NotifyTeamOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['team']))}" if config.get("team") else "No team yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `tell the team sales`."""
        return f"tell the team {said(config.get('team')) or 'that is still to be chosen'}"

    async def run(self, config: NotifyTeamConfig, ctx: RunContext) -> JsonObject:
        """Tell the team on its channel."""
        channels = ctx.settings.get(CHANNELS) or {}
        channel = channels.get(config.team) if isinstance(channels, dict) else None
        answer = await self._by_slack(str(channel), config, ctx) if channel else await self._in_app(config, ctx)
        ctx.message("team", config.team, config.text)
        return {"message_id": answer}

    @staticmethod
    async def _by_slack(channel: str, config: NotifyTeamConfig, ctx: RunContext) -> str | None:
        response = await ctx.http.request(build_slack(channel, config.text))
        return response.body.get("ts") if isinstance(response.body, dict) else None

    @staticmethod
    async def _in_app(config: NotifyTeamConfig, ctx: RunContext) -> str | None:
        people = await people_of(config.team, ctx)
        recipients = [str(person["email"]) for person in people if person.get("email")] or [config.team]
        if config.team.casefold() == "everyone":
            recipients = ["everyone"]
        first: str | None = None
        for recipient in recipients:
            row = {"recipient": recipient, "text": config.text}
            record = await ctx.records.create("notifications", row, silent=True)
            first = first or str(record["id"])
        if first is None:
            raise ConfigRejected(f'The team "{config.team}" has nobody in it.', setting="team")
        return first

    def preview(self, config: NotifyTeamConfig) -> Preview:
        return Preview(f"Would tell the team {config.team}", {"notifications": 1})
