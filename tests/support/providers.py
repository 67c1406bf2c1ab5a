"""The providers that workflows speak to, as one HTTP server on loopback: it takes calls, keeps them, and answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.servers import HttpServer, Request, reply

PROJECT = "brightline-app"
COMPANIES = "/companies"


@dataclass(frozen=True)
class Call:
    """One call, read: the provider it was meant for, and what it said."""

    to: str
    """slack, twilio, fcm, stripe, quickbooks, zapier, llm, or elsewhere."""
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Providers:
    """Answers as each provider does to what it takes; the systems of customers answer as a sample says."""

    calls: list[Call] = field(default_factory=list)
    elsewhere: dict[str, Any] = field(default_factory=dict)
    """Answers of other systems, by the path below `/elsewhere`."""
    charge: dict[str, Any] | None = None
    """The outputs of the next charges; None: they go through."""
    server: HttpServer | None = None

    def begin(self, elsewhere: dict[str, Any], charge: dict[str, Any] | None) -> None:
        """Forget what was, and answer like this from now on."""
        self.calls.clear()
        self.elsewhere, self.charge = elsewhere, charge

    def url(self, path: str = "") -> str:
        assert self.server is not None
        return self.server.url(path)

    def to(self, provider: str) -> list[Call]:
        return [call for call in self.calls if call.to == provider]

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        provider, _, rest = parts.path.removeprefix("/").partition("/")
        query = f"?{parts.query}" if parts.query else ""
        call = Call(provider, request.method, f"/{rest}{query}", request.headers, _read(request))
        if not rest.endswith("token"):
            self.calls.append(call)
        status, body = self._said(provider, rest, call)
        await reply(status, json.dumps(body).encode())(request, writer)

    def _said(self, provider: str, rest: str, call: Call) -> tuple[int, Any]:
        if rest.endswith("token"):
            return 200, {"access_token": "at-1", "expires_in": 3600, "refresh_token": "rt-2"}
        number = len(self.calls)
        match provider:
            case "slack":
                return 200, {"ok": True, "ts": f"1700000000.{number:06d}"}
            case "twilio":
                return 201, {"sid": f"SM{number}", "status": "queued"}
            case "fcm":
                return 200, {"name": f"projects/{PROJECT}/messages/{number}"}
            case "stripe":
                return self._charged()
            case "quickbooks":
                kind = rest.rsplit("/", 1)[-1].capitalize()
                return 200, {kind: {"Id": str(number), "SyncToken": "0"}}
            case "llm":
                return 200, {"choices": [{"message": {"role": "assistant", "content": "A drafted text."}}]}
            case "elsewhere":
                return 200, self.elsewhere.get(f"{call.method} {call.path}", {})
        return 200, {"status": "success"}

    def _charged(self) -> tuple[int, Any]:
        said = self.charge or {"status": "succeeded"}
        if said.get("status") == "succeeded":
            return 200, {"id": said.get("id") or "pi_1", "object": "payment_intent", "status": "succeeded"}
        fault: dict[str, Any] = {"type": "card_error", "code": said.get("code") or "card_declined"}
        if said.get("id"):
            fault["payment_intent"] = {"id": said["id"]}
        return 402, {"error": fault}


def _read(request: Request) -> Any:
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        return json.loads(request.body or b"null")
    return dict(parse_qsl(request.body.decode())) if "form" in kind else request.body.decode()


def addresses(url: str) -> dict[str, str]:
    """Return the settings that point every provider to a server at `url`."""
    return {
        "FLOWSTUDIO_SLACK_URL": f"{url}/slack",
        "FLOWSTUDIO_TWILIO_URL": f"{url}/twilio",
        "FLOWSTUDIO_FIREBASE_URL": f"{url}/fcm",
        "FLOWSTUDIO_FIREBASE_TOKEN_URL": f"{url}/fcm/token",
        "FLOWSTUDIO_STRIPE_URL": f"{url}/stripe",
        "FLOWSTUDIO_QUICKBOOKS_URL": f"{url}/quickbooks",
        "FLOWSTUDIO_QUICKBOOKS_TOKEN_URL": f"{url}/quickbooks/token",
        "OPENAI_BASE_URL": f"{url}/llm",
    }


def credentials(url: str) -> dict[str, tuple[str, str]]:
    """Return what a person keeps under Connections, by name: kind and secret."""
    tokens = {
        "SLACK_BOT_TOKEN": "xoxb-real-enough",
        "TWILIO_ACCOUNT_SID": "AC0001",
        "TWILIO_AUTH_TOKEN": "twilio-token",
        "TWILIO_FROM_NUMBER": "+4930555000",
        "FIREBASE_SERVICE_ACCOUNT": _service_account(),
        "STRIPE_API_KEY": "sk_test_1",
        "QUICKBOOKS_CLIENT_ID": "qb-client",
        "QUICKBOOKS_CLIENT_SECRET": "qb-secret",
        "QUICKBOOKS_REFRESH_TOKEN": "qb-refresh",
        "QUICKBOOKS_REALM_ID": "4620816365",
        "ZAPIER_HOOK_URL": f"{url}/zapier/hook",
        "OPENAI_API_KEY": "sk-llm-1",
    }
    return {name: ("token", secret) for name, secret in tokens.items()}


def _service_account() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return json.dumps({"client_email": "push@brightline.example", "private_key": pem.decode(), "project_id": PROJECT})
