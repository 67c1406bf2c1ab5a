"""How much of a department's budget is used."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.expressions import as_number, round_half_even
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import capital, said

_WARNING = 90


class CheckBudgetUtilizationConfig(Config):
    """Which budget, and what would come on top."""

    department: str = setting(label="Department", example="marketing", min_length=1, max_length=200)
    additional: float | None = setting(
        None, label="On top", help="An amount that is about to be spent.", example="{{purchase_requisition.amount}}"
    )


class CheckBudgetUtilizationOutput(Output):
    """The figures."""

    utilization_pct: float = Field(description="How much is used, in percent.", examples=[88.0])
    remaining: float = Field(description="What is left; negative when it is over.", examples=[6000])
    status: str = Field(description="ok, warning or over.", examples=["ok"])


class CheckBudgetUtilization(Action):
    """Says how much of a department's budget is used: spent, committed and what is about to be spent.

    From 90 % it is a warning, above 100 % it is over.
    """

    key = "check_budget_utilization"
    title = "Check budget"
    icon = "percentage"
    aliases = ("checkBudgetUtilization",)
    synonyms = ("finance", "spend", "department", "limit")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = CheckBudgetUtilizationConfig
    Output = CheckBudgetUtilizationOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("department"):
            return "No department yet"
        more = said(config.get("additional"))
        return f"{capital(said(config['department']))}{f', with {more} more' if more else ''}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `check the budget of marketing`."""
        return f"check the budget of {said(config.get('department')) or 'a department'}"

    async def run(self, config: CheckBudgetUtilizationConfig, ctx: RunContext) -> JsonObject:
        """Add up the figures of the department's latest budget."""
        found = await ctx.records.query(
            "budgets", {"field": "department", "operator": "equals", "value": config.department}
        )
        if not found:
            raise ConfigRejected(f"There is no budget for {config.department}.", setting="department")
        budget = max(found, key=lambda one: str(one.get("period") or ""))
        amount = as_number(budget.get("amount")) or 0
        if amount <= 0:
            raise ConfigRejected(f"The budget of {config.department} has no amount.", setting="department")
        used = (
            (as_number(budget.get("spent")) or 0) + (as_number(budget.get("committed")) or 0) + (config.additional or 0)
        )
        percent = round_half_even(100 * used / amount, 1)
        status = "over" if used > amount else "warning" if percent >= _WARNING else "ok"
        return {"utilization_pct": percent, "remaining": round_half_even(amount - used, 2), "status": status}

    def preview(self, config: CheckBudgetUtilizationConfig) -> Preview:
        return Preview(f"Checks the budget of {config.department}")
