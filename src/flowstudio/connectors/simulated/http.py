"""HTTP that stays here: answers given beforehand, else those of a friendly other side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowstudio.connectors.service import Service
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit.ports import HttpRequest, HttpResponse


class SimulatedHttp:
    """The Http port for test runs.

    `answers` hold the body per node id (status 200), as a sample's `mock_responses`; an object with `status` and `body`
    is the whole answer. A provider answers as it does to what it takes; everything else gets 200 with `{}`.
    """

    def __init__(self, answers: Mapping[str, JsonValue] | None = None, services: Iterable[Service] = ()) -> None:
        self._answers: Mapping[str, JsonValue] = answers or {}
        self._services = {service.name: service for service in services}
        self.requests: list[HttpRequest] = []

    def for_node(self, node_id: str) -> NodeHttp:
        """Return the port as one node has it."""
        return NodeHttp(self, node_id)

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Answer without knowing the node."""
        return self.answer(request, "")

    def answer(self, request: HttpRequest, node_id: str) -> HttpResponse:
        """Keep the request and answer it."""
        self.requests.append(request)
        key = node_id if node_id in self._answers else request.service or ""
        if key in self._answers:
            return _given(self._answers[key], request)
        service = self._services.get(request.service or "")
        return service.simulate(request) if service is not None else HttpResponse(200, {}, {})


class NodeHttp:
    """The Http port of one node in a test run."""

    def __init__(self, http: SimulatedHttp, node_id: str) -> None:
        self._http = http
        self._node_id = node_id

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Answer with what was given for the node."""
        return self._http.answer(request, self._node_id)


def _given(answer: JsonValue, request: HttpRequest) -> HttpResponse:
    if request.service == "stripe" and isinstance(answer, dict):
        return _charge(answer)
    if isinstance(answer, dict) and "body" in answer and isinstance(answer.get("status"), int):
        headers = answer.get("headers")
        return HttpResponse(answer["status"], dict(headers) if isinstance(headers, dict) else {}, answer["body"])
    return HttpResponse(200, {"content-type": "application/json"}, answer)


def _charge(outputs: JsonObject) -> HttpResponse:
    """Write the outputs of a charge as Stripe would answer them."""
    if outputs.get("status") == "succeeded":
        return HttpResponse(200, {}, {"id": outputs.get("id") or "pi_test", "status": "succeeded"})
    error = {"type": "card_error", "code": outputs.get("code") or "card_declined", "message": "The card was declined."}
    if outputs.get("id"):
        error["payment_intent"] = {"id": outputs["id"]}
    return HttpResponse(402, {}, {"error": error})
