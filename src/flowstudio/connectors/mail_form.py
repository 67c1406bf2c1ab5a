"""A mail as it goes over the wire: one MIME message, the same whichever way it leaves."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flowstudio.connectors.documents import paper_of
from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit.ports import MailMessage


def build_mime(message: MailMessage, sender: str, date: datetime) -> EmailMessage:
    """Return the MIME message; hidden copies are not in it. Raise ConfigRejected for a header with a line break."""
    mime = EmailMessage()
    try:
        mime["From"] = _address(message.sender or sender, message.sender_name)
        mime["To"] = _address(message.to)
        if message.cc:
            mime["Cc"] = [_address(one) for one in message.cc]
        if message.reply_to:
            mime["Reply-To"] = _address(message.reply_to)
        mime["Subject"] = message.subject
        mime["Date"] = format_datetime(date)
        if message.message_id:
            mime["Message-ID"] = message.message_id
        mime["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:
        raise ConfigRejected(f"The mail to {message.to[:100]} has a header that is not right.") from error
    mime.set_content(message.text)
    if message.html:
        mime.add_alternative(message.html, subtype="html")
    for document in message.attachments:
        _attach(mime, document)
    return mime


def recipients_of(message: MailMessage) -> list[str]:
    """Return the addresses of the envelope: to, copies and hidden copies."""
    return list(dict.fromkeys(parseaddr(one)[1] for one in (message.to, *message.cc, *message.bcc)))


def _attach(mime: EmailMessage, document: JsonObject) -> None:
    paper = paper_of(document)
    main, _, sub = paper.media_type.partition("/")
    if "media_type" in document:
        if main in ("multipart", "message"):  # it would be a part of the mail itself
            main, sub = "application", "octet-stream"
        mime.add_attachment(paper.content, maintype=main, subtype=sub, filename=paper.name)
    elif main == "text":
        params = {"method": "REQUEST"} if sub == "calendar" else None
        mime.add_attachment(paper.content.decode(), subtype=sub, filename=paper.name, params=params)
    else:
        mime.add_attachment(paper.content, maintype=main, subtype=sub, filename=paper.name)


def _address(text: str, name: str | None = None) -> Address:
    if any(sign in text for sign in "\r\n\x00"):
        raise ValueError(text)
    shown, address = parseaddr(text)
    return Address(display_name=name or shown, addr_spec=address)
