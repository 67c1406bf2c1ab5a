"""What a provider reached by HTTP has to say: how a request is completed, and what an answer means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from flowstudio.errors import Unauthorized
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

Send = Callable[[HttpRequest], Awaitable[HttpResponse]]


class Service(Protocol):
    """A provider. Steps build the request without address and credential; neither ever reaches a step or its record."""

    name: str
    """As in `HttpRequest.service`."""
    title: str
    """As people know it."""

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Return the request with its whole address and its credential; raise Unauthorized when there is none."""

    def check(self, response: HttpResponse) -> HttpResponse:
        """Return a good answer; raise RateLimited, Unauthorized, Unreachable or Refused."""

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Return what the provider would answer to a request that it takes: for test runs."""


@runtime_checkable
class Renewing(Protocol):
    """A provider whose tokens end: an answer 401, which did nothing, is followed by one more try with a new token."""

    def forget(self) -> None:
        """Drop the tokens that are held."""


@runtime_checkable
class Probing(Protocol):
    """A provider that can be asked whether it knows us, without any effect."""

    def probe(self) -> HttpRequest:
        """Return the request, without address and credential."""


@runtime_checkable
class OwnWay(Protocol):
    """A provider that is not reached by HTTP and goes its own way out: databases."""

    async def carry_out(self, request: HttpRequest, secrets: Secrets) -> HttpResponse:
        """Do what the request's body says."""


def needed_secret(secrets: Secrets, title: str, *names: str | None) -> str:
    """Return the first secret that is there; raise Unauthorized naming the provider."""
    for name in names:
        found = secrets.get(name) if name else None
        if found:
            return found
    raise Unauthorized(f"{title} is not connected.", hint=f"Add {title} in Connections, or set {names[-1]}.")
