"""The example that must always work."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.engine import dry_run, lines

EXAMPLE = json.loads((Path(__file__).parent / "invoice_reminder.json").read_text(encoding="utf-8"))


async def test_the_invoice_reminder_sends_one_mail_and_opens_one_ticket() -> None:
    result = (await dry_run(EXAMPLE)).result()
    assert result["status"] == "completed"
    assert lines(result) == [
        "node_1 completed", "node_2 completed", "node_3@0 completed", "node_4@0 completed", "node_3@1 completed",
        "node_5@1 completed",
    ]  # fmt: skip
    assert [(one["channel"], one["to"]) for one in result["messages"]] == [("email", "ap@acme-robotics.example")]
    assert [(one["entity"], one["priority"], one["subject"]) for one in result["created"]] == [
        ("tickets", "high", "Escalate: Invoice INV-1051 severely overdue")
    ]
    ways = [(one["node_id"], one["iteration"], one["way"]) for one in result["path"]]
    assert ways == [("node_2", None, 2), ("node_3", 0, "true"), ("node_3", 1, "false")]
    found = result["steps"][0]["output"]["records"]
    assert [(row["days_overdue"], row["reminder_count"]) for row in found] == [(19, 1), (57, 3)]


async def test_a_mail_in_the_effects_is_whole() -> None:
    result = (await dry_run(EXAMPLE)).result()
    mail = next(effect for effect in result["effects"] if effect["kind"] == "message")
    assert mail["subject"] == "Invoice INV-1042 is overdue"
    assert re.search("4,?800 was due on", mail["body"])
    assert mail["node_id"] == "node_4"
    assert mail["iteration"] == 0
