"""What the caller of a webhook gets: the answer of a step, in time or later, and never more than an answer may hold."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.states import RunStatus
from flowstudio.services import hooks
from flowstudio.web.hooks import Hooks

AT_ONCE = {"type": "webhook", "config": {"slug": "ask", "answer": "respond"}}


def _answering(**config: Any) -> dict[str, Any]:
    """The steps of a workflow that answers its caller."""
    return {
        "nodes": [{"id": "say", "type": "respond", "config": config}],
        "edges": [{"from": "trigger", "to": "say"}],
    }


async def _address(place: Any, slug: str = "ask") -> str:
    return f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/{slug}"


@pytest.mark.parametrize(
    ("config", "status", "kind", "text"),
    [
        ({"body": {"ok": True}}, 200, "application/json", '{"ok":true}'),
        ({"body": "Grüß dich"}, 200, "text/plain; charset=utf-8", "Grüß dich"),
        ({"status": 404, "body": "{{ trigger.body.name }}"}, 404, "text/plain; charset=utf-8", "Ada"),
        ({"headers": {"Content-Type": "text/csv", "X-Name": "a b"}, "body": "a;b"}, 200, "text/csv", "a;b"),
        ({"status": 204, "body": "nothing of this"}, 204, "application/json", ""),
    ],
)
async def test_a_step_answers_the_caller(
    place: Any, client: Any, config: dict[str, Any], status: int, kind: str, text: str
) -> None:
    await place.switch_on(AT_ONCE, **_answering(**config))
    answer = await client.post(await _address(place), json={"name": "Ada"})
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (status, kind, text)
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-Name": "a\r\nSet-Cookie: b=c"}, "cannot carry this value"),
        ({"X-Name": "12 €"}, "cannot carry this value"),
        ({"X Name": "a"}, "no name of a header"),
        ({"Set-Cookie": "fs_session=mine"}, "set by FlowStudio itself"),
        ({"content-length": "1"}, "set by FlowStudio itself"),
        ({"Content-Security-Policy": "script-src *"}, "set by FlowStudio itself"),
    ],
)
async def test_a_header_that_no_answer_may_have_fails_the_step_in_words(
    place: Any, client: Any, headers: dict[str, str], said: str
) -> None:
    await place.switch_on(AT_ONCE, **_answering(headers=headers, body="x"))
    answer = await client.post(await _address(place), json={})
    assert (answer.status_code, answer.json()["status"]) == (500, "failed")
    [run] = await place.runs()
    assert said in str(run.error)


async def test_an_answer_that_takes_too_long_comes_as_the_number_of_the_run(
    place: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "WAIT", 0.05)
    steps = [{"id": "rest", "type": "delay", "config": {"for": "1 hour"}}, *_answering(body="late")["nodes"]]
    edges = [{"from": "trigger", "to": "rest"}, {"from": "rest", "to": "say"}]
    await place.switch_on(AT_ONCE, nodes=steps, edges=edges)
    answer = await client.post(await _address(place), json={})
    [run] = await place.runs()
    assert (answer.status_code, answer.json()) == (202, {"run_id": run.id, "status": "accepted"})
    assert run.status is RunStatus.WAITING


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_only_the_chosen_method_starts_a_run(place: Any, client: Any, method: str) -> None:
    await place.switch_on({"type": "webhook", "config": {"slug": "ask", "method": "PUT"}})
    await place.switch_on({"type": "webhook", "config": {"slug": "ask", "method": "ANY"}}, "wf_any")
    answer = await client.request(method, await _address(place))
    assert (answer.status_code, answer.headers.get("allow")) == ((202, None) if method == "PUT" else (405, "PUT"))
    token = (await place.studio.workflows.get(place.actor, "wf_any")).hook_token
    assert (await client.request(method, f"/hooks/{token}/ask")).status_code == 202


async def test_a_secret_in_the_address_is_not_kept(place: Any, client: Any) -> None:
    await place.studio.credentials.save(place.actor, "Calls", "secret", "hush-hush")
    config = {"slug": "ask", "auth": "secret", "secret": "Calls"}
    await place.switch_on({"type": "webhook", "config": config})
    answer = await client.post(f"{await _address(place)}?secret=hush-hush&tag=a&tag=b", json={})
    assert answer.status_code == 202
    await place.settle()
    [event] = await place.payloads()
    assert event["query"] == {"secret": "•••", "tag": ["a", "b"]}


async def test_a_caller_that_is_gone_before_the_end_of_its_call_starts_nothing(place: Any) -> None:
    await place.switch_on({"type": "webhook", "config": {"slug": "ask"}})
    said: list[Any] = []
    parts = [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    async def elsewhere(*_: Any) -> None:
        raise AssertionError("it is not a page")

    scope = {
        "type": "http", "path": await _address(place), "method": "POST", "query_string": b"",
        "headers": [(b"content-type", b"text/plain")],
    }  # fmt: skip
    await Hooks(elsewhere, place.studio.hooks)(scope, receive, send)
    await place.settle()
    assert (said, await place.runs()) == ([], [])
