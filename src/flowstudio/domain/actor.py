"""Who asks: every service takes an Actor and checks what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flowstudio.errors import NotAllowed


class Role(StrEnum):
    """What a member of a workspace may do; each includes the ones below it."""

    OWNER = "owner"
    ADMIN = "admin"
    BUILDER = "builder"
    OPERATOR = "operator"
    VIEWER = "viewer"


_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.BUILDER: 2, Role.ADMIN: 3, Role.OWNER: 4}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, key or the product itself, inside one workspace."""

    workspace: str
    user_id: str
    name: str
    role: Role
    via: str = "page"
    """`page`, `api`, `cli`, `engine`: how the request came."""

    def may(self, role: Role) -> bool:
        """Say whether this actor has at least `role`."""
        return _RANK[self.role] >= _RANK[role]

    def require(self, role: Role) -> None:
        """Raise NotAllowed unless this actor has at least `role`."""
        if _RANK[self.role] < _RANK[role]:
            raise NotAllowed(hint=f"This needs the role {role.value}; yours is {self.role.value}.")
