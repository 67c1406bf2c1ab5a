"""Ask for approval without waiting."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import later, stamp
from flowstudio.kit.recipients import parts_of
from flowstudio.kit.records import known_fields
from flowstudio.kit.words import said


class CreateApprovalRequestConfig(Config):
    """What is asked, and whom."""

    subject: str = setting(
        label="What is asked", example="Credit {{credit_memo.amount}}?", min_length=1, max_length=500
    )
    approver: JsonValue = setting(
        label="Who decides",
        help="A mail address, a person or a team.",
        widget="recipients",
        example="{{settings.finance_email}}",
    )
    amount: float | None = setting(None, label="Amount", example="{{credit_memo.amount}}")
    deadline: str | None = setting(None, label="Answer within", widget="duration", example="24 hours")


class CreateApprovalRequestOutput(Output):
    """The request."""

    record: dict[str, Any] = Field(description="The request.", examples=[{"id": "appr_1", "status": "pending"}])


class CreateApprovalRequest(Action):
    """Puts a request on the list of approvals and goes on at once. To wait for the answer, use Ask for approval."""

    key = "create_approval_request"
    title = "Request approval"
    icon = "clipboard-check"
    aliases = ("createApprovalRequest",)
    synonyms = ("ask", "decision", "sign off")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateApprovalRequestConfig
    Output = CreateApprovalRequestOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"From {said(config['approver'])}" if config.get("approver") else "Nobody to ask yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `request approval from the finance email`."""
        return f"request approval from {said(config.get('approver')) or 'somebody'}"

    async def run(self, config: CreateApprovalRequestConfig, ctx: RunContext) -> JsonObject:
        """Write the request."""
        people = parts_of(config.approver)
        if not people:
            raise ConfigRejected("Nobody is asked for approval.", setting="approver")
        amount = config.amount
        row: JsonObject = {
            "subject": config.subject,
            "approver": ", ".join(people),
            "amount": int(amount) if amount is not None and amount.is_integer() else amount,
        }
        expires = stamp(later(ctx.now(), config.deadline, "deadline")) if config.deadline else None
        row |= known_fields(ctx.records.type_of("approval_requests"), {"expires_at": expires})
        return {"record": await ctx.records.create("approval_requests", row)}

    def preview(self, config: CreateApprovalRequestConfig) -> Preview:
        return Preview(f"Would request 1 approval from {said(config.approver)}", {"created": 1})
