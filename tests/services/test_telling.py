"""Notices of steps: every channel against a local server, the log, tries again, and telling again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from flowstudio.app import House
from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.smtp import MailServer, SmtpMail
from flowstudio.connectors.twilio import Twilio
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.errors import Conflict, NotAllowed, NotFound
from flowstudio.services.carrying import Carrier
from flowstudio.services.decision_links import DecisionLinks
from flowstudio.services.shipped import MESSAGES
from flowstudio.services.telling import Telling
from flowstudio.storage.database import Database
from flowstudio.storage.deliveries import SqlDeliveries
from flowstudio.storage.notifications import SqlNotifications
from flowstudio.storage.people import SqlPeople
from flowstudio.storage.records import SqlRecords
from tests.support.databases import StillClock, sqlite_database
from tests.support.servers import HttpServer, SmtpServer, StoredSecrets, http_server, reply, smtp_server


def account() -> dict[str, str]:
    """A service account with a key of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, kind, form).decode()
    return {"client_email": "fs@p.example", "private_key": pem, "project_id": "p"}


OWNER = Actor("main", "per_1", "Owner", Role.OWNER)


class Place:
    """A Telling with real parts around it."""

    def __init__(self, database: Database, clock: StillClock, http: HttpServer, smtp: SmtpServer, key: str) -> None:
        self.database, self.clock, self.web, self.post = database, clock, http, smtp
        secrets = StoredSecrets(
            SLACK_BOT_TOKEN="xoxb", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t", TWILIO_FROM_NUMBER="+15005550006",
            FIREBASE_SERVICE_ACCOUNT=key,
        )  # fmt: skip
        base = http.url("").rstrip("/")
        services = [Slack(base), Twilio(base), Firebase(base, f"{base}/token")]
        self.http = HttpxHttp(secrets, services=services)
        self.deliveries = SqlDeliveries(database)
        self.telling = self.fresh()

    def fresh(self) -> Telling:
        mail, notices = SmtpMail(MailServer.of(self.post.url)), SqlNotifications(self.database)
        carrier = Carrier(
            mail,
            self.http,
            notices,
            SqlRecords(self.database),
            "https://flow.example",
            DecisionLinks("k", "https://flow.example"),
        )
        return Telling(
            carrier, notices, self.deliveries, self.clock, FileMessageTexts(MESSAGES), SqlPeople(self.database)
        )  # fmt: skip

    async def note(self, channel: str, to: str, on: str = "failed", message: str = "Look at it") -> Delivery:
        """Write a notice as a step does, and say so."""
        now = self.clock.now()
        row = Delivery(
            "main", "run_1", "n1", on, channel, to, message, "", now, id=new_id("dlv"), status="noted", next_try_at=now
        )  # fmt: skip
        await self.deliveries.add([row])
        self.telling.notify([row])
        return row

    async def look(self) -> datetime | None:
        """Let everything that is due be sent; return when the next one is due."""
        found = await self.telling.look_due()
        await self.telling.close()
        return found

    async def tell(self, channel: str, to: str, on: str = "failed", message: str = "Look at it") -> list[Delivery]:
        await self.note(channel, to, on, message)
        await self.telling.close()
        return list(await self.telling.listed(OWNER, run_id="run_1"))


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = StillClock()
    async with sqlite_database(tmp_path, clock) as database, http_server() as web, smtp_server() as post:
        records = SqlRecords(database)
        for key, name in (("emp_a", "Ada"), ("emp_b", "Bob")):
            fields = {
                "id": key,
                "name": name,
                "email": f"{name.lower()}@x.example",
                "phone": f"+4930111{key[-1] == 'a':d}",
            }
            await records.create("main", "employees", {**fields, "department": "Care"}, actor="test")
        found = Place(database, clock, web, post, orjson.dumps(account()).decode())
        yield found
        await found.http.close()


