"""What the answer of another system means: fine, try again later, or refused, in plain words."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import OutcomeUnknown, RateLimited, Refused, Unauthorized, Unreachable
from flowstudio.kit.ports import HttpResponse

_LONGEST_PAUSE = 3600.0
_LONGEST_ANSWER = 500
_AGAIN = frozenset({408, 425, 429})
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def checked(response: HttpResponse, system: str) -> HttpResponse:
    """Return a good answer; raise RateLimited, Unauthorized, Unreachable (try again) or Refused for any other."""
    if response.status < 400:
        return response
    answer = answer_text(response.body)
    says = f": {answer}" if answer else "."
    if response.status == 429:
        raise RateLimited(f"{system} asks us to wait.", after=pause_of(response), answer=answer)
    if response.status in _AGAIN or response.status >= 500:
        message = f"{system} did not answer as it should (status {response.status}){says}"
        raise Unreachable(message, answer=answer, status=response.status)
    if response.status in (401, 403):
        message = f"{system} does not accept our credential (status {response.status})."
        raise Unauthorized(
            message, answer=answer, status=response.status, hint="Look at the connection in Connections."
        )
    raise Refused(f"{system} refused (status {response.status}){says}", answer=answer, status=response.status)


def data_of(response: HttpResponse, system: str) -> JsonObject:
    """Return the data of a good answer; raise OutcomeUnknown where it is none: something else answered, or half of it.

    A sign-in page or a bad gateway may stand before the system, so nobody knows what became of the request.
    """
    if isinstance(response.body, dict):
        return response.body
    raise OutcomeUnknown(
        f"{system} gave an answer (status {response.status}) that cannot be read. The request may have had its effect.",
        hint="Look there whether it has.",
    )


def pause_of(response: HttpResponse) -> float | None:
    """Return the seconds that `Retry-After` asks for (a number or a date), at most an hour; None without it."""
    text = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), "").strip()
    if not text:
        return None
    if text.isdigit():
        return min(float(text), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), _LONGEST_PAUSE)


def answer_text(body: JsonValue) -> str:
    """Return the message of an error answer: the usual fields of JSON answers, else the whole, shortened."""
    found = _message_in(body)
    if found is None:
        found = (
            _without_tags(body)
            if isinstance(body, str)
            else orjson.dumps(body).decode()
            if body not in (None, {}, [])
            else ""
        )
    text = " ".join(found.split())
    return text if len(text) <= _LONGEST_ANSWER else f"{text[: _LONGEST_ANSWER - 1]}…"


def _without_tags(text: str) -> str:
    """Return the words of a page, its title where it has one: of an HTML answer nobody wants to read the tags."""
    if not text.lstrip().startswith("<"):
        return text
    title = _TITLE.search(text)
    return html.unescape(_TAG.sub(" ", title[1] if title and title[1].strip() else _UNSEEN.sub(" ", text)))


def _message_in(body: JsonValue) -> str | None:
    if isinstance(body, list) and body:
        return _message_in(body[0])
    if not isinstance(body, dict):
        return None
    for name in ("message", "detail", "error_description", "error", "errors", "Message", "Detail", "Error", "Fault"):
        value = body.get(name)
        if isinstance(value, str) and value:
            return value
        inner = _message_in(value)
        if inner:
            return inner
    return None
