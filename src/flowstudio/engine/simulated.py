"""Ports that let nothing leave: what a test run has in the place of mail, HTTP and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit.ports import HttpRequest, HttpResponse, MailMessage


@dataclass(slots=True)
class SimulatedMail:
    """Takes mail and keeps it."""

    sent: list[MailMessage] = field(default_factory=list)

    async def send(self, message: MailMessage) -> JsonObject:
        """Keep the message; answer as a server would."""
        self.sent.append(message)
        return {"message_id": message.message_id or f"<test-{len(self.sent)}@flowstudio>", "status": "sent"}


@dataclass(slots=True)
class SimulatedHttp:
    """Answers 200 with the body of the sample's `mock_responses`, an empty object without one.

    A connector without an answer of its own takes that under the name of its service; a charge without any succeeds.
    """

    answer: JsonValue = None
    by_service: Mapping[str, JsonValue] = field(default_factory=dict)
    requests: list[HttpRequest] = field(default_factory=list)

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Keep the request and answer."""
        self.requests.append(request)
        answer = self.answer if self.answer is not None else self.by_service.get(request.service or "")
        if request.service == "stripe":
            return _charge(answer)
        return HttpResponse(200, {"content-type": "application/json"}, {} if answer is None else answer)


@dataclass(slots=True)
class SimulatedWeb:
    """One SimulatedHttp per node."""

    answers: Mapping[str, JsonValue] = field(default_factory=dict)
    """Body by node id."""
    _nodes: dict[str, SimulatedHttp] = field(default_factory=dict)

    def of(self, node_id: str) -> SimulatedHttp:
        """Return the twin that answers for a node."""
        found = self._nodes.get(node_id)
        if found is None:
            found = self._nodes[node_id] = SimulatedHttp(self.answers.get(node_id), self.answers)
        return found


def _charge(outputs: JsonValue) -> HttpResponse:
    """Write the outputs of a charge as Stripe answers them."""
    given = outputs if isinstance(outputs, dict) else {"status": "succeeded"}
    if given.get("status") == "succeeded":
        return HttpResponse(200, {}, {"id": given.get("id") or "pi_test", "status": "succeeded"})
    error: JsonObject = {"type": "card_error", "code": given.get("code") or "card_declined"}
    if given.get("id"):
        error["payment_intent"] = {"id": given["id"]}
    return HttpResponse(402, {}, {"error": error})


class NoSecrets:
    """Has a secret for every name, so that steps can be tested before a connection is made; none of them is real."""

    def get(self, name: str) -> str | None:
        """Return a text that is no secret."""
        return f"test-{name.lower().replace('_', '-')}"


class NoMessageTexts:
    """Has no message texts."""

    def get(self, name: str) -> JsonObject | None:
        """Return None."""
        del name
        return None
