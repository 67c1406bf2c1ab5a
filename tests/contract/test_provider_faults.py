"""What every way out does when the other side fails: one table of faults, asked of every connector.

Each cell says the kind of error, and with it whether the step tries again by itself: Unreachable and RateLimited are
tried again; Refused and Unauthorized are final; OutcomeUnknown is repeated under the same key where the other side
knows keys (Stripe, QuickBooks), else a person is asked.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import flowstudio.nodes
from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import LARGEST_ANSWER, HttpxHttp
from flowstudio.connectors.llm import LanguageModel
from flowstudio.connectors.quickbooks import QuickBooks
from flowstudio.connectors.sendgrid import SendGridMail
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.smtp import MailServer, SmtpMail
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.connectors.zapier import Zapier
from flowstudio.errors import FlowStudioError, OutcomeUnknown, RateLimited, Refused, Unauthorized, Unreachable
from flowstudio.kit import Registry
from flowstudio.kit.answers import checked
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.oauth import Grant
from flowstudio.kit.ports import HttpRequest, MailMessage
from tests.support.servers import (
    Answer,
    HttpServer,
    Request,
    StoredSecrets,
    http_server,
    own_certificate,
    reply,
    talking,
)

Error = type[FlowStudioError]
Send = Callable[[HttpxHttp, StoredSecrets, HttpServer], Awaitable[Any]]
PATIENCE = 1.5
"""Seconds that a request may take here; for real it is a minute."""
SECRET = "canary-secret"
TOKEN = reply(200, b'{"access_token": "at", "expires_in": 3600}')
PAGE = b"<html><head><title>Bad gateway</title></head><body><h1>nginx</h1></body></html>"
LATER = format_datetime(datetime(2099, 1, 1, tzinfo=UTC), usegmt=True)


# The connectors -------------------------------------------------------------------------------------------------------


def by_service(request: HttpRequest) -> Send:
    async def send(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
        return await http.request(request)

    return send


async def by_mail(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
    return await SendGridMail(http, secrets, server.url("")).send(MailMessage("a@x.example", "s", "t"))


async def by_address(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
    return checked(await http.request(HttpRequest("POST", server.url("/any"), body=b"{}")), "The other system")


async def by_reading(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
    return checked(await http.request(HttpRequest("GET", server.url("/any"))), "The other system")


def posted(path: str, service: str, **more: Any) -> Send:
    return by_service(HttpRequest("POST", path, body=b"{}", guarded=False, service=service, **more))


CONNECTORS: dict[str, Send] = {
    "slack": by_service(build_slack("#care", "hello")),
    "slack hook": by_service(build_slack("#care", "hello", "hook")),
    "twilio": by_service(build_sms("+493055501003", "hello")),
    "fcm": posted("/messages:send", "fcm"),
    "stripe": posted("/payment_intents", "stripe"),
    "quickbooks": posted("/invoice", "quickbooks"),
    "zapier": posted("", "zapier"),
    "llm": posted("/chat/completions", "llm"),
    "sendgrid": by_mail,
    "http post": by_address,
    "http get": by_reading,
}
WITHOUT_EFFECT = ("llm", "http get")
"""Asking them twice does no more than asking once, so silence is no doubt."""


# The faults -----------------------------------------------------------------------------------------------------------


async def lost(request: Request, writer: asyncio.StreamWriter) -> None:
    """The other side has done it, and the line breaks."""
    writer.transport.abort()


async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def midway(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()


def drip(head: bytes, piece: bytes) -> Answer:
    """Say a little, again and again, for ever: no pause is long enough for the time of one read."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)

    return answer


