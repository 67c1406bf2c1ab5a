"""When something happens to a record, or a program sends an event."""

from __future__ import annotations

from typing import Any, ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.rechecking import Recheck, recheck_setting
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import capital, in_line, shortened, spaced

_RECORDS: dict[str, tuple[str, str]] = {
    "contact": ("lead", "leads"),
    "ab_test": ("campaign", "campaigns"),
    "training": ("training_assignment", "training_assignments"),
    "policy": ("policy", "policies"),
    "regulatory_update": ("regulation", "regulations"),
}
"""Events whose record is not called as the event: first word → (payload key, record type)."""
_FURTHER: dict[str, dict[str, JsonValue]] = {
    "project.status_changed": {"old_status": "text", "new_status": "text", "reason": "text"},
    "subscriber.unsubscribed": {"reason": "text"},
    "shift_swap.requested": {"shift": "record:shifts"},
    "lead.activity_recorded": {"activity": "open"},
    "asset.checkout_requested": {"request": "open"},
}
_RUN: dict[str, JsonValue] = {
    "workflow_name": "text", "workflow_id": "text", "run_id": "text", "status": "text", "reason": "text",
    "outcome": "text", "error": "open",
}  # fmt: skip
_OPEN: dict[str, dict[str, JsonValue]] = {
    "benefits_period.opened": {"period": "open"},
    **{f"run.{verb}": _RUN for verb in ("completed", "failed", "cancelled", "rejected", "skipped")},
}
"""Events without a record."""
_NO_CHANGE = (".created", ".overdue", ".deadline_passed", ".detected", ".received", ".activity_recorded",
              ".checkout_requested")  # fmt: skip
"""Ends of events that no change of a field raises: with all others comes `old`, the record's fields as they were."""
_OWN = frozenset(
    {
        "asset", "change_request", "credit_memo", "crew_call", "customer", "deal", "declaration", "employee", "event",
        "exhibitor", "expense_report", "goods_receipt", "incident", "invoice", "lead", "leave_request", "milestone",
        "overtime_request", "payment", "project", "purchase_requisition", "quote", "registration", "resource_request",
        "rfq", "shift_swap", "speaker", "sprint", "subscriber", "task", "ticket", "vendor", "vendor_invoice",
    }
)  # fmt: skip
"""First words of events that are the name of their record, too."""


class EventConfig(Config):
    """Which event, and which of its records."""

    event: str = setting(
        label="Event",
        help="What happens, such as invoice.overdue.",
        widget="event",
        reading="literal",
        example="customer.created",
        min_length=1,
        max_length=200,
    )
    filter: JsonObject | None = setting(
        None,
        label="Only where",
        help="Only records for which this holds.",
        widget="filter",
        reading="filter",
        example={"field": "type", "operator": "equals", "value": "enterprise"},
    )
    conditions: dict[str, Any] | None = setting(
        None, label="And only if", help="A rule over everything that comes with it.", widget="condition",
        reading="condition", advanced=True,
    )  # fmt: skip
    recheck: Recheck = recheck_setting("never")


class Event(TriggerType):
    """Starts when an event happens: a record is created or changes, a date is reached, or a program sends one."""

    key = "event"
    title = "When something happens"
    icon = "bolt"
    aliases = ("Event Triggers", "event-based", "database event")
    synonyms = ("created", "changed", "record", "new", "updated", "event")
    Config: ClassVar[type[Config]] = EventConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        event = str(config.get("event") or "")
        first = event.split(".", 1)[0]
        if event in _OPEN:
            return dict(_OPEN[event])
        if first in _RECORDS:
            name, entity = _RECORDS[first]
        elif first in _OWN:
            name, entity = first, f"{first}s"
        else:
            return {}
        old: dict[str, JsonValue] = {} if event.endswith(_NO_CHANGE) else {"old": "open"}
        return {name: f"record:{entity}", **_FURTHER.get(event, {}), **old}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        rule = rule_words(config.get("filter"))
        words = _event_words(config)
        return shortened(f"{words}, where {rule}" if rule else words)

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when invoice overdue happens`."""
        words = _event_words(config)
        rule = rule_words(config.get("filter"), article=True)
        return f"when {in_line(words)}{f', where {rule}' if rule else ''}"


def _event_words(config: JsonObject) -> str:
    event = str(config.get("event") or "")
    if not event:
        return "No event yet"
    noun, _, verb = event.partition(".")
    return f"{capital(spaced(noun))} {spaced(verb)}".strip()
