"""Looks at an address every so often: every item that was not there before starts a run."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.errors import BadRequest, FlowStudioError, Unreachable
from flowstudio.expressions import DictScope, EvalContext, compile_template
from flowstudio.kit.ports import HttpRequest
from flowstudio.services.detectors.feeds import id_of, items_of
from flowstudio.services.happening import ADDRESSED, Happening, Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, Http, HttpResponse
    from flowstudio.services.detectors.troubles import Troubles
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening

LEAST = timedelta(minutes=1)
USUAL = timedelta(minutes=15)
MOST_KNOWN = 5_000
ADDRESS = "$address"
"""Key of what was looked at, and how the answer can be told from a newer one: another address begins anew."""
_UNCHANGED = 304
_FOR_NOW = (408, 425, 429)
"""Answers beside those from 500 up that may be other ones next time."""


class PollDetector:
    """Remembers which items it has seen."""

    def __init__(
        self, http: Http, watches: WatchStore, clock: Clock, settings_of: Callable[[str], JsonObject],
        troubles: Troubles,
    ) -> None:  # fmt: skip
        self._http = http
        self._watches = watches
        self._clock = clock
        self._settings_of = settings_of
        self._troubles = troubles

    async def look(self, one: Listening) -> datetime:
        """Raise an event for every new item, the oldest first; return when to look again.

        The first look only remembers what is there. An item that was seen starts nothing again when it changes.
        """
        again = self._clock.now() + _every(one.config)
        try:
            await self._look(one)
        except FlowStudioError as error:
            await self._troubles.met(one, error)
        else:
            await self._troubles.over(one)
        return again

    async def _look(self, one: Listening) -> None:
        known = await self._watches.all(one.workspace, one.workflow_id, one.trigger.id)
        before = known.pop(ADDRESS, None) or {}
        request = self._request(one)
        rule = {"url": request.url, "items": one.config.get("items"), "id_field": one.config.get("id_field")}
        first = before.get("rule") != rule
        if not first:
            request.headers.update(before.get("unless") or {})
        answer = await self._http.request(request)
        if answer.status == _UNCHANGED and not first:
            return
        _check_status(request.url, answer.status)
        place = (one.workspace, one.workflow_id, one.trigger.id)
        looked: JsonObject = {"rule": rule, "unless": _unless(answer)}
        notes = [Note(*place, ADDRESS, looked)] if looked != before else []
        if first:
            notes += [Note(*place, key, None) for key in known]
            known = {}
        new: list[Happening] = []
        there = set()
        field = str(one.config.get("id_field") or "id")
        for item in reversed(items_of(answer.body, one.config.get("items") or None)):
            identity = id_of(item, field)
            if identity is None:
                continue
            key = identity if len(identity) <= 200 else hashlib.sha256(identity.encode()).hexdigest()
            if key in known or key in there:
                there.add(key)
                continue
            there.add(key)
            notes.append(Note(*place, key, {}))
            data: JsonObject = {
                "workflow_id": one.workflow_id, "trigger_id": one.trigger.id, "payload": {"item": item},
            }  # fmt: skip
            name = f"poll:{one.workflow_id}:{one.trigger.id}:{key}"
            at = self._clock.now() + timedelta(microseconds=len(new))  # handed on in the order of the list
            new.append(Happening(one.workspace, name, ADDRESSED, data, at))
        if len(known) > MOST_KNOWN:
            notes += [Note(*place, key, None) for key in known.keys() - there]
        if notes:
            await self._watches.note(notes, [] if first else new)

    def _request(self, one: Listening) -> HttpRequest:
        scope = DictScope({"settings": self._settings_of(one.workspace)})
        context = EvalContext(scope, self._clock.now())
        url = str(compile_template(str(one.config.get("url") or "")).render(context))
        headers = {
            str(name): str(compile_template(str(value)).render(context))
            for name, value in (one.config.get("headers") or {}).items()
        }
        credential = one.config.get("credential") or None
        return HttpRequest("GET", url, headers, credential=credential, auth="bearer" if credential else "none")


def _check_status(url: str, status: int) -> None:
    if status >= 500 or status in _FOR_NOW:
        raise Unreachable(f"{url} answered {status}.")
    if status >= 400:
        raise BadRequest(f"{url} answered {status}.", hint="Check the address and the connection of the trigger.")


def _unless(answer: HttpResponse) -> JsonObject:
    """Return the headers by which the next look asks for something newer than this answer only."""
    told = {"If-None-Match": answer.headers.get("etag"), "If-Modified-Since": answer.headers.get("last-modified")}
    return {name: value for name, value in told.items() if value}


def _every(config: JsonObject) -> timedelta:
    try:
        return max(LEAST, parse_duration(config.get("every") or "15 minutes"))
    except BadDuration:
        return USUAL
