"""Mailboxes by IMAP, against a real server: what is new, what goes wrong, and no way into private networks."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from flowstudio.connectors import mailbox as connectors_mailbox
from flowstudio.connectors.mailbox import ImapMailbox, private_host_of
from flowstudio.errors import BadSetting, Refused, Unauthorized, Unreachable
from tests.support.imap import imap_server
from tests.unit.connectors.test_guard import PRIVATE


async def test_mail_is_read_from_where_the_last_look_ended() -> None:
    async with imap_server() as server:
        mailbox = ImapMailbox([f"127.0.0.1:{server.port}"])
        server.put("Old")
        place, letters = await mailbox.newer(server.url(), None)
        assert (place, letters) == ({"validity": 7, "uid": 1}, [])
        assert await mailbox.newer(server.url(), place) == (place, [])
        server.put("Order 7", "12 crates", "Bo <bo@x.example>")
        server.put("Order 8")
        place, letters = await mailbox.newer(server.url(), place)
        assert [letter.message["subject"] for letter in letters] == ["Order 7", "Order 8"]
        assert letters[0].message["text"] == "12 crates"
        assert letters[0].message["sender"] == "bo@x.example"
        assert place == {"validity": 7, "uid": 3}
        server.validity = 8
        assert await mailbox.newer(server.url(), place) == ({"validity": 8, "uid": 3}, [])


async def test_what_goes_wrong_is_told() -> None:
    async with imap_server() as server:
        mailbox = ImapMailbox(["127.0.0.1"])
        with pytest.raises(Unauthorized, match="does not accept"):
            await mailbox.newer(server.url(password="wrong"), None)
        with pytest.raises(BadSetting, match='no folder "Bills"'):
            await mailbox.newer(server.url(folder="Bills"), None)
        url = server.url()
    with pytest.raises(Unreachable):
        await mailbox.newer(url, None)


async def test_mails_stay_as_they_are_in_the_mailbox() -> None:
    async with imap_server() as server:
        mailbox = ImapMailbox(["127.0.0.1"])
        server.put("Old")
        place, _ = await mailbox.newer(server.url(), None)
        server.put("New")
        await mailbox.newer(server.url(), place)
        assert not [said for said in server.commands if said.startswith(("SELECT", "STORE", "UID STORE"))]
        assert all("BODY.PEEK" in said for said in server.commands if "FETCH" in said)


@pytest.mark.parametrize("moment", ["EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"])
async def test_a_connection_that_breaks_off_loses_no_mail(moment: str) -> None:
    async with imap_server() as server:
        mailbox = ImapMailbox(["127.0.0.1"])
        server.put("Old")
        place, _ = await mailbox.newer(server.url(), None)
        server.put("New")
        server.drop_at = moment
        if moment != "LOGOUT":  # by then everything has been read
            with pytest.raises(Unreachable):
                await mailbox.newer(server.url(), place)
        _, letters = await mailbox.newer(server.url(), place)
        assert [letter.message["subject"] for letter in letters] == ["New"]


async def test_of_a_huge_mail_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectors_mailbox, "MOST_OF_A_MAIL", 20_000)
    async with imap_server() as server:
        mailbox = ImapMailbox(["127.0.0.1"])
        mail = EmailMessage()
        mail["From"], mail["Subject"] = "bo@x.example", "Plans"
        mail.set_content("See the drawing.")
        mail.add_attachment(b"x" * 1_000_000, maintype="image", subtype="png", filename="hall.png")
        place, _ = await mailbox.newer(server.url(), {"validity": 7, "uid": 0})
        server.mails.append(mail)
        server.put("Next")
        _, letters = await mailbox.newer(server.url(), place)
        assert [letter.message["subject"] for letter in letters] == ["Plans", "Next"]
        assert (letters[0].message["text"], letters[0].message["attachments"]) == ("See the drawing.", ["hall.png"])


@pytest.mark.parametrize(
    "url",
    [
        "", "https://mail.example/INBOX", "imap:///INBOX", "imap://mail.example:99999/", "imap://[::1/", "imap://a:b%0d%0aX@mail.example/",
        "imap://a:b@mail.example/%22", "imap://a:b@mail.example/a%0d%0aA1%20DELETE",
    ],
)  # fmt: skip
async def test_what_is_no_address_of_a_mailbox_is_refused(url: str) -> None:
    with pytest.raises(BadSetting):
        await ImapMailbox().newer(url, None)
    assert private_host_of(url) == ()


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
async def test_a_private_address_is_refused_before_any_packet(host: str, scheme: str) -> None:
    async with imap_server() as server:
        with pytest.raises(Refused, match="private address"):
            await ImapMailbox([f"127.0.0.1:{server.port + 1}"]).newer(f"{scheme}://a:b@{host}:{server.port}/", None)
    assert server.calls == []


async def test_one_private_address_among_public_ones_is_enough() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    with pytest.raises(Refused, match="private address"):
        await ImapMailbox(resolve=resolve).newer("imap://a:b@rebind.example/", None)


async def test_the_address_that_was_checked_is_the_one_called() -> None:
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    async with imap_server() as server:
        # Nobody else knows the name: were it looked up once more, there would be no connection.
        mailbox = ImapMailbox([f"mail.invalid:{server.port}"], resolve=resolve)
        place, _ = await mailbox.newer(server.url("mail.invalid"), None)
    assert place == {"validity": 7, "uid": 0}
    assert asked == [("mail.invalid", server.port)]
    assert server.calls == ["connected", "signed in"]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("imaps://a:b@mail.example/INBOX", "mail.example:993"), ("imap://10.0.0.7", "10.0.0.7:143"),
        ("imaps://a:b@[fd00::7]:1993/", "[fd00::7]:1993"),
    ],
)  # fmt: skip
def test_the_operators_own_mailbox_is_allowed_and_nothing_beside_it(url: str, allowed: str) -> None:
    assert private_host_of(url) == (allowed,)
