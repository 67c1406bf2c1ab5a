"""One step, run for real: on the engine, over the records of the catalogue, with the twins of a test run."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.llm import LanguageModel
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.connectors.quickbooks import QuickBooks
from flowstudio.connectors.simulated import SimulatedHttp, SimulatedMail, SimulatedSecrets
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.connectors.zapier import Zapier
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step
from flowstudio.engine.sample import Sample
from flowstudio.engine.test_run import TestRun, Twins
from flowstudio.kit.ports import Mail
from flowstudio.kit.record_types import shipped_record_types
from tests.support.engine import registry, workflow_of

TEXTS = FileMessageTexts(Path(__file__).parents[2] / "assets" / "messages")
SETTINGS: JsonObject = {
    "base_url": "https://app.brightline.example",
    "company_name": "Brightline Productions",
    "currency": "EUR",
    "finance_email": "finance@brightline.example",
    "support_lead_id": "emp_005",
}
SERVICES = (Stripe(), Twilio(), Slack(), Firebase(), QuickBooks(), Zapier(), LanguageModel())


@dataclass
class Done:
    """What became of the step."""

    result: JsonObject
    mail: Any
    http: SimulatedHttp
    steps: list[Step]
    """Every record of a step, waiting ones too."""

    @property
    def output(self) -> JsonObject:
        found: JsonObject = self.result["steps"][0]["output"]
        return found

    @property
    def error(self) -> JsonObject:
        found: JsonObject | None = self.result["steps"][0]["error"]
        assert found is not None, self.result["steps"][0]
        return found


async def do(
    action: str, config: JsonObject, *, settings: JsonObject | None = None, mail: Mail | None = None, **sample: Any
) -> Done:
    """Run one action; `sample` as for a test run: trigger, records, mock_responses …"""
    node = {"id": "n", "type": "action", "action": action, "config": config}
    return await run_nodes([node], settings=settings, mail=mail, **sample)


async def run_nodes(
    nodes: list[JsonObject], *, settings: JsonObject | None = None, mail: Mail | None = None, **sample: Any
) -> Done:
    """Run nodes one after another."""
    ids = ["trigger", *(node["id"] for node in nodes)]
    edges = [{"from": source, "to": target} for source, target in itertools.pairwise(ids)]
    post = mail or SimulatedMail()
    http = SimulatedHttp(sample.get("mock_responses"), SERVICES)
    inputs = [{"name": name, "type": "object"} for name in sample.get("trigger", {})]
    document = {"trigger": {"type": "manual", "config": {"inputs": inputs}}, "nodes": nodes, "edges": edges}
    twins = Twins(
        shipped_record_types(),
        ZoneInfo("Europe/Berlin"),
        {**SETTINGS, **(settings or {})},
        TEXTS,
        mail=post,
        http_of=http.for_node,
        secrets=SimulatedSecrets(),
    )
    test = TestRun(workflow_of(document), registry(), Sample.read({"now": "2026-03-02T09:00", **sample}), twins)
    try:
        await test.run_all()
    finally:
        await test.close()
    return Done(test.result(), post, http, test.steps)
