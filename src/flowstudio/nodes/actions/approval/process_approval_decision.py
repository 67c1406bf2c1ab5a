"""Record a decision on a request."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import stamp
from flowstudio.kit.records import fresh, record_of
from flowstudio.kit.words import said


class ProcessApprovalDecisionConfig(Config):
    """Which request, and what was decided."""

    record: dict[str, Any] = setting(label="Request", widget="record", reading="expression", example="{{request}}")
    decision: Literal["approved", "rejected"] = setting(label="Decision", example="approved")
    by: str = setting(
        label="Decided by", help="A person or a rule.", example="policy: up to 1000", min_length=1, max_length=300
    )


class ProcessApprovalDecisionOutput(Output):
    """The request."""

    status: str = Field(description="approved or rejected.", examples=["approved"])
    record: dict[str, Any] = Field(
        description="The request as it is now.", examples=[{"id": "appr_1", "status": "approved"}]
    )


class ProcessApprovalDecision(Action):
    """Notes the decision on a request for approval, with who decided and when."""

    key = "process_approval_decision"
    title = "Record decision"
    icon = "gavel"
    aliases = ("processApprovalDecision",)
    synonyms = ("approve", "reject", "policy")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = ProcessApprovalDecisionConfig
    Output = ProcessApprovalDecisionOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return (
            f"{said(config['decision']).capitalize()} by {said(config.get('by'))}"
            if config.get("decision")
            else "No decision yet"
        )

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `record that it is approved`."""
        return f"record that it is {said(config.get('decision')) or 'decided'}"

    async def run(self, config: ProcessApprovalDecisionConfig, ctx: RunContext) -> JsonObject:
        """Write the request's status and the decision; a repeat of the same decision writes nothing."""
        request = record_of(config.record, "approval_requests")
        known = await fresh(config.record, ctx)
        if known.get("status") == config.decision:
            return {"status": config.decision, "record": known}
        changes = {"status": config.decision, "decided_at": stamp(ctx.now())}
        record = await ctx.records.update("approval_requests", request, changes)
        decision = {"request_id": request, "decision": config.decision, "decided_by": config.by}
        await ctx.records.create("approval_decisions", decision)
        return {"status": config.decision, "record": record}

    def preview(self, config: ProcessApprovalDecisionConfig) -> Preview:
        return Preview(f"Would record 1 decision: {config.decision}", {"created": 1, "updated": 1})
