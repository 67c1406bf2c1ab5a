"""Firebase Cloud Messaging: push messages, by its HTTP version 1 with a service account."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from flowstudio.connectors.oauth import lasts, token_of
from flowstudio.connectors.service import Send, needed_secret
from flowstudio.domain.json import JsonObject
from flowstudio.errors import Refused, Unauthorized
from flowstudio.kit.answers import checked, data_of
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_AUDIENCE = "https://oauth2.googleapis.com/token"
"""Whom an assertion is meant for: Google, also where the way there leads over another address."""
_HOUR = 3600
_LARGEST_ACCOUNT = 100_000
"""Bytes."""


class Firebase:
    """Adds project and token; the token comes from the service account and lasts an hour."""

    name = "fcm"
    title = "Firebase"

    def __init__(
        self,
        address: str = "https://fcm.googleapis.com",
        token_address: str = _AUDIENCE,
    ) -> None:
        self._address = address.rstrip("/")
        self._token_address = token_address
        self._tokens: dict[str, tuple[float, str]] = {}

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request. The secret is the service account: its JSON, or the path of the file."""
        account = _account(needed_secret(secrets, self.title, request.credential, "FIREBASE_SERVICE_ACCOUNT"))
        token = await self._token(account, send)
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        return replace(
            request, url=f"{self._address}/v1/projects/{account['project_id']}{request.url}", headers=headers
        )

    async def _token(self, account: JsonObject, send: Send) -> str:
        mail, now = str(account["client_email"]), time.time()
        known = self._tokens.get(mail)
        if known is not None and known[0] > now:
            return known[1]
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion(account, now)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await token_of(
            HttpRequest("POST", self._token_address, headers, body=urlencode(form).encode(), guarded=False),
            "The sign-in of Firebase",
            "Firebase does not accept our service account.",
            "Look at Firebase in Connections.",
            send,
        )
        self._tokens[mail] = (now + lasts(answer), str(answer["access_token"]))
        return self._tokens[mail][1]

    def _assertion(self, account: JsonObject, now: float) -> str:
        claims = {
            "iss": account["client_email"],
            "scope": _SCOPE,
            "aud": _AUDIENCE,
            "iat": int(now),
            "exp": int(now) + _HOUR,
        }
        head = {"alg": "RS256", "typ": "JWT"}
        if account.get("private_key_id"):
            head["kid"] = str(account["private_key_id"])  # an account has several keys: this says which one signed
        signed = f"{_part(head)}.{_part(claims)}"
        key = serialization.load_pem_private_key(str(account["private_key"]).encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Unauthorized("The key of the Firebase service account is not an RSA key.")
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"

    def forget(self) -> None:
        """Drop the tokens that are held."""
        self._tokens.clear()

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `{error: {status, message}}`; 404 means that the device is gone."""
        if response.status == 404:
            raise Refused("No device of this person takes push messages any more.", status=404)
        data_of(checked(response, self.title), self.title)
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as Firebase does to a message that it takes."""
        return HttpResponse(200, {}, {"name": "projects/test/messages/1"})


def _account(secret: str) -> JsonObject:
    try:
        text = secret if secret.lstrip().startswith("{") else _file(Path(secret))
        account: JsonObject = orjson.loads(text)
        if all(account.get(name) for name in ("client_email", "private_key", "project_id")):
            return account
    except (orjson.JSONDecodeError, OSError, ValueError, AttributeError):
        pass
    raise Unauthorized(
        "The Firebase service account cannot be read.", hint="It is the JSON file that Firebase gives out."
    )


def _file(path: Path) -> str:
    """Return a small file's text: a device, or anything large, is no account."""
    if not path.is_file() or path.stat().st_size > _LARGEST_ACCOUNT:
        raise ValueError("no account")
    return path.read_text(encoding="utf-8")


def _part(data: JsonObject) -> str:
    return _base64(orjson.dumps(data))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
