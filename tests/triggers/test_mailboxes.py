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
