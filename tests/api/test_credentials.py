"""Credentials go in and never come out; message texts are changed and given back."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from flowstudio.app import House
from flowstudio.errors import BadSetting
from flowstudio.services.sealing import Seal

CANARY = "canary-8f2c1d0e9b7a6f5e"


async def test_a_secret_is_used_but_shown_nowhere(house: House, client: httpx.AsyncClient, tmp_path: Path) -> None:
    made = await client.post("/api/v1/credentials", json={"name": "crm", "kind": "token", "secret": CANARY})
    assert made.status_code == 201
    assert CANARY not in made.text
    assert CANARY not in (await client.get("/api/v1/credentials")).text
    assert house.studio.credentials.get("crm") == CANARY
    for file in tmp_path.iterdir():
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file.name
    assert (await client.delete("/api/v1/credentials/crm")).status_code == 204
    assert house.studio.credentials.get("crm") is None


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "secret": "x"},
        {"name": "a" * 100, "secret": "x"},
        {"name": "ok", "kind": "magic", "secret": "x"},
        {"name": "ok", "secret": ""},
        {"name": "ok", "secret": "x" * 20_001},
    ],
)
async def test_bad_credentials_are_refused(client: httpx.AsyncClient, given: dict[str, str]) -> None:
    answer = await client.post("/api/v1/credentials", json=given)
    assert answer.status_code in (400, 422)


def test_keys_rotate_and_a_wrong_key_is_named() -> None:
    old, new = Seal(["first key"]), Seal(["second key", "first key"])
    assert new.open(old.close("s3cret"), "crm") == "s3cret"
    with pytest.raises(BadSetting, match="crm"):
        Seal(["other"]).open(old.close("s3cret"), "crm")


async def test_a_message_text_is_reworded_and_given_back(house: House, client: httpx.AsyncClient) -> None:
    shipped = (await client.get("/api/v1/messages/invoice_reminder")).json()
    changed = await client.patch("/api/v1/messages/invoice_reminder", json={"subject": "Please pay {{invoice_number}}"})
    assert changed.status_code == 200
    text = house.studio.messages.get("invoice_reminder")
    assert text is not None
    assert text["subject"] == "Please pay {{invoice_number}}"
    broken = await client.patch("/api/v1/messages/invoice_reminder", json={"text": "{{ a.__class__ }}"})
    assert broken.status_code == 400
    assert (await client.delete("/api/v1/messages/invoice_reminder")).status_code == 204
    again = (await client.get("/api/v1/messages/invoice_reminder")).json()
    assert again["subject"] == shipped["subject"]
    assert len((await client.get("/api/v1/messages")).json()["messages"]) >= 30
