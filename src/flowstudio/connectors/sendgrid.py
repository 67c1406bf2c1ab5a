"""Mail by SendGrid."""

from __future__ import annotations

import asyncio
import base64

import orjson

from flowstudio.connectors.documents import paper_of
from flowstudio.connectors.service import needed_secret
from flowstudio.domain.json import JsonObject
from flowstudio.errors import RateLimited
from flowstudio.kit.answers import checked
from flowstudio.kit.ports import Http, HttpRequest, MailMessage, Secrets


class SendGridMail:
    """The Mail port by SendGrid. It has no key against repeats: our id of the mail goes along as an argument."""

    def __init__(self, http: Http, secrets: Secrets, address: str = "https://api.sendgrid.com") -> None:
        self._http = http
        self._secrets = secrets
        self._address = address.rstrip("/")

    async def send(self, message: MailMessage) -> JsonObject:
        """Send; 202 with an empty body means that it is queued."""
        key = needed_secret(self._secrets, "SendGrid", "SENDGRID_API_KEY")
        sender = message.sender or needed_secret(self._secrets, "SendGrid", "SENDGRID_FROM_EMAIL")
        request = HttpRequest(
            "POST",
            f"{self._address}/v3/mail/send",
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            body=await asyncio.to_thread(_body, message, sender),
            guarded=False,
        )
        response = await self._http.request(request)
        reset = response.headers.get("x-ratelimit-reset", "")
        if response.status == 429 and "retry-after" not in response.headers and reset.isdigit():
            raise RateLimited("SendGrid asks us to wait.", after=60.0)
        checked(response, "SendGrid")
        return {"message_id": message.message_id or response.headers.get("x-message-id"), "status": "queued"}


def _body(message: MailMessage, sender: str) -> bytes:
    """Make the body on a thread: printing attachments takes its time."""
    return orjson.dumps(build_sendgrid(message, sender))


def build_sendgrid(message: MailMessage, sender: str) -> JsonObject:
    """Return the body of the request, the plain part first."""
    person: JsonObject = {"to": [{"email": message.to}]}
    person |= {
        name: [{"email": one} for one in people]
        for name, people in (("cc", message.cc), ("bcc", message.bcc))
        if people
    }
    content = [{"type": "text/plain", "value": message.text}]
    if message.html:
        content.append({"type": "text/html", "value": message.html})
    body: JsonObject = {
        "personalizations": [person],
        "from": {"email": sender, **({"name": message.sender_name} if message.sender_name else {})},
        "subject": message.subject,
        "content": content,
    }
    if message.reply_to:
        body["reply_to"] = {"email": message.reply_to}
    if message.message_id:
        body["headers"] = {"Message-ID": message.message_id}
        body["custom_args"] = {"flowstudio_message": message.message_id}
    if message.attachments:
        body["attachments"] = [_attachment(document) for document in message.attachments]
    return body


def _attachment(document: JsonObject) -> JsonObject:
    paper = paper_of(document)
    return {
        "content": base64.b64encode(paper.content).decode(),
        "type": paper.media_type,
        "filename": paper.name,
    }
