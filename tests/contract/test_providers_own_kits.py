"""What leaves for a provider is what the provider's own kit for Python would send for the same intent.

Each kit speaks to a server on loopback, then our connector does; method, path, sign-in, content type and body are
compared. Left aside is what says who speaks and over which library: User-Agent, Accept, X-Stripe-Client-User-Agent and
the like, and the address of the host.

Without a kit of its own for Python, or with one that is a heavy tree of packages, are: Firebase's messages
(`firebase-admin` brings gRPC, Firestore and Storage; the token for them is compared with `google-auth`), QuickBooks,
Zapier and the language model; their wire is proven in tests/unit/connectors.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sendgrid
import slack_sdk
import stripe
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.transport.requests import Request as GoogleRequest
from google.oauth2 import service_account
from sendgrid.helpers.mail import (
    Attachment,
    Bcc,
    Cc,
    Content,
    CustomArg,
    Email,
    FileContent,
    FileName,
    FileType,
    Header,
    Mail,
    Personalization,
    ReplyTo,
    To,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client as TwilioClient

from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.sendgrid import SendGridMail
from flowstudio.connectors.service import Service
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.kit.channels.push import push_request
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import HttpRequest, MailMessage
from flowstudio.nodes.actions.integration.charge_stripe import ChargeStripeConfig, build_charge
from tests.support.servers import Request, StoredSecrets, http_server, reply

ANSWERS = {
    "slack": b'{"ok": true, "ts": "1.2", "channel": "C1"}',
    "twilio": b'{"sid": "SM1", "status": "queued"}',
    "stripe": b'{"id": "pi_1", "object": "payment_intent", "status": "succeeded"}',
    "token": b'{"access_token": "at", "expires_in": 3600, "token_type": "Bearer"}',
}
_TEXT = "Grüße & mehr = 100 % <b>“so”</b>\nZeile 2 + 3 🎉"


@dataclass(frozen=True)
class Sent:
    """What counts of a request."""

    method: str
    path: str
    sign_in: str
    kind: str
    charset: str
    body: Any


def read(request: Request) -> Sent:
    head = Message()
    head["content-type"] = request.headers.get("content-type", "")
    kind, body = head.get_content_type(), request.body.decode()
    content = json.loads(body) if kind == "application/json" else sorted(parse_qsl(body, keep_blank_values=True))
    assert not urlsplit(request.target).query
    # Both kinds are UTF-8 by their definitions: naming it, as some kits do and some do not, says the same.
    charset = (head.get_content_charset() or "utf-8").lower()
    sign_in = request.headers.get("authorization", "")
    return Sent(request.method, request.target, sign_in, kind, charset, content)


async def by_kit(answer: bytes, status: int, speak: Callable[[str], object]) -> Request:
    """Return the one request that the kit sends; it blocks, so it speaks from a thread."""
    async with http_server(reply(status, answer)) as server:
        await asyncio.to_thread(speak, server.url(""))
    [request] = server.requests
    return request


async def by_us(
    answer: bytes, status: int, service: Callable[[str], Service], request: HttpRequest, **secrets: str
) -> Request:
    async with (
        http_server(reply(status, answer)) as server,
        HttpxHttp(StoredSecrets(**secrets), services=[service(server.url(""))]) as http,
    ):
        await http.request(request)
    return server.requests[-1]


@pytest.mark.parametrize("text", ["Hi", _TEXT, "<https://a.example|a> *bold*"])
@pytest.mark.parametrize("channel", ["#sales", "C0123456789", "@olga"])
async def test_a_message_to_slack(channel: str, text: str) -> None:
    def speak(url: str) -> None:
        client = slack_sdk.WebClient("xoxb-1", base_url=f"{url}/api/")
        client.chat_postMessage(channel=channel, text=text)

    theirs = read(await by_kit(ANSWERS["slack"], 200, speak))
    ours = read(
        await by_us(
            ANSWERS["slack"], 200, lambda url: Slack(f"{url}/api"), build_slack(channel, text), SLACK_BOT_TOKEN="xoxb-1"
        )
    )
    assert ours == theirs
    assert (ours.method, ours.path) == ("POST", "/api/chat.postMessage")


class OnLoopback(TwilioHttpClient):
    """Twilio's own client, its host replaced: the kit itself knows twilio.com alone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.url), *args, **more)


@pytest.mark.parametrize("text", ["Hi", _TEXT])
@pytest.mark.parametrize("sender", ["+15005550006", "MG0123456789abcdef0123456789abcdef"])
async def test_a_text_message_by_twilio(sender: str, text: str) -> None:
    by = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}

    def speak(url: str) -> None:
        client = TwilioClient("AC1", "secret", http_client=OnLoopback(url))
        client.messages.create(to="+493055501003", body=text, **by)

    theirs = read(await by_kit(ANSWERS["twilio"], 201, speak))
    ours = read(
        await by_us(
            ANSWERS["twilio"], 201, Twilio, build_sms("+49 30 5550 1003", text),
            TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="secret", TWILIO_FROM_NUMBER=sender,
        )
    )  # fmt: skip
    assert ours == theirs
    assert ours.path == "/2010-04-01/Accounts/AC1/Messages.json"


class Step:
    """The part of a step's context that a charge is made from."""

    run_id, node_id, idempotency_key = "run_1", "pay", "run_1/pay//0"


