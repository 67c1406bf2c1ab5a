"""Mails as they come in: whatever stands in one, reading it ends, and gives what a trigger's payload shows."""

from __future__ import annotations

import email
import email.policy
import html
import re
from datetime import UTC
from email.message import EmailMessage, MIMEPart
from typing import TYPE_CHECKING, Any, cast

from flowstudio.kit.files import MOST_FILES, FileContent
from flowstudio.observe import logger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

LONGEST_TEXT = 100_000
LONGEST_HEADER = 2_000
MOST_ATTACHMENTS = 100
_READ_OF_A_HEADER = 4_000
_UNSEEN = ("style", "script", "title")
"""Elements whose content nobody sees who reads the mail."""
_NAME = re.compile(r"[a-zA-Z]+")
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the standard library raises over mails that break the rules."""
log = logger(__name__)


class _Policy(email.policy.EmailPolicy):
    """Reads the beginning of each header: the standard library takes minutes over one that is long enough."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value[:_READ_OF_A_HEADER])


_POLICY = _Policy()


def read_mail(raw: bytes) -> JsonObject:
    """Return a mail as data: sender, to, subject, text, message_id, received_at, attachments (their names).

    A part that breaks the rules of mail is read as far as it goes, or is empty: nobody who writes to a mailbox can keep
    the mails behind his own from being read.
    """
    try:
        mail = cast("EmailMessage", email.message_from_bytes(raw, _class=EmailMessage, policy=_POLICY))
    except _BROKEN as error:
        log.warning("mail.unreadable", error=repr(error))
        mail = EmailMessage()
    return {
        "sender": _addresses(mail, "from"),
        "to": _addresses(mail, "to"),
        "subject": _header(mail, "subject"),
        "text": _without_nul(_text(mail))[:LONGEST_TEXT],
        "message_id": _header(mail, "message-id"),
        "received_at": _sent(mail),
        "attachments": _attachments(mail),
    }


def files_of(raw: bytes, *, whole: bool) -> tuple[FileContent, ...]:
    """Return the attachments of a mail. Of one that was cut off the last part is left out: it may be half a file."""
    try:
        mail = cast("EmailMessage", email.message_from_bytes(raw, _class=EmailMessage, policy=_POLICY))
        parts = list(mail.iter_attachments()) if mail.is_multipart() else [mail] if mail.is_attachment() else []
    except _BROKEN:
        return ()
    found = (_file(part) for part in (parts if whole else parts[:-1])[:MOST_FILES])
    return tuple(file for file in found if file is not None)


def _file(part: MIMEPart) -> FileContent | None:
    try:
        content = part.get_payload(decode=True)
        name = _without_nul(part.get_filename() or "")[:LONGEST_HEADER] or "attachment"
        return FileContent(name, part.get_content_type(), content) if isinstance(content, bytes) and content else None
    except _BROKEN:
        return None


def _value(mail: EmailMessage, name: str) -> object:
    try:
        return mail[name]
    except _BROKEN:
        return None


def _header(mail: EmailMessage, name: str) -> str:
    return _without_nul(str(_value(mail, name) or ""))[:LONGEST_HEADER]


def _addresses(mail: EmailMessage, name: str) -> str:
    header = _value(mail, name)
    try:
        found = ", ".join(one.addr_spec for one in getattr(header, "addresses", ()))
    except _BROKEN:
        found = ""
    return _without_nul(found or str(header or ""))[:LONGEST_HEADER]


def _sent(mail: EmailMessage) -> str | None:
    moment = getattr(_value(mail, "date"), "datetime", None)
    if moment is None:
        return None
    # by the standard a time of "-0000" is one in UTC whose sender's zone is not known
    return str((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).isoformat())


def _attachments(mail: EmailMessage) -> list[str]:
    try:
        parts = list(mail.iter_attachments()) if mail.is_multipart() else [mail] if mail.is_attachment() else []
        return [_without_nul(part.get_filename() or "")[:LONGEST_HEADER] for part in parts[:MOST_ATTACHMENTS]]
    except _BROKEN:
        return []


def _text(mail: EmailMessage) -> str:
    try:
        body = mail.get_body(("plain", "html"))
        if body is None or body.is_attachment():
            return ""
        content = _decoded(body)
        return content.strip() if body.get_content_subtype() == "plain" else _of_html(content)
    except _BROKEN:
        return ""


def _decoded(body: MIMEPart) -> str:
    """Return the text of a part; one in a set of signs that nobody knows is read as UTF-8."""
    try:
        return str(body.get_content())
    except _BROKEN:
        raw = body.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _of_html(content: str) -> str:
    """Return what a reader of the mail sees. One walk from front to back: no mail keeps it busy for long."""
    lower, seen, at = content.lower(), list[str](), 0
    while (start := content.find("<", at)) >= 0:
        seen.append(content[at:start])
        end = content.find(">", start)
        if end < 0:
            at = len(content)
            break
        at = end + 1
        name = _NAME.match(lower, start + 1)
        if name is not None and name[0] in _UNSEEN:
            at = lower.find(f"</{name[0]}", at)
            if at < 0:
                at = len(content)
    return " ".join(html.unescape(" ".join([*seen, content[at:]])).split())


def _without_nul(text: str) -> str:
    """Return a text without NUL, which no database keeps, and without halves of signs, which no JSON holds."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
