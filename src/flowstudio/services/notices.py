"""What people are told inside FlowStudio, until they have seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flowstudio.services.ports import Page

MOST = 20
"""Notices that are shown at once; the next ones follow when these have been seen."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification; `person_id` None: for everybody in the workspace."""

    id: str
    person_id: str | None
    title: str
    body: str
    link: str | None
    created_at: datetime
    read_at: datetime | None


class NoticeBoard(Protocol):
    """Keeps notifications."""

    async def page(self, workspace: str, person_id: str, page: Page) -> tuple[Sequence[Notification], int]: ...

    async def unseen(self, workspace: str, person_id: str, limit: int) -> Sequence[Notification]: ...

    async def unread(self, workspace: str, person_id: str) -> int: ...

    async def mark_read(self, workspace: str, person_id: str, key: str | None = None) -> None: ...


class NoticeService:
    """The verbs of notices."""

    def __init__(self, board: NoticeBoard) -> None:
        self._board = board

    async def page(self, actor: Actor, page: Page) -> tuple[Sequence[Notification], int]:
        """Return one page of what this person was told, and the total, the newest first."""
        actor.require(Role.VIEWER)
        return await self._board.page(actor.workspace, actor.user_id, page)

    async def unread(self, actor: Actor) -> int:
        """Return how much of it this person has not seen yet."""
        actor.require(Role.VIEWER)
        return await self._board.unread(actor.workspace, actor.user_id)

    async def unseen(self, actor: Actor) -> Sequence[Notification]:
        """List what this person has not seen yet, the newest first, at most 20."""
        actor.require(Role.VIEWER)
        return await self._board.unseen(actor.workspace, actor.user_id, MOST)

    async def seen(self, actor: Actor, key: str | None = None) -> None:
        """Note that one has been seen, or all. What is for everybody is seen when one of them has seen it."""
        actor.require(Role.VIEWER)
        await self._board.mark_read(actor.workspace, actor.user_id, key)
