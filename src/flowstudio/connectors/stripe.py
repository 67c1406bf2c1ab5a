"""Stripe: charges of stored cards."""

from __future__ import annotations

from dataclasses import replace

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.errors import OutcomeUnknown
from flowstudio.kit.answers import answer_text, checked, data_of
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_VERSION = "2026-10-28.endive"


class Stripe:
    """Adds the key and the version of the API. The idempotency key of the step goes with the request."""

    name = "stripe"
    title = "Stripe"

    def __init__(self, address: str = "https://api.stripe.com") -> None:
        self._address = address.rstrip("/")

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request."""
        key = needed_secret(secrets, self.title, request.credential, "STRIPE_API_KEY")
        headers = {**request.headers, "Authorization": f"Bearer {key}", "Stripe-Version": _VERSION}
        return replace(request, url=f"{self._address}/v1{request.url}", headers=headers)

    def probe(self) -> HttpRequest:
        """Ask for our balance."""
        return HttpRequest("GET", "/balance", guarded=False, service=self.name)

    def check(self, response: HttpResponse) -> HttpResponse:
        """Let a declined card through: it is an answer.

        After 409 (a repeat at the same time), or a fault on Stripe's side, the charge may have been made all the same:
        its outcome is unknown, so it is repeated under the same key, never under a new one.
        """
        if response.status == 402:
            return response
        again = response.headers.get("stripe-should-retry")
        if response.status != 429 and (response.status == 409 or response.status >= 500 or again == "true"):
            says = answer_text(response.body)
            unclear = f"Stripe did not say what became of the charge (status {response.status})"
            raise OutcomeUnknown(
                f"{unclear}: {says}" if says else f"{unclear}.", hint="Look there whether it was made."
            )
        data_of(checked(response, self.title), self.title)
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as Stripe does to a charge that goes through."""
        return HttpResponse(200, {}, {"id": "pi_test", "object": "payment_intent", "status": "succeeded"})
