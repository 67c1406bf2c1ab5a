"""Who is named in a workflow's settings hears by mail that a run failed, once an hour at most."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.errors import BadRequest
from flowstudio.services.editing.workflow_settings import workflow_setting
from tests.support.servers import SmtpServer
from tests.triggers.test_switched_off import EDGES, EVENT, FAILS, happen
from tests.triggers.test_telling_people import ADDRESS, _mails, _rows, post

__all__ = ["post"]
TOLD = {"alert_to": ["ann@x.example", "bob@x.example"], "pause_after_failures": 0}


async def test_a_failed_run_is_told_to_everybody_who_is_named(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings=TOLD)
    await happen(place, 1)
    await place.studio.telling.close()
    mails = _mails(post)
    assert set(mails) == {"ann@x.example", "bob@x.example"}
    subject, text = mails["ann@x.example"]
    [run] = await place.runs()
    assert subject == "wf_1 failed"
    assert str(run.error["message"]) in text
    assert f"{ADDRESS}/runs/{run.id}" in text


async def test_a_run_that_goes_well_is_told_to_nobody(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings=TOLD)
    await happen(place, 1, day="2026-03-02")
    await place.studio.telling.close()
    assert post.mails == []
    assert await _rows(place) == []


async def test_many_failed_runs_are_one_mail_an_hour_which_says_how_many(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings=TOLD)
    await happen(place, 5)
    await place.studio.telling.close()
    assert len(post.mails) == 2, "one to each of the two"
    assert [row.status for row in await _rows(place)].count("left_out") == 4
    post.mails.clear()
    place = await open_place()  # how long ago it was told is read from the disk
    place.clock.forward(minutes=30)
    await happen(place, 1)
    await place.studio.telling.close()
    assert post.mails == []
    place.clock.forward(minutes=40)
    await happen(place, 1)
    await place.studio.telling.close()
    _, text = _mails(post)["bob@x.example"]
    assert "Since the last mail 5 more of its runs have failed." in text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ann@x.example, Bob <bob@x.example>", ["ann@x.example", "Bob <bob@x.example>"]),
        (["ann@x.example"], ["ann@x.example"]), ("  ", None), (None, None),
    ],
)  # fmt: skip
def test_people_are_written_with_commas(given: Any, kept: Any) -> None:
    assert workflow_setting("alert_to", given) == kept


@pytest.mark.parametrize("given", ["ann", "ann@x.example, nobody", ",".join(f"p{n}@x.example" for n in range(21))])
def test_who_is_no_mail_address_is_refused_in_a_sentence(given: str) -> None:
    with pytest.raises(BadRequest, match="mail addresses with commas"):
        workflow_setting("alert_to", given)


@pytest.mark.parametrize(("given", "kept"), [("12.5", 12.5), (0, 0.0), ("", None), (None, None)])
def test_minutes_saved_are_a_number(given: Any, kept: float | None) -> None:
    assert workflow_setting("minutes_saved", given) == kept


@pytest.mark.parametrize("given", ["ten", "-1", "nan", "inf", "1e9"])
def test_what_is_no_number_of_minutes_is_refused(given: str) -> None:
    with pytest.raises(BadRequest, match="number of minutes"):
        workflow_setting("minutes_saved", given)
