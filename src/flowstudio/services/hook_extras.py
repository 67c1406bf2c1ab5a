"""Calls to our addresses that start no run of their own: steps that wait, Slack, and calls caught as an example."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound, NotSignedIn
from flowstudio.services.addresses import SLACK, slug_for
from flowstudio.services.happening import MESSAGE, Happening, Note

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit.ports import Clock, Secrets
    from flowstudio.services.handing_on import HandingOn
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening
    from flowstudio.services.ports import RunStore, WorkflowStore
    from flowstudio.services.reaching import Delivers, Waits
    from flowstudio.services.triggers import TriggerService

SIGNATURE_AGE = 300
"""Seconds that a signed call may be old."""
SIGNED = "signature:"
"""What the key begins with under which a used signature is noted."""
CATCH_SECONDS = 600.0
"""How long an example is waited for."""
_SAID = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Kinds of messages in Slack that a person has written; all others tell of changes, of joining, of programs."""
SLACK_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105  a name
MOST_CAUGHT = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One call, read."""

    method: str
    headers: dict[str, str]
    query: JsonObject
    raw: bytes
    body: JsonValue

    def payload(self) -> JsonObject:
        """Return what a webhook trigger makes of it."""
        return {"body": self.body, "headers": hidden(self.headers), "query": hidden(self.query)}


@dataclass(slots=True)
class _Catch:
    workspace: str
    until: float
    caught: asyncio.Future[JsonObject] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


IN_QUERY = "secret"
"""Name under which a caller that can set no header sends the secret in the address."""
_REDACTED = frozenset({"authorization", "cookie", "x-flowstudio-secret", "proxy-authorization", IN_QUERY})


def hidden(given: JsonObject) -> JsonObject:
    """Return headers or a query with what is secret in them hidden."""
    if _REDACTED.isdisjoint(given):
        return given
    return {name: ("•••" if name in _REDACTED else value) for name, value in given.items()}


class HookExtras:
    """Takes the calls for which there is no webhook trigger."""

    def __init__(
        self, triggers: TriggerService, workflows: WorkflowStore, runs: RunStore, waits: Waits, engine: Delivers,
        handing_on: HandingOn, watches: WatchStore, secrets: Secrets, clock: Clock,
    ) -> None:  # fmt: skip
        self._triggers = triggers
        self._workflows = workflows
        self._runs = runs
        self._waits = waits
        self._engine = engine
        self._handing_on = handing_on
        self._watches = watches
        self._secrets = secrets
        self._clock = clock
        self._catching: dict[str, _Catch] = {}
        self._under_way: set[tuple[str, ...]] = set()

    # -- examples ----------------------------------------------------------------------------------------------------

    async def catch(self, actor: Actor, workflow_id: str, trigger_id: str) -> tuple[str, str]:
        """Wait for one call as an example, for ten minutes; return the test's token and the path to call."""
        actor.require(Role.BUILDER)
        stored = await self._workflows.get(actor.workspace, workflow_id)
        if stored is None:
            raise NotFound(f'There is no workflow "{workflow_id}".')
        triggers = stored.draft.get("triggers") or []
        trigger = next((one for one in triggers if one.get("id") == trigger_id and one.get("type") == "webhook"), None)
        if trigger is None:
            raise NotFound("There is no such webhook in this workflow.")
        now = time.monotonic()
        self._catching = {token: one for token, one in self._catching.items() if one.until > now}
        if len(self._catching) >= MOST_CAUGHT:
            raise BadRequest("Too many examples are waited for at once.", hint="Wait some minutes.")
        token = f"test-{token_urlsafe(18)}"
        self._catching[token] = _Catch(actor.workspace, now + CATCH_SECONDS)
        return token, f"/hooks/{token}/{(trigger.get('config') or {}).get('slug') or trigger_id}"

    async def caught(self, actor: Actor, token: str, seconds: float = CATCH_SECONDS) -> JsonObject | None:
        """Return the payload of the call that came to a test's address, None when none came in time."""
        actor.require(Role.BUILDER)
        catching = self._catching.get(token)
        if catching is None or catching.workspace != actor.workspace:
            raise NotFound("This test address is no longer waited for.")
        try:
            return await asyncio.wait_for(asyncio.shield(catching.caught), seconds)
        except TimeoutError:
            return None

    def stop_catching(self, token: str) -> None:
        """Wait no longer for an example."""
        self._catching.pop(token, None)

    # -- calls -------------------------------------------------------------------------------------------------------

    def takes(self, token: str, slug: str) -> bool:
        """Say whether a call to that address may be meant for something other than a webhook trigger."""
        return token in self._catching or bool(slug and self._triggers.place(token))

    async def receive(self, token: str, slug: str, call: Call) -> JsonObject | None:
        """Take a call and return the answer's body; None where nothing is at that address."""
        catching = self._catching.get(token)
        if catching is not None:
            if catching.until < time.monotonic():
                self.stop_catching(token)
                return None
            if not catching.caught.done():
                catching.caught.set_result(call.payload())
            return {"status": "caught"}
        place = self._triggers.place(token)
        if place is None:
            return None
        if slug == SLACK and any(_hears_slack(one) for one in self._triggers.at(token)):
            return await self._slack(place[0], call)
        return await self._deliver(*place, slug, call)

    async def _deliver(self, workspace: str, workflow_id: str, slug: str, call: Call) -> JsonObject | None:
        """Tell the steps of the workflow's runs that wait for a call to this address."""
        waiting, told = False, []
        for wait in await self._waits.open_waits(workspace, kind="webhook"):
            if (wait.get("detail") or {}).get("webhook") != slug:
                continue
            found = await self._runs.get(workspace, str(wait["run_id"]))
            if found is None or found[0].workflow_id != workflow_id:
                continue
            waiting = True
            event = {**call.body, **call.payload()} if isinstance(call.body, dict) else call.payload()
            place = str(wait["node_id"]), tuple(wait.get("iteration") or ())
            if await self._engine.deliver(str(wait["run_id"]), *place, event):
                told.append(str(wait["run_id"]))
        if not waiting:
            return None
        return {"status": "received" if told else "not_awaited", "runs": told}

    async def _slack(self, workspace: str, call: Call) -> JsonObject:
        """Take an event from Slack: the hand-shake, or a message."""
        self._check_slack(call)
        body = call.body if isinstance(call.body, dict) else {}
        if body.get("type") == "url_verification":
            return {"challenge": str(body.get("challenge") or "")}
        event = body.get("event") or {}
        if body.get("type") == "event_callback" and _is_said(event):
            message: JsonObject = {
                "sender": event.get("user"), "to": event.get("channel"), "subject": "", "text": event.get("text") or "",
                "channel": "slack", "thread": event.get("thread_ts"), "message_id": event.get("ts"),
            }  # fmt: skip
            # a message that names the app comes as two events; what tells it from others are its place and moment
            identity = f"slack:{body.get('team_id') or ''}:{event.get('channel')}:{event.get('ts')}"
            await self._handing_on.hand_on(
                Happening(workspace, identity, MESSAGE, {"message": message}, self._clock.now())
            )
        return {"ok": True}

    def _check_slack(self, call: Call) -> None:
        """Raise NotSignedIn unless the call is signed as Slack signs: `v0=` HMAC-SHA256 over `v0:<time>:<body>`."""
        secret = self._secrets.get(SLACK_SECRET)
        if not secret:
            raise NotSignedIn("The signing secret of Slack is missing.", hint=f"Set {SLACK_SECRET}.")
        stamp = call.headers.get("x-slack-request-timestamp", "")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > SIGNATURE_AGE:
            raise NotSignedIn("The signature is missing or too old.")
        signed = b"v0:" + stamp.encode() + b":" + call.raw
        expected = f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
        if not hmac.compare_digest(expected.encode(), call.headers.get("x-slack-signature", "").encode()):
            raise NotSignedIn("The signature is not right.")

    # -- signatures --------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def once(self, listening: Listening, signature: str, *, keep: bool) -> AsyncIterator[bool]:
        """Say whether a signature comes to this trigger for the first time.

        What then succeeds makes it known: by its run's event id, or, to `keep` it beside another id, by a note.
        """
        place = (listening.workspace, listening.workflow_id, listening.trigger.id, signature)
        known = place in self._under_way or await self._watches.one(*place) is not None
        if known or await self._runs.by_event(*place[:2], event_key(listening, signature)) is not None:
            yield False
            return
        self._under_way.add(place)
        try:
            yield True
            if keep:
                await self._watches.note([Note(*place, {})])
        finally:
            self._under_way.discard(place)


def event_key(listening: Listening, event_id: str) -> str:
    """Return the event id of the run that a call starts."""
    return f"hook:{listening.trigger.id}:{event_id}"


def _is_said(event: JsonObject) -> bool:
    kind, subtype = event.get("type"), event.get("subtype")
    return kind in ("message", "app_mention") and subtype in _SAID and not event.get("bot_id")


def _hears_slack(listening: Listening) -> bool:
    return slug_for(listening.trigger) == SLACK
