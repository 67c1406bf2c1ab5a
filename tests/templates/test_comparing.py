"""What counts as a difference between a sample's promise and its run."""

from __future__ import annotations

from dataclasses import replace

from flowstudio.engine.test_run import Twins
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import TemplateLibrary
from flowstudio.services.template_tests import compared, run_samples

SEEN = {
    "status": "completed", "outcome": "completed", "reason": None, "created": [{"entity": "tasks", "title": "Call", "x": 1}],
    "updated": [], "deleted": [], "messages": [], "approvals": [], "external_calls": [], "waits": ["3 days"], "path": [],
}  # fmt: skip


def test_fields_may_be_more_than_promised() -> None:
    expects = {"status": "completed", "created": [{"entity": "tasks", "title": "Call"}], "waits": ["3 days"]}
    assert compared(expects, SEEN) == []


def test_entries_may_be_neither_more_nor_fewer() -> None:
    assert compared({"waits": ["3 days"]}, SEEN) == [
        "created[0] was not promised: {'entity': 'tasks', 'title': 'Call', 'x': 1}"
    ]
    assert compared({"created": SEEN["created"], "waits": ["3 days", "1 day"]}, SEEN) == [
        "waits[1] is missing: '1 day'"
    ]


def test_a_number_is_no_yes_and_a_path_is_compared() -> None:
    expects = {"created": [{"x": True}], "waits": ["3 days"], "path": [{"node_id": "a", "way": "true"}]}
    assert compared(expects, SEEN) == [
        "created[0].x is 1, promised was True",
        "path[0] is missing: {'node_id': 'a', 'way': 'true'}",
    ]


async def test_a_sample_that_differs_is_told(library: TemplateLibrary, twins: Twins) -> None:
    template = library.get("invoice-reminder")
    first = template.samples[0]
    wrong = {**first, "expects": {**first["expects"], "messages": [{"channel": "sms"}]}}
    tested = await run_samples(
        replace(template, document={**template.document, "tests": [wrong]}), registry_of(), twins
    )
    assert not tested.passed
    assert tested.differences == ("The usual case: messages[0].channel is 'email', promised was 'sms'",)