async def test_a_mail_goes_to_addresses_people_and_teams(place: Place) -> None:
    rows = await place.tell("email", "eve@x.example, emp_a", on="completed")
    assert {(row.recipient, row.status, row.attempts) for row in rows} == {
        ("eve@x.example", "sent", 1), ("ada@x.example", "sent", 1),
    }  # fmt: skip
    # Both are told at the same time: which mail is the first is nobody's promise.
    assert sorted(mail["To"] for mail in place.post.mails) == ["ada@x.example", "eve@x.example"]
    assert place.post.mails[0]["Subject"] == "A step is done"
    assert "https://flow.example/runs/run_1" in place.post.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert {row.recipient for row in await place.tell("email", "Care", on="ready")} >= {
        "ada@x.example",
        "bob@x.example",
    }


@pytest.mark.parametrize(
    ("channel", "to", "answer", "target", "sent"),
    [
        ("slack", "#care", b'{"ok": true, "ts": "1"}', "/chat.postMessage",
         lambda body: orjson.loads(body)["channel"] == "#care"),
        ("sms", "+49 30 5550 1003", b'{"sid": "SM1"}', "/2010-04-01/Accounts/AC1/Messages.json",
         lambda body: parse_qs(body.decode())["To"] == ["+493055501003"]),
        ("push", "emp_a", b'{"access_token": "t", "expires_in": 3600, "name": "m"}', "/v1/projects/p/messages:send",
         lambda body: orjson.loads(body)["message"]["notification"]["body"] == "Look at it"),
    ],
)  # fmt: skip
async def test_other_channels_reach_their_provider(
    place: Place, channel: str, to: str, answer: bytes, target: str, sent: Callable[[bytes], bool]
) -> None:
    place.web.answer = reply(200, answer)
    (row,) = await place.tell(channel, to)
    assert (row.status, row.error) == ("sent", "")
    request = place.web.requests[-1]
    assert request.target == target
    assert sent(request.body)


async def test_in_app_needs_no_other_system(place: Place) -> None:
    (row,) = await place.tell("in_app", "", on="ready")
    assert row.status == "sent"
    assert await SqlNotifications(place.database).unread("main", "per_1") == 1


async def test_a_busy_server_is_tried_again_until_it_takes_it(place: Place) -> None:
    heard: list[Any] = []
    place.telling.expect = heard.append
    place.post.mood = "later"
    (row,) = await place.tell("email", "eve@x.example")
    assert (row.status, row.attempts) == ("waiting", 1)
    assert heard == [place.clock.now() + timedelta(seconds=60)]
    assert await place.look() == heard[0], "not before its time"
    place.clock.forward(seconds=61)
    place.post.mood = "friendly"
    assert await place.look() is None
    (row,) = await place.telling.listed(OWNER, run_id="run_1")
    assert (row.status, row.attempts) == ("sent", 2)
    assert place.post.mails[0]["Message-ID"] == row.message_id


async def test_in_the_end_it_is_said_inside_the_product_and_can_be_told_again(place: Place) -> None:
    place.post.mood = "later"
    await place.tell("email", "eve@x.example")
    for _ in range(5):
        place.clock.forward(hours=3)
        await place.look()
    (row,) = await place.telling.listed(OWNER, status="failed")
    assert row.attempts == 5
    assert await SqlNotifications(place.database).unread("main", "per_1") == 1
    place.post.mood = "friendly"
    assert (await place.telling.send_again(OWNER, row.id)).status == "sent"
    assert len(place.post.mails) == 1
    again = await place.telling.replay(OWNER, row.run_id, row.node_id)
    assert [one.status for one in again] == ["sent"]
    first, second = (mail["Message-ID"] for mail in place.post.mails)
    assert first != second, "told again on purpose: no repeat that a mailbox drops"
    with pytest.raises(NotFound):
        await place.telling.replay(OWNER, row.run_id, "another step")
    with pytest.raises(NotAllowed):
        await place.telling.replay(Actor("main", "v", "V", Role.VIEWER), row.run_id, row.node_id)


