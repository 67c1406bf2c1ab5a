"""Mail by SMTP, against a real server: what is taken, what may be tried again, what is refused, what is unknown."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from flowstudio.connectors.smtp import MailServer, SmtpMail
from flowstudio.errors import ConfigRejected, OutcomeUnknown, Refused, Unreachable
from flowstudio.kit.ports import MailMessage
from tests.support.servers import smtp_server

MAIL = MailMessage(
    to="ap@acme-robotics.example",
    subject="Invoice INV-1042 is overdue – 4.800 €",
    text="Hello,\n\nit was due.",
    html="<p>Hello</p>",
    sender_name="Brightline Productions",
    reply_to="finance@brightline.example",
    message_id="<abc@app.brightline.example>",
)


async def test_a_mail_arrives_whole() -> None:
    async with smtp_server() as server:
        answer = await SmtpMail(MailServer.of(server.url)).send(MAIL)
    assert answer["message_id"] == "<abc@app.brightline.example>"
    assert answer["status"] == "sent"
    mail = server.mails[0]
    assert mail["Subject"] == MAIL.subject
    assert mail["From"] == "Brightline Productions <flowstudio@brightline.example>"
    assert mail["To"] == MAIL.to
    assert mail["Message-ID"] == MAIL.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Hello,", "", "it was due."]
    assert html is not None
    assert "<p>Hello</p>" in html.get_content()


async def test_a_hidden_copy_is_in_the_envelope_only() -> None:
    async with smtp_server() as server:
        await SmtpMail(MailServer.of(server.url)).send(replace(MAIL, cc=("c@x.example",), bcc=("b@x.example",)))
    assert server.envelopes[0].rcpt_tos == [MAIL.to, "c@x.example", "b@x.example"]
    assert server.mails[0]["Cc"] == "c@x.example"
    assert "b@x.example" not in server.mails[0].as_string()


async def test_a_document_is_attached() -> None:
    document = {"id": "d1", "title": "Invoice INV-1042", "format": "pdf", "body": "# Invoice\n\n- 1 stage, 4.800 €"}
    async with smtp_server() as server:
        await SmtpMail(MailServer.of(server.url)).send(replace(MAIL, attachments=(document,)))
    attached = next(server.mails[0].iter_attachments())
    assert attached.get_filename() == "Invoice INV-1042.pdf"
    assert attached.get_content().startswith(b"%PDF-")


@pytest.mark.parametrize(("mood", "status"), [("later", 451), ("later_recipient", 450)])
async def test_a_4xx_answer_may_be_tried_again(mood: str, status: int) -> None:
    async with smtp_server(mood) as server:
        with pytest.raises(Unreachable) as caught:
            await SmtpMail(MailServer.of(server.url)).send(MAIL)
    assert caught.value.retryable
    assert caught.value.status == status
    assert server.mails == []


@pytest.mark.parametrize(("mood", "words"), [("never", "550 5.1.1 no such mailbox"), ("refuses_content", "554 5.7.1")])
async def test_a_5xx_answer_is_final(mood: str, words: str) -> None:
    async with smtp_server(mood) as server:
        with pytest.raises(Refused, match=words) as caught:
            await SmtpMail(MailServer.of(server.url)).send(MAIL)
    assert not caught.value.retryable


async def test_a_refused_copy_is_told_and_the_mail_still_leaves() -> None:
    async with smtp_server() as server:
        answer = await SmtpMail(MailServer.of(server.url)).send(replace(MAIL, cc=("gone@x.example",)))
    assert answer["status"] == "sent, but not to gone@x.example"
    assert len(server.mails) == 1


async def test_a_drop_after_the_content_leaves_the_outcome_unknown() -> None:
    async with smtp_server("drop") as server:
        with pytest.raises(OutcomeUnknown):
            await SmtpMail(MailServer.of(server.url)).send(MAIL)
    assert len(server.mails) == 1, "the server had it, which nobody here can know"


async def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached"):
        await SmtpMail(MailServer.of(f"smtp://127.0.0.1:{port}/?starttls=no")).send(MAIL)


@pytest.mark.parametrize(
    "change",
    [
        {"to": "a@x.example\r\nBcc: evil@x.example"},
        {"subject": "Hello\r\nBcc: evil@x.example"},
        {"reply_to": "a@x.example\nX: y"},
        {"sender_name": "A\r\nBcc: evil@x.example"},
        {"message_id": "<a@b>\r\nBcc: evil@x.example"},
        {"cc": ("a@x.example\r\nBcc: evil@x.example",)},
    ],
)
async def test_a_line_break_in_a_header_is_refused(change: dict[str, object]) -> None:
    async with smtp_server() as server:
        with pytest.raises(ConfigRejected):
            await SmtpMail(MailServer.of(server.url)).send(replace(MAIL, **change))  # type: ignore[arg-type]
    assert server.mails == []


def test_the_address_of_the_server_is_read() -> None:
    found = MailServer.of("smtp://ann%40x.example:p%2Fw@mail.example:2525/?starttls=required")
    assert (found.host, found.port, found.username, found.password) == ("mail.example", 2525, "ann@x.example", "p/w")
    assert found.starttls is True
    assert found.sender == "ann@x.example"
    assert MailServer.of("smtps://mail.example").port == 465
    assert MailServer.of("smtp://mail.example").starttls is None


def test_a_wrong_address_does_not_show_the_password() -> None:
    with pytest.raises(ValueError) as caught:
        MailServer.of("http://ann:secret@mail.example")
    assert "secret" not in str(caught.value)
