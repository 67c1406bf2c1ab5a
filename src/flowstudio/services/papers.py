"""Documents that workflows made, as files: for members by their id, for everybody else by a signed link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Role
from flowstudio.errors import LinkExpired, NotFound, NotSignedIn
from flowstudio.kit.document_links import SECRET, link_is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, Secrets
    from flowstudio.services.ports import RecordKeeper

DOCUMENTS = "documents"
_PRESSES = 2
"""Documents that are printed at the same time: a link may be opened by anybody, printing costs time."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as a file."""

    name: str
    """Its file name, safe on every file system."""
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SignedLink:
    """What stands behind the `?` of a document's link."""

    expires: int
    """Seconds since 1970."""
    signature: str


class PaperService:
    """Hands out documents. `press` makes the file of a document's record, `workspaces` are those whose links hold."""

    def __init__(
        self,
        keeper: RecordKeeper,
        secrets: Secrets,
        press: Callable[[JsonObject], Paper],
        clock: Clock,
        workspaces: Sequence[str],
    ) -> None:
        self._keeper = keeper
        self._secrets = secrets
        self._press = press
        self._clock = clock
        self._workspaces = tuple(workspaces)
        self._room = asyncio.Semaphore(_PRESSES)

    async def open(self, actor: Actor | None, document_id: str, link: SignedLink | None = None) -> Paper:
        """Return a document to a member of its workspace, or to whoever has a link that holds.

        Raise NotSignedIn without either, LinkExpired where the link is ours and past its time, NotFound for everything
        else: a stranger does not learn what there is.
        """
        if actor is None and link is None:
            raise NotSignedIn
        found: JsonObject | None = None
        if actor is not None:
            actor.require(Role.VIEWER)
            found = await self._keeper.get(actor.workspace, DOCUMENTS, document_id)
        if found is None and link is not None:
            found = await self._by_link(document_id, link)
        if found is None:
            raise NotFound("There is no document at this address.", hint="Ask whoever sent it to you for a new link.")
        async with self._room:
            return await asyncio.to_thread(self._press, found)

    async def _by_link(self, document_id: str, link: SignedLink) -> JsonObject | None:
        secret = self._secrets.get(SECRET)
        if not secret:
            return None
        for workspace in self._workspaces:
            # Its time is looked at second: only who has a link of ours learns that it is too old.
            if link_is_ours(secret, workspace, document_id, link.expires, link.signature):
                if self._clock.now().timestamp() > link.expires:
                    raise LinkExpired
                return await self._keeper.get(workspace, DOCUMENTS, document_id)
        return None
