"""Mail: built once, sent one by one, noted in the mail log."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected, FlowStudioError, OutcomeUnknown, Refused
from flowstudio.kit.context import RunContext
from flowstudio.kit.files import MOST_FILES, FileContent, content_of, is_file
from flowstudio.kit.message_texts import fill_text, html_of
from flowstudio.kit.moments import stamp
from flowstudio.kit.ports import MailMessage
from flowstudio.kit.recipients import mail_addresses, needed_addresses
from flowstudio.kit.words import counted

DOCUMENTS = "documents"
_MOST_ATTACHED = 15_000_000
"""Bytes: what many mail servers take, as attachments grow by a third on their way."""
_DOCUMENT = ("id", "title", "template", "url", "format", "body")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says and to whom, before its recipients are looked up."""

    to: JsonValue
    subject: str | None = None
    body: str | None = None
    template: str | None = None
    variables: JsonObject | None = None
    cc: JsonValue = None
    bcc: JsonValue = None
    reply_to: str | None = None
    from_name: str | None = None
    attachments: tuple[JsonValue, ...] = ()


async def build_mails(letter: Letter, ctx: RunContext) -> list[MailMessage]:
    """Return the mails of a letter, one per recipient; the same for a test run and for real."""
    recipients = await needed_addresses(letter.to, ctx)
    subject, text, html = await _said(letter, ctx)
    one = MailMessage(
        to="",
        subject=_one_line(subject, "subject"),
        text=text,
        html=html,
        sender_name=_one_line(letter.from_name, "from_name") if letter.from_name else None,
        cc=tuple(await mail_addresses(letter.cc, ctx, "cc")),
        bcc=tuple(await mail_addresses(letter.bcc, ctx, "bcc")),
        reply_to=_one_line(letter.reply_to, "reply_to") if letter.reply_to else None,
        attachments=await _attachments(letter.attachments, ctx),
    )
    return [
        replace(
            one,
            to=_one_line(address, "to"),
            message_id=message_id(ctx, address),
            cc=one.cc if place == 0 else (),
            bcc=one.bcc if place == 0 else (),
        )
        for place, address in enumerate(recipients)
    ]


async def send_mails(mails: list[MailMessage], ctx: RunContext) -> JsonObject:
    """Send, and note each mail. Return `{"message_id", "status"}` of the first; raise as `deliver` does."""
    answers: list[JsonObject] = []
    for mail, answer in await deliver(mails, ctx, note_mail):
        await log_mail(mail, ctx)
        answers.append(answer)
    return {"message_id": answers[0].get("message_id"), "status": answers[0].get("status", "sent")}


async def deliver(
    mails: list[MailMessage], ctx: RunContext, note: Callable[[MailMessage, RunContext], None]
) -> list[tuple[MailMessage, JsonObject]]:
    """Send the mails one by one, each noted as it leaves; return them with what the server said.

    Raise what the mail connector raises when nothing has left yet. Once a mail has left, trying again would send it
    twice: the others are still sent, and Refused or OutcomeUnknown names those that were not.
    """
    sent: list[tuple[MailMessage, JsonObject]] = []
    failed: list[tuple[str, FlowStudioError]] = []
    for mail in mails:
        try:
            sent.append((mail, await ctx.mail.send(mail)))
        except FlowStudioError as error:
            if not sent and (error.retryable or len(mails) == 1):
                raise
            failed.append((mail.to, error))
            continue
        note(mail, ctx)
    if failed:
        raise _partly(failed, len(mails))
    return sent


def note_mail(mail: MailMessage, ctx: RunContext) -> None:
    """Note the whole mail as an effect of the step."""
    content: JsonObject = {
        "subject": mail.subject,
        "body": mail.text,
        "html": mail.html,
        "from": mail.sender_name,
        "cc": list(mail.cc),
        "bcc": list(mail.bcc),
        "reply_to": mail.reply_to,
        "attachments": [{"id": one.get("id"), "title": one.get("title")} for one in mail.attachments],
    }
    ctx.message("email", mail.to, mail.subject, **{key: value for key, value in content.items() if value})


async def log_mail(mail: MailMessage, ctx: RunContext) -> None:
    """Write the row of the mail log."""
    row = {"to": mail.to, "subject": mail.subject, "status": "sent", "sent_at": stamp(ctx.now())}
    await ctx.records.create("email_logs", row, silent=True)


def message_id(ctx: RunContext, address: str) -> str:
    """Return the mail's id: the same whenever the same attempt is repeated, so that receivers can tell a repeat."""
    digest = hashlib.sha256(f"{ctx.idempotency_key}|{address.casefold()}".encode()).hexdigest()[:40]
    host = urlsplit(str(ctx.settings.get("base_url") or "")).hostname or "flowstudio.invalid"
    return f"<{digest}@{host}>"


async def _said(letter: Letter, ctx: RunContext) -> tuple[str, str, str | None]:
    if letter.template:
        filled = await fill_text(letter.template, letter.variables or {}, ctx)
        html = html_of(letter.body) if letter.body else filled.html
        return letter.subject or filled.subject, letter.body or filled.text, html
    subject = letter.subject or _first_line(letter.body or "")
    if not subject:
        raise ConfigRejected("A mail needs a subject or a message text.", setting="subject")
    text = letter.body or subject
    return subject, text, html_of(text)


def _first_line(body: str) -> str:
    return next((line.strip(" #*") for line in body.splitlines() if line.strip()), "")[:150]


def _one_line(text: str, setting: str) -> str:
    """Refuse line breaks: in a header they would begin another one."""
    if any(sign in text for sign in "\r\n\x00"):
        raise ConfigRejected("A line break is not allowed here.", setting=setting)
    return text.strip()


async def _attachments(attachments: tuple[JsonValue, ...], ctx: RunContext) -> tuple[JsonObject, ...]:
    found: list[JsonObject] = []
    size = 0
    for one in _each(attachments):
        if is_file(one):
            file = await content_of(one, ctx, "attachments")
            size += len(file.content)
            found.append(_attached(file))
            continue
        document = one if isinstance(one, dict) else await ctx.records.get(DOCUMENTS, str(one))
        if document is None:
            raise ConfigRejected(f'The document "{one}" is not there.', setting="attachments")
        found.append({key: document.get(key) for key in _DOCUMENT if document.get(key)})
    if len(found) > MOST_FILES or size > _MOST_ATTACHED:
        raise ConfigRejected(
            f"A mail carries at most {MOST_FILES} files of {_MOST_ATTACHED // 1_000_000} MB together.",
            setting="attachments",
            hint="Send several mails, or an address from which the files can be fetched.",
        )
    return tuple(found)


def _each(attachments: Iterable[JsonValue]) -> Iterator[JsonValue]:
    """Give every attachment; a list among them, such as the files of a message, counts as what is in it."""
    for one in attachments:
        if isinstance(one, list):
            yield from _each(one)
        elif one not in (None, ""):
            yield one


def _attached(file: FileContent) -> JsonObject:
    content = base64.b64encode(file.content).decode()
    return {"title": file.name, "media_type": file.media_type, "content": content}


def _partly(failed: list[tuple[str, FlowStudioError]], total: int) -> FlowStudioError:
    names = ", ".join(address for address, _ in failed)
    message = f"{counted(total - len(failed), 'mail')} of {total} left. Not sent to {names}: {failed[0][1].message}"
    hint = "Send again to these people only."
    if any(isinstance(error, OutcomeUnknown) for _, error in failed):
        return OutcomeUnknown(message, hint=hint)
    return Refused(message, hint=hint)
