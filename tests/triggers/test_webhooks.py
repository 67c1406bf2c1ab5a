"""Webhooks: who may call, what comes again, what the caller gets, and calls that are caught as examples."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from flowstudio.domain.states import RunStatus
from flowstudio.storage import tables

SECRET = "hush"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)


async def _hook(place: Any, **config: Any) -> str:
    settings = {"slug": "lead", "secret": "SLACK_SIGNING_SECRET", **config}
    await place.switch_on({"type": "webhook", "config": settings})
    return f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/lead"


def _signed(body: bytes, age: float = 0, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time() - age))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-FlowStudio-Signature": f"t={stamp},v1={signature}", "Content-Type": "application/json"}


async def test_a_signed_call_that_comes_again_starts_no_second_run(place: Any, client: Any) -> None:
    url, body = await _hook(place, auth="signature"), b'{"amount": 5}'
    headers = _signed(body)
    first = await client.post(url, content=body, headers=headers)
    again = await client.post(url, content=body, headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["duplicate"] is True
    for number in range(3):
        other = await client.post(url, content=body, headers={**headers, "X-Event-Id": f"forged-{number}"})
        assert other.status_code == 200
    await place.settle()
    assert len(await place.runs()) == 1


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/json", b'{"amount": 5, "amount": 5000}', 'holds the key "amount" twice in one object'),
        ("application/cloudevents+json", b'{"data": [{"a": 1, "\\u0061": 2}]}', 'holds the key "a" twice'),
        ("", b'{"a": "x\\u003ay", "a": ":"}', 'holds the key "a" twice'),
        ("application/json", b"[" * 100_000, "The body is"),
        ("application/json", b"[" * 900 + b"]" * 900, "nested deeper than 200"),
        ("application/json", b'{"a": NaN}', "no JSON"),
        ("application/json", b'{"a": "\\ud800"}', "no JSON"),
    ],
)
async def test_a_body_that_programs_read_differently_starts_nothing(
    place: Any, client: Any, kind: str, body: bytes, said: str
) -> None:
    url = await _hook(place)
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post(url, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert said in answer.json()["detail"]
    assert await place.runs() == []
    assert (await client.post(url, content=b'{"a": 1, "b": {"a": ":"}}', headers=headers)).status_code == 202


async def test_what_is_settled_is_forgotten_by_the_hourly_round(place: Any, client: Any) -> None:
    url, body = await _hook(place, auth="signature"), b'{"amount": 5}'
    headers = {**_signed(body), "X-Event-Id": "e1"}
    assert (await client.post(url, content=body, headers=headers)).status_code == 202
    await place.studio.events.raise_event(place.actor, "lead.came", {})
    await place.settle()
    await place.studio.retention.tidy()
    assert await _left(place) == (1, True), "what came in lately stays"
    place.clock.forward(days=1, seconds=1)
    await place.studio.retention.tidy()
    assert await _left(place) == (0, True)
    place.clock.forward(days=6)
    await place.studio.retention.tidy()
    assert await _left(place) == (0, False)
    assert len(await place.runs()) == 1, "runs stay for good where nobody says otherwise"


async def _left(place: Any) -> tuple[int, bool]:
    """Return how many notes of signatures there are, and whether there are events."""
    async with place.house.database.read() as connection:
        notes = (await connection.execute(select(tables.watch.c.key).where(tables.watch.c.workflow_id == "wf_1"))).all()
        events = (await connection.execute(select(tables.event.c.id).limit(1))).first()
    return len(notes), events is not None


async def test_an_event_id_that_is_not_signed_gives_a_replay_no_run(place: Any, client: Any) -> None:
    url, body = await _hook(place, auth="signature"), b"{}"
    headers = _signed(body)
    answers = [
        await client.post(url, content=body, headers={**headers, "X-Event-Id": f"e{number}"}) for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 200, 200]
    assert (await client.post(url, content=body, headers=headers)).status_code == 200
    await place.settle()
    assert len(await place.runs()) == 1


@pytest.mark.parametrize(
    "headers_now",
    [
        dict,
        lambda: {"X-FlowStudio-Signature": "t=abc,v1=1"},
        lambda: {"X-FlowStudio-Signature": "t=²,v1=é".encode().decode("latin-1")},
        lambda: _signed(b"{}", age=301),
        lambda: _signed(b"{}", age=-400),
        lambda: _signed(b"{}", secret="other"),
        lambda: _signed(b'{"other": 1}'),
    ],
    ids=["none", "nonsense", "odd letters", "stale", "from the future", "another secret", "another body"],
)
async def test_a_call_without_a_right_signature_is_refused(
    place: Any, client: Any, headers_now: Callable[[], dict[str, str]]
) -> None:
    url = await _hook(place, auth="signature")
    raw = {name: value.encode("latin-1") for name, value in headers_now().items()}
    answer = await client.post(url, content=b"{}", headers=raw)
    assert answer.status_code == 401
    assert await place.runs() == []


async def test_a_secret_is_asked_for_and_never_shown(place: Any, client: Any) -> None:
    url = await _hook(place, auth="secret")
    assert (await client.post(url, json={})).status_code == 401
    assert (await client.post(url, json={}, headers={"X-FlowStudio-Secret": "no"})).status_code == 401
    assert (await client.post(url, json={}, headers={"X-FlowStudio-Secret": SECRET})).status_code == 202
    await place.settle()
    [event] = await place.payloads()
    assert SECRET not in json.dumps(event)


@pytest.mark.parametrize(
    ("kind", "content", "status", "body"),
    [
        ("application/json", b'{"a": 1}', 202, {"a": 1}),
        ("application/problem+json", b"[1]", 202, [1]),
        ("application/x-www-form-urlencoded", b"a=1&b=", 202, {"a": "1", "b": ""}),
        ("text/plain", "grüß".encode(), 202, "grüß"),
        ("application/json", b"", 202, {}),
        ("application/json", b"{", 400, None),
        ("application/json", b'{"a": NaN}', 400, None),
        ("application/json", b'{"a": "\\ud800"}', 400, None),
        ("application/json", b"[" * 100_000, 400, None),
        ("application/json", b"[" + b"1," * 500_001 + b"1]", 413, None),
        ("multipart/form-data; boundary=x", b"--x--", 415, None),
        ("application/xml", b"<a/>", 415, None),
    ],
)
async def test_bodies_are_read_by_their_type(
    place: Any, client: Any, kind: str, content: bytes, status: int, body: Any
) -> None:
    url = await _hook(place)
    answer = await client.post(url, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    await place.settle()
    assert [event["body"] for event in await place.payloads()] == ([body] if status == 202 else [])


async def test_a_body_that_names_files_reads_none(place: Any, client: Any) -> None:
    url = await _hook(place)
    body = {"files": [{"filepath": "/etc/passwd"}]}
    assert (await client.post(url, json=body)).status_code == 202
    await place.settle()
    [event] = await place.payloads()
    assert event["body"] == body


async def test_a_thousand_deliveries_of_one_event_start_one_run(place: Any, client: Any) -> None:
    url = await _hook(place)
    for _ in range(10):
        answers = await asyncio.gather(*(client.post(url, json={}, headers={"X-Event-Id": "one"}) for _ in range(100)))
        assert {answer.status_code for answer in answers} <= {200, 202}
    await place.settle()
    assert len(await place.runs()) == 1


async def test_the_answer_may_be_the_outputs_of_the_run(place: Any, client: Any) -> None:
    url = await _hook(place, answer="finished")
    answer = await client.post(url, json={})
    assert (answer.status_code, answer.json()["outputs"]) == (200, {"seen": 1})


async def test_a_test_address_catches_one_call_and_starts_nothing(place: Any, client: Any) -> None:
    await _hook(place, auth="signature")
    extras = place.studio.hooks.extras
    token, path = await extras.catch(place.actor, "wf_1", "trigger")
    waiting = asyncio.create_task(extras.caught(place.actor, token, 10))
    answer = await client.post(path + "?source=shop", json={"lead": "Ada"})
    assert (answer.status_code, answer.json()) == (200, {"status": "caught"})
    payload = await waiting
    assert (payload["body"], payload["query"]) == ({"lead": "Ada"}, {"source": "shop"})
    assert await place.runs() == []
    extras.stop_catching(token)
    assert (await client.post(path, json={})).status_code == 404


async def test_a_call_wakes_the_step_that_waits_for_it(place: Any, client: Any) -> None:
    await place.switch_on(
        {"type": "manual", "config": {"inputs": [{"name": "order_id", "type": "text"}]}},
        nodes=[{"id": "hold", "type": "wait",
                "config": {"for_webhook": "paid", "match": {"order_id": "{{order_id}}"}, "deadline": "7 days"}}],
        edges=[{"from": "trigger", "to": "hold"}],
    )  # fmt: skip
    await place.studio.runs.execute(place.actor, "wf_1", {"order_id": "o1"})
    await place.settle()
    url = f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/paid"
    assert (await client.post(url, json={"order_id": "o2"})).json()["status"] == "not_awaited"
    assert (await client.post(url, json={"order_id": "o1"})).json()["status"] == "received"
    await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.COMPLETED]
    assert (await client.post(url, json={"order_id": "o1"})).status_code == 404


def _from_slack(body: dict[str, Any], secret: str = SECRET) -> dict[str, Any]:
    raw, stamp = json.dumps(body).encode(), str(int(time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}", "Content-Type": "application/json",
    }  # fmt: skip
    return {"content": raw, "headers": headers}


async def test_a_message_in_slack_starts_a_run_once(place: Any, client: Any) -> None:
    await place.switch_on({"type": "new_message", "channel": "slack", "filter": {"contains": "HELP"}})
    url = f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/slack"
    hello = await client.post(url, **_from_slack({"type": "url_verification", "challenge": "abc"}))
    assert hello.json() == {"challenge": "abc"}
    event = {"type": "message", "user": "U1", "channel": "C1", "text": "please help", "ts": "1"}
    for name in ("Ev1", "Ev1", "Ev2"):
        text = event["text"] if name == "Ev1" else "nothing"
        body = {"type": "event_callback", "event_id": name, "event": {**event, "text": text}}
        assert (await client.post(url, **_from_slack(body))).status_code == 200
    assert (await client.post(url, **_from_slack({"type": "url_verification"}, "wrong"))).status_code == 401
    mention = {"type": "event_callback", "event_id": "Ev3", "event": {**event, "type": "app_mention"}}
    assert (await client.post(url, **_from_slack(mention))).status_code == 200
    await place.settle()
    [payload] = await place.payloads()
    assert payload["message"]["text"] == "please help"


@pytest.mark.parametrize(
    ("more", "starts"),
    [
        ({}, True),
        ({"subtype": "file_share", "files": [{"name": "plan.pdf"}]}, True),
        ({"type": "app_mention"}, True),
        ({"subtype": "message_changed"}, False),
        ({"subtype": "channel_join"}, False),
        ({"bot_id": "B1"}, False),
        ({"type": "reaction_added"}, False),
    ],
)
async def test_only_what_a_person_says_in_slack_starts_a_run(
    place: Any, client: Any, more: dict[str, Any], starts: bool
) -> None:
    await place.switch_on({"type": "new_message", "channel": "any"})
    [hook] = (await client.get("/api/v1/workflows/wf_1")).json()["hooks"]
    url = hook["url"][hook["url"].index("/hooks/") :]
    event = {"type": "message", "user": "U1", "channel": "C1", "text": "please help", "ts": "1", **more}
    body = {"type": "event_callback", "event_id": "Ev1", "event": event}
    assert (await client.post(url, **_from_slack(body))).status_code == 200
    retried = _from_slack(body)
    retried["headers"]["X-Slack-Retry-Num"] = "1"
    assert (await client.post(url, **retried)).status_code == 200
    await place.settle()
    assert len(await place.runs()) == starts
