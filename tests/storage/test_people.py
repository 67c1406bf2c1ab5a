"""Who may come in: people, links, sessions, keys."""

from datetime import timedelta

import pytest

from flowstudio.domain.actor import Role
from flowstudio.errors import Conflict, NotFound
from flowstudio.storage.people import SqlPeople
from flowstudio.storage.seeding import seed
from tests.support.databases import NOW

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
async def people(database, clock):
    await seed(database, "main", clock, NOW.tzinfo)
    return SqlPeople(database)


async def test_a_workspace_has_one_owner_from_the_start(people):
    owner = await people.owner("main")
    assert (owner.role, owner.has_password) == ("owner", False)
    assert await people.user(owner.id) == owner
    assert await people.user("usr_none") is None
    with pytest.raises(NotFound):
        await people.owner("other")


async def test_a_link_is_good_for_one_use_and_ten_minutes(people):
    owner = await people.owner("main")
    await people.add_link(owner.id, "hash", LATER)
    assert await people.take_link("other", NOW) is None
    assert await people.take_link("hash", NOW) == owner
    assert await people.take_link("hash", NOW) is None
    await people.add_link(owner.id, "late", LATER)
    assert await people.take_link("late", LATER) is None


async def test_a_new_password_ends_sessions_and_links(people):
    owner = await people.owner("main")
    await people.add_session(owner.id, "s", LATER)
    await people.add_link(owner.id, "l", LATER)
    assert await people.session("s", NOW) == owner
    assert await people.session("s", LATER) is None
    assert not await people.any_password()
    await people.set_password(owner.id, "argon")
    assert await people.any_password()
    assert await people.session("s", NOW) is None
    assert await people.take_link("l", NOW) is None
    user, known = await people.password_hash(owner.email.upper())
    assert (user.id, user.has_password, known) == (owner.id, True, "argon")
    with pytest.raises(NotFound):
        await people.set_password("usr_none", "x")


async def test_signing_out_ends_one_session(people):
    owner = await people.owner("main")
    for secret in ("a", "b"):
        await people.add_session(owner.id, secret, LATER)
    await people.end_session("a")
    assert await people.session("a", NOW) is None
    assert await people.session("b", NOW) == owner


async def test_members_come_and_go(people):
    ada = await people.add_member("main", "Ada", "Ada@Example.com", Role.BUILDER)
    with pytest.raises(Conflict):
        await people.add_member("main", "Ada II", "ada@example.com", Role.VIEWER)
    await people.set_role("main", ada.id, Role.VIEWER)
    assert [(one.name, one.role) for one in await people.members("main")] == [("Ada", "viewer"), ("Owner", "owner")]
    await people.add_session(ada.id, "s", LATER)
    await people.remove_member("other", ada.id)
    assert (await people.session("s", NOW)).email == "ada@example.com"
    await people.remove_member("main", ada.id)
    assert await people.session("s", NOW) is None


async def test_keys_open_until_they_are_revoked(people):
    await people.add_key("main", "k1", "hash", "Script", "operator")
    assert await people.key("k1") == ("hash", "main", "Script", "operator")
    assert [key["name"] for key in await people.keys("main")] == ["Script"]
    assert await people.keys("other") == []
    with pytest.raises(NotFound):
        await people.revoke_key("other", "k1")
    await people.revoke_key("main", "k1")
    assert await people.key("k1") is None
    assert await people.keys("main") == []
