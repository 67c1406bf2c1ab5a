"""Providers, against a server on loopback that answers as they do: requests, sign-in, errors, and their twins."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.llm import LanguageModel
from flowstudio.connectors.only_to import OnlyTo
from flowstudio.connectors.quickbooks import QuickBooks
from flowstudio.connectors.sendgrid import SendGridMail
from flowstudio.connectors.service import Service
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.connectors.zapier import Zapier
from flowstudio.errors import FlowStudioError, NotFound, OutcomeUnknown, RateLimited, Refused, Unauthorized, Unreachable
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import HttpRequest, HttpResponse, MailMessage
from tests.support.servers import HttpServer, StoredSecrets, http_server, reply

TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM_NUMBER": "+15005550006"}


async def sent(server: HttpServer, service: Service, request: HttpRequest, **secrets: str) -> HttpResponse:
    async with HttpxHttp(StoredSecrets(**secrets), services=[service]) as http:
        return await http.request(request)


async def test_twilio_gets_account_sender_and_text() -> None:
    async with http_server(reply(201, b'{"sid": "SM1", "status": "queued"}')) as server:
        found = await sent(server, Twilio(server.url("")), build_sms("+49 30 5550 1003", "Grüße & mehr"), **TWILIO)
    assert found.body["sid"] == "SM1"
    request = server.requests[0]
    assert request.target == "/2010-04-01/Accounts/AC1/Messages.json"
    assert request.headers["authorization"] == "Basic QUMxOnQ="
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert form == {"To": "+493055501003", "Body": "Grüße & mehr", "From": "+15005550006"}


async def test_a_hook_of_slack_gets_the_text_alone_and_only_who_is_on_the_list() -> None:
    request = build_slack("#care", "Hi")
    async with http_server(reply(200, b"ok", content_type="text/plain")) as server:
        secrets = StoredSecrets(SLACK_WEBHOOK_URL=server.url("/services/T1/B1/x"))
        for listed in ((), ("#care", "127.0.0.1")):
            http = HttpxHttp(secrets, services=[Slack()], allowed_private_hosts=["127.0.0.1"], only_to=OnlyTo(listed))
            async with http:
                assert (await http.request(request)).status == 200
        async with HttpxHttp(secrets, services=[Slack()], only_to=OnlyTo(["#care"])) as http:
            with pytest.raises(Refused, match="not on the list"):
                await http.request(request)
        async with HttpxHttp(secrets, services=[Slack()]) as http:
            with pytest.raises(Refused, match="private address"):
                await http.request(request)
    first, second = server.requests
    assert (first.target, json.loads(first.body)) == ("/services/T1/B1/x", {"text": "Hi"})
    assert "authorization" not in first.headers
    assert second.target == first.target


async def test_slack_says_no_with_status_200() -> None:
    request = build_slack("#nowhere", "Hi")
    async with http_server(reply(200, b'{"ok": false, "error": "channel_not_found"}')) as server:
        with pytest.raises(Refused, match="does not know this channel"):
            await sent(server, Slack(server.url("/api")), request, SLACK_BOT_TOKEN="xoxb-1")
        server.answer = reply(200, b'{"ok": false, "error": "invalid_auth"}')
        with pytest.raises(Unauthorized):
            await sent(server, Slack(server.url("/api")), request, SLACK_BOT_TOKEN="xoxb-1")
        server.answer = reply(200, b'{"ok": false, "error": "ratelimited"}', retry_after="30")
        with pytest.raises(RateLimited) as caught:
            await sent(server, Slack(server.url("/api")), request, SLACK_BOT_TOKEN="xoxb-1")
    assert caught.value.after == 30
    assert server.requests[0].target == "/api/chat.postMessage"
    assert server.requests[0].headers["authorization"] == "Bearer xoxb-1"
    assert orjson.loads(server.requests[0].body) == {"channel": "#nowhere", "text": "Hi"}


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, Refused), (401, {}, Unauthorized), (403, {}, Unauthorized), (404, {}, Refused), (408, {}, Unreachable),
        (425, {}, Unreachable), (429, {"retry_after": "9"}, RateLimited), (500, {}, Unreachable), (503, {}, Unreachable),
    ],
)  # fmt: skip
async def test_errors_of_a_provider_are_sorted(
    status: int, headers: dict[str, str], error: type[FlowStudioError]
) -> None:
    body = b'{"code": 21211, "message": "The number is not valid", "status": 400}'
    async with http_server(reply(status, body, **headers)) as server:
        with pytest.raises(error) as caught:
            await sent(server, Twilio(server.url("")), build_sms("+4930555010", "Hi"), **TWILIO)
    answer = getattr(caught.value, "answer", "")
    assert "The number is not valid" in answer
    assert "AC1" not in f"{caught.value.message}{caught.value.hint}{answer}"


@pytest.mark.parametrize("service", [Twilio(), Slack(), Stripe(), QuickBooks(), Firebase(), Zapier(), LanguageModel()])
async def test_a_provider_that_is_not_connected_is_told(service: Service) -> None:
    async with HttpxHttp(StoredSecrets(), services=[service]) as http:
        with pytest.raises(Unauthorized, match="is not connected"):
            await http.request(HttpRequest("POST", "", service=service.name, guarded=False))


async def test_stripe_gets_key_and_version_and_lets_a_declined_card_through() -> None:
    declined = b'{"error": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}}'
    request = HttpRequest(
        "POST", "/payment_intents", {"Idempotency-Key": "k"}, body=b"amount=1", guarded=False, service="stripe"
    )
    async with http_server(reply(402, declined)) as server:
        found = await sent(server, Stripe(server.url("")), request, STRIPE_API_KEY="sk_test_1")
        server.answer = reply(409, b"{}")
        with pytest.raises(OutcomeUnknown):  # to be repeated under the same key
            await sent(server, Stripe(server.url("")), request, STRIPE_API_KEY="sk_test_1")
    assert found.status == 402
    head = server.requests[0].headers
    assert (head["authorization"], head["idempotency-key"]) == ("Bearer sk_test_1", "k")
    assert head["stripe-version"]
    assert server.requests[0].target == "/v1/payment_intents"


async def test_quickbooks_fetches_a_token_once() -> None:
    secrets = {
        "QUICKBOOKS_REALM_ID": "9", "QUICKBOOKS_CLIENT_ID": "c", "QUICKBOOKS_CLIENT_SECRET": "s", "QUICKBOOKS_REFRESH_TOKEN": "r",
    }  # fmt: skip
    async with http_server() as server:

        async def answer(request: Any, writer: Any) -> None:
            token = b'{"access_token": "at", "refresh_token": "r2", "expires_in": 3600}'
            body = token if request.target == "/token" else b'{"Invoice": {"Id": "145"}}'
            await reply(200, body)(request, writer)

        server.answer = answer
        service = QuickBooks(server.url(""), server.url("/token"))
        request = HttpRequest(
            "POST", "/invoice", query={"requestid": "u"}, body=b"{}", guarded=False, service="quickbooks"
        )
        for _ in range(2):
            assert (await sent(server, service, request, **secrets)).body == {"Invoice": {"Id": "145"}}
    assert [one.target for one in server.requests] == [
        "/token", "/v3/company/9/invoice?requestid=u&minorversion=75", "/v3/company/9/invoice?requestid=u&minorversion=75",
    ]  # fmt: skip
    assert server.requests[1].headers["authorization"] == "Bearer at"


async def test_firebase_signs_for_a_token() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    account = orjson.dumps({"client_email": "fs@p.example", "private_key": pem, "project_id": "p"}).decode()
    async with http_server(reply(200, b'{"access_token": "at", "expires_in": 3600, "name": "m1"}')) as server:
        service = Firebase(server.url(""), server.url("/token"))
        request = HttpRequest("POST", "/messages:send", body=b"{}", guarded=False, service="fcm")
        found = await sent(server, service, request, FIREBASE_SERVICE_ACCOUNT=account)
    assert found.body["name"] == "m1"
    assert server.requests[1].target == "/v1/projects/p/messages:send"
    head, claims, signature = parse_qs(server.requests[0].body.decode())["assertion"][0].split(".")
    key.public_key().verify(unpacked(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert orjson.loads(unpacked(claims))["scope"].endswith("firebase.messaging")


def unpacked(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_zapier_hook_is_guarded_wherever_it_was_typed() -> None:
    async with http_server() as server:
        request = HttpRequest("POST", server.url("/hook"), body=b"{}", guarded=True, service="zapier")
        own = HttpRequest("POST", "", body=b"{}", guarded=False, service="zapier")
        for one in (request, own):
            with pytest.raises(Refused, match="private address"):
                await sent(server, Zapier(), one, ZAPIER_HOOK_URL=server.url("/own"))
        secrets = StoredSecrets(ZAPIER_HOOK_URL=server.url("/own"))
        async with HttpxHttp(secrets, services=[Zapier()], allowed_private_hosts=["127.0.0.1"]) as http:
            await http.request(own)
    assert [one.target for one in server.requests] == ["/own"]


async def test_a_language_model_is_capped() -> None:
    async with http_server(reply(200, b'{"choices": [{"message": {"content": "Hi {{settings.secret}}"}}]}')) as server:
        body = orjson.dumps({"messages": [], "max_tokens": 100_000})
        request = HttpRequest("POST", "/chat/completions", body=body, guarded=False, service="llm")
        await sent(server, LanguageModel(server.url("/v1"), "m"), request, OPENAI_API_KEY="k")
    assert orjson.loads(server.requests[0].body) == {"messages": [], "max_tokens": 500, "model": "m"}


async def test_sendgrid_takes_the_plain_part_first() -> None:
    mail = MailMessage("a@x.example", "S", "text", "<p>html</p>", message_id="<1@x>", cc=("c@x.example",))
    async with http_server(reply(202, b"", x_message_id="sg1")) as server, HttpxHttp(StoredSecrets()) as http:
        secrets = StoredSecrets(SENDGRID_API_KEY="SG.1", SENDGRID_FROM_EMAIL="from@x.example")
        answer = await SendGridMail(http, secrets, server.url("")).send(mail)
    assert answer == {"message_id": "<1@x>", "status": "queued"}
    assert server.requests[0].target == "/v3/mail/send"
    body = orjson.loads(server.requests[0].body)
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["personalizations"] == [{"to": [{"email": "a@x.example"}], "cc": [{"email": "c@x.example"}]}]


@pytest.mark.parametrize("service", [Twilio(), Slack(), Stripe(), QuickBooks(), Firebase(), Zapier(), LanguageModel()])
def test_the_twin_of_a_provider_answers_what_its_own_check_accepts(service: Service) -> None:
    request = HttpRequest("POST", "/invoice", body=b"To=1", service=service.name)
    answer = service.simulate(request)
    assert service.check(answer) is answer


PROBES = {
    "slack": (Slack, "POST /auth.test", b'{"ok": true, "user": "flow"}', b'{"ok": false, "error": "invalid_auth"}'),
    "stripe": (Stripe, "GET /v1/balance", b'{"object": "balance"}', b'{"error": {"message": "Invalid API Key"}}'),
    "llm": (LanguageModel, "GET /models", b'{"data": []}', b'{"error": {"message": "Incorrect API key"}}'),
}


@pytest.mark.parametrize("name", PROBES)
async def test_a_connection_is_tested_without_any_effect(name: str) -> None:
    kind, asks, good, bad = PROBES[name]
    async with http_server(reply(200, good)) as server:
        services = [kind(server.url(""))]
        async with HttpxHttp(StoredSecrets(mine="k1"), services=services, only_to=OnlyTo(["nobody"])) as http:
            await http.probe(name, "mine")
            server.answer = reply(200 if name == "slack" else 401, bad)
            with pytest.raises(Unauthorized):
                await http.probe(name, "mine")
    request = server.requests[0]
    assert f"{request.method} {request.target}" == asks
    assert request.headers["authorization"] == "Bearer k1"


async def test_a_provider_that_cannot_be_asked_so_is_told() -> None:
    async with HttpxHttp(StoredSecrets(mine="k1"), services=[Twilio()]) as http:
        for service in ("twilio", None):
            with pytest.raises(NotFound, match="by itself"):
                await http.probe(service, "mine")
