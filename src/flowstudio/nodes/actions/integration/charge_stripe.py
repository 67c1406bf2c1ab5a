"""Charge a stored card."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar
from urllib.parse import urlencode

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.expressions import print_value
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.ports import HttpRequest, HttpResponse
from flowstudio.kit.words import said

_WITHOUT_CENTS = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"}
)


class ChargeStripeConfig(Config):
    """How much, and whom."""

    amount: float = setting(label="Amount", gt=0, example="{{invoice.balance}}")
    currency: str = setting(
        label="Currency", help="Three letters.", example="{{settings.currency}}", pattern=r"^[A-Za-z]{3}$"
    )
    customer: str = setting(label="Customer", help="The id at Stripe.", example="{{invoice.customer_id}}", min_length=1)
    payment_method: str | None = setting(
        None, label="Card", help="Left empty, the customer's usual one.", example="pm_1", advanced=True
    )
    description: str | None = setting(None, label="For", example="Invoice {{invoice.number}}", max_length=1_000)
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)


class ChargeStripeOutput(Output):
    """What became of it."""

    status: str = Field(description="succeeded or failed.", examples=["succeeded"])
    id: str | None = Field(description="The id of the charge at Stripe.", examples=["pi_1"])
    code: str | None = Field(description="Why it failed, such as card_declined.", examples=["card_declined"])


class ChargeStripe(Action):
    """Charges a card that is stored at Stripe.

    A declined card is an answer, not a failure: the status is failed and the code says why. A repeat after a crash
    charges nothing twice.
    """

    key = "charge_stripe"
    title = "Charge card"
    icon = "brand-stripe"
    aliases = ("Charge via Stripe", "chargeStripe")
    synonyms = ("payment", "card", "collect", "money")
    effect = "sends"
    idempotent = True
    connector = "stripe"
    Config: ClassVar[type[Config]] = ChargeStripeConfig
    Output = ChargeStripeOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("amount"):
            return "No amount yet"
        return f"{said(config['amount']).capitalize()}, {said(config.get('description')) or 'no description'}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `charge the card with the balance`."""
        return f"charge the customer's card with {said(config.get('amount')) or 'an amount'}"

    async def run(self, config: ChargeStripeConfig, ctx: RunContext) -> JsonObject:
        """Charge, and read what became of it."""
        request = build_charge(config, ctx)
        response = await ctx.http.request(request)
        outcome = _outcome(response)
        target = f"{print_value(config.amount)} {config.currency.upper()} for {config.description or config.customer}"
        ctx.call("charge_stripe", target, method="POST", body=(request.body or b"").decode(), answer=outcome)
        return outcome

    def preview(self, config: ChargeStripeConfig) -> Preview:
        return Preview(f"Would charge {print_value(config.amount)} {config.currency.upper()}", {"charges": 1})


def build_charge(config: ChargeStripeConfig, ctx: RunContext) -> HttpRequest:
    """Return the request: one payment, confirmed at once, without the customer being there."""
    currency = config.currency.lower()
    form = {
        "amount": str(minor_units(config.amount, currency)),
        "currency": currency,
        "customer": config.customer,
        "confirm": "true",
        "off_session": "true",
        "metadata[run_id]": ctx.run_id,
        "metadata[step]": ctx.node_id,
    }
    form |= {"payment_method": config.payment_method} if config.payment_method else {}
    form |= {"description": config.description} if config.description else {}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": ctx.idempotency_key[:255]}
    return HttpRequest(
        "POST",
        "/payment_intents",
        headers,
        body=urlencode(form).encode(),
        guarded=False,
        service="stripe",
        credential=config.credential,
    )


def minor_units(amount: float, currency: str) -> int:
    """Return an amount in cents, or whole where the currency has none; halves are rounded up."""
    factor = 1 if currency.lower() in _WITHOUT_CENTS else 100
    return int((Decimal(str(amount)) * factor).quantize(Decimal(1), ROUND_HALF_UP))


def _outcome(response: HttpResponse) -> JsonObject:
    body = response.body if isinstance(response.body, dict) else {}
    error = body.get("error")
    if isinstance(error, dict):
        intent = error.get("payment_intent")
        found = intent.get("id") if isinstance(intent, dict) else None
        return {"status": "failed", "id": found, "code": error.get("decline_code") or error.get("code") or "declined"}
    status = body.get("status")
    if status in ("succeeded", "processing"):
        return {"status": "succeeded", "id": body.get("id"), "code": None}
    return {"status": "failed", "id": body.get("id"), "code": str(status or "unknown")}
