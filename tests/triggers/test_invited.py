"""People decide by the link of the mail that asked them: who may, what is shown, and what does not count."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flowstudio.domain.states import RunStatus
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.decision_links import DecisionLinks
from flowstudio.services.ports import Page
from tests.support.servers import SmtpServer
from tests.triggers.test_switched_off import EVENT, happen
from tests.triggers.test_telling_people import ADDRESS, LATER, _a_day_later, _asked, post

__all__ = ["post"]


def words(server: SmtpServer) -> dict[str, str]:
    """Return the word of the newest link to each person."""
    found = {}
    for mail in server.mails:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        if link := re.search(rf"{ADDRESS}/a/(\S+)", text):
            found[str(mail["To"])] = link[1]
    return found


async def asked(place: Any, server: SmtpServer, **more: Any) -> dict[str, str]:
    """Start a run that asks ann and bob; return their links."""
    await _asked(place, **more)
    await place.studio.telling.close()
    return words(server)


async def test_each_has_a_link_of_their_own_and_the_first_answer_counts(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    links = await asked(place, post)
    assert set(links) == {"ann@x.example", "bob@x.example"}
    assert len(set(links.values())) == 2
    seen = await place.studio.invited.look(links["ann@x.example"])
    assert seen.person == "ann@x.example"
    [question] = seen.questions
    assert question.detail["subject"] == "Pay 100?"
    await place.studio.invited.decide(links["ann@x.example"], question.token, "approved", "fine")
    await place.settle()
    [run] = await place.runs()
    assert run.status is RunStatus.COMPLETED
    _, steps = await place.studio.runs.get(place.actor, run.id)
    answer = next(step for step in steps if step.status == "completed" and step.node_id == "ask").output
    assert (answer["by"], answer["comment"]) == ("ann@x.example", "fine")
    assert not (await place.studio.invited.look(links["bob@x.example"])).questions
    with pytest.raises(NotFound):
        await place.studio.invited.decide(links["bob@x.example"], question.token, "rejected")
    lines, _ = await place.studio.audit.page(place.actor, Page(1, 50))
    [line] = [one for one in lines if str(one["action"]).startswith("approval.")]
    assert (line["actor"], line["action"]) == ("ann@x.example", "approval.approved")


async def test_what_is_kept_of_the_mail_has_no_link_to_decide_with(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await asked(place, post)
    for row in await place.studio.telling.listed(place.actor):
        assert "/a/" not in row.text
        assert "/runs/" in row.text


async def test_all_answer_under_their_address_or_signed_in(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    links = await asked(place, post, mode="all")
    [question] = (await place.studio.invited.look(links["ann@x.example"])).questions
    await place.studio.invited.decide(links["ann@x.example"], question.token, "approved")
    await place.settle()
    [run] = await place.runs()
    assert run.status is RunStatus.WAITING, "bob has not answered"
    assert not (await place.studio.invited.look(links["ann@x.example"])).questions, "and ann has"
    assert (await place.studio.invited.look(links["bob@x.example"])).questions
    [open_one] = await place.studio.approvals.list(place.actor)
    await place.studio.approvals.decide(place.actor, open_one.token, "approved")
    await place.settle()
    assert (await place.runs())[0].status is RunStatus.COMPLETED


async def test_after_it_was_passed_on_the_first_links_decide_nothing(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    first = await asked(place, post, **LATER)
    await _a_day_later(place)
    later = words(post)
    assert not (await place.studio.invited.look(first["ann@x.example"])).questions
    assert not (await place.studio.invited.look(later["ann@x.example"])).questions, "the news has no say in it either"
    [question] = (await place.studio.invited.look(later["chief@x.example"])).questions
    with pytest.raises(NotFound):
        await place.studio.invited.decide(first["ann@x.example"], question.token, "approved")
    await place.studio.invited.decide(later["chief@x.example"], question.token, "rejected", "no")
    await place.settle()
    assert (await place.runs())[0].status is RunStatus.REJECTED


async def test_who_was_passed_over_does_not_decide_for_the_team_it_went_to(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    await asked(place, post, **{**LATER, "escalate_to": "everyone"})
    await _a_day_later(place)
    later = words(post)
    assert not (await place.studio.invited.look(later["ann@x.example"])).questions
    team = set(later) - {"ann@x.example", "bob@x.example"}
    assert team
    for person in team:
        assert (await place.studio.invited.look(later[person])).questions, person


async def test_a_link_is_for_one_run_and_one_answer_that_can_be_given(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    links = await asked(place, post)
    await happen(place, 1)
    await place.studio.telling.close()
    other = words(post)
    [mine], [theirs] = [(await place.studio.invited.look(one["ann@x.example"])).questions for one in (links, other)]
    assert mine.run_id != theirs.run_id
    with pytest.raises(NotFound):
        await place.studio.invited.decide(links["ann@x.example"], theirs.token, "approved")
    for decision, comment in (("expired", ""), ("", ""), ("approved", "x" * 2_001)):
        with pytest.raises(BadRequest):
            await place.studio.invited.decide(links["ann@x.example"], mine.token, decision, comment)


async def test_links_of_others_are_refused(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    word = (await asked(place, post))["ann@x.example"]
    content, signature = word.split(".")
    foreign = DecisionLinks("another key", ADDRESS)
    [row] = [one for one in await place.studio.telling.listed(place.actor) if one.recipient == "ann@x.example"]
    for wrong in (
        "", ".", "x.y", content, f"{content}.", f"{word}x", f"{content[:-2]}.{signature}", f"é{word}", "a" * 5_000,
        foreign.address(row).rpartition("/")[2],
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await place.studio.invited.look(wrong)
        with pytest.raises(NotFound):
            await place.studio.invited.decide(wrong, "any", "approved")


async def test_items_side_by_side_are_decided_each_on_one_page(post: SmtpServer, open_place: Any) -> None:
    place = await open_place()
    ask = {
        "id": "ask", "type": "approval", "config": {"subject": "Pay {{ n }}?", "approvers": ["ann@x.example"]},
    }  # fmt: skip
    loop = {"id": "each", "type": "loop", "collection": "{{ [1, 2] }}", "item_variable": "n", "concurrency": 2}
    edges = [{"from": "trigger", "to": "each"}, {"from": "each", "to": "ask", "condition": "each"}]
    await place.switch_on(EVENT, nodes=[loop, ask], edges=edges)
    await happen(place, 1)
    await place.studio.telling.close()
    word = words(post)["ann@x.example"]
    questions = (await place.studio.invited.look(word)).questions
    assert sorted(one.detail["subject"] for one in questions) == ["Pay 1?", "Pay 2?"]
    for question in questions:
        await place.studio.invited.decide(word, question.token, "approved")
    await place.settle()
    assert (await place.runs())[0].status is RunStatus.COMPLETED
