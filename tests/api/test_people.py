"""Members, the audit and notifications: who may see and change what."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from flowstudio.app import House
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import NotAllowed, NotFound, NotSignedIn
from flowstudio.storage.notifications import SqlNotifications
from tests.support.places import key_of

ADA = {"name": "Ada Moss", "email": "Ada@Brightline.example", "role": "builder"}


@pytest.fixture
async def as_role(house: House, web: FastAPI) -> Any:
    made: list[httpx.AsyncClient] = []

    async def client(role: Role) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=web)
        headers = {"Authorization": f"Bearer {await key_of(house, role)}"}
        made.append(httpx.AsyncClient(transport=transport, base_url="http://flowstudio.test", headers=headers))
        return made[-1]

    yield client
    for one in made:
        await one.aclose()


async def test_a_person_is_added_signs_in_changes_role_and_leaves(house: House, as_role: Any):
    owner = await as_role(Role.OWNER)
    added = await owner.post("/api/v1/members", json=ADA)
    assert added.status_code == 201
    told = added.json()
    assert (told["name"], told["email"], told["role"]) == ("Ada Moss", "ada@brightline.example", "builder")
    secret = told["sign_in_link"].rpartition("/")[2]
    session = await house.studio.sign_in.use_link(secret)
    actor = await house.studio.sign_in.session(session)
    assert actor is not None
    assert (actor.name, actor.role) == ("Ada Moss", Role.BUILDER)
    with pytest.raises(NotSignedIn):
        await house.studio.sign_in.use_link(secret)

    member = f"/api/v1/members/{told['id']}"
    assert (await owner.patch(member, json={"role": "viewer"})).json()["role"] == "viewer"
    again = await house.studio.sign_in.session(session)
    assert again is not None
    assert again.role is Role.VIEWER
    assert [one["name"] for one in (await owner.get("/api/v1/members")).json()["members"]] == ["Ada Moss", "Owner"]
    assert (await owner.delete(member)).status_code == 204
    assert await house.studio.sign_in.session(session) is None
    assert (await owner.delete(member)).status_code == 404

    lines = (await owner.get("/api/v1/audit", params={"search": "member."})).json()
    assert [line["action"] for line in lines["audit"]] == ["member.removed", "member.role_changed", "member.added"]
    assert lines["audit"][1]["detail"] == {"name": "Ada Moss", "before": "builder", "role": "viewer"}


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"name": "  "}, 400, "A name has 1 to 100 characters"),
        ({"name": "x" * 101}, 400, "A name has 1 to 100 characters"),
        ({"email": "ada"}, 400, "is no email address"),
        ({"email": "a b@c"}, 400, "is no email address"),
        ({"email": "x" * 250 + "@c.example"}, 400, "is no email address"),
        ({"role": "king"}, 422, "role"),
    ],
)
async def test_what_is_no_person_is_refused(as_role: Any, change: dict[str, str], status: int, said: str):
    owner = await as_role(Role.OWNER)
    answer = await owner.post("/api/v1/members", json={**ADA, **change})
    assert answer.status_code == status
    assert said in answer.text


async def test_an_email_stands_once(as_role: Any):
    owner = await as_role(Role.OWNER)
    assert (await owner.post("/api/v1/members", json=ADA)).status_code == 201
    answer = await owner.post("/api/v1/members", json={**ADA, "email": "ada@brightline.EXAMPLE "})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_nobody_gives_away_or_takes_more_than_they_have(house: House, as_role: Any):
    owner_id = (await house.studio.sign_in.owner("main")).id
    for role in (Role.VIEWER, Role.OPERATOR, Role.BUILDER):
        client = await as_role(role)
        assert (await client.get("/api/v1/members")).status_code == 200
        assert (await client.post("/api/v1/members", json={**ADA, "role": "viewer"})).status_code == 403
        assert (await client.get("/api/v1/audit")).status_code == 403
    admin = await as_role(Role.ADMIN)
    assert (await admin.post("/api/v1/members", json={**ADA, "role": "owner"})).status_code == 403
    assert (await admin.post(f"/api/v1/members/{owner_id}/link")).status_code == 403
    assert (await admin.patch(f"/api/v1/members/{owner_id}", json={"role": "viewer"})).status_code == 403
    assert (await admin.delete(f"/api/v1/members/{owner_id}")).status_code == 403
    acting = Actor("main", "usr_admin", "Admin", Role.ADMIN)
    with pytest.raises(NotAllowed):
        await house.studio.sign_in.set_password(acting, owner_id, "a new password")
    with pytest.raises(NotFound):
        await house.studio.sign_in.set_password(acting, "usr_nobody", "a new password")
    with pytest.raises(NotFound):
        await house.studio.members.remove(Actor("other", "usr_x", "X", Role.OWNER), owner_id)


async def test_a_workspace_keeps_an_owner_even_when_two_leave_at_once(house: House, as_role: Any):
    owner = await as_role(Role.OWNER)
    first = (await house.studio.sign_in.owner("main")).id
    refused = await owner.delete(f"/api/v1/members/{first}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "A workspace keeps at least one owner.")
    second = (await owner.post("/api/v1/members", json={**ADA, "role": "owner"})).json()["id"]
    answers = await asyncio.gather(
        owner.delete(f"/api/v1/members/{first}"), owner.patch(f"/api/v1/members/{second}", json={"role": "viewer"})
    )
    assert sorted(answer.status_code for answer in answers)[1] == 409
    roles = [one["role"] for one in (await owner.get("/api/v1/members")).json()["members"]]
    assert roles.count("owner") == 1


async def test_notifications_are_read_once(house: House, as_role: Any):
    owner = await as_role(Role.OWNER)
    board = SqlNotifications(house.database)
    assert (await owner.get("/api/v1/notifications")).json() == {
        "notifications": [], "total": 0, "page": 1, "unread": 0,
    }  # fmt: skip
    for number in range(3):
        await board.add("main", f"Told {number}", body="Look.", link="/runs")
    found = (await owner.get("/api/v1/notifications", params={"page_size": 2})).json()
    assert (found["total"], found["unread"], [one["title"] for one in found["notifications"]]) == (
        3, 3, ["Told 2", "Told 1"],
    )  # fmt: skip
    assert (await owner.post(f"/api/v1/notifications/{found['notifications'][0]['id']}/read")).status_code == 204
    assert (await owner.get("/api/v1/notifications")).json()["unread"] == 2
    assert (await owner.post("/api/v1/notifications/read")).status_code == 204
    rows = (await owner.get("/api/v1/notifications")).json()
    assert rows["unread"] == 0
    assert all(one["read_at"] for one in rows["notifications"])


async def test_whose_role_changes_or_who_is_removed_is_told_to_open_pages(house: House, as_role: Any):
    owner, heard = await as_role(Role.OWNER), []
    house.studio.members.changed.append(heard.append)
    ada = (await owner.post("/api/v1/members", json=ADA)).json()["id"]
    assert heard == []
    await owner.patch(f"/api/v1/members/{ada}", json={"role": "viewer"})
    assert heard == [ada]
    await owner.patch(f"/api/v1/members/{ada}", json={"role": "nothing"})
    await owner.delete(f"/api/v1/members/{ada}")
    assert heard == [ada, ada]
