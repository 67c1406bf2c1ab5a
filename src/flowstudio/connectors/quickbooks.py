"""QuickBooks: invoices, payments, bills and the like."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from urllib.parse import urlencode

from flowstudio.connectors.oauth import Keep, OAuthTokens, lasts, token_of
from flowstudio.connectors.service import Send, needed_secret
from flowstudio.domain.json import JsonObject
from flowstudio.errors import Refused
from flowstudio.kit.answers import answer_text, checked, data_of
from flowstudio.kit.oauth import read_grant
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_MINOR_VERSION = "75"
_LIVE = "https://quickbooks.api.intuit.com"
_SANDBOX = "https://sandbox-quickbooks.api.intuit.com"
CONNECTION = "quickbooks"
"""Name of the connection that steps use which name none."""
_LEAVE = "QUICKBOOKS_REFRESH_TOKEN"


class QuickBooks:
    """Adds company, version and a token, fetched when the last one is used up. `requestid` makes repeats safe.

    Both come from a connection on which a person gave leave, else from the four names of the environment. Intuit gives
    a new refresh token from time to time and takes the old one no longer: `keep` stores the new one.
    """

    name = "quickbooks"
    title = "QuickBooks"

    def __init__(
        self,
        address: str = _LIVE,
        token_address: str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S107  an address
        keep: Keep | None = None,
    ) -> None:
        self._address = address.rstrip("/")
        self._token_address = token_address
        self._keep = keep
        self._leave = OAuthTokens(keep)
        self._token: tuple[tuple[str, str, str], float, str] | None = None
        """What it belongs to (client, its secret, refresh token), until when, token."""
        self._renewed = ("", "")
        """The refresh token that the secrets hold, and the newer one that came for it."""
        self._one_at_a_time = asyncio.Lock()

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request."""
        name = request.credential or CONNECTION
        secret = secrets.get(name) or ""
        grant = read_grant(secret)
        address = self._address
        if grant is not None and grant.provider == "quickbooks":
            realm, token = grant.realm_id, await self._leave.bearer(name, secret, send)
            address = _SANDBOX if grant.sandbox and address == _LIVE else address
        else:
            realm = needed_secret(secrets, self.title, "QUICKBOOKS_REALM_ID")
            token = await self._bearer(secrets, send)
        return replace(
            request,
            url=f"{address}/v3/company/{realm}{request.url.replace('{realm}', realm)}",
            headers={**request.headers, "Authorization": f"Bearer {token}", "Accept": "application/json"},
            query={**request.query, "minorversion": _MINOR_VERSION},
        )

    def probe(self) -> HttpRequest:
        """Ask for the name of the company."""
        return HttpRequest("GET", "/companyinfo/{realm}", guarded=False, service=self.name)

    def forget(self) -> None:
        """Drop the tokens that are held."""
        self._token = None
        self._leave.forget_all()

    async def _bearer(self, secrets: Secrets, send: Send) -> str:
        async with self._one_at_a_time:
            client = needed_secret(secrets, self.title, "QUICKBOOKS_CLIENT_ID")
            password = needed_secret(secrets, self.title, "QUICKBOOKS_CLIENT_SECRET")
            held = needed_secret(secrets, self.title, _LEAVE)
            refresh = self._renewed[1] if self._renewed[0] == held else held
            now = asyncio.get_running_loop().time()
            if self._token is not None and self._token[0] == (client, password, refresh) and self._token[1] > now:
                return self._token[2]
            body = await self._fetch(client, password, refresh, send)
            fresh = str(body.get("refresh_token") or refresh)
            if fresh != refresh:
                self._renewed = (held, fresh)
                if self._keep is not None:
                    await self._keep(_LEAVE, fresh)
            self._token = ((client, password, fresh), now + lasts(body), str(body["access_token"]))
            return self._token[2]

    async def _fetch(self, client: str, password: str, refresh: str, send: Send) -> JsonObject:
        form = urlencode({"grant_type": "refresh_token", "refresh_token": refresh})
        basic = base64.b64encode(f"{client}:{password}".encode()).decode()
        headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        return await token_of(
            HttpRequest("POST", self._token_address, headers, body=form.encode(), guarded=False),
            "The sign-in of QuickBooks",
            "QuickBooks does not accept our connection any more.",
            f"Save a new {_LEAVE} under Connections.",
            send,
        )

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `Fault.Error[]`."""
        fault = data_of(checked(response, self.title), self.title).get("Fault")
        if fault:
            raise Refused(
                f"QuickBooks refused: {answer_text(fault)}", answer=answer_text(fault), status=response.status
            )
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as QuickBooks does to an object that it takes."""
        kind = request.url.strip("/").capitalize()
        return HttpResponse(200, {}, {kind: {"Id": "test", "SyncToken": "0"}})
