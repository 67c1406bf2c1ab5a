"""Alerts: told once when a figure goes beyond its limit, and once more when it is back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from flowstudio.domain.actor import Role
from flowstudio.errors import BadRequest, NotAllowed, NotFound
from flowstudio.observe.cpu import Cpu
from flowstudio.services.analytics import Going
from flowstudio.services.ports import Page
from tests.services.test_analytics import EVENT, PACK, _happen
from tests.support.servers import SmtpServer, http_server, smtp_server
from tests.triggers.conftest import first_start, open_place, place

__all__ = ["first_start", "open_place", "place"]
ASK = {
    "id": "ask",
    "type": "approval",
    "config": {"subject": "Pay?", "approvers": ["a@x.example"], "deadline": "9 days"},
}


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmtpServer]:
    async with smtp_server() as server:
        monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", server.url)
        monkeypatch.setenv("FLOWSTUDIO_BASE_URL", "https://flow.example")
        yield server


async def _look(place: Any, **later: float) -> dict[str, Any]:
    if later:
        place.clock.forward(**later)
    await place.studio.alerts.look()
    await place.studio.telling.close()
    return {one.rule.metric: one for one in await place.studio.alerts.list(place.actor)}


async def _told(place: Any) -> list[tuple[str, str]]:
    return [(one.title, one.body) for one in reversed(await place.studio.notices.unseen(place.actor))]


async def test_failing_runs_are_told_once_by_every_way_and_again_when_it_is_over(
    post: SmtpServer, open_place: Any
) -> None:
    place = await open_place()
    await place.switch_on(
        EVENT, nodes=[PACK], edges=[{"from": "trigger", "to": "pack"}], settings={"pause_after_failures": 0}
    )
    async with http_server() as server:
        hook = server.url("/alert?a=1,2")
        await place.studio.alerts.change(place.actor, "failed_share", {"mail": "ann@x.example", "webhook": hook})
        await _happen(place, 1, "no day")
        assert (await _look(place))["failed_share"].reading is None, "one failed run of one says nothing"
        await _happen(place, 7, "2026-03-04")
        found = (await _look(place, minutes=1))["failed_share"]
        assert (found.reading, found.raised_at) == (12.5, place.clock.now())
        [mail] = post.mails
        assert (mail["To"], mail["Subject"]) == ("ann@x.example", "Alert: Runs that fail, above the limit")
        text = mail.get_body(("plain",)).get_content()
        assert "12.5 % of the runs of the last 15 minutes failed; the limit is 5 %." in text
        assert "https://flow.example/alerts" in text
        [call] = server.requests
        said = json.loads(call.body)
        assert (said["event"], said["about"], said["link"]) == (
            "alert.raised", "failed_share", "https://flow.example/alerts"
        )  # fmt: skip
        assert said["text"] == "12.5 % of the runs of the last 15 minutes failed; the limit is 5 %."
        assert [title for title, _ in await _told(place)] == ["Alert: Runs that fail, above the limit"]
        await _look(place, minutes=1)
        assert len(post.mails) == 1, "it is told once"
        place = await open_place()  # what is raised is on disk
        await _look(place, minutes=1)
        assert len(post.mails) == 1
        found = (await _look(place, minutes=20))["failed_share"]
        assert (found.reading, found.raised_at) == (None, None)
        assert [str(one["Subject"]) for one in post.mails][1:] == ["Alert: Runs that fail, below the limit again"]
        assert json.loads(server.requests[-1].body)["event"] == "alert.over"


async def test_runs_must_wait_for_their_turn_the_whole_time(place: Any) -> None:
    await place.studio.alerts.change(place.actor, "queued_runs", {"above": 1})
    place.studio.alerts._figures.going = _queue(5)
    assert (await _look(place))["queued_runs"].reading is None, "it has not been watched for five minutes"
    for _ in range(4):
        assert (await _look(place, minutes=1))["queued_runs"].raised_at is None
    found = (await _look(place, minutes=1))["queued_runs"]
    assert (found.reading, found.raised_at) == (5, place.clock.now())
    place.studio.alerts._figures.going = _queue(0)
    found = (await _look(place, minutes=1))["queued_runs"]
    assert (found.reading, found.raised_at) == (0, None)


def _queue(number: int) -> Any:
    async def going(_: str) -> Going:
        return Going(queued=number)

    return going


async def test_an_approval_that_nobody_answers_is_told_after_six_hours(place: Any) -> None:
    await place.switch_on(EVENT, nodes=[ASK], edges=[{"from": "trigger", "to": "ask"}])
    await _happen(place, 1, "")
    assert (await _look(place, hours=5))["approval_wait"].raised_at is None
    found = (await _look(place, hours=2))["approval_wait"]
    assert (found.reading, found.raised_at) == (7, place.clock.now())
    [(title, body)] = await _told(place)
    assert title == "Alert: Wait for an approval, above the limit"
    assert body == (
        "An approval waits 7 hours on average, those answered in the last 60 minutes and the open ones; "
        "the limit is 6 hours."
    )
    [asked] = await place.studio.approvals.list(place.actor)
    await place.studio.approvals.decide(place.actor, asked.token, "approved")
    await place.settle()
    assert (await _look(place, hours=2))["approval_wait"].raised_at is None


async def test_a_busy_processor_is_told_on_average(place: Any) -> None:
    busy = iter([1.0] * 6 + [0.9] * 5 + [0.0] * 20)
    place.studio.alerts._processor = lambda: next(busy)
    for _ in range(10):
        assert (await _look(place, minutes=1))["processor"].raised_at is None
    assert (await _look(place, minutes=1))["processor"].reading == pytest.approx((6 * 100 + 5 * 90) / 11)
    for _ in range(5):
        found = (await _look(place, minutes=1))["processor"]
    assert found.raised_at is None


async def test_one_that_is_switched_off_says_nothing_and_is_over_at_once(place: Any) -> None:
    await place.switch_on(EVENT, nodes=[ASK], edges=[{"from": "trigger", "to": "ask"}])
    await _happen(place, 1, "")
    assert (await _look(place, hours=7))["approval_wait"].raised_at is not None
    await place.studio.alerts.change(place.actor, "approval_wait", {"on": False})
    assert (await _look(place, minutes=1))["approval_wait"].raised_at is None
    assert (await _told(place))[-1][1] == "The alert was switched off."
    assert (await _look(place, hours=7))["approval_wait"].raised_at is None
    assert len(await _told(place)) == 2


async def test_it_looks_once_a_minute(place: Any) -> None:
    first = await place.studio.alerts.look_due()
    place.clock.forward(seconds=30)
    assert await place.studio.alerts.look_due() == first
    place.clock.forward(seconds=30)
    assert await place.studio.alerts.look_due() > first


async def test_only_admins_change_alerts_and_it_is_audited(place: Any) -> None:
    builder = replace(place.actor, role=Role.BUILDER)
    with pytest.raises(NotAllowed):
        await place.studio.alerts.change(builder, "processor", {"on": False})
    await place.studio.alerts.change(place.actor, "processor", {"above": "90"})
    assert {one.rule.metric: one.rule.above for one in await place.studio.alerts.list(builder)}["processor"] == 90
    rows, _ = await place.studio.audit.page(place.actor, Page())
    assert rows[0]["action"] == "alert.changed"


@pytest.mark.parametrize(
    "given",
    [
        {"above": "much"}, {"above": -1}, {"above": 101}, {"above": "nan"}, {"minutes": 0}, {"minutes": 1.5},
        {"minutes": 2000}, {"on": "yes"}, {"mail": "ann"}, {"slack": "a\nb"}, {"webhook": "example.com"},
        {"webhook": "ftp://x.example"}, {"webhook": "http://[::1"}, {"colour": "red"}, {"metric": "processor"},
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_changes_nothing(place: Any, given: dict[str, Any]) -> None:
    before = await place.studio.alerts.list(place.actor)
    with pytest.raises(BadRequest):
        await place.studio.alerts.change(place.actor, "failed_share", given)
    assert await place.studio.alerts.list(place.actor) == before


async def test_there_is_no_alert_for_what_is_no_figure(place: Any) -> None:
    with pytest.raises(NotFound):
        await place.studio.alerts.change(place.actor, "moon", {"on": False})


def test_the_processor_is_read_from_what_has_passed() -> None:
    processor = Cpu()
    end = sum(number * number for number in range(300_000))
    assert end
    busy = processor.busy()
    assert busy is None or 0 <= busy <= 1
