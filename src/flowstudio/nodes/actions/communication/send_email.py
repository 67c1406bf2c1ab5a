"""Send an email."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.mail import Letter, build_mails, send_mails
from flowstudio.kit.recipients import parts_of
from flowstudio.kit.words import capital, counted, listed, said, shortened, spaced


class SendEmailConfig(Config):
    """What the mail says and to whom."""

    to: JsonValue = setting(
        label="To",
        help="Mail addresses, people, a team, or everyone. Each gets a mail of their own.",
        widget="recipients",
        example="{{invoice.customer.email}}",
    )
    template: str | None = setting(
        None,
        label="Message text",
        help="One of the message texts. Without one, write subject and body here.",
        widget="message_text",
        reading="literal",
        example="invoice_reminder",
    )
    variables: dict[str, Any] = setting(
        default_factory=dict,
        label="Fills in the text",
        help="Names in the message text and their values.",
        widget="fields",
        example={"invoice_number": "{{invoice.number}}"},
    )
    subject: str | None = setting(
        None,
        label="Subject",
        help="Left empty, that of the message text.",
        example="Invoice {{invoice.number}} is overdue",
        max_length=500,
    )
    body: str | None = setting(
        None,
        label="Body",
        help="Markdown makes headings, lists and links.",
        widget="longtext",
        example="Hello {{invoice.customer.name}},",
        max_length=200_000,
    )
    cc: JsonValue = setting(
        None, label="Copy to", widget="recipients", example="{{settings.finance_email}}", advanced=True
    )
    bcc: JsonValue = setting(
        None, label="Hidden copy to", widget="recipients", example="{{settings.finance_email}}", advanced=True
    )
    reply_to: str | None = setting(
        None, label="Answers go to", widget="email", example="{{settings.finance_email}}", advanced=True
    )
    from_name: str | None = setting(
        None, label="Sender's name", example="{{settings.company_name}}", max_length=200, advanced=True
    )
    attachments: list[JsonValue] = setting(
        default_factory=list,
        label="Files",
        help="Files and documents that came with the trigger or that earlier steps gave.",
        widget="list",
        example=["{{document}}"],
        max_length=20,
        advanced=True,
    )
    credential: str | None = setting(
        None,
        label="Connection",
        help="Left empty, the mail server of the workspace.",
        widget="credential",
        advanced=True,
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.subject or self.template or self.body):
            raise ValueError("A mail needs a subject or a message text.")
        return self


class SendEmailOutput(Output):
    """What the mail server said."""

    message_id: str | None = Field(description="The id of the mail.", examples=["<4f1c@app.brightline.example>"])
    status: str = Field(description="sent or queued.", examples=["sent"])


class SendEmail(Action):
    """Sends a mail to one or more people, each a mail of their own.

    Write it here or choose a message text. In a test run nothing leaves; the mail is shown as it would be sent.
    """

    key = "send_email"
    title = "Send email"
    icon = "mail"
    aliases = ("sendEmail", "Send Email", "AUTOMATION_EMAIL")
    synonyms = ("mail", "message", "write", "reminder")
    effect = "sends"
    idempotent = False
    connector = "smtp"
    Config: ClassVar[type[Config]] = SendEmailConfig
    Output = SendEmailOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['to']))}" if config.get("to") else "Nobody to write to yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `send the message Invoice reminder to the customer email`."""
        if config.get("template"):
            what = f"send the message {capital(spaced(str(config['template'])))}"
        elif config.get("subject"):
            what = f'send the email "{said(config["subject"], 60)}"'
        else:
            what = "send an email"
        return f"{what} to {said(config['to'])}" if config.get("to") else what

    async def run(self, config: SendEmailConfig, ctx: RunContext) -> JsonObject:
        """Send one mail per recipient."""
        letter = Letter(
            to=config.to,
            subject=config.subject,
            body=config.body,
            template=config.template,
            variables=config.variables,
            cc=config.cc,
            bcc=config.bcc,
            reply_to=config.reply_to,
            from_name=config.from_name,
            attachments=tuple(config.attachments),
        )
        return await send_mails(await build_mails(letter, ctx), ctx)

    def preview(self, config: SendEmailConfig) -> Preview:
        people = parts_of(config.to)
        line = f"Would send {counted(len(people), 'email')} to {listed(people)}"
        return Preview(shortened(line, 120), {"emails": len(people)})
