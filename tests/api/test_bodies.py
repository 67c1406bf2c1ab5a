"""Bodies of the API: JSON that everybody reads the same way, at every route, and of a bearable size."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from flowstudio.api.routes import BASE, SHORT, openapi_of
from flowstudio.services.ports import Page
from flowstudio.web.bodies import MAX_BODY

TWICE = b'{"name": "One", "more": {"amount": 5, "amount": 5000}}'


def routes_with_bodies(web: FastAPI) -> list[tuple[str, str]]:
    """Return method and path of everything that may take a body, under both beginnings."""
    found = set()
    for path, deeds in openapi_of(web)["paths"].items():
        plain = re.sub(r"\{[^}]+\}", "x", path)
        for method in {"post", "put", "patch", "delete"} & deeds.keys():
            found |= {(method.upper(), plain), (method.upper(), plain.replace(BASE, SHORT, 1))}
    return sorted(found)


async def test_a_key_that_stands_twice_is_refused_at_every_route(client: httpx.AsyncClient, web: FastAPI) -> None:
    found = routes_with_bodies(web)
    assert len(found) > 40
    for method, path in found:
        for kind in ("application/json", "application/json; charset=utf-8", "application/merge-patch+json", None):
            headers = {"content-type": kind} if kind else {}
            answer = await client.request(method, path, content=TWICE, headers=headers)
            assert answer.status_code == 400, (method, path, kind, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            said = answer.json()
            assert (said["code"], said["status"]) == ("bad_request", 400)
            assert said["detail"] == 'The body holds the key "amount" twice in one object.'


async def test_nothing_is_done_with_what_is_refused(house: Any, client: httpx.AsyncClient) -> None:
    twice = b'{"type": "lead.came", "id": "e1", "data": {"amount": 5, "amount": 5000}}'
    assert (await client.post(f"{BASE}/events", content=twice)).status_code == 400
    document = b'{"id": "wf_twice", "name": "A", "name": "B", "triggers": [], "nodes": [], "edges": []}'
    for path in ("", "/import", "/validate"):
        answer = await client.post(f"{BASE}/workflows{path}", content=document)
        assert (answer.status_code, "twice in one object" in answer.json()["detail"]) == (400, True), path
    assert (await client.get(f"{BASE}/workflows/wf_twice")).status_code == 404
    rows, _ = await house.studio.workflows.list(await house.owner("test"), Page(1, 50))
    assert [row.name for row in rows if row.name in ("A", "B")] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[" * 100_000, "no JSON|nested deeper"),
        (b"[" * 900 + b"]" * 900, "nested deeper than 200"),
        (b'{"type": NaN}', "no JSON"),
        (b'{"type": "\\ud800"}', "no JSON"),
        (b"{", "no JSON"),
    ],
)
async def test_what_is_no_json_is_refused_with_a_reason(client: httpx.AsyncClient, body: bytes, said: str) -> None:
    answer = await client.post(f"{BASE}/events", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert re.search(said, answer.json()["detail"])


async def test_a_filter_with_a_key_twice_is_refused(client: httpx.AsyncClient) -> None:
    twice = '{"field": "status", "operator": "equals", "value": "paid", "value": "open"}'
    answer = await client.get(f"{BASE}/records/invoices", params={"filter": twice})
    assert answer.status_code == 400
    assert answer.json()["detail"] == 'The filter holds the key "value" twice in one object.'


async def test_a_body_has_a_largest_size(client: httpx.AsyncClient) -> None:
    async def pieces():
        for _ in range(MAX_BODY // 1_000_000 + 2):
            yield b" " * 1_000_000

    answer = await client.post(f"{BASE}/events", content=pieces(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "at most 16 MB" in answer.json()["detail"]


async def test_other_bodies_reach_their_routes_untouched(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{BASE}/events", json={"type": "lead.came", "data": {"at": "10:30", "note": '":"'}})
    assert answer.status_code == 202
    assert (await client.request("DELETE", f"{BASE}/workflows/none")).status_code == 404
    form = await client.post(f"{BASE}/events", data={"type": "x"})
    assert form.status_code == 422
