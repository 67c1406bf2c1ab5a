"""Members: the people of the workspace and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from flowstudio.api.asking import Asking
from flowstudio.domain.actor import Role

if TYPE_CHECKING:
    from flowstudio.services.ports import User
    from flowstudio.services.studio import Studio


class MemberIn(BaseModel):
    """A person to add."""

    model_config = ConfigDict(extra="forbid")

    name: str
    email: str
    role: Role = Role.VIEWER


class RoleIn(BaseModel):
    """What a person may do from now on."""

    model_config = ConfigDict(extra="forbid")

    role: Role


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/members", tags=["members"])

    @routes.get("", summary="The people of the workspace, by name")
    async def listed(actor: Asking) -> dict[str, Any]:
        return {"members": [_shape(one) for one in await studio.members.list(actor)]}

    @routes.post("", status_code=201, summary="Add a person; the answer holds their sign-in link")
    async def add(actor: Asking, given: MemberIn) -> dict[str, Any]:
        user, link = await studio.members.add(actor, given.name, given.email, given.role)
        return {**_shape(user), "sign_in_link": link}

    @routes.patch("/{member_id}", summary="Change what a person may do")
    async def change(actor: Asking, member_id: str, given: RoleIn) -> dict[str, Any]:
        return _shape(await studio.members.set_role(actor, member_id, given.role))

    @routes.post("/{member_id}/link", status_code=201, summary="Make a fresh sign-in link for a person")
    async def link(actor: Asking, member_id: str) -> dict[str, Any]:
        return {"sign_in_link": await studio.members.link(actor, member_id)}

    @routes.delete("/{member_id}", status_code=204, summary="Let a person in no more")
    async def remove(actor: Asking, member_id: str) -> None:
        await studio.members.remove(actor, member_id)

    return routes


def _shape(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "email": user.email, "role": user.role}
