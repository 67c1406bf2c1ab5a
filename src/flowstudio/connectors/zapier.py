"""Zapier: events to a catch hook."""

from __future__ import annotations

from dataclasses import replace

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.kit.answers import checked
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets


class Zapier:
    """Adds the hook's address, which is a secret. The event's id is in the body, so that a repeat can be told."""

    name = "zapier"
    title = "Zapier"

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request; whether typed into the step or into a connection, the address is a person's."""
        url = request.url or needed_secret(secrets, self.title, request.credential, "ZAPIER_HOOK_URL")
        return replace(request, url=url, guarded=True)

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read the status."""
        return checked(response, self.title)

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as Zapier does to an event that it takes."""
        return HttpResponse(200, {}, {"status": "success", "attempt": "test"})
