"""A workflow with connections, secrets and samples: what templates and presets must leave out stands in it."""

from __future__ import annotations

from typing import Any

SECRET = "swordfish-and-chips-42"
BEARER = "Bearer abcdefghijklmnop1234"
WORKFLOW: dict[str, Any] = {
    "id": "wf_calls",
    "name": "Call the bank",
    "trigger": {"type": "webhook", "config": {"slug": "bank", "auth": "secret", "secret": "Door key"}},
    "nodes": [
        {
            "id": "call",
            "name": "Ask the bank",
            "type": "http",
            "config": {
                "url": "https://bank.example/rates",
                "method": "GET",
                "credential": "Bank",
                "headers": {"Authorization": BEARER, "X-Region": "eu", "X-Code": SECRET},
            },
        },
        {
            "id": "tell",
            "name": "Tell finance",
            "type": "action",
            "action": "send_email",
            "config": {"to": "{{settings.finance_email}}", "subject": "Rates", "body": "Today: {{steps.call.body}}"},
        },
        {"id": "done", "type": "end"},
    ],
    "edges": [{"from": "trigger", "to": "call"}, {"from": "call", "to": "tell"}, {"from": "tell", "to": "done"}],
    "tests": [
        {
            "name": "Morning",
            "sample": {
                "now": "2026-03-02T09:00",
                "trigger": {
                    "body": {"password": "hunter2hunter2", "day": "Monday"},
                    "headers": {"authorization": BEARER},
                    "query": {},
                },
                "mock_responses": {"call": {"eur": 1.08}},
            },
        },
        {"name": "Evening", "sample": {"trigger": {"body": {}, "headers": {}, "query": {}}}},
    ],
}
