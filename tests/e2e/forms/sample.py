"""What the pages of these tests offer to pick: the invoice reminder's variables, at its condition."""

import json
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent / "operators.json"


def item(path: str, label: str, type: str, sample: str = "", **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "label": label,
        "type": type,
        "sample": sample,
        "available": True,
        "reason": None,
        "children": None,
        **more,
    }


SEGMENTS = [
    {"value": "standard", "label": "Standard"},
    {"value": "trial", "label": "Trial"},
    {"value": "gold", "label": "Gold"},
]
CUSTOMER = [
    item("invoice.customer.name", "Customer name", "text", "Harbor Print Co."),
    item("invoice.customer.email", "Customer email", "email", "accounts@harborprint.example"),
    item("invoice.customer.segment", "Segment", "choice", "Standard", choices=SEGMENTS),
    item("invoice.customer.open_balance", "Open balance", "money", "3,915.50"),
    item("invoice.customer.credit_limit", "Customer, credit limit", "money", "5,000.00"),
]
LINES = [
    item("invoice.lines.status", "Status", "text", "late"),
    item("invoice.lines.amount", "Line amount", "money", "20.00"),
]
INVOICE = [
    item("invoice.number", "Number", "text", "INV-2041"),
    item("invoice.amount", "Amount", "money", "1,240.00"),
    item("invoice.credit_note_total", "Credit note total", "money", "0.00"),
    item("invoice.due_date", "Due date", "date", "3 Nov 2026"),
    item("invoice.reminder_count", "Reminder count", "number", "1"),
    item("invoice.disputed", "Disputed", "boolean", "no"),
    item("invoice.lines", "Lines", "list", "4 items", children=LINES),
    item("invoice.customer", "Customer", "record", "Harbor Print Co.", children=CUSTOMER),
]
VARIABLES = [
    {"title": "Invoice, this round", "icon": "repeat", "items": INVOICE},
    {
        "title": "Find overdue invoices",
        "icon": "database-search",
        "items": [item("invoices", "Overdue invoices", "list", "14 items")],
    },
    {
        "title": "Workspace",
        "icon": "building",
        "items": [item("settings.small_credit", "Small credit limit", "money", "50.00")],
    },
    {
        "title": "Time and run",
        "icon": "clock",
        "items": [item("now", "Now", "date", "Fri 20 Nov, 09:00"), item("today", "Today", "date", "Fri 20 Nov")],
    },
    {
        "title": "Create ticket",
        "icon": "ticket",
        "items": [
            item(
                "ticket.number", "Created ticket, number", "number", available=False, reason="Only after the No branch"
            )
        ],
    },
]
CONDITION = {
    "type": "and",
    "conditions": [
        {"field": "invoice.reminder_count", "operator": "less_than", "value": 3},
        {"field": "invoice.amount", "operator": "greater_than", "value": 50},
        {
            "type": "or",
            "conditions": [
                {"field": "invoice.customer.segment", "operator": "in", "value": ["standard", "trial"]},
                {"field": "invoice.customer.open_balance", "operator": "greater_than", "value": 10000},
            ],
        },
    ],
}
VERDICTS = {
    "": {"result": True}, "0": {"result": True, "now": "1"}, "1": {"result": True, "now": "1,240.00"}, "2": {"result": True},
    "2.0": {"result": True, "now": "Standard"}, "2.1": {"result": False, "now": "3,915.50"},
}  # fmt: skip
SENTENCE = (
    "If the reminder count is less than 3, and the amount is more than 50.00, and either the segment is Standard or Trial "
    "or the open balance is more than 10,000.00, then send reminder. Otherwise create ticket."
)


def operators() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return rows
