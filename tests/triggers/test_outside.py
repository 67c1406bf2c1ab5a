"""Triggers that look outside: addresses that are polled, a mailbox, public forms."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.forms import BadForm, fields_of, read_answer

RSS = "<rss><channel>{}</channel></rss>"


class Pages:
    """An HTTP server on loopback that answers with what a test says."""

    def __init__(self) -> None:
        self.body, self.status, self.asked, self.etag = b"[]", 200, 0, ""
        self.unchanged = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked += 1
        if self.etag and f"if-none-match: {self.etag}\r\n" in said.lower():
            self.unchanged += 1
            writer.write(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        kind = b"application/json" if self.body[:1] in b"[{" else b"application/rss+xml"
        head = b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nETag: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (self.status, kind, self.etag.encode(), len(self.body)) + self.body)
        await writer.drain()
        writer.close()


class Letters:
    """A small IMAP server: sign in, choose the folder, search by number, fetch whole."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.validity = 7

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, rest = line.partition(" ")
            for said in self.said(rest):
                writer.write(said)
            writer.write(f"{tag} {'NO' if 'LOGIN' in rest and 'wrong' in rest else 'OK'} done\r\n".encode())
            await writer.drain()
            if rest.upper().startswith("LOGOUT"):
                break
        writer.close()

    def said(self, rest: str) -> list[bytes]:
        word = rest.upper()
        if word.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if word.startswith("EXAMINE"):
            return [f"* {len(self.letters)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()]
        if word.startswith("UID SEARCH"):
            first = int(re.findall(r"(\d+):\*", rest)[0])
            found = [uid for uid in range(1, len(self.letters) + 1) if uid >= first] or [len(self.letters)]
            return [f"* SEARCH {' '.join(map(str, found))}\r\n".encode()]
        if word.startswith("UID FETCH"):
            uid = int(rest.split()[2])
            raw = self.letters[uid - 1]
            return [f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode(), raw, b")\r\n"]
        return []


@asynccontextmanager
async def _served(answering: Any) -> AsyncIterator[int]:
    server = await asyncio.start_server(answering.answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("kind", ["json", "feed"])
async def test_every_new_item_starts_a_run_once(place: Any, kind: str) -> None:
    def said(*names: str) -> bytes:
        if kind == "json":
            return json.dumps({"orders": [{"id": name} for name in names]}).encode()
        return RSS.format("".join(f"<item><guid>{name}</guid></item>" for name in names)).encode()

    pages = Pages()
    async with _served(pages) as port:
        config = {"url": f"http://127.0.0.1:{port}/feed", "every": "1 minute"}
        await place.switch_on({"type": "poll", "config": config | ({"items": "orders"} if kind == "json" else {})})
        for names in (["a"], ["b", "a"], ["d", "c", "b"], ["d", "c", "b"]):
            pages.body = said(*names)
            await place.look()
            place.clock.forward(minutes=1)
        field = "id" if kind == "json" else "guid"
        assert sorted(event["item"][field] for event in await place.payloads()) == ["b", "c", "d"]
        pages.status = 500
        await place.look()
        place.clock.forward(seconds=20)
        await place.look()
        assert pages.asked == 5  # at least a minute apart, whatever the answer was


async def test_only_what_is_newer_is_asked_for_and_another_list_begins_anew(place: Any) -> None:
    pages = Pages()
    async with _served(pages) as port:

        async def look(etag: str, items: list[dict[str, Any]]) -> list[Any]:
            pages.etag, pages.body = etag, json.dumps({"new": items, "all": [{"id": "z", "at": "9"}]}).encode()
            await place.look()
            place.clock.forward(minutes=1)
            return [event["item"]["id"] for event in await place.payloads()]

        config = {"url": f"http://127.0.0.1:{port}/", "every": "1 minute", "items": "new"}
        await place.switch_on({"type": "poll", "config": config})
        assert await look('"a"', [{"id": "1"}]) == []
        assert await look('"a"', [{"id": "1"}, {"id": "2"}]) == []
        assert pages.unchanged == 1
        assert await look('"b"', [{"id": "1", "status": "paid"}, {"id": "2"}]) == ["2"]
        await place.switch_on({"type": "poll", "config": {**config, "items": "all", "id_field": "at"}})
        assert await look('"b"', []) == ["2"]
        assert pages.unchanged == 1
        assert await look('"b"', []) == ["2"]
        assert pages.unchanged == 2


async def test_nothing_is_looked_at_while_the_workflow_is_off(place: Any) -> None:
    pages = Pages()
    async with _served(pages) as port:
        config = {"url": f"http://127.0.0.1:{port}/", "every": "1 minute"}
        await place.switch_on({"type": "poll", "config": config})
        pages.body = b'[{"id": "a"}]'
        await place.look()
        await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
        pages.body = b'[{"id": "a"}, {"id": "b"}]'
        for _ in range(3):
            place.clock.forward(minutes=1)
            await place.look()
        assert pages.asked == 1
        await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
        await place.look()
        assert [event["item"]["id"] for event in await place.payloads()] == ["b"]


async def _told(place: Any) -> list[tuple[str, str]]:
    return [(one.title, one.body) for one in await place.studio.notices.unseen(place.actor)]


@pytest.mark.parametrize(("status", "minutes"), [(404, 1), (401, 1), (500, 31), (429, 31)])
async def test_people_are_told_once_that_an_address_cannot_be_looked_at(place: Any, status: int, minutes: int) -> None:
    pages = Pages()
    async with _served(pages) as port:
        url = f"http://127.0.0.1:{port}/orders"
        await place.switch_on({"type": "poll", "config": {"url": url, "every": "1 minute"}}, name="Orders")
        for number in range(2):
            pages.status = status
            for minute in range(40):
                await place.look()
                told = len(await _told(place))
                assert told == number + (1 if minute >= minutes - 1 else 0), minute
                place.clock.forward(minutes=1)
            pages.status = 200
            await place.look()
            place.clock.forward(minutes=1)
        title, body = (await _told(place))[0]
        assert title == "Orders: its trigger cannot look"
        assert f"{url} answered {status}." in body


async def test_people_are_told_of_a_mailbox_that_is_not_there_or_lets_nobody_in(
    open_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _served(Letters()) as port:
        monkeypatch.setenv("FLOWSTUDIO_IMAP_URL", f"imap://ada:wrong@127.0.0.1:{port}/INBOX")
        place = await open_place()
        await place.switch_on({"type": "new_message", "config": {"channel": "email"}}, name="Post")
        await place.look()
        assert ["does not accept the user or the password" in body for _, body in await _told(place)] == [True]
    monkeypatch.delenv("FLOWSTUDIO_IMAP_URL")
    place = await open_place()
    await place.switch_on({"type": "new_message", "config": {"channel": "any"}}, "wf_any")
    await place.switch_on({"type": "new_message", "config": {"channel": "email"}}, "wf_none", name="No post")
    await place.look()
    assert [title for title, _ in await _told(place)] == [
        "No post: its trigger cannot look",
        "Post: its trigger cannot look",
    ]


def _letter(subject: str, to: str = "projects@x.example") -> bytes:
    return (
        f"From: Ada <ada@y.example>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@y>\r\n"
        f"Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n\r\nMove it to hall B.\r\n"
    ).encode()


async def test_a_mail_that_fits_starts_a_run_once(open_place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = Letters()
    letters.letters = [_letter("Old")]
    async with _served(letters) as port:
        monkeypatch.setenv("FLOWSTUDIO_IMAP_URL", f"imap://ada:right@127.0.0.1:{port}/INBOX")
        place = await open_place()
        await place.switch_on({"type": "new_message", "channel": "email", "filter": {"to": "PROJECTS@"}})
        await place.switch_on({"type": "new_message", "channel": "any", "filter": {"contains": "hall c"}}, "wf_other")
        await place.look()
        letters.letters += [_letter("New"), _letter("Elsewhere", "sales@x.example")]
        for _ in range(3):
            place.clock.forward(minutes=1)
            await place.look()
        [event] = await place.payloads()
        message = event["message"]
        assert (message["sender"], message["subject"], message["text"]) == (
            "ada@y.example",
            "New",
            "Move it to hall B.",
        )
        assert await place.runs("wf_other") == []


FORM = {
    "type": "form",
    "config": {
        "title": "Request time off",
        "slug": "leave",
        "fields": [
            {"name": "email", "type": "email", "required": True},
            {"name": "days", "type": "integer"},
            {"name": "urgent", "type": "boolean"},
            {"name": "kind", "type": "text", "choices": ["Holiday", "Sick"]},
        ],
    },
}


async def test_answers_of_a_form_start_a_run_in_their_types(place: Any) -> None:
    await place.switch_on(FORM)
    token = (await place.studio.workflows.get(place.actor, "wf_1")).hook_token
    assert place.studio.forms.find(token, "leave").heading == "Request time off"
    answers = {"email": "ada@x.example", "days": "3", "urgent": "yes", "kind": "Sick", "other": "left out"}
    runs = {await place.studio.forms.submit(token, "leave", answers, event_id="once") for _ in range(3)}
    assert len(runs) == 1
    await place.settle()
    assert await place.payloads() == [{"email": "ada@x.example", "days": 3, "urgent": True, "kind": "Sick"}]


async def test_a_form_says_everything_that_is_wrong(place: Any) -> None:
    await place.switch_on(FORM)
    token = (await place.studio.workflows.get(place.actor, "wf_1")).hook_token
    with pytest.raises(BadForm) as caught:
        await place.studio.forms.submit(token, "leave", {"days": "many", "kind": "Other"})
    assert set(caught.value.wrong) == {"email", "days", "kind"}
    assert isinstance(caught.value, BadRequest)
    await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
    with pytest.raises(NotFound):
        place.studio.forms.find(token, "leave")


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ({"type": "integer"}, "9007199254740992", 9007199254740992),
        ({"type": "integer"}, "99999999999999999999", "is too large a number"),
        ({"type": "integer"}, "9" * 5_000, "is not a whole number"),
        ({"type": "number"}, "3,5", 3.5),
        ({"type": "number"}, "nan", "is not a number"),
        ({"type": "date"}, "2026-02-30", "is not a date"),
        ({"type": "datetime"}, "2026-03-02T09:30", "2026-03-02T09:30:00"),
        ({"type": "datetime"}, "soon", "is not a date with a time"),
        ({"type": "choice", "choices": ["Sales"]}, "Sales", "Sales"),
        ({"type": "choice", "choices": ["Sales"]}, "Other", "is none of its choices"),
        ({"type": "longtext"}, "a\nb", "a\nb"),
        ({"type": "text"}, "x" * 10_001, "is longer than 10,000 characters"),
        ({"type": "email"}, "ada@example", "is no email address"),
        ({"type": "boolean"}, "perhaps", "is yes or no"),
        ({"type": "text", "required": True}, "  ", "is missing"),
    ],
)
def test_an_answer_is_kept_in_the_type_of_its_field(field: dict[str, Any], given: str, kept: Any) -> None:
    [asked] = fields_of({"fields": [{"name": "value", **field}]})
    if isinstance(kept, str) and kept.startswith("is "):
        with pytest.raises(BadRequest, match=f"^Value {kept}"):
            read_answer(asked, given)
    else:
        assert read_answer(asked, given) == kept
