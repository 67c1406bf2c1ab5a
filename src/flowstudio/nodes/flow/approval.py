"""Ask for approval: a person decides, the run waits."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Ask, Config, FlowNode, Output, RunContext, Way, setting
from flowstudio.kit.moments import later
from flowstudio.kit.words import said


class ApprovalConfig(Config):
    subject: str = setting(
        label="What is asked",
        example="Pay {{invoice.amount}} to {{invoice.vendor.name}}?",
        min_length=1,
        max_length=500,
    )
    approvers: list[str] = setting(
        label="Who decides",
        help="Mail addresses, people or teams.",
        widget="recipients",
        example=["{{invoice.customer.owner.email}}"],
        min_length=1,
        max_length=50,
    )
    mode: Literal["any", "all"] = setting(
        "any", label="Enough", help="One answer, or the answer of every one.", reading="literal"
    )
    deadline: str = setting("24 hours", label="Answer within", widget="duration", example="24 hours")
    on_timeout: Literal["reject", "escalate"] = setting(
        "reject", label="Without an answer", help="It counts as refused, or goes to somebody else.", reading="literal"
    )
    escalate_to: str | None = setting(
        None,
        label="Then ask",
        widget="recipients",
        show_if={"on_timeout": "escalate"},
        example="{{settings.finance_email}}",
    )
    message: str = setting(
        "", label="Message", help="What the person needs to know.", widget="longtext", max_length=20_000
    )
    amount: float | None = setting(None, label="Amount", help="Shown beside the question.", advanced=True)


class ApprovalOutput(Output):
    decision: str = Field(description="approved, rejected or expired.", examples=["approved"])
    by: str | None = Field(description="Who decided.", examples=["maya.torres@brightline.example"])
    comment: str | None = Field(description="What the person wrote.", examples=["Fine by me"])
    at: str | None = Field(description="When it was decided.", examples=["2026-03-02T09:00:00"])


class Approval(FlowNode):
    """Asks people and waits for their answer: approved, rejected, or no answer in time.

    Who decides gets a mail with a link to the run, and everyone finds the question under Approvals. Without a way for
    Rejected, a refusal ends the run.
    """

    key = "approval"
    title = "Ask for approval"
    icon = "rubber-stamp"
    word = "Wait"
    aliases = ("approve", "approval_request", "requires_approval")
    synonyms = ("decision", "sign off", "confirm", "manager", "person")
    Config: ClassVar[type[Config]] = ApprovalConfig
    Output = ApprovalOutput
    main = "decision"

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return (Way("approved", "Approved"), Way("rejected", "Rejected"), Way("expired", "No answer"))

    @classmethod
    def line(cls, config: JsonObject) -> str:
        people = said(config.get("approvers"))
        return f"By {people}, within {said(config.get('deadline')) or '24 hours'}" if people else "Nobody to ask yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `ask the customer owner email for approval`."""
        people = said(config.get("approvers"))
        everyone = "all of " if config.get("mode") == "all" else ""
        return f"ask {everyone}{people or 'somebody'} for approval"

    def decide(self, config: ApprovalConfig, ctx: RunContext) -> Ask:
        if config.on_timeout == "escalate" and not config.escalate_to:
            raise ConfigRejected(
                "Without an answer it goes to somebody else, but nobody is named.", setting="escalate_to"
            )
        people = tuple(dict.fromkeys(part for one in config.approvers for part in _people(one)))
        if not people:
            raise ConfigRejected("Nobody is asked for approval: the list of people is empty.", setting="approvers")
        return Ask(
            subject=config.subject,
            approvers=people,
            mode=config.mode,
            deadline=later(ctx.now(), config.deadline, "deadline"),
            on_timeout=config.on_timeout,
            escalate_to=config.escalate_to or None,
            message=config.message,
            amount=config.amount,
        )


def _people(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
