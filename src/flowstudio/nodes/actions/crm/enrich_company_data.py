"""Facts about a company by its web domain."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.expressions import as_number
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.answers import checked
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.words import said

_FACTS = ("name", "industry", "employee_count", "annual_revenue", "country")
_NUMBERS = {"employee_count", "annual_revenue"}
_UNKNOWN: JsonObject = {"found": False, **dict.fromkeys(_FACTS)}


class EnrichCompanyDataConfig(Config):
    """Which company, and where to ask."""

    domain: str | None = setting(label="Web domain", example="{{lead.domain}}", max_length=253)
    source: str | None = setting(
        None,
        label="Ask also",
        help="An address that is asked with ?domain=… when the own records know nothing.",
        widget="url",
        example="https://data.example/companies",
        advanced=True,
    )
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)


class EnrichCompanyDataOutput(Output):
    """The facts; empty when nobody knows the domain."""

    found: bool = Field(description="Whether the company is known.", examples=[True])
    name: str | None = Field(description="Its name.", examples=["Vantage Foods"])
    industry: str | None = Field(description="What it does.", examples=["food_retail"])
    employee_count: int | None = Field(description="How many people work there.", examples=[420])
    annual_revenue: float | None = Field(description="Its revenue in a year.", examples=[62_000_000])
    country: str | None = Field(description="Its country, as two letters.", examples=["DE"])


class EnrichCompanyData(Action):
    """Looks a company up by its web domain: first in the own records, then at the address given here, if any.

    When neither knows it, the step succeeds and the facts are empty.
    """

    key = "enrich_company_data"
    title = "Look up company"
    icon = "building"
    aliases = ("enrichCompanyData",)
    synonyms = ("enrich", "domain", "facts", "company")
    effect = "reads"
    idempotent = True
    connector = "http"
    Config: ClassVar[type[Config]] = EnrichCompanyDataConfig
    Output = EnrichCompanyDataOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"By {said(config['domain'])}" if config.get("domain") else "No domain yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `look the company up by the lead domain`."""
        return f"look the company up by {said(config.get('domain')) or 'its domain'}"

    async def run(self, config: EnrichCompanyDataConfig, ctx: RunContext) -> JsonObject:
        """Look into the records, then ask the source."""
        domain = _bare(config.domain)
        if not domain:
            return dict(_UNKNOWN)
        known = await ctx.records.query(
            "companies", {"field": "domain", "operator": "equals", "value": domain}, limit=1
        )
        if known:
            return {"found": True, **{name: known[0].get(name) for name in _FACTS}}
        return await self._asked(config, domain, ctx) if config.source else dict(_UNKNOWN)

    @staticmethod
    async def _asked(config: EnrichCompanyDataConfig, domain: str, ctx: RunContext) -> JsonObject:
        auth = "bearer" if config.credential else "none"
        request = HttpRequest(
            "GET", config.source or "", query={"domain": domain}, credential=config.credential, auth=auth
        )
        response = await ctx.http.request(request)
        if response.status == 404:
            return dict(_UNKNOWN)
        body = checked(response, "The source of company data").body
        if not isinstance(body, dict) or not body.get("name"):
            return dict(_UNKNOWN)
        return {"found": True, **{name: _fact(name, body.get(name)) for name in _FACTS}}

    def preview(self, config: EnrichCompanyDataConfig) -> Preview:
        where = "" if config.source else ", in your records alone: no source is set"
        return Preview(f"Looks up {config.domain}{where}")


def _bare(domain: str | None) -> str:
    bare = (domain or "").strip().casefold()
    for prefix in ("https://", "http://", "www."):
        bare = bare.removeprefix(prefix)
    return bare.split("/", 1)[0]


def _fact(name: str, value: JsonValue) -> Any:
    if name not in _NUMBERS:
        return value if isinstance(value, str) else None
    number = as_number(value)
    return int(number) if number is not None and name == "employee_count" else number
