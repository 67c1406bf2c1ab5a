"""People hear of approvals that nobody answered, and the owner of workflows that FlowStudio switched off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from flowstudio.domain.actor import Role
from flowstudio.domain.delivery import Delivery
from flowstudio.storage.people import SqlPeople
from flowstudio.storage.timers import SqlTimers
from tests.support.servers import SmtpServer, smtp_server
from tests.triggers.test_switched_off import EDGES, EVENT, FAILS, happen, told

ASK: dict[str, Any] = {
    "id": "ask", "type": "approval",
    "config": {"subject": "Pay 100?", "approvers": ["ann@x.example", "bob@x.example"], "deadline": "1 day"},
}  # fmt: skip
LATER = {"on_timeout": "escalate", "escalate_to": "chief@x.example"}
ADDRESS = "https://flow.example"


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmtpServer]:
    async with smtp_server() as server:
        monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", server.url)
        monkeypatch.setenv("FLOWSTUDIO_BASE_URL", ADDRESS)
        yield server


async def _asked(place: Any, **more: Any) -> None:
    """Start a run that asks."""
    ask = {**ASK, "config": {**ASK["config"], **more}}
    await place.switch_on(EVENT, nodes=[ask], edges=[{"from": "trigger", "to": "ask"}])
    await happen(place, 1)


async def _a_day_later(place: Any) -> None:
    """Let a day pass without an answer."""
    place.clock.forward(days=1, seconds=1)
    for timer in await SqlTimers(place.house.database).due(place.clock.now()):
        await place.house.engine.wake(timer)
    await place.settle()
    await place.studio.telling.close()


def _mails(post: SmtpServer) -> dict[str, tuple[str, str]]:
    """Return subject and text by recipient."""
    return {str(m["To"]): (str(m["Subject"]), m.get_body(("plain",)).get_content()) for m in post.mails}  # type: ignore[union-attr]


async def _rows(place: Any) -> list[Delivery]:
    return list(await place.studio.telling.listed(place.actor))


async def test_who_is_asked_hears_of_it_once(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await _asked(place, message="Of Harbor Light")
    [run] = await place.runs()
    await place.studio.telling.close()
    assert sorted(str(mail["To"]) for mail in post.mails) == ["ann@x.example", "bob@x.example"]
    subject, text = _mails(post)["ann@x.example"]
    assert subject == "Your decision: Pay 100?"
    assert "Of Harbor Light" in text
    assert f"{ADDRESS}/a/" in text, "a link of their own"
    assert run.id not in text
    assert await place.studio.notices.unseen(place.actor) == []


async def test_without_a_mail_server_the_list_says_that_nobody_was_told(open_place: Any) -> None:
    place = await open_place()
    await _asked(place)
    await place.studio.telling.close()
    rows = await _rows(place)
    assert {(row.recipient, row.status) for row in rows} == {("ann@x.example", "failed"), ("bob@x.example", "failed")}
    assert all(row.error.startswith("No mail server is set") for row in rows)


async def test_who_was_asked_hears_that_there_was_no_answer(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await _asked(place)
    [run] = await place.runs()
    await _a_day_later(place)
    mails = _mails(post)
    assert set(mails) == {"ann@x.example", "bob@x.example"}
    subject, text = mails["ann@x.example"]
    assert subject == "No answer in time: Pay 100?"
    assert "Asked: ann@x.example, bob@x.example." in text
    assert f"{ADDRESS}/runs/{run.id}" in text
    [(title, body)] = await told(place)
    assert title == subject
    assert ADDRESS not in body
    [notice] = await place.studio.notices.unseen(place.actor)
    assert notice.link == f"/runs/{run.id}"
    assert {(row.reason, row.channel, row.status) for row in await _rows(place)} == {
        ("asked", "email", "sent"), ("expired", "email", "sent"), ("expired", "in_app", "sent"),
    }  # fmt: skip


async def test_who_is_asked_instead_hears_of_it_in_words_that_people_changed(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    words = {"subject": "{{ asked }} decides on {{ subject }}", "text": "Look: {{ link }}"}
    await place.studio.messages.save(place.actor, "approval_escalated", words)
    await _asked(place, **LATER)
    await _a_day_later(place)
    mails = _mails(post)
    assert set(mails) == {"ann@x.example", "bob@x.example", "chief@x.example"}
    assert {subject for subject, _ in mails.values()} == {"chief@x.example decides on Pay 100?"}
    post.mails.clear()
    await _a_day_later(place)
    assert {to: subject for to, (subject, _) in _mails(post).items()} == {
        "chief@x.example": "No answer in time: Pay 100?"
    }  # fmt: skip


async def test_words_with_a_fault_still_tell_what_happened(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await place.studio.messages.save(place.actor, "approval_expired", {"text": "{{ nobody_has_this }}"})
    await _asked(place)
    [run] = await place.runs()
    await _a_day_later(place)
    subject, text = _mails(post)["ann@x.example"]
    assert subject == "Pay 100?"
    assert f"{ADDRESS}/runs/{run.id}" in text


async def test_the_owner_gets_a_mail_when_a_workflow_is_switched_off(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    people = SqlPeople(place.house.database)
    first = await people.owner("main")
    await people.add_member("main", "Mara", "owner@x.example", Role.OWNER)
    await people.remove_member("main", first.id)
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 2}, name="Packing")
    await happen(place, 2)
    await place.studio.telling.close()
    [(to, (subject, text))] = _mails(post).items()
    assert (to, subject) == ("owner@x.example", "Packing was switched off")
    assert "Its last 2 runs failed" in text
    assert f"{ADDRESS}/workflows/wf_1" in text
    assert len(await told(place)) == 1, "inside the product it is said once"


async def test_an_owner_without_an_address_and_a_place_without_mail_hear_of_it_inside(open_place: Any) -> None:
    place = await open_place()
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 1})
    await happen(place, 1)
    await place.studio.telling.close()
    assert await _rows(place) == []
    assert [title for title, _ in await told(place)] == ["wf_1 was switched off"]
    await _asked(place)
    await _a_day_later(place)
    assert {row.status for row in await _rows(place) if row.channel == "email"} == {"failed"}
    assert len(await told(place)) == 2, "that there is no mail server is not said for every mail"
