"""While testing, nothing leaves except to those on the list: mails, text messages, Slack, other systems."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from flowstudio.config import load_settings
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.only_to import ListedMail, OnlyTo
from flowstudio.connectors.outgoing import mail_of
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.smtp import MailServer, SmtpMail
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.errors import Refused
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import HttpRequest, MailMessage
from tests.support.servers import StoredSecrets, http_server, reply, smtp_server

LIST = OnlyTo(["*@x.example", "+49 30 5550 1003", "#test", "127.0.0.1", "stripe"])
SECRETS = StoredSecrets(
    SLACK_BOT_TOKEN="x", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t", TWILIO_FROM_NUMBER="+1", STRIPE_API_KEY="sk"
)


@pytest.mark.parametrize(
    ("recipient", "allowed"),
    [
        ("ada@x.example", True), ("Ada <ADA@X.EXAMPLE>", True), ("ada@y.example", False), ("ada@x.example.evil", False),
        ("evil@y.example <ada@x.example>", True), ("+493055501003", True), ("+49 (30) 5550-1003", True),
        ("+493055501004", False), ("#test", True), ("#sales", False), ("", False),
    ],
)  # fmt: skip
def test_recipients_are_compared_as_they_are_meant(recipient: str, allowed: bool) -> None:
    if allowed:
        LIST.check(recipient)
        return
    with pytest.raises(Refused, match="not on the list"):
        LIST.check(recipient)


async def test_mail_leaves_only_when_every_recipient_is_on_the_list() -> None:
    async with smtp_server() as server:
        mail = ListedMail(SmtpMail(MailServer.of(server.url)), LIST)
        await mail.send(MailMessage("ada@x.example", "s", "t", cc=("bob@x.example",)))
        for message in (
            MailMessage("eve@y.example", "s", "t"),
            MailMessage("ada@x.example", "s", "t", cc=("eve@y.example",)),
            MailMessage("ada@x.example", "s", "t", bcc=("eve@y.example",)),
        ):
            with pytest.raises(Refused):
                await mail.send(message)
        assert len(server.mails) == 1


async def test_requests_leave_only_to_those_on_the_list() -> None:
    async with http_server(reply(200, b'{"ok": true}')) as server:
        base = server.url("").rstrip("/")
        services = [Slack(base), Twilio(base), Stripe(base)]
        async with HttpxHttp(
            SECRETS, services=services, allowed_private_hosts=["127.0.0.1", "localhost"], only_to=LIST
        ) as http:
            for allowed in (
                build_slack("#test", "hello"),
                build_sms("+49 30 5550 1003", "hello"),
                HttpRequest("POST", f"{base}/hook", body=b"{}"),
                HttpRequest("GET", f"http://localhost:{server.port}/read"),
                HttpRequest("POST", "/payment_intents", body=b"", service="stripe"),
            ):
                await http.request(allowed)
            seen = len(server.requests)
            assert seen == 5
            for refused in (
                build_slack("#sales", "hello"),
                build_sms("+493055501004", "hello"),
                HttpRequest("POST", f"http://localhost:{server.port}/hook", body=b"{}"),
                HttpRequest("POST", "", body=orjson.dumps({}), service="zapier"),
                HttpRequest("POST", "/messages:send", body=b"{}", service="fcm"),
            ):
                with pytest.raises(Refused, match="not on the list"):
                    await http.request(refused)
            assert len(server.requests) == seen, "refused before any packet"


def test_the_list_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", "smtp://mail.example")
    settings = load_settings(data_dir=tmp_path)
    assert not OnlyTo(settings.only_to)
    OnlyTo(settings.only_to).check("anybody@anywhere.example")
    monkeypatch.setenv("FLOWSTUDIO_ONLY_TO", "*@x.example, #test")
    settings = load_settings(data_dir=tmp_path)
    assert settings.only_to == ("*@x.example", "#test")
    assert isinstance(mail_of(settings, SECRETS, HttpxHttp(SECRETS)), ListedMail)
