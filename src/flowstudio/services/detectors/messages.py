"""Messages that come in: the mailbox is looked at, and a message is told from others by what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.errors import BadSetting, FlowStudioError, LimitReached
from flowstudio.expressions import DictScope, EvalContext, compile_template
from flowstudio.observe import logger
from flowstudio.services.happening import MESSAGE, Happening, Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.files import FileContent
    from flowstudio.kit.ports import Clock, Files, Secrets
    from flowstudio.services.detectors.troubles import Troubles
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening

EVERY = timedelta(minutes=1)
MAILBOX = "FLOWSTUDIO_IMAP_URL"
"""The connection that holds the mailbox's address: `imaps://user:password@host:993/INBOX`."""
PLACE = "$place"
_FILTER_FIELDS = {"from": ("sender", "author"), "to": ("to",)}
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in a mailbox."""

    uid: int
    message: JsonObject
    """sender, to, subject, text, message_id, received_at, attachments (their names)."""
    files: tuple[FileContent, ...] = ()
    """The attachments that came whole."""


class Mailbox(Protocol):
    """Reading mail."""

    async def newer(self, url: str, place: JsonObject | None) -> tuple[JsonObject, Sequence[Letter]]:
        """Return the place after the newest mail, and the mails since `place` (None: none yet), oldest first."""


class MailDetector:
    """Looks at the mailbox once for all triggers that listen to it."""

    def __init__(
        self,
        mailbox: Mailbox,
        secrets: Secrets,
        files: Files,
        watches: WatchStore,
        clock: Clock,
        troubles: Troubles,
    ) -> None:
        self._mailbox = mailbox
        self._secrets = secrets
        self._files = files
        self._watches = watches
        self._clock = clock
        self._troubles = troubles

    async def look(self, one: Listening) -> datetime:
        """Raise an event for every mail that is new since the last look; return when to look again.

        The first look only remembers where the mailbox stands.
        """
        again = self._clock.now() + EVERY
        if one.config.get("channel") not in (None, "any", "email"):
            return again + timedelta(days=1)
        chosen = one.config.get("credential")
        url = self._secrets.get(str(chosen or MAILBOX))
        if not url and not chosen and one.config.get("channel") != "email":
            return again  # messages may come by other channels, and no mailbox is meant
        try:
            if not url:
                raise _no_mailbox(str(chosen or ""))
            await self._read(one, url)
        except FlowStudioError as error:
            await self._troubles.met(one, error)
        else:
            await self._troubles.over(one)
        return again

    async def _read(self, one: Listening, url: str) -> None:
        name = f"mailbox:{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        place = await self._watches.one(one.workspace, "", name, PLACE)
        following, letters = await self._mailbox.newer(url, place)
        if following != place:
            new = letters if place else []
            came = [await self._happening(one.workspace, name, letter, following) for letter in new]
            await self._watches.note([Note(one.workspace, "", name, PLACE, following)], came)

    async def _happening(self, workspace: str, name: str, letter: Letter, place: JsonObject) -> Happening:
        identity = f"{name}:{place.get('validity')}:{letter.uid}"
        message = {**letter.message, "channel": "email", "files": await self._kept(workspace, letter)}
        return Happening(workspace, identity, MESSAGE, {"message": message}, self._clock.now())

    async def _kept(self, workspace: str, letter: Letter) -> list[JsonObject]:
        """Keep the attachments; one for which there is no room is left out, and the mail comes all the same."""
        found = []
        for file in letter.files:
            try:
                found.append(await self._files.keep(workspace, file))
            except LimitReached as error:
                log.warning("mailbox.file_left_out", error=error.message)
        return found


def _no_mailbox(credential: str) -> BadSetting:
    if credential:
        return BadSetting(
            f'The connection "{credential}" with the address of the mailbox is missing.',
            hint="Add it under Connections.",
        )
    return BadSetting(
        "No mailbox is connected.",
        hint=f"Choose one in the trigger, or set {MAILBOX} to its address, such as imaps://user:password@host/INBOX.",
    )


def fits(listening: Listening, message: JsonObject, settings: JsonObject, clock: Clock) -> bool:
    """Say whether a message came by the trigger's channel and says what its filter asks for. Case does not matter."""
    channel = listening.config.get("channel")
    if channel not in (None, "any", message.get("channel")):
        return False
    context = EvalContext(DictScope({"settings": settings}), clock.now())
    for name, wanted in (listening.config.get("filter") or {}).items():
        try:
            text = str(compile_template(str(wanted)).render(context) or "").casefold()
        except FlowStudioError as error:
            log.warning("trigger.filter_failed", workflow=listening.workflow_id, error=error.message)
            return False
        if name == "contains":
            told = f"{message.get('subject') or ''}\n{message.get('text') or ''}"
        else:
            told = " ".join(str(message.get(field) or "") for field in _FILTER_FIELDS.get(name, (name,)))
        if text not in told.casefold():
            return False
    return True
