"""What every provider reached by HTTP does when the other side fails: one table for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.llm import LanguageModel
from flowstudio.connectors.quickbooks import QuickBooks
from flowstudio.connectors.sendgrid import SendGridMail
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.connectors.zapier import Zapier
from flowstudio.errors import FlowStudioError, OutcomeUnknown, RateLimited, Refused, Unauthorized, Unreachable
from flowstudio.kit.answers import checked
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import HttpRequest, MailMessage
from tests.support.servers import Answer, HttpServer, Request, StoredSecrets, http_server, reply

TOKEN = reply(200, b'{"access_token": "at", "expires_in": 3600}')
Send = Callable[[HttpxHttp, StoredSecrets, HttpServer], Awaitable[Any]]


def by_service(request: HttpRequest) -> Send:
    async def send(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
        return await http.request(request)

    return send


async def by_mail(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
    return await SendGridMail(http, secrets, server.url("").rstrip("/")).send(MailMessage("a@x.example", "s", "t"))


async def by_address(http: HttpxHttp, secrets: StoredSecrets, server: HttpServer) -> Any:
    return checked(await http.request(HttpRequest("POST", server.url("/any"), body=b"{}")), "The other system")


SENDERS: dict[str, Send] = {
    "slack": by_service(build_slack("#care", "hello")),
    "twilio": by_service(build_sms("+493055501003", "hello")),
    "fcm": by_service(HttpRequest("POST", "/messages:send", body=b"{}", guarded=False, service="fcm")),
    "stripe": by_service(HttpRequest("POST", "/payment_intents", body=b"a=1", guarded=False, service="stripe")),
    "quickbooks": by_service(HttpRequest("POST", "/invoice", body=b"{}", guarded=False, service="quickbooks")),
    "zapier": by_service(HttpRequest("POST", "", body=b"{}", guarded=False, service="zapier")),
    "llm": by_service(HttpRequest("POST", "/chat/completions", body=b"{}", guarded=False, service="llm")),
    "sendgrid": by_mail,
    "any address": by_address,
}


@pytest.fixture(scope="module")
def account() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, kind, form).decode()
    return orjson.dumps({"client_email": "fs@p.example", "private_key": pem, "project_id": "p"}).decode()


async def meet(name: str, account: str, answer: Answer) -> tuple[FlowStudioError, int]:
    """Send once to a server that answers so (tokens are given); return the error and how often it was asked."""

    async def answered(request: Request, writer: asyncio.StreamWriter) -> None:
        await (TOKEN if request.target == "/token" else answer)(request, writer)

    async with http_server(answered) as server:
        base = server.url("").rstrip("/")
        secrets = StoredSecrets(
            SLACK_BOT_TOKEN="x", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t", TWILIO_FROM_NUMBER="+1",
            STRIPE_API_KEY="sk", QUICKBOOKS_CLIENT_ID="c", QUICKBOOKS_CLIENT_SECRET="s", QUICKBOOKS_REFRESH_TOKEN="r",
            QUICKBOOKS_REALM_ID="9", ZAPIER_HOOK_URL=f"{base}/hook", OPENAI_API_KEY="k", SENDGRID_API_KEY="SG",
            SENDGRID_FROM_EMAIL="f@x.example", FIREBASE_SERVICE_ACCOUNT=account,
        )  # fmt: skip
        services = [
            Slack(base), Twilio(base), Firebase(base, f"{base}/token"), Stripe(base), QuickBooks(base, f"{base}/token"),
            Zapier(), LanguageModel(base),
        ]  # fmt: skip
        async with HttpxHttp(secrets, services=services, allowed_private_hosts=["127.0.0.1"]) as http:
            with pytest.raises(FlowStudioError) as caught:
                await SENDERS[name](http, secrets, server)
        return caught.value, sum(request.target != "/token" for request in server.requests)


@pytest.mark.parametrize("name", SENDERS)
async def test_asked_to_wait_some_seconds(name: str, account: str) -> None:
    error, asked = await meet(name, account, reply(429, b'{"message": "slow down"}', retry_after="7"))
    assert isinstance(error, RateLimited)
    assert (error.after, error.retryable, asked) == (7.0, True, 1)


@pytest.mark.parametrize("name", SENDERS)
async def test_asked_to_wait_until_a_date_at_most_an_hour(name: str, account: str) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
    error, _ = await meet(name, account, reply(429, b"{}", retry_after=later))
    assert isinstance(error, RateLimited)
    assert error.after == 3600.0


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(500, b'{"message": "oops"}', "application/json"), (502, b"<html><h1>Bad gateway</h1></html>", "text/html")],
)
async def test_a_fault_of_the_other_side_may_be_tried_again(
    name: str, account: str, status: int, body: bytes, kind: str
) -> None:
    error, asked = await meet(name, account, reply(status, body, content_type=kind))
    assert isinstance(error, Unreachable)
    assert (error.retryable, error.status, asked) == (True, status, 1)


@pytest.mark.parametrize("name", SENDERS)
async def test_a_refusal_is_final_and_in_its_words(name: str, account: str) -> None:
    error, asked = await meet(name, account, reply(400, b'{"message": "the number is not right"}'))
    assert isinstance(error, Refused)
    assert "the number is not right" in f"{error.message} {error.answer}"
    assert (error.retryable, asked) == (False, 1)


@pytest.mark.parametrize("name", SENDERS)
async def test_a_credential_that_is_not_taken_leads_to_the_connections(name: str, account: str) -> None:
    error, _ = await meet(name, account, reply(401, b'{"message": "no"}'))
    assert isinstance(error, Unauthorized)
    assert "Connections" in error.hint


@pytest.mark.parametrize("name", SENDERS)
async def test_an_answer_that_is_lost_after_the_effect_is_no_failure(name: str, account: str) -> None:
    async def lost(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    error, asked = await meet(name, account, lost)
    assert isinstance(error, OutcomeUnknown)
    assert asked == 1, "it is not sent again by itself"
