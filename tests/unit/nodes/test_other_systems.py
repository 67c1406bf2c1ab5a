"""Actions that call other systems."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs

import orjson
import pytest

from flowstudio.domain.json import JsonObject
from flowstudio.nodes.actions.integration.charge_stripe import minor_units
from flowstudio.nodes.actions.integration.http_request import HttpRequest, HttpRequestConfig
from flowstudio.nodes.actions.integration.send_webhook import signature
from tests.support.steps import do, run_nodes


async def test_an_answer_given_beforehand_is_the_output() -> None:
    done = await do(
        "http_request",
        {"method": "GET", "url": "https://api.example/x", "query": {"a": 1}},
        mock_responses={"n": {"id": 7}},
    )
    assert done.output["body"] == {"id": 7}
    assert done.output["status"] == 200
    assert done.http.requests[0].query == {"a": 1}


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "refused"), (401, "unauthorized"), (429, "rate_limited"), (503, "unreachable")],
)
async def test_a_bad_answer_fails_the_step(status: int, code: str) -> None:
    answer = {"status": status, "body": {"error": {"message": "Not today"}}}
    done = await do("http_request", {"method": "POST", "url": "https://api.example/x"}, mock_responses={"n": answer})
    assert done.error["code"] == code


async def test_data_is_sent_as_json_with_the_key_of_the_step() -> None:
    done = await do("http_request", {"method": "POST", "url": "https://api.example/x", "body": {"a": "{{1 + 1}}"}})
    request = done.http.requests[0]
    assert request.body == b'{"a":2}'
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"].endswith("/n//0") or "/n/" in request.headers["Idempotency-Key"]
    assert request.guarded


@pytest.mark.parametrize(
    ("method", "setting", "repeat"),
    [
        ("GET", None, True),
        ("PUT", None, True),
        ("POST", None, False),
        ("PATCH", None, False),
        ("POST", True, True),
        ("GET", False, False),
    ],
)
def test_whether_a_request_may_be_repeated(method: str, setting: bool | None, repeat: bool) -> None:
    config = HttpRequestConfig.model_validate(
        {"method": method, "url": "https://x", "honours_idempotency_key": setting}
    )
    assert HttpRequest().safe_to_repeat(config) is repeat


async def test_a_webhook_is_signed_and_carries_what_started_the_run() -> None:
    done = await do("send_webhook", {"url": "https://erp.example/r", "secret": "erp"}, trigger={"id": "x"})
    request = done.http.requests[0]
    assert orjson.loads(request.body or b"") == {"id": "x"}
    assert request.headers["X-FlowStudio-Signature"] == signature("test-erp", 1772438400, request.body or b"")
    assert done.result["external_calls"] == [{"call": "send_webhook", "target": "https://erp.example/r"}]


def test_a_signature_can_be_checked_by_anybody_with_the_secret() -> None:
    digest = hmac.new(b"s", b"12.{}", hashlib.sha256).hexdigest()
    assert signature("s", 12, b"{}") == f"t=12,v1={digest}"


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [(320, "EUR", 32000), (0.1 + 0.2, "EUR", 30), (10.005, "eur", 1001), (500, "JPY", 500), (19.99, "USD", 1999)],
)
def test_amounts_become_cents_without_losing_any(amount: float, currency: str, units: int) -> None:
    assert minor_units(amount, currency) == units


CHARGE = {"amount": 320, "currency": "EUR", "customer": "cus_1", "description": "Invoice INV-1"}


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        (None, {"status": "succeeded", "id": "pi_test", "code": None}),
        ({"status": "succeeded", "id": "pi_9"}, {"status": "succeeded", "id": "pi_9", "code": None}),
        ({"status": "failed", "code": "card_declined"}, {"status": "failed", "id": None, "code": "card_declined"}),
    ],
)
async def test_a_declined_card_is_an_answer(answer: JsonObject | None, output: JsonObject) -> None:
    done = await do("charge_stripe", CHARGE, mock_responses={"stripe": answer} if answer else {})
    assert done.output == output
    assert done.result["external_calls"] == [{"call": "charge_stripe", "target": "320 EUR for Invoice INV-1"}]


async def test_a_charge_carries_the_key_and_the_run() -> None:
    done = await do("charge_stripe", CHARGE)
    request = done.http.requests[0]
    form = {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}
    assert (form["amount"], form["currency"], form["confirm"]) == ("32000", "eur", "true")
    assert form["metadata[run_id]"]
    assert request.headers["Idempotency-Key"]


async def test_the_same_record_gets_the_same_request_id() -> None:
    query = {
        "id": "q",
        "type": "action",
        "action": "query_records",
        "config": {"entity": "invoices"},
        "outputs": ["rows"],
    }
    sync = {"type": "action", "action": "sync_quickbooks", "config": {"object": "invoice", "record": "rows[0]"}}
    change = {
        "id": "c",
        "type": "action",
        "action": "update_record",
        "config": {"record": "rows[0]", "set": {"amount": 1}},
    }
    done = await run_nodes([query, {"id": "a", **sync}, {"id": "b", **sync}, change, {"id": "d", **sync}])
    first, again, changed = (request.query["requestid"] for request in done.http.requests)
    assert first == again != changed
    assert done.result["steps"][1]["output"] == {"external_id": "test", "status": "synced"}


async def test_an_event_for_zapier_has_its_own_id() -> None:
    done = await do("create_zapier_event", {"event": "deal_created", "payload": {"amount": "{{2 * 3}}"}})
    body = orjson.loads(done.http.requests[0].body or b"")
    assert (body["event"], body["data"]) == ("deal_created", {"amount": 6})
    assert body["id"]
    assert done.output == {"status": "success"}