async def test_a_refusal_is_not_tried_again(place: Place) -> None:
    (row,) = await place.tell("email", "gone@x.example")
    assert (row.status, row.next_try_at) == ("failed", None)
    assert "no such mailbox" in row.error


async def test_a_lost_answer_is_left_to_a_person(place: Place) -> None:
    async def drop(request: object, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    place.web.answer = drop
    (row,) = await place.tell("sms", "+493055501003")
    assert (row.status, row.attempts) == ("unknown", 1)
    place.clock.forward(hours=9)
    await place.look()
    assert len(place.web.requests) == 1


@pytest.mark.parametrize(
    ("channel", "to"), [("email", "nobody_here"), ("sms", "emp_zz"), ("slack", ""), ("carrier", "x")]
)
async def test_a_notice_to_nobody_fails_with_a_reason(place: Place, channel: str, to: str) -> None:
    (row,) = await place.tell(channel, to)
    assert row.status == "failed"
    assert row.error


async def test_a_stop_in_the_middle_sends_a_mail_again_and_asks_about_the_others(place: Place) -> None:
    now = place.clock.now()
    begun = [
        Delivery(
            "main", "run_1", "n1", "failed", channel, to, "t", f"<{channel}@f>", now, id=channel, status="sending",
            attempts=1,
        )
        for channel, to in (("email", "eve@x.example"), ("sms", "+493055501003"))
    ]  # fmt: skip
    await place.deliveries.add(begun)
    after = place.fresh()
    await after.recover()
    await after.look_due()
    await after.close()
    assert {row.channel: row.status for row in await after.listed(OWNER)} == {"email": "sent", "sms": "unknown"}


async def test_old_notices_are_forgotten(place: Place) -> None:
    await place.tell("in_app", "")
    place.clock.forward(days=91)
    await place.look()
    assert await place.telling.listed(OWNER) == []


async def test_roles_and_unknown_notices(place: Place) -> None:
    (row,) = await place.tell("email", "eve@x.example")
    with pytest.raises(NotAllowed):
        await place.telling.send_again(Actor("main", "v", "V", Role.VIEWER), row.id)
    with pytest.raises(NotFound):
        await place.telling.send_again(Actor("other", "o", "O", Role.OWNER), row.id)
    await place.deliveries.add(
        [Delivery("main", "r2", "n", "failed", "email", "a@b", "t", "<m>", row.created_at, id="r2")]
    )
    waiting = next(one for one in await place.telling.listed(OWNER) if one.run_id == "r2")
    with pytest.raises(Conflict):
        await place.telling.send_again(OWNER, waiting.id)


async def test_a_run_tells_and_the_api_shows_it(client: httpx.AsyncClient, house: House) -> None:
    notify = [
        {"on": when, "channel": "in_app", "to": "", "message": f"It {when}: {{{{trigger.what}}}}"}
        for when in ("completed", "failed")
    ]
    document = {
        "id": "wf_tell", "name": "Tell", "status": "active", "trigger": {"type": "manual", "config": {"inputs": [{"name": "what"}]}},
        "nodes": [{"id": "make", "type": "transform", "config": {"set": {"x": "1"}}, "notify": notify}],
        "edges": [{"from": "trigger", "to": "make"}],
    }  # fmt: skip
    made = (await client.post("/api/v1/workflows", json=document)).json()
    await client.post(f"/api/v1/workflows/{made['id']}/activate")
    run = await client.post(
        f"/api/v1/workflows/{made['id']}/execute", json={"input_data": {"what": "Ada"}}, params={"wait": 20}
    )
    assert run.status_code in (200, 201, 202), run.text
    await house.studio.telling.close()
    found = (await client.get("/api/v1/notices")).json()["notices"]
    assert [(one["on"], one["text"], one["node_id"]) for one in found] == [("completed", "It completed: Ada", "make")]
    again = await client.post(f"/api/v1/notices/{found[0]['id']}/send")
    assert again.json()["status"] == "sent"
