"""Score a lead."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.expressions import DictScope, EvalContext, as_number, compile_condition
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import fresh
from flowstudio.kit.words import capital, counted, expression_words

_SENIOR = re.compile(r"\b(chief|ceo|cfo|coo|cto|vp|director|head)\b", re.IGNORECASE)
_MANAGER = re.compile(r"\bmanager\b", re.IGNORECASE)
_SOURCES = {"demo_request": 25, "referral": 20, "webinar": 15, "website": 10}
_GRADES = ((75, "A"), (50, "B"), (25, "C"))
_MOST_PER_COUNT = 10


class ScoringRule(Config):
    """Points for a lead whose field compares so."""

    field: str
    operator: str = "equals"
    value: Any = None
    points: int


class CalculateLeadScoreConfig(Config):
    """Which lead, and by which rules."""

    record: dict[str, Any] = setting(label="Lead", widget="record", reading="expression", example="{{lead}}")
    rules: list[ScoringRule] | None = setting(
        None,
        label="Rules",
        help="Points for each comparison that holds. Left empty, the usual rules: size, job title, source, interest.",
        widget="json",
        example=[{"field": "company_size", "operator": "greater_or_equal", "value": 200, "points": 25}],
        advanced=True,
    )


class CalculateLeadScoreOutput(Output):
    """The score."""

    score: int = Field(description="From 0 to 100.", examples=[91])
    grade: str = Field(description="A, B, C or D.", examples=["A"])


class CalculateLeadScore(Action):
    """Scores a lead from 0 to 100 and grades it A to D.

    A is 75 and more, B 50, C 25. The usual rules look at the company's size, the job title, the source and the interest
    shown in mails and pages.
    """

    key = "calculate_lead_score"
    title = "Score a lead"
    icon = "target"
    aliases = ("calculateLeadScore",)
    synonyms = ("grade", "qualify", "points", "sales")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = CalculateLeadScoreConfig
    Output = CalculateLeadScoreOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        rules = config.get("rules")
        record = capital(expression_words(str(config["record"]))) if config.get("record") else "No lead yet"
        return f"{record}, {counted(len(rules), 'rule')}" if isinstance(rules, list) else record

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `score the lead`."""
        return f"score the {expression_words(str(config.get('record') or 'lead'))}"

    async def run(self, config: CalculateLeadScoreConfig, ctx: RunContext) -> JsonObject:
        """Add up the points."""
        lead = await fresh(config.record, ctx)
        points = _by_rules(config.rules, lead, ctx) if config.rules else _usual(lead)
        score = max(0, min(100, points))
        return {"score": score, "grade": next((grade for least, grade in _GRADES if score >= least), "D")}

    def preview(self, config: CalculateLeadScoreConfig) -> Preview:
        return Preview("Scores 1 lead")


def _by_rules(rules: list[ScoringRule], lead: JsonObject, ctx: RunContext) -> int:
    fields = EvalContext(DictScope(lead), ctx.now(), ctx.zone)
    return sum(rule.points for rule in rules if compile_condition(rule.model_dump(exclude={"points"})).test(fields))


def _usual(lead: JsonObject) -> int:
    size = as_number(lead.get("company_size")) or 0
    title = str(lead.get("job_title") or "")
    points = 25 if size >= 200 else 15 if size >= 50 else 5
    points += 20 if _SENIOR.search(title) else 10 if _MANAGER.search(title) else 0
    points += _SOURCES.get(str(lead.get("source")), 0)
    for counter in ("email_opens", "page_views"):
        points += min(_MOST_PER_COUNT, int(as_number(lead.get(counter)) or 0))
    return points + (10 if lead.get("visited_pricing") is True else 0)
