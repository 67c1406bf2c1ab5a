"""Twilio: text messages."""

from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.kit.answers import checked, data_of
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets


class Twilio:
    """Adds account, sender and signature. Twilio has no key against repeats: an unknown outcome goes to a person."""

    name = "twilio"
    title = "Twilio"

    def __init__(self, address: str = "https://api.twilio.com") -> None:
        self._address = address.rstrip("/")

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request. A connection holds `account:token:sender`."""
        stored = secrets.get(request.credential) if request.credential else None
        if stored:
            account, token, sender = (*stored.split(":", 2), "", "")[:3]
        else:
            account = needed_secret(secrets, self.title, "TWILIO_ACCOUNT_SID")
            token = needed_secret(secrets, self.title, "TWILIO_AUTH_TOKEN")
            sender = needed_secret(secrets, self.title, "TWILIO_FROM_NUMBER")
        key = "MessagingServiceSid" if sender.startswith("MG") else "From"
        form = (request.body or b"").decode()
        return replace(
            request,
            url=f"{self._address}/2010-04-01/Accounts/{account}{request.url}",
            headers={
                **request.headers,
                "Authorization": f"Basic {base64.b64encode(f'{account}:{token}'.encode()).decode()}",
            },
            body=f"{form}&{urlencode({key: sender})}".encode(),
        )

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `{code, message, status}`."""
        data_of(checked(response, self.title), self.title)
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as Twilio does to a message that it takes."""
        to = parse_qs((request.body or b"").decode()).get("To", [""])[0]
        return HttpResponse(201, {}, {"sid": f"SM_test_{to[-4:]}", "status": "queued", "to": to})
