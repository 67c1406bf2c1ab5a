"""A mail starts a workflow; a mailbox that somebody names may not lead into a private network, the operator's own may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.imap import imap_server
from tests.triggers.conftest import Open


async def test_a_mail_starts_a_run_and_a_foreign_mailbox_in_a_private_network_is_not_reached(
    open_place: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with imap_server() as own, imap_server() as inside:
        monkeypatch.setenv("FLOWSTUDIO_IMAP_URL", own.url())
        monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "")
        place = await open_place()
        await place.studio.credentials.save(place.actor, "sneaky", "secret", inside.url())
        await place.switch_on({"type": "new_message", "config": {"channel": "email"}})
        await place.switch_on({"type": "new_message", "config": {"channel": "email", "credential": "sneaky"}}, "wf_2")
        await place.look()
        own.put("Order 7", "12 crates")
        inside.put("Secret")
        place.clock.moment += timedelta(minutes=1)
        await place.look()
        assert [run["message"]["subject"] for run in await place.payloads("wf_1")] == ["Order 7"]
        assert inside.calls == []
        assert own.calls.count("signed in") == 2


async def test_the_attachments_of_a_mail_come_with_it_as_files(
    open_place: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with imap_server() as own:
        monkeypatch.setenv("FLOWSTUDIO_IMAP_URL", own.url())
        place = await open_place()
        await place.switch_on({"type": "new_message", "config": {"channel": "email"}})
        await place.look()
        own.put("Offer")
        own.mails[-1].add_attachment(b"%PDF offer", maintype="application", subtype="pdf", filename="offer.pdf")
        own.put("No offer")
        place.clock.moment += timedelta(minutes=1)
        await place.look()
        first, second = [run["message"] for run in await place.payloads("wf_1")]
        [file] = first["files"]
        assert (file["name"], file["type"], file["size"]) == ("offer.pdf", "application/pdf", 10)
        assert await place.house._files.get("main", file["digest"]) == b"%PDF offer"
        assert second["files"] == []
