"""What a template needs and asks for: connections and settings that it uses, and the settings its author lets open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flowstudio.config import ASSETS
from flowstudio.domain.workflow import Node
from flowstudio.errors import BadRequest
from flowstudio.kit.uses import uses_of_node, uses_of_trigger
from flowstudio.kit.words import capital, spaced
from flowstudio.services.hook_secrets import WEBHOOK

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Trigger, Workflow
    from flowstudio.kit import Registry
    from flowstudio.kit.settings import Setting
    from flowstudio.services.leaving_out import LeftOut

VALUE = "value"
"""The kind of setup that asks for one setting of one step; its key is `<step>.<setting>`."""
CONNECTION = "connection"
"""The kind of setup that says: choose a connection at this step."""
ASKABLE = frozenset(
    {"text", "longtext", "number", "switch", "choice", "recipients", "email", "url", "duration", "datetime"}
)
"""Controls whose settings a template can ask for: one plain value each."""
SERVICES: Mapping[str, tuple[str, str]] = {
    "smtp": ("Mail server", "Sends the emails of this workflow."),
    "slack": ("Slack", "Posts to your channels."),
    "twilio": ("Twilio", "Sends the text messages."),
    "fcm": ("Firebase Cloud Messaging", "Sends the push messages."),
    "stripe": ("Stripe", "Charges stored cards."),
    "quickbooks": ("QuickBooks", "Keeps your books in step."),
    "zapier": ("Zapier", "Passes events on to your Zaps."),
    "llm": ("Language model", "Writes the drafts. Without one the draft is the brief."),
}
SET_BY: Mapping[str, tuple[str, ...]] = {
    "smtp": ("FLOWSTUDIO_SMTP_URL", "SENDGRID_API_KEY"),
    "slack": ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"),
    "twilio": ("TWILIO_AUTH_TOKEN",),
    "fcm": ("FIREBASE_SERVICE_ACCOUNT", "FIREBASE_SERVER_KEY"), "stripe": ("STRIPE_API_KEY",),
    "quickbooks": ("QUICKBOOKS_REFRESH_TOKEN",), "zapier": ("ZAPIER_HOOK_URL",), "llm": ("OPENAI_API_KEY",),
}  # fmt: skip
"""Names in the environment, or of stored connections, one of which connects a service."""
_USED_BY = {
    "send_email": "smtp", "send_calendar_invite": "smtp", "send_slack_message": "slack", "send_sms": "twilio",
    "send_push_notification": "fcm", "charge_stripe": "stripe", "sync_quickbooks": "quickbooks",
    "create_zapier_event": "zapier", "draft_communication": "llm",
}  # fmt: skip
OPTIONAL = frozenset({"llm"})
"""Services without which a workflow does its work all the same."""


def services_used(workflow: Workflow) -> list[str]:
    """Return the services of `SERVICES` that the steps of a workflow use, each once."""
    return list(dict.fromkeys(_USED_BY[node.action] for node in workflow.nodes if node.action in _USED_BY))


def is_connected(service: str, secret_of: Callable[[str], str | None]) -> bool:
    """Say whether a service of `SERVICES` can be used; `secret_of` looks secrets up by name."""
    return any(secret_of(name) for name in (service, *SET_BY.get(service, ())))


@dataclass(frozen=True, slots=True)
class Askable:
    """A setting of a step that a template can ask the next person for."""

    key: str
    """`<step>.<setting>`."""
    label: str
    """`Send reminder: Subject`."""
    setting: Setting
    value: JsonValue


def askable(workflow: Workflow, registry: Registry) -> list[Askable]:
    """List the settings that a template of this workflow can ask for, in the order of its steps."""
    found = []
    parts: list[Node | Trigger] = [*workflow.triggers, *workflow.nodes]
    for part in parts:
        node_type = registry.find(part.key)
        if node_type is None:
            continue
        name = registry.name_of(part)
        for setting in node_type.settings():
            value = part.config.get(setting.key)
            if setting.widget in ASKABLE and not isinstance(value, dict | list):
                found.append(Askable(f"{part.id}.{setting.key}", f"{name}: {setting.label}", setting, value))
    return found


def setup_of(
    workflow: Workflow, registry: Registry, left_out: Sequence[LeftOut], asked: Sequence[str]
) -> list[JsonObject]:
    """Return the setup of a template: connections, workspace settings, and what it asks for."""
    setup: list[JsonObject] = []
    for key in services_used(workflow):
        label, why = SERVICES[key]
        optional: JsonObject = {"optional": True} if key in OPTIONAL else {}
        setup.append({"kind": "credential", "key": key, "label": label, "why": why, **optional})
    setup += [_choice(workflow, one) for one in left_out if one.connection]
    setup += [{"kind": "setting", "key": key, "label": _label(key)} for key in _settings_used(workflow, registry)]
    known = {one.key: one for one in askable(workflow, registry)}
    for key in dict.fromkeys(asked):
        if key not in known:
            raise BadRequest(f'There is no setting "{key}" that a template could ask for.')
        setup.append({"kind": VALUE, "key": key, "label": known[key].label})
    return setup


def _choice(workflow: Workflow, left: LeftOut) -> JsonObject:
    """Return the entry for a connection that was left out; a webhook's secret is made anew for each workflow."""
    trigger = workflow.trigger(left.part)
    if trigger is not None and trigger.type == WEBHOOK and trigger.config.get("slug"):
        why = "Choose who may call it; the callers need its secret."
        return {"kind": WEBHOOK, "key": str(trigger.config["slug"]), "label": left.label, "why": why}
    return {"kind": CONNECTION, "key": left.part, "label": left.label}


def typed(setting: Setting, text: str) -> JsonValue:
    """Return what a person typed as the value of a setting; raise BadRequest for a number that is none."""
    if setting.widget == "switch":
        return text.strip().lower() in ("true", "yes", "on", "1")
    if setting.widget == "number" and "{{" not in text:
        try:
            number = float(text)
        except ValueError:
            raise BadRequest(f'"{text}" is no number.', hint=f"{setting.label} takes one.") from None
        return int(number) if number.is_integer() else number
    if setting.choices is not None and text not in setting.choices:
        raise BadRequest(f'{setting.label} cannot be "{text}".', hint=f"It is one of: {', '.join(setting.choices)}.")
    return text


def _settings_used(workflow: Workflow, registry: Registry) -> list[str]:
    found: dict[str, None] = {}
    parts: list[Node | Trigger] = [*workflow.triggers, *workflow.nodes]
    for part in parts:
        for root, first in _read(part, registry):
            if root == "settings" and first not in ("timezone", "business_hours", "holidays"):
                found[first] = None
    return list(found)


def _read(part: Node | Trigger, registry: Registry) -> Iterator[tuple[str, str]]:
    node_type = registry.find(part.key)
    uses = uses_of_node(part, node_type) if isinstance(part, Node) else uses_of_trigger(part, node_type)
    for use in uses:
        for path in use.paths:
            if path.parts and isinstance(path.parts[0], str):
                yield path.root, path.parts[0]


@cache
def _labels() -> dict[str, str]:
    rows = json.loads((ASSETS / "settings.json").read_text(encoding="utf-8"))
    return {row["key"]: row["label"] for row in rows}


def _label(key: str) -> str:
    return _labels().get(key) or capital(spaced(key))
