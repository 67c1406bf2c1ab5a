"""HTTP by httpx: guarded, bounded in time and size, no redirects; tells `did not arrive` from `may have arrived`."""

from __future__ import annotations

import asyncio
import base64
import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpcore
import httpx
import orjson

from flowstudio.connectors.guard import AllowedHosts, GuardedBackend, PrivateAddress
from flowstudio.connectors.oauth import Keep, OAuthTokens, exchange_code
from flowstudio.connectors.only_to import OnlyTo
from flowstudio.connectors.service import OwnWay, Probing, Renewing, Service
from flowstudio.domain.json import JsonValue
from flowstudio.errors import ConfigRejected, NotFound, OutcomeUnknown, Refused, Unauthorized, Unreachable
from flowstudio.kit.oauth import Grant
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

LARGEST_ANSWER = 5_000_000
"""Bytes, counted after unpacking."""
LARGEST_REQUEST = 5_000_000
LONGEST = 60.0
"""Seconds that a request may take, whatever it asks for itself: from the first look-up to the last byte."""
_CONNECT, _READ = 5.0, 30.0
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "FlowStudio"


class HttpxHttp:
    """The Http port, for real. Close it when the product ends."""

    def __init__(
        self,
        secrets: Secrets,
        *,
        allowed_private_hosts: Iterable[str] = (),
        services: Iterable[Service] = (),
        guard: httpcore.AsyncNetworkBackend | None = None,
        only_to: OnlyTo | None = None,
        renew: Keep | None = None,
        longest: float = LONGEST,
    ) -> None:
        self._longest = longest
        self._oauth = OAuthTokens(renew)
        self._only_to = only_to or OnlyTo()
        self._secrets = secrets
        self._services: Mapping[str, Service] = {service.name: service for service in services}
        self._guarded = _client(guard or GuardedBackend(AllowedHosts(allowed_private_hosts)))
        self._open = _client(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._guarded.aclose()
        await self._open.aclose()

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Send. Any status is an answer, except where a service reads it.

        Raise Unreachable, OutcomeUnknown, Refused, Unauthorized or ConfigRejected.
        """
        self._only_to.check_request(request)
        if request.service is None:
            return await self._signed(request)
        service = self._services.get(request.service)
        if service is None:
            raise Unauthorized(f"{request.service} is not connected.", hint="Add it in Connections.")
        if isinstance(service, OwnWay):
            return await service.carry_out(request, self._secrets)
        return await self._served(service, request)

    async def _served(self, service: Service, request: HttpRequest) -> HttpResponse:
        """Send by a provider; where its token has ended, once more with a new one."""
        prepared = await service.prepare(request, self._secrets, self._send)
        self._only_to.check_hook(prepared)
        answer = await self._send(prepared)
        if answer.status == 401 and isinstance(service, Renewing):
            service.forget()
            answer = await self._send(await service.prepare(request, self._secrets, self._send))
        return service.check(answer)

    async def probe(self, service: str | None, name: str) -> None:
        """Sign in with a connection and do nothing else; without a service, fetch its token.

        Raise Unauthorized, Unreachable and what else a request may raise, NotFound where it cannot be asked so.
        """
        if service is None:
            token = await self._oauth.bearer(name, self._secrets.get(name) or "", self._send)
            if token is None:
                raise NotFound("This connection cannot be tested by itself.", hint="Test a step that uses it.")
            return
        found = self._services[service]
        question: object = found
        if not isinstance(question, Probing):
            raise NotFound("This connection cannot be tested by itself.", hint="Test a step that uses it.")
        await self._served(found, replace(question.probe(), credential=name))

    async def _signed(self, request: HttpRequest) -> HttpResponse:
        """Send with the connection's sign-in; a token that is not taken any more is fetched anew, once."""
        name = request.credential or ""
        secret = self._secrets.get(name) if request.auth == "oauth2" and name else None
        token = await self._oauth.bearer(name, secret, self._send) if secret else None
        if token is None or secret is None:
            return await self._send(with_credential(request, self._secrets))
        answer = await self._send(_with_token(request, token))
        if answer.status != 401:
            return answer
        self._oauth.forget(name)
        token = await self._oauth.bearer(name, self._secrets.get(name) or secret, self._send)
        return await self._send(_with_token(request, token or ""))

    async def exchange_code(self, grant: Grant, code: str, verifier: str, redirect: str) -> Grant:
        """Turn the code of another system's sign-in page into lasting leave."""
        return await exchange_code(grant, code, verifier, redirect, self._send)

    async def _send(self, request: HttpRequest) -> HttpResponse:
        _check(request)
        progress = _Progress()
        client = self._guarded if request.guarded else self._open
        name = _host_of(request.url)
        seconds = min(request.timeout, self._longest)
        try:
            async with asyncio.timeout(seconds):
                return await _exchange(client, request, progress)
        except PrivateAddress:
            raise Refused(
                f"{name} is a private address. Steps may not reach it.",
                hint="An administrator can allow it in FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS.",
            ) from None
        except (httpx.TransportError, httpcore.NetworkError, TimeoutError, ssl.SSLError) as error:
            raise _failed(name, request, error, seconds, sent=progress.sent) from None
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise ConfigRejected(f"The address {name} is not right: {error}.", setting="url") from None


class _Progress:
    """Knows whether anything of a request has left: before that, a failure had no effect."""

    def __init__(self) -> None:
        self.sent = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.sent = True


@cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates count; reading them takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


def _client(backend: httpcore.AsyncNetworkBackend | None) -> httpx.AsyncClient:
    # No connection is used twice: a connection that the other side has closed meanwhile would look like a request
    # that may have arrived.
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
    transport = httpx.AsyncHTTPTransport(verify=_trusted(), limits=limits, trust_env=False)
    if backend is not None:
        transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001  httpx has no other way; pinned below 0.29
            ssl_context=_trusted(),
            max_connections=100,
            max_keepalive_connections=0,
            network_backend=backend,
        )
    return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)


