"""Webhooks: who may call, which run a call starts, and what the caller is told."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import orjson

from flowstudio.domain.ids import new_id
from flowstudio.domain.record import visible
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.errors import NotSignedIn
from flowstudio.services.hook_extras import IN_QUERY, SIGNATURE_AGE, SIGNED, event_key, hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Step
    from flowstudio.kit.ports import Secrets
    from flowstudio.services.hook_extras import HookExtras
    from flowstudio.services.listening import Listening
    from flowstudio.services.starting import PublishedVersions, Starter
    from flowstudio.services.triggers import TriggerService

WAIT = 30.0
"""Seconds that a caller is kept waiting for an answer at most."""
_WITHOUT_BODY = (204, 205, 304)
"""What HTTP lets stand without a body only."""
MOST_KNOWN = 1_000
"""Versions whose respond nodes are kept in mind."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    """Without any, the body is JSON."""


_DUPLICATE = Reply(200, b'{"status":"accepted","duplicate":true}')


class Seen(Protocol):
    """What is noted of a run while somebody waits for it."""

    status: RunStatus
    steps: list[Step]

    @property
    def finished(self) -> bool: ...


class Answers(Protocol):
    """The part of the engine that lets a caller wait for a run."""

    def watch(self, run_id: str) -> Seen: ...

    def forget(self, run_id: str) -> None: ...

    async def until(self, run_id: str, holds: Callable[[Seen], bool], seconds: float) -> bool: ...


class HookService:
    """Receives webhook calls."""

    def __init__(
        self,
        triggers: TriggerService,
        starter: Starter,
        versions: PublishedVersions,
        answers: Answers,
        secrets: Secrets,
        extras: HookExtras | None = None,
    ) -> None:
        self._triggers = triggers
        self._versions = versions
        self._starter = starter
        self._answers = answers
        self._secrets = secrets
        self._responding: dict[tuple[str, str, int], frozenset[str]] = {}
        """The respond nodes of a version, by workspace, workflow and version: looked up once."""
        self.extras = extras
        """Takes the calls for which there is no webhook trigger; keeps the signatures that have been seen."""

    def find(self, token: str, slug: str) -> Listening | None:
        """Return the webhook trigger at an address, or None."""
        return self._triggers.hook(token, slug)

    def check(self, listening: Listening, headers: dict[str, str], query: JsonObject, raw: bytes) -> None:
        """Raise NotSignedIn unless the call carries what the trigger asks for (none, a secret, a signature)."""
        config = listening.trigger.config
        kind = config.get("auth") or "none"
        if kind == "none":
            return
        name = str(config.get("secret") or "")
        secret = self._secrets.get(name) or ""
        if not secret:
            raise NotSignedIn("The secret of this webhook is missing.", hint=f'Add the connection "{name}".')
        if kind == "secret":
            given = str(headers.get("x-flowstudio-secret") or query.get(IN_QUERY) or "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                raise NotSignedIn("The secret is not right.")
            return
        _check_signature(headers, raw, secret)

    async def receive(self, listening: Listening, body: JsonValue, headers: dict[str, str], query: JsonObject) -> Reply:
        """Start a run and answer by the trigger's setting `answer`: accepted, finished or respond.

        A call that comes again, by its event id or its signature, is answered as a duplicate and starts nothing.
        """
        self._starter.require_room(listening.workspace)
        payload: JsonObject = {"body": body, "headers": hidden(headers), "query": hidden(query)}
        event_id = headers.get("x-event-id") or headers.get("idempotency-key")
        if listening.trigger.config.get("auth") == "signature":
            signature = _signature(headers)[1]
            by_signature = f"{SIGNED}{signature}"
            if self.extras is not None:  # the header of the id is not signed, so the signature counts beside it
                async with self.extras.once(listening, by_signature, keep=event_id is not None) as first:
                    return await self._start(listening, payload, event_id or by_signature) if first else _DUPLICATE
            event_id = by_signature
        return await self._start(listening, payload, event_id)

    async def _start(self, listening: Listening, payload: JsonObject, event_id: str | None) -> Reply:
        answer = listening.trigger.config.get("answer") or "accepted"
        run_id = new_id("run")
        watched = self._answers.watch(run_id) if answer != "accepted" else None
        try:
            started = await self._starter.start(
                listening.workspace, listening.workflow_id, listening.version, payload, trigger_id=listening.trigger.id,
                event_id=event_key(listening, event_id) if event_id else None, run_id=run_id,
            )  # fmt: skip
            if started != run_id:
                return _accepted(started, duplicate=True)
            if watched is None:
                return _accepted(started)
            responders = await self._responders(listening) if answer == "respond" else frozenset()
            said = _said(watched.steps, responders)
            if said is None and not watched.finished:  # most runs are done by now
                await self._answers.until(run_id, lambda one: _said(one.steps, responders) is not None, WAIT)
                said = _said(watched.steps, responders)
            if said is not None:
                return _reply(said)
            return _ended(run_id, watched) if watched.finished else _accepted(run_id)
        finally:
            if watched is not None:
                self._answers.forget(run_id)

    async def _responders(self, listening: Listening) -> frozenset[str]:
        key = (listening.workspace, listening.workflow_id, listening.version)
        found = self._responding.get(key)
        if found is None:
            workflow = await self._versions.version(*key)
            if len(self._responding) >= MOST_KNOWN:
                self._responding.clear()
            found = self._responding[key] = frozenset(node.id for node in workflow.nodes if node.type == "respond")
        return found


def _accepted(run_id: str, *, duplicate: bool = False) -> Reply:
    content: JsonObject = {"run_id": run_id, "status": "accepted"}
    if duplicate:
        content["duplicate"] = True
    return Reply(200 if duplicate else 202, orjson.dumps(content))


def _ended(run_id: str, seen: Seen) -> Reply:
    outputs: JsonObject = {}
    for step in seen.steps:
        outputs.update(visible(step.assigned))
    status = 200 if seen.status in (RunStatus.COMPLETED, RunStatus.SKIPPED) else 500
    return Reply(status, orjson.dumps({"run_id": run_id, "status": seen.status.value, "outputs": outputs}, default=str))


def _said(steps: list[Step], responders: frozenset[str]) -> JsonObject | None:
    """Return what the first respond step that is done answers, or None."""
    for step in steps:
        if step.node_id in responders and step.status is StepStatus.COMPLETED:
            return step.output
    return None


def _reply(said: JsonObject) -> Reply:
    body, status = said.get("body"), int(said.get("status") or 200)
    if not said.get("headers") and not isinstance(body, str) and status not in _WITHOUT_BODY:
        return Reply(status, orjson.dumps(body))
    headers = {str(name): str(value) for name, value in (said.get("headers") or {}).items()}
    given = {name.lower() for name in headers}
    if status in _WITHOUT_BODY:
        return Reply(status, b"", headers)
    if isinstance(body, str):
        raw = body.encode()
        if "content-type" not in given:
            headers["content-type"] = "text/plain; charset=utf-8"
    else:
        raw = orjson.dumps(body)
        if "content-type" not in given:
            headers["content-type"] = "application/json"
    return Reply(status, raw, headers)


def _signature(headers: dict[str, str]) -> tuple[str, str]:
    """Return time and signature of a signed call, as they stand in its header."""
    parts = dict(
        part.strip().partition("=")[::2] for part in headers.get("x-flowstudio-signature", "").split(",") if "=" in part
    )
    return parts.get("t", ""), parts.get("v1", "")


def _check_signature(headers: dict[str, str], raw: bytes, secret: str) -> None:
    """Check `X-FlowStudio-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`."""
    stamp, given = _signature(headers)
    if not stamp.isdecimal() or len(stamp) > 12 or abs(time.time() - int(stamp)) > SIGNATURE_AGE:
        raise NotSignedIn("The signature is missing or too old.")
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotSignedIn("The signature is not right.")
