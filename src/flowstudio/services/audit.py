"""Who did what, when: for those who answer for the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.ports import Page

MAX_SEARCH = 200
READERS = Role.ADMIN
"""Who reads it, at least."""


class AuditLines(Protocol):
    """Keeps the lines."""

    async def page(self, workspace: str, page: Page, *, search: str = "") -> tuple[Sequence[JsonObject], int]: ...


class AuditService:
    """Reads the audit; the other services write it."""

    def __init__(self, lines: AuditLines) -> None:
        self._lines = lines

    @staticmethod
    def may_read(actor: Actor) -> bool:
        """Say whether this actor reads the audit."""
        return actor.may(READERS)

    async def page(self, actor: Actor, page: Page, search: str = "") -> tuple[Sequence[JsonObject], int]:
        """Return one page and the total, the newest first: `{"id", "actor", "action", "subject", "detail", "at"}`.

        `search` is looked for in actor, action and subject. Raise NotAllowed below the role admin.
        """
        actor.require(READERS)
        return await self._lines.page(actor.workspace, page, search=search.strip()[:MAX_SEARCH])
