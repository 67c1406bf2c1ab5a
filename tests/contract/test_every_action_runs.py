"""Every action of the catalogue runs, under each of its names, on the records of the first start; none is a stub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flowstudio.kit.record_types import shipped_record_types
from tests.support.steps import do

CATALOGUE = json.loads((Path(__file__).parent / "actions.json").read_text(encoding="utf-8"))
NAMES = {action["name"]: (action["name"], *action["aliases"]) for action in CATALOGUE}
TYPES = shipped_record_types()
ONE = {
    singular: {**TYPES[plural].sample_rows[0], "$entity": plural}
    for singular, plural in (
        ("ticket", "tickets"), ("lead", "leads"), ("invoice", "invoices"), ("customer", "customers"),
        ("approval_request", "approval_requests"), ("employee", "employees"),
    )
}  # fmt: skip
ONE["lead"]["owner_id"] = ONE["employee"]["id"]
ONE["approval_request"] |= {"status": "pending"}
MANY = {
    "invoices": [{**row, "$entity": "invoices"} for row in TYPES["invoices"].sample_rows[:3]],
    "rows": [{"n": 2, "kind": "b"}, {"n": 1, "kind": "a"}],
}
TO = {"to": "ana@acme.example"}
ANSWERS = {"n": {"rows": [{"a": 1}], "count": 1, "truncated": False}}
CONFIGS: dict[str, dict[str, Any]] = {
    "send_email": {**TO, "subject": "Hi", "body": "Hi"},
    "send_sms": {"to": "+493055501003", "text": "Hi"},
    "send_slack_message": {"channel": "#care", "text": "Hi"},
    "send_push_notification": {**TO, "text": "Hi"},
    "create_in_app_notification": {**TO, "text": "Hi"},
    "notify_team": {"team": "support", "message": "Hi"},
    "send_notification": {**TO, "channel": "email", "message": "Hi"},
    "draft_communication": {**TO, "platform": "email", "tone": "friendly", "brief": "Say hello."},
    "query_records": {"entity": "invoices"},
    "create_record": {"entity": "tasks", "fields": {"title": "Call", "assignee": "ana@acme.example"}},
    "update_record": {"record": "{{invoice}}", "set": {"status": "paid"}},
    "delete_record": {"record": "{{invoice}}"},
    "bulk_update": {"records": "{{invoices}}", "set": {"status": "paid"}},
    "bulk_create": {
        "entity": "tasks",
        "for_each": "{{rows}}",
        "set": {"title": "{{row.kind}}", "assignee": "a@x.example"},
    },
    "calculate_value": {"expression": "2 * 3"},
    "transform_data": {"expression": "{{rows}}"},
    "run_script": {"script": "2 + 3"},
    "calculate_lead_score": {"record": "{{lead}}"},
    "enrich_company_data": {"domain": "acme.example"},
    "assign_lead": {"record": "{{lead}}", "strategy": "least_loaded"},
    "create_deal_from_lead": {"record": "{{lead}}"},
    "update_client": {"record": "{{customer}}", "set": {"tier": "gold"}},
    "add_alert": {"text": "Look", "severity": "warning"},
    "create_ticket": {"subject": "Login fails", "priority": "high"},
    "update_ticket_status": {"record": "{{ticket}}", "status": "resolved"},
    "assign_ticket": {"record": "{{ticket}}", "to": "{{employee.id}}"},
    "update_ticket_priority": {"record": "{{ticket}}", "priority": "high"},
    "categorize_ticket": {"record": "{{ticket}}"},
    "determine_ticket_priority": {"record": "{{ticket}}"},
    "find_available_agent": {"skill": "technical"},
    "find_tickets_at_sla_risk": {"within_minutes": 60},
    "find_duplicate_tickets": {"record": "{{ticket}}"},
    "generate_document": {"template": "receipt", "title": "Receipt"},
    "search_knowledge_base": {"query": "reset password"},
    "http_request": {"method": "GET", "url": "https://api.example/x"},
    "send_webhook": {"url": "https://api.example/x", "payload": {"a": 1}},
    "sync_quickbooks": {"record": "{{invoice}}", "object": "invoice"},
    "charge_stripe": {"amount": 5, "currency": "EUR", "customer": "cus_1"},
    "create_zapier_event": {"event": "deal_created", "payload": {"a": 1}},
    "create_task": {"title": "Call", "assignee": "ana@acme.example"},
    "stop_workflow": {"reason": "Enough"},
    "create_email_campaign": {"name": "Spring", "audience": "opt_in_customers", "subject": "12 venues"},
    "track_email_event": {
        "recipient": "ana@acme.example",
        "event": "opened",
        "campaign_id": TYPES["campaigns"].sample_rows[0]["id"],
    },
    "create_approval_request": {"subject": "Credit?", "approver": "ana@acme.example"},
    "process_approval_decision": {"record": "{{approval_request}}", "decision": "approved", "by": "policy"},
    "schedule_workflow": {"workflow": "invoice-reminder", "run_at": "7 days"},
    "send_calendar_invite": {**TO, "title": "Kickoff", "at": "2026-03-03 14:00"},
    "check_budget_utilization": {"department": "marketing"},
    "filter_list": {"records": "{{rows}}", "filter": {"field": "n", "operator": "equals", "value": 1}},
    "sort_list": {"records": "{{rows}}", "by": "n"},
    "group_list": {"records": "{{rows}}", "by": "kind"},
    "split_list": {"records": "{{rows}}", "size": 1},
    "aggregate_list": {"records": "{{rows}}", "field": "n"},
    "merge_lists": {"records": "{{rows}}", "others": "{{rows}}", "how": "append"},
    "query_database": {"credential": "orders", "sql": "select 1"},
}


@pytest.mark.parametrize("action", NAMES)
async def test_an_action_does_its_work_under_each_of_its_names(action: str) -> None:
    outcomes = []
    for name in NAMES[action]:
        done = await do(name, CONFIGS[action], trigger={**ONE, **MANY}, mock_responses=ANSWERS)
        [step] = [one for one in done.result["steps"] if one["node_id"] == "n"]
        assert step["status"] == "completed", (name, step["error"])
        outcomes.append((sorted(step["output"]), len(step["effects"])))
    assert len(set(map(str, outcomes))) == 1, "whatever it is called, it does the same"
    says = next(one for one in CATALOGUE if one["name"] == action)
    outputs, effects = outcomes[0]
    assert set(says["outputs"]) <= set(outputs)
    if says["effect"] in ("sends", "writes"):
        assert effects > 0, "what it says it does leaves a trace"
