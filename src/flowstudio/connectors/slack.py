"""Slack: messages to channels and people."""

from __future__ import annotations

from dataclasses import replace

import orjson

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.errors import RateLimited, Refused, Unauthorized
from flowstudio.kit.answers import checked, data_of, pause_of
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_SIGN_IN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
_HOOK_TOOK = "ok"
_WORDS = {
    "channel_not_found": "Slack does not know this channel.",
    "not_in_channel": "The FlowStudio app is not a member of this channel.",
    "is_archived": "The channel is archived.",
    "msg_too_long": "The message is too long for Slack.",
    "no_text": "The message is empty.",
}


class Slack:
    """Adds the token, and reads Slack's way of saying no: status 200 with `ok: false`.

    What stands for the token may also be the address of an incoming hook, which answers with the word `ok`.
    """

    name = "slack"
    title = "Slack"

    def __init__(self, address: str = "https://slack.com/api") -> None:
        self._address = address.rstrip("/")

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request with the bot's token, or send it to an incoming hook, which has a channel of its own."""
        token = needed_secret(secrets, self.title, request.credential, "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL")
        if token.startswith(("https://", "http://")):  # a person typed it, so it is guarded
            return replace(request, url=token, body=_without_channel(request.body or b"{}"), guarded=True)
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        return replace(request, url=f"{self._address}{request.url}", headers=headers)

    def probe(self) -> HttpRequest:
        """Ask Slack who we are."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return HttpRequest("POST", "/auth.test", headers, body=b"{}", guarded=False, service=self.name)

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `{ok, error}`."""
        checked(response, self.title)
        if response.body == _HOOK_TOOK:
            return response
        body = data_of(response, self.title)
        if body.get("ok"):
            return response
        error = str(body.get("error") or "no reason given")
        if error in ("ratelimited", "rate_limited"):
            raise RateLimited("Slack asks us to wait.", after=pause_of(response), answer=error)
        if error in _SIGN_IN:
            raise Unauthorized("Slack does not accept our credential.", answer=error, status=response.status)
        raise Refused(_WORDS.get(error, f"Slack refused: {error}."), answer=error, status=response.status)

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer as Slack does to a message that it takes."""
        return HttpResponse(200, {}, {"ok": True, "ts": "0000000000.000001"})


def _without_channel(body: bytes) -> bytes:
    """Return the body of a message as hooks take it."""
    message = orjson.loads(body)
    message.pop("channel", None)
    return orjson.dumps(message)