@pytest.mark.parametrize(
    ("config", "amount", "currency"),
    [
        ({"amount": 320, "currency": "EUR", "customer": "cus_1"}, 32000, "eur"),
        ({"amount": 500, "currency": "JPY", "customer": "cus_1", "payment_method": "pm_1"}, 500, "jpy"),
        ({"amount": 19.99, "currency": "usd", "customer": "cus_1", "description": _TEXT}, 1999, "usd"),
    ],
)
async def test_a_charge_by_stripe(config: dict[str, Any], amount: int, currency: str) -> None:
    more = {name: config[name] for name in ("payment_method", "description") if name in config}

    def speak(url: str) -> None:
        client = stripe.StripeClient("sk_test_1", base_addresses={"api": url}, max_network_retries=0)
        client.v1.payment_intents.create(
            {
                "amount": amount, "currency": currency, "customer": "cus_1", "confirm": True, "off_session": True,
                "metadata": {"run_id": "run_1", "step": "pay"}, **more,
            },
            {"idempotency_key": "run_1/pay//0"},
        )  # fmt: skip

    theirs = await by_kit(ANSWERS["stripe"], 200, speak)
    request = build_charge(ChargeStripeConfig.model_validate(config), Step())  # type: ignore[arg-type]
    ours = await by_us(ANSWERS["stripe"], 200, Stripe, request, STRIPE_API_KEY="sk_test_1")
    assert read(ours) == read(theirs)
    for name in ("idempotency-key", "stripe-version"):
        assert ours.headers[name] == theirs.headers[name], name


MAILS = [
    MailMessage(to="ana@x.example", subject="Grüße", text=_TEXT),
    MailMessage(to="ana@x.example", subject="Hi", text="Hi", html="<p>Hi</p>", sender_name="Brightline, Inc."),
    MailMessage(
        to="ana@x.example", subject="Hi", text="Hi", html="<p>Hi</p>", cc=("b@x.example", "c@x.example"),
        bcc=("d@x.example",), reply_to="desk@x.example", message_id="<1@flowstudio.example>",
        attachments=({"id": "doc_1", "title": "Offer", "format": "html", "body": "<p>Offer</p>"},),
    ),
]  # fmt: skip


def kit_mail(mail: MailMessage, paper: dict[str, str] | None) -> Mail:
    """Return the same mail as the kit builds it."""
    found = Mail(from_email=Email("us@x.example", mail.sender_name), subject=mail.subject)
    person = Personalization()
    person.add_to(To(mail.to))
    for address in mail.cc:
        person.add_cc(Cc(address))
    for address in mail.bcc:
        person.add_bcc(Bcc(address))
    found.add_personalization(person)
    found.add_content(Content("text/plain", mail.text))
    if mail.html:
        found.add_content(Content("text/html", mail.html))
    if mail.reply_to:
        found.reply_to = ReplyTo(mail.reply_to)
    if mail.message_id:
        found.add_header(Header("Message-ID", mail.message_id))
        found.add_custom_arg(CustomArg("flowstudio_message", mail.message_id))
    if paper is not None:
        content, name, kind = FileContent(paper["content"]), FileName(paper["filename"]), FileType(paper["type"])
        found.add_attachment(Attachment(content, name, kind))
    return found


@pytest.mark.parametrize("mail", MAILS, ids=["plain", "html", "everything"])
async def test_a_mail_by_sendgrid(mail: MailMessage) -> None:
    async with http_server(reply(202, b"")) as server:
        secrets = StoredSecrets(SENDGRID_API_KEY="SG.1", SENDGRID_FROM_EMAIL="us@x.example")
        async with HttpxHttp(secrets) as http:
            await SendGridMail(http, secrets, server.url("")).send(mail)
    ours = read(server.requests[0])
    [paper] = ours.body.get("attachments") or [None]
    if paper is not None:
        assert base64.b64decode(paper["content"])

    def speak(url: str) -> None:
        sendgrid.SendGridAPIClient("SG.1", host=url).send(kit_mail(mail, paper))

    theirs = read(await by_kit(b"", 202, speak))
    assert ours == theirs


async def test_the_token_for_push_messages() -> None:
    """The claims are compared without their clock: when it was signed and when it ends."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    account = {"client_email": "fs@p.example", "private_key": pem, "project_id": "p", "private_key_id": "k1"}

    async with http_server(reply(200, ANSWERS["token"])) as server:

        def speak() -> None:
            scopes = ["https://www.googleapis.com/auth/firebase.messaging"]
            credentials = service_account.Credentials.from_service_account_info(
                {**account, "token_uri": server.url("/token")}, scopes=scopes
            )
            credentials.refresh(GoogleRequest())

        await asyncio.to_thread(speak)
        service = Firebase(server.url(""), server.url("/token"))
        secrets = StoredSecrets(FIREBASE_SERVICE_ACCOUNT=json.dumps(account))
        async with HttpxHttp(secrets, services=[service]) as http:
            await http.request(push_request("olga@x.example", "Hi", "Title", {"run_id": "run_1"}))
        theirs, ours = server.requests[0], server.requests[1]
    assert outline(ours) == outline(theirs)
    assert server.requests[2].headers["authorization"] == "Bearer at"


def outline(request: Request) -> tuple[str, str, str, dict[str, Any], dict[str, Any], int]:
    """Return what a request for a token says: whereto, the form with the head of what was signed, the claims, how long."""
    sent = read(request)
    form = dict(sent.body)
    head, claims, _ = form.pop("assertion").split(".")
    said = json.loads(_unpacked(claims))
    lasts = said.pop("exp") - said.pop("iat")
    return sent.method, sent.path, sent.kind, {**form, **json.loads(_unpacked(head))}, said, lasts


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
