"""Credentials: names and kinds go out, secrets only in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, SecretStr

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio


class CredentialIn(BaseModel):
    """A credential to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str
    kind: str = "token"
    secret: SecretStr


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/credentials", tags=["credentials"])

    @routes.get("", summary="Stored credentials, without their secrets")
    async def listed(actor: Asking) -> dict[str, Any]:
        rows = await studio.credentials.list(actor)
        return {
            "credentials": [
                {"name": row["name"], "kind": row["kind"], "updated_at": moment(row["updated_at"])} for row in rows
            ]
        }

    @routes.post("", status_code=201, summary="Keep a credential")
    async def save(actor: Asking, given: CredentialIn) -> dict[str, Any]:
        await studio.credentials.save(actor, given.name, given.kind, given.secret.get_secret_value())
        return {"name": given.name, "kind": given.kind}

    @routes.post("/{name}/test", summary="Sign in with a credential, and do nothing else")
    async def test(actor: Asking, name: str) -> dict[str, Any]:
        await studio.connecting.test(actor, name)
        return {"name": name, "works": True}

    @routes.delete("/{name}", status_code=204, summary="Delete a credential")
    async def delete(actor: Asking, name: str) -> None:
        await studio.credentials.delete(actor, name)

    return routes