async def _exchange(client: httpx.AsyncClient, request: HttpRequest, progress: _Progress) -> HttpResponse:
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "gzip, deflate", **request.headers}
    query = {name: _query_text(value) for name, value in request.query.items() if value is not None}
    outgoing = client.build_request(
        request.method,
        httpx.URL(request.url).copy_merge_params(query) if query else request.url,
        headers=headers,
        content=request.body,
        timeout=httpx.Timeout(_READ, connect=_CONNECT),
        extensions={"trace": progress.trace},
    )
    response = await client.send(outgoing, stream=True)
    try:
        if response.status_code in _REDIRECTS:
            target = response.headers.get("location", "another address")
            raise Refused(f"{_host_of(request.url)} redirects to {target[:200]}. Redirects are not followed.")
        body = await _content(response, request)
    finally:
        await response.aclose()
    received = {name.lower(): value for name, value in response.headers.items()}
    return HttpResponse(response.status_code, received, parsed(body, received.get("content-type", "")), body)


class _Unreadable(Exception):
    """The answer has come and cannot be used; the message ends the sentence "The answer of …"."""


async def _content(response: httpx.Response, request: HttpRequest) -> bytes:
    """Return the body. Of an error the status says enough: what cannot be read of its body is left out."""
    try:
        return await _body(response)
    except (_Unreadable, httpx.TransportError) as error:
        if response.status_code >= 400:
            return b""
        if not isinstance(error, _Unreadable):
            raise
        said = f"The answer of {_host_of(request.url)} {error}."
        if _without_effect(request):
            raise Refused(said) from None
        raise OutcomeUnknown(f"{said} The request was sent and may have had its effect.") from None


async def _body(response: httpx.Response) -> bytes:
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise _Unreadable(f"is packed in a way ({packed[:40]}) that is not understood")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed not in ("identity", "") else None
    found = bytearray()
    async for chunk in response.aiter_raw():
        try:
            found += chunk if unpack is None else unpack.decompress(chunk, LARGEST_ANSWER - len(found) + 1)
        except zlib.error:
            raise _Unreadable("cannot be unpacked") from None
        if len(found) > LARGEST_ANSWER:
            raise _Unreadable(f"is larger than {LARGEST_ANSWER // 1_000_000} MB")
    return bytes(found)


def parsed(body: bytes, content_type: str) -> JsonValue:
    """Return the body as data where it is JSON, else as text; None when it is empty."""
    if not body:
        return None
    if "json" in content_type.lower() or body[:1] in b"{[":
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    return body.decode("utf-8", "replace")


def with_credential(request: HttpRequest, secrets: Secrets) -> HttpRequest:
    """Return the request with its credential in the header that its kind of sign-in asks for."""
    if request.auth == "none" or not request.credential:
        if request.auth != "none":
            raise Unauthorized("The step asks for a sign-in, but no connection is chosen.", hint="Choose a connection.")
        return request
    secret = secrets.get(request.credential)
    if not secret:
        raise Unauthorized(f'The connection "{request.credential}" is not there.', hint="Look at Connections.")
    match request.auth:
        case "basic":
            header = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
        case "api_key":
            name, _, value = secret.partition(":") if ":" in secret else ("X-API-Key", "", secret)
            header = {name.strip(): value.strip()}
        case _:
            header = {"Authorization": f"Bearer {secret}"}
    return replace(request, headers={**request.headers, **header})


def _with_token(request: HttpRequest, token: str) -> HttpRequest:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})


def _check(request: HttpRequest) -> None:
    parts = urlsplit(request.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigRejected(
            f'"{request.url[:200]}" is not a web address. It begins with https:// or http://.', setting="url"
        )
    if parts.username or parts.password:
        raise ConfigRejected("A password may not stand in an address.", setting="url", hint="Use a connection.")
    for name, value in request.headers.items():
        if any(sign in f"{name}{value}" for sign in "\r\n\x00"):
            raise ConfigRejected(f'The header "{name[:60]}" has a line break.', setting="headers")
    if request.body is not None and len(request.body) > LARGEST_REQUEST:
        raise ConfigRejected(f"More than {LARGEST_REQUEST // 1_000_000} MB cannot be sent.", setting="body")


def _without_effect(request: HttpRequest) -> bool:
    return request.repeatable or request.method.upper() in _SAFE


def _failed(
    name: str, request: HttpRequest, error: Exception, seconds: float, *, sent: bool
) -> Unreachable | OutcomeUnknown:
    late = isinstance(error, (TimeoutError, httpx.TimeoutException))
    what = f"did not answer within {seconds:g} seconds" if late else "broke off before it answered"
    if sent and not _without_effect(request):
        return OutcomeUnknown(f"{name} {what}. The request was sent and may have had its effect.")
    reason = str(error).strip()
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return Unreachable(
            f"{name} shows a certificate that is not trusted.",
            answer=reason[:300],
            hint="Whoever runs it renews the certificate, or an administrator adds its issuer to this computer.",
        )
    if isinstance(error, ssl.SSLError) or "SSL" in reason:
        return Unreachable(f"{name} cannot be reached by an encrypted connection.", answer=reason[:300])
    if not sent:
        what = "cannot be reached" if not late else "did not answer in time"
    return Unreachable(f"{name} {what}.", answer=reason[:300])


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or url[:100]
    except ValueError:
        return url[:100]


def _query_text(value: JsonValue) -> str | list[str]:
    if isinstance(value, list):
        return [str(_query_text(item)) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
