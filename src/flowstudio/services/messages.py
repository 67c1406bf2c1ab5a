"""Message texts of the workspace: the shipped ones, and those that people wrote or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, ExpressionError, NotFound
from flowstudio.expressions import compile_template
from flowstudio.kit.words import human

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import MessageTexts

CHANNELS = ("email", "sms", "slack", "push", "in_app", "document")
MAX_TEXT = 50_000


class MessageStore(Protocol):
    """Keeps the workspace's own texts."""

    async def all(self, workspace: str) -> dict[str, JsonObject]: ...

    async def save(self, workspace: str, name: str, document: JsonObject) -> None: ...

    async def delete(self, workspace: str, name: str) -> bool: ...


class MessageService:
    """The verbs of message texts; also the MessageTexts port of steps."""

    def __init__(self, store: MessageStore, shipped: MessageTexts, names: tuple[str, ...]) -> None:
        self._store = store
        self._shipped = shipped
        self._shipped_names = names
        self._own: dict[str, JsonObject] = {}

    async def load(self, workspace: str) -> None:
        """Read the workspace's own texts into memory."""
        self._own = await self._store.all(workspace)

    def get(self, name: str) -> JsonObject | None:
        """Return the text of that name as steps use it, or None."""
        return self._own.get(name) or self._shipped.get(name)

    def texts(self) -> dict[str, JsonObject]:
        """Return all texts by name, own ones in the place of shipped ones."""
        shipped = {name: found for name in self._shipped_names if (found := self._shipped.get(name)) is not None}
        return dict(sorted({**shipped, **self._own}.items()))

    def changed(self, name: str) -> bool:
        """Say whether the workspace has its own wording."""
        return name in self._own

    def list(self, actor: Actor) -> list[JsonObject]:
        """List all texts."""
        actor.require(Role.VIEWER)
        return [{**text, "own": name in self._own} for name, text in self.texts().items()]

    async def save(self, actor: Actor, name: str, fields: JsonObject) -> JsonObject:
        """Change or make a text; raise BadRequest naming what is wrong."""
        actor.require(Role.BUILDER)
        if not name.isidentifier():
            raise BadRequest("A message text's name has letters, digits and _, and begins with a letter.")
        before = self.get(name) or {"name": name, "title": human(name), "channel": "email"}
        known = ("title", "channel", "subject", "text", "html", "variables")
        unknown = [key for key in fields if key not in known]
        if unknown:
            raise BadRequest(f"A message text has no {', '.join(unknown)}.")
        document = {**before, **fields, "name": name}
        if document.get("channel") not in CHANNELS:
            raise BadRequest(f"The channel is one of {', '.join(CHANNELS)}.")
        for key in ("subject", "text", "html"):
            _check(key, document.get(key))
        if not document.get("text"):
            raise BadRequest("A message text needs a text.")
        await self._store.save(actor.workspace, name, document)
        await self.load(actor.workspace)
        return document

    async def reset(self, actor: Actor, name: str) -> None:
        """Take the workspace's own wording away; a shipped text of that name counts again."""
        actor.require(Role.BUILDER)
        if not await self._store.delete(actor.workspace, name):
            raise NotFound(f'There is no text of your own called "{name}".')
        await self.load(actor.workspace)


def _check(key: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise BadRequest(f"The {key} is a text of at most 50,000 characters.")
    try:
        compile_template(value)
    except ExpressionError as error:
        raise BadRequest(f"The {key} has a fault: {error.message}", hint=error.hint) from error
