"""When another system calls."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting

_AUTH = {"none": "anybody who knows the address", "secret": "with a secret", "signature": "signed"}


class WebhookConfig(Config):
    """Its address, who may call, and what the caller gets."""

    slug: str = setting(
        label="Address ends with",
        help="The last part of the address.",
        reading="literal",
        example="lead-form",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=100,
    )
    method: Literal["POST", "GET", "PUT", "PATCH", "DELETE", "ANY"] = setting("POST", label="Method", reading="literal")
    auth: Literal["none", "secret", "signature"] = setting(
        "none", label="Who may call", help="Anybody who knows the address, with a secret, or signed.", reading="literal"
    )
    answer: Literal["accepted", "finished", "respond"] = setting(
        "accepted",
        label="Answer",
        help="At once, with the results at the end, or by an answer step.",
        reading="literal",
    )
    secret: str | None = setting(
        None,
        label="Secret",
        help="The connection that holds it.",
        widget="credential",
        reading="literal",
        advanced=True,
    )


class Webhook(TriggerType):
    """Starts when another system calls an address of its own, with what that system sends."""

    key = "webhook"
    title = "When a system calls"
    icon = "webhook"
    aliases = ("Webhook received", "hook", "http_trigger")
    synonyms = ("webhook", "api", "call", "form", "http")
    Config: ClassVar[type[Config]] = WebhookConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {"body": "open", "headers": "open", "query": "open"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        slug = config.get("slug")
        return f"Address {slug}, {_AUTH.get(str(config.get('auth') or 'none'), '')}" if slug else "No address yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when a system calls lead-form`."""
        return f"when a system calls {config.get('slug') or 'its address'}"
