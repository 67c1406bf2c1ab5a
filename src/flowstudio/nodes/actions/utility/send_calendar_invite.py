"""Send a calendar invitation."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.mail import Letter, build_mails, deliver, log_mail
from flowstudio.kit.moments import duration_of, moment_of
from flowstudio.kit.ports import MailMessage
from flowstudio.kit.recipients import parts_of
from flowstudio.kit.words import counted, listed, said


class SendCalendarInviteConfig(Config):
    """Who meets, when and where."""

    to: JsonValue = setting(
        label="Who", help="Mail addresses, people or a team.", widget="recipients", example=["{{deal.owner.email}}"]
    )
    title: str = setting(label="Title", example="Kickoff {{client.name}}", min_length=1, max_length=300)
    at: str = setting(
        label="When", help="A date with a time.", widget="datetime", example="{{add_days(today, 1)}} 14:00"
    )
    duration: str = setting("1 hour", label="How long", widget="duration", example="30 minutes")
    location: str | None = setting(None, label="Where", example="Room 4", max_length=500)
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)


class SendCalendarInviteOutput(Output):
    """The invitation."""

    invite_id: str = Field(description="The id by which calendars know it.", examples=["8c1f@app.brightline.example"])


class SendCalendarInvite(Action):
    """Sends an invitation that people can take into their calendar, one mail each."""

    key = "send_calendar_invite"
    title = "Send calendar invitation"
    icon = "calendar-event"
    aliases = ("sendCalendarInvite",)
    synonyms = ("meeting", "appointment", "schedule", "invite")
    effect = "sends"
    idempotent = False
    connector = "smtp"
    Config: ClassVar[type[Config]] = SendCalendarInviteConfig
    Output = SendCalendarInviteOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"{said(config.get('title')) or 'No title yet'}, {said(config.get('at')) or 'no time yet'}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `invite the deal owner email to "Kickoff"`."""
        return f'invite {said(config.get("to")) or "somebody"} to "{said(config.get("title"), 60)}"'

    async def run(self, config: SendCalendarInviteConfig, ctx: RunContext) -> JsonObject:
        """Send one invitation per recipient."""
        start = moment_of(config.at, ctx.zone, "at")
        uid = f"{hashlib.sha256(f'{ctx.run_id}|{ctx.node_id}|{ctx.iteration}'.encode()).hexdigest()[:32]}@flowstudio"
        body = f"{config.title}\n\n{config.at}{f', {config.location}' if config.location else ''}"
        mails = await build_mails(Letter(config.to, subject=config.title, body=body), ctx)
        invitation = build_invitation(config, start, uid, [mail.to for mail in mails], ctx)
        document: JsonObject = {
            "title": "invite.ics",
            "format": "ics",
            "content": base64.b64encode(invitation).decode(),
        }
        text = f"{config.title} @ {config.at}"

        def note(mail: MailMessage, ctx: RunContext) -> None:
            ctx.message("calendar", mail.to, text, **({"location": config.location} if config.location else {}))

        for mail, _ in await deliver([replace(mail, attachments=(document,)) for mail in mails], ctx, note):
            await log_mail(mail, ctx)
        return {"invite_id": uid}

    def preview(self, config: SendCalendarInviteConfig) -> Preview:
        people = parts_of(config.to)
        return Preview(
            f"Would send {counted(len(people), 'invitation')} to {listed(people)}", {"invitations": len(people)}
        )


def build_invitation(
    config: SendCalendarInviteConfig, start: datetime, uid: str, people: list[str], ctx: RunContext
) -> bytes:
    """Return the invitation as an iCalendar request."""
    import icalendar  # a quarter of a second, which no start need wait for

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//FlowStudio//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", ctx.now())
    event.add("dtstart", start)
    event.add("dtend", start + duration_of(config.duration, "duration"))
    event.add("summary", config.title)
    if config.location:
        event.add("location", config.location)
    for person in people:
        event.add("attendee", icalendar.vCalAddress(f"mailto:{person}"))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