async def garbage(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03 this is no HTTP\r\n\r\n")


@dataclass(frozen=True)
class Fault:
    """How the other side fails, and what that is: for most connectors, and for some of them."""

    answer: Answer
    is_a: Error | None
    but: dict[str, Error | None] = field(default_factory=dict)
    """None: it is no fault for that connector."""
    says: str = ""

    def of(self, name: str) -> Error | None:
        return self.but.get(name, self.is_a)


def without_effect(kind: Error) -> dict[str, Error | None]:
    return dict.fromkeys(WITHOUT_EFFECT, kind)


HUGE = b'"' + b"x" * (LARGEST_ANSWER + 1) + b'"'
IN_DOUBT: dict[str, Error | None] = {"stripe": OutcomeUnknown}
"""A charge after a fault at Stripe is never tried again under another key."""
FAULTS: dict[str, Fault] = {
    "429 with seconds": Fault(reply(429, b'{"message": "slow down"}', retry_after="7"), RateLimited),
    "429 with a date": Fault(reply(429, b"{}", retry_after=LATER), RateLimited),
    "429 with a page": Fault(reply(429, PAGE, content_type="text/html"), RateLimited),
    "408": Fault(reply(408, b"{}"), Unreachable),
    "500": Fault(reply(500, b'{"message": "oops"}'), Unreachable, IN_DOUBT, says="oops"),
    "502 with a page": Fault(reply(502, PAGE, content_type="text/html"), Unreachable, IN_DOUBT, says="Bad gateway"),
    "500 with a huge page": Fault(reply(500, HUGE), Unreachable, IN_DOUBT),
    "400": Fault(reply(400, b'{"message": "the number is not right"}'), Refused, says="the number is not right"),
    "401": Fault(reply(401, b'{"message": "no"}'), Unauthorized),
    "answer lost after the effect": Fault(lost, OutcomeUnknown, without_effect(Unreachable), says="broke off"),
    "closed midway": Fault(midway, OutcomeUnknown, without_effect(Unreachable), says="broke off"),
    "no HTTP": Fault(garbage, OutcomeUnknown, without_effect(Unreachable)),
    "redirect": Fault(reply(307, b"", location="http://169.254.169.254/latest/meta-data"), Refused, says="redirects"),
    "too large": Fault(reply(200, HUGE), OutcomeUnknown, without_effect(Refused), says="larger than 5 MB"),
    "packed in an unknown way": Fault(
        reply(200, b"{}", content_encoding="br"), OutcomeUnknown, without_effect(Refused), says="packed"
    ),
    "a page in place of data": Fault(
        reply(200, PAGE, content_type="text/html"),
        OutcomeUnknown,
        {"llm": Unreachable, "zapier": None, "sendgrid": None, "http post": None, "http get": None},
        says="cannot be read",
    ),
    "half of the data": Fault(
        reply(200, b'{"id": "pi_1", "stat'),
        OutcomeUnknown,
        {"llm": Unreachable, "zapier": None, "sendgrid": None, "http post": None, "http get": None},
        says="cannot be read",
    ),
}
SLOW: dict[str, Answer] = {
    "no byte at all": silent,
    "a slow head": drip(b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"),
    "a slow body": drip(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n", b" "),
}


@pytest.fixture(scope="module")
def account() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, kind, form).decode()
    return orjson.dumps({"client_email": "fs@p.example", "private_key": pem, "project_id": "p"}).decode()


@dataclass
class Met:
    """What came of one request."""

    error: FlowStudioError | None
    asked: int
    """How often the other side was asked, tokens left aside."""


@dataclass(frozen=True)
class Place:
    """Every connector, and the one server on loopback that stands for all of the other sides."""

    http: HttpxHttp
    secrets: StoredSecrets
    server: HttpServer

    async def error_of(self, name: str) -> FlowStudioError | None:
        """Send once; return what was raised."""
        try:
            await CONNECTORS[name](self.http, self.secrets, self.server)
        except FlowStudioError as caught:
            return caught
        return None

    def asked(self) -> int:
        return sum(request.target != "/token" for request in self.server.requests)


@asynccontextmanager
async def place(
    account: str, answer: Answer, *, token: Answer = TOKEN, tls: ssl.SSLContext | None = None,
    scheme: str | None = None, longest: float = 30.0,
) -> AsyncIterator[Place]:  # fmt: skip
    async def answered(request: Request, writer: asyncio.StreamWriter) -> None:
        await (token if request.target == "/token" else answer)(request, writer)

    async with http_server(answered, tls) as server:
        server.scheme = scheme or server.scheme
        base = server.url("")
        secrets = StoredSecrets(
            SLACK_BOT_TOKEN=SECRET, hook=f"{base}/services/T/B/{SECRET}", TWILIO_ACCOUNT_SID="AC1",
            TWILIO_AUTH_TOKEN=SECRET, TWILIO_FROM_NUMBER="+1", STRIPE_API_KEY=SECRET, QUICKBOOKS_CLIENT_ID="c",
            QUICKBOOKS_CLIENT_SECRET=SECRET, QUICKBOOKS_REFRESH_TOKEN="r", QUICKBOOKS_REALM_ID="9",
            ZAPIER_HOOK_URL=f"{base}/hooks/{SECRET}", OPENAI_API_KEY=SECRET, SENDGRID_API_KEY=SECRET,
            SENDGRID_FROM_EMAIL="f@x.example", FIREBASE_SERVICE_ACCOUNT=account,
        )  # fmt: skip
        services = [
            Slack(base), Twilio(base), Firebase(base, f"{base}/token"), Stripe(base), QuickBooks(base, f"{base}/token"),
            Zapier(), LanguageModel(base),
        ]  # fmt: skip
        hosts = ["127.0.0.1"]
        async with HttpxHttp(secrets, services=services, allowed_private_hosts=hosts, longest=longest) as http:
            yield Place(http, secrets, server)


async def meet(name: str, account: str, answer: Answer, **how: Any) -> Met:
    """Send once to a server that answers so; `how` as for `place`."""
    async with place(account, answer, **how) as there:
        return Met(await there.error_of(name), there.asked())


def check_sentence(error: FlowStudioError) -> None:
    """It is a sentence for people: short, without tags, without names of classes, without what we sign in with."""
    told = f"{error.message} {error.hint} {getattr(error, 'answer', '')}"
    assert SECRET not in told
    assert error.message[0].isupper() or error.message.startswith("127.0.0.1")
    assert error.message.endswith(".") or ": " in error.message, "it ends, or ends in the words of the other side"
    for sign in ("<", "Error", "Traceback", "Exception", "None"):
        assert sign not in error.message, error.message
    assert len(error.message) < 400


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CONNECTORS)
async def test_a_fault(name: str, fault: str, account: str) -> None:
    case = FAULTS[fault]
    met = await meet(name, account, case.answer)
    expected = case.of(name)
    assert type(met.error) is (expected or type(None)), met.error
    again = fault == "401" and name in ("fcm", "quickbooks")  # with a new token: the first was not let in
    assert met.asked == 1 + again, "nothing is sent again by itself, and no redirect is followed"
    if met.error is not None:
        check_sentence(met.error)
        assert case.says.lower() in f"{met.error.message} {getattr(met.error, 'answer', '')}".lower()
        assert met.error.retryable is (expected in (Unreachable, RateLimited))


@pytest.mark.parametrize("name", CONNECTORS)
async def test_the_wait_that_is_asked_for(name: str, account: str) -> None:
    seconds = (await meet(name, account, FAULTS["429 with seconds"].answer)).error
    date = (await meet(name, account, FAULTS["429 with a date"].answer)).error
    soon = format_datetime(datetime.now(UTC) + timedelta(minutes=20), usegmt=True)
    minutes = (await meet(name, account, reply(429, b"{}", retry_after=soon))).error
    assert isinstance(seconds, RateLimited)
    assert isinstance(date, RateLimited)
    assert isinstance(minutes, RateLimited)
    assert seconds.after == 7.0
    assert date.after == 3600.0, "an hour at most"
    assert minutes.after is not None
    assert 600 < minutes.after <= 1200


@pytest.mark.parametrize("name", CONNECTORS)
async def test_a_credential_that_is_not_taken_leads_to_the_connections(name: str, account: str) -> None:
    error = (await meet(name, account, reply(401, b'{"message": "no"}'))).error
    assert error is not None
    assert "Connections" in error.hint


@pytest.mark.parametrize("fault", SLOW)
async def test_the_time_of_a_request_is_over_however_it_is_drawn_out(fault: str, account: str) -> None:
    """All connectors at once: each waits its whole time."""
    async with asyncio.timeout(60), place(account, SLOW[fault], longest=PATIENCE) as there:
        errors = await asyncio.gather(*(there.error_of(name) for name in CONNECTORS))
        assert there.asked() == len(CONNECTORS)
    for name, error in zip(CONNECTORS, errors, strict=True):
        expected: Error = Unreachable if name in WITHOUT_EFFECT else OutcomeUnknown
        assert type(error) is expected, (name, error)
        assert "did not answer within" in error.message, name
        check_sentence(error)


@pytest.mark.parametrize("name", CONNECTORS)
async def test_a_certificate_that_nobody_trusts_stops_it_before_anything_is_sent(
    name: str, account: str, tmp_path: Path
) -> None:
    met = await meet(name, account, reply(), tls=own_certificate(tmp_path))
    assert type(met.error) is Unreachable
    assert "certificate that is not trusted" in met.error.message
    assert met.asked == 0
    check_sentence(met.error)


@pytest.mark.parametrize("name", CONNECTORS)
async def test_a_server_without_encryption_is_told_as_such(name: str, account: str) -> None:
    met = await meet(name, account, reply(), scheme="https")
    assert type(met.error) is Unreachable
    assert "encrypted connection" in met.error.message
    assert met.asked == 0


# Tokens: they are fetched before anything happens, so no fault there leaves a doubt ---------------------------------------

TOKEN_FAULTS: dict[str, tuple[Answer, Error]] = {
    "429": (reply(429, b"{}", retry_after="7"), RateLimited),
    "500": (reply(500, b"{}"), Unreachable),
    "502 with a page": (reply(502, PAGE, content_type="text/html"), Unreachable),
    "lost": (lost, Unreachable),
    "closed midway": (midway, Unreachable),
    "a page in place of data": (reply(200, PAGE, content_type="text/html"), Unreachable),
    "400": (reply(400, b'{"error": "invalid_grant"}'), Unauthorized),
    "no token": (reply(200, b"{}"), Unauthorized),
    "redirect": (reply(307, b"", location="http://169.254.169.254/"), Refused),
}


@pytest.mark.parametrize("fault", TOKEN_FAULTS)
@pytest.mark.parametrize("name", ["fcm", "quickbooks"])
async def test_a_fault_while_a_token_is_fetched(name: str, fault: str, account: str) -> None:
    answer, expected = TOKEN_FAULTS[fault]
    met = await meet(name, account, reply(), token=answer)
    assert type(met.error) is expected, met.error
    assert met.asked == 0
    check_sentence(met.error)


@pytest.mark.parametrize("fault", TOKEN_FAULTS)
async def test_a_fault_while_the_token_of_a_connection_is_fetched(fault: str) -> None:
    answer, expected = TOKEN_FAULTS[fault]
    async with http_server(answer) as server:
        grant = Grant(client_id="app", client_secret=SECRET, token_url=server.url("/token"))
        async with HttpxHttp(StoredSecrets(shop=grant.text()), allowed_private_hosts=["127.0.0.1"]) as http:
            with pytest.raises(FlowStudioError) as caught:
                await http.request(HttpRequest("POST", server.url("/data"), auth="oauth2", credential="shop"))
    assert type(caught.value) is expected
    check_sentence(caught.value)


# What becomes of a doubt ----------------------------------------------------------------------------------------------

KNOWS_KEYS = {
    "charge_stripe": True, "sync_quickbooks": True, "send_email": False, "send_sms": False,
    "send_slack_message": False, "send_push_notification": False, "create_zapier_event": False,
}  # fmt: skip


@pytest.mark.parametrize(("action", "again"), KNOWS_KEYS.items())
def test_a_doubt_is_repeated_only_where_the_other_side_knows_the_key(action: str, again: bool) -> None:
    node_type = Registry.of(flowstudio.nodes).get(f"action.{action}")
    assert node_type().safe_to_repeat(node_type.Config.model_construct()) is again  # type: ignore[attr-defined]


# Mail by SMTP ---------------------------------------------------------------------------------------------------------

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HELLO, TAKEN, GO_ON, LATER_ON = b"220 mail.test\r\n", b"250 OK\r\n", b"354 go on\r\n", b"451 4.3.0 try again\r\n"


def talk(*answers: bytes, then: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None) -> Talk:
    """Give one answer after the other to what comes in, the last after the mail itself; then break off, or do `then`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place, answer in enumerate(answers):
            if place:
                await reader.readuntil(b"\r\n.\r\n" if answers[place - 1] == GO_ON else b"\r\n")
            writer.write(answer)
            await writer.drain()
        if answers:
            await reader.readuntil(b"\r\n.\r\n" if answers[-1] == GO_ON else b"\r\n")
        if then is not None:
            await then(writer)
        writer.transport.abort()

    return serve


async def wait_for_ever(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"250-")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(writer: asyncio.StreamWriter) -> None:
    for _ in range(2_000):
        writer.write(b"250-" + b"x" * 900 + b"\r\n")
        await writer.drain()


UP_TO_DATA = (HELLO, TAKEN, TAKEN, TAKEN, GO_ON)
SMTP_FAULTS: dict[str, tuple[Talk, Error]] = {
    "no byte at all": (talk(then=wait_for_ever), Unreachable),
    "breaks off at once": (talk(), Unreachable),
    "breaks off after the greeting": (talk(HELLO), Unreachable),
    "a greeting that says no": (talk(b"554 5.7.1 go away\r\n"), Refused),
    "a greeting that says later": (talk(b"421 4.3.2 busy\r\n"), Unreachable),
    "no mail server": (talk(b"HTTP/1.1 200 OK\r\n"), Unreachable),
    "sender refused": (talk(HELLO, TAKEN, b"553 5.1.8 not yours\r\n"), Refused),
    "slow answer to the recipient": (talk(HELLO, TAKEN, TAKEN, then=drip_for_ever), Unreachable),
    "endless answer to the recipient": (talk(HELLO, TAKEN, TAKEN, then=flood), Unreachable),
    "try the content later": (talk(*UP_TO_DATA, LATER_ON), Unreachable),
    "answer lost after the content": (talk(*UP_TO_DATA), OutcomeUnknown),
    "silent after the content": (talk(*UP_TO_DATA, then=wait_for_ever), OutcomeUnknown),
    "slow answer after the content": (talk(*UP_TO_DATA, then=drip_for_ever), OutcomeUnknown),
}


@pytest.mark.parametrize("fault", SMTP_FAULTS)
async def test_a_fault_of_a_mail_server(fault: str) -> None:
    serve, expected = SMTP_FAULTS[fault]
    async with talking(serve) as url:
        mail = SmtpMail(MailServer.of(f"{url}/?starttls=no"), timeout=20, longest=PATIENCE)
        with pytest.raises(FlowStudioError) as caught:
            await mail.send(MailMessage("a@x.example", "s", "t"))
    assert type(caught.value) is expected, caught.value
    assert caught.value.retryable is (expected is Unreachable)
    check_sentence(caught.value)


async def test_a_mail_server_with_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    async with talking(talk(*UP_TO_DATA, TAKEN), own_certificate(tmp_path)) as url:
        with pytest.raises(Unreachable, match="certificate that is not trusted"):
            await SmtpMail(MailServer.of(url.replace("smtp:", "smtps:"))).send(MailMessage("a@x.example", "s", "t"))


async def test_a_mail_server_without_the_encryption_that_is_asked_for_gets_nothing() -> None:
    async with talking(talk(HELLO, TAKEN, b"502 5.5.1 what\r\n")) as url:
        with pytest.raises(FlowStudioError) as caught:
            await SmtpMail(MailServer.of(f"{url}/?starttls=required")).send(MailMessage("a@x.example", "s", "t"))
    assert not isinstance(caught.value, OutcomeUnknown)
