"""A language model behind an OpenAI-style address: drafts of messages."""

from __future__ import annotations

from dataclasses import replace

import orjson

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.errors import Unreachable
from flowstudio.kit.answers import checked
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_LONGEST = 500
"""Tokens of one draft."""


class LanguageModel:
    """Adds address, model and key, and caps the length. What comes back is text, never filled in or followed."""

    name = "llm"
    title = "The language model"

    def __init__(self, address: str = "https://api.openai.com/v1", model: str = "gpt-4o-mini") -> None:
        self._address = address.rstrip("/")
        self._model = model

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request."""
        key = needed_secret(secrets, self.title, request.credential, "OPENAI_API_KEY")
        headers = {**request.headers, "Authorization": f"Bearer {key}"}
        ready = replace(request, url=f"{self._address}{request.url}", headers=headers, repeatable=True)
        if request.body is None:
            return ready
        body = orjson.loads(request.body)
        body |= {"model": self._model, "max_tokens": min(int(body.get("max_tokens") or _LONGEST), _LONGEST)}
        return replace(ready, body=orjson.dumps(body))

    def probe(self) -> HttpRequest:
        """Ask for the models there are."""
        return HttpRequest("GET", "/models", guarded=False, service=self.name)

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `{error: {message}}`."""
        if not isinstance(checked(response, self.title).body, dict):
            raise Unreachable(f"{self.title} gave an answer that cannot be read.", status=response.status)
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer without a text: in a test run the draft is the brief."""
        return HttpResponse(200, {}, {"choices": []})
