"""What a connection by OAuth 2 holds."""

from __future__ import annotations

import base64
import hashlib
from typing import Literal
from urllib.parse import urlencode, urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowstudio.domain.json import JsonObject
from flowstudio.errors import BadRequest


class Grant(BaseModel):
    """Who we are with the other system, where tokens come from, and the leave that a person gave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow: Literal["client", "code"] = "client"
    """`client`: we sign in ourselves; `code`: a person gives leave on the other system's page."""
    client_id: str = Field(min_length=1, max_length=500)
    client_secret: str = Field(default="", max_length=5_000)
    token_url: str = Field(min_length=1, max_length=2_000)
    authorize_url: str = Field(default="", max_length=2_000)
    scope: str = Field(default="", max_length=2_000)
    refresh_token: str = Field(default="", max_length=10_000)
    provider: Literal["", "quickbooks"] = ""
    """A provider with ways of its own; its addresses are the operator's."""
    realm_id: str = Field(default="", max_length=40, pattern=r"^[0-9]*$")
    """The company at QuickBooks that a person chose while giving leave."""
    sandbox: bool = False
    """Leave for the provider's place for trying out."""

    def text(self) -> str:
        """Return it as a connection keeps it."""
        return orjson.dumps(self.model_dump()).decode()

    def with_refresh(self, token: str) -> Grant:
        """Return it with the leave that a person gave."""
        return self.model_copy(update={"refresh_token": token})

    @property
    def takes_proof(self) -> bool:
        """Say whether the other system checks who brings the code (PKCE); Intuit does not know it."""
        return self.provider != "quickbooks"

    def page(self, redirect: str, state: str, verifier: str) -> str:
        """Return the address of the page on which a person gives leave."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {"response_type": "code", "client_id": self.client_id, "redirect_uri": redirect, "state": state}
        if self.takes_proof:
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        query |= {"scope": self.scope} if self.scope else {}
        return f"{self.authorize_url}{'&' if '?' in self.authorize_url else '?'}{urlencode(query)}"


def read_grant(secret: str) -> Grant | None:
    """Return the grant that a secret holds; None where it is something else, such as a token."""
    if not secret.lstrip().startswith("{"):
        return None
    try:
        return Grant.model_validate_json(secret)
    except ValidationError:
        return None


def needed_grant(secret: str, fixed: JsonObject | None = None) -> Grant:
    """Return the grant that a person filled in, `fixed` put over it; raise BadRequest for what it lacks."""
    try:
        given = orjson.loads(secret)
        grant = Grant.model_validate({**given, **(fixed or {"provider": ""})} if isinstance(given, dict) else given)
    except orjson.JSONDecodeError:
        raise BadRequest("The connection is not complete.", hint="Fill in the fields of the form.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).replace("_", " ") if first["loc"] else "connection"
        raise BadRequest(f"The {name} of the connection is not right.", hint=str(first["msg"])) from None
    addresses = {"token address": grant.token_url}
    if grant.flow == "code":
        addresses["sign-in address"] = grant.authorize_url
    for label, address in addresses.items():
        if urlsplit(address).scheme not in ("https", "http") or not urlsplit(address).hostname:
            raise BadRequest(f"The {label} begins with https://.")
    return grant
