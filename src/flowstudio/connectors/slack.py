"""Slack: messages to channels and people."""

from __future__ import annotations

from dataclasses import replace

from flowstudio.connectors.service import Send, needed_secret
from flowstudio.errors import RateLimited, Refused, Unauthorized
from flowstudio.kit.answers import checked, pause_of
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

_SIGN_IN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
_WORDS = {
    "channel_not_found": "Slack does not know this channel.",
    "not_in_channel": "The FlowStudio app is not a member of this channel.",
    "is_archived": "The channel is archived.",
    "msg_too_long": "The message is too long for Slack.",
    "no_text": "The message is empty.",
}


class Slack:
    """Adds the token, and reads Slack's way of saying no: status 200 with `ok: false`."""

    name = "slack"
    title = "Slack"

    def __init__(self, address: str = "https://slack.com/api") -> None:
        self._address = address.rstrip("/")

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Complete the request with the bot's token."""
        token = needed_secret(secrets, self.title, request.credential, "SLACK_BOT_TOKEN")
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        return replace(request, url=f"{self._address}{request.url}", headers=headers)

    def check(self, response: HttpResponse) -> HttpResponse:
        """Read `{ok, error}`."""
        checked(response, self.title)
        body = response.body if isinstance(response.body, dict) else {}
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
