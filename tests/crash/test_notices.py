"""The process is killed at every named point of telling people: nobody misses a notice, nobody gets one twice unseen."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import Nursery
from tests.support.servers import HttpServer, SmtpServer, http_server, reply, smtp_server

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]


def _notice(channel: str, to: str, on: str = "completed") -> dict[str, str]:
    return {"on": on, "channel": channel, "to": to, "message": f"{on} by {channel}: {{{{label}}}}"}


DOCUMENT: dict[str, Any] = {
    "id": "told", "name": "Told", "status": "active",
    "trigger": {"type": "manual", "config": {"inputs": [{"name": "order", "type": "text"}]}},
    "nodes": [
        {"id": "t", "type": "transform", "config": {"set": {"label": "Order {{order}}"}},
         "notify": [_notice("email", "a@x.example, b@x.example"), _notice("in_app", "")]},
        {"id": "task", "type": "action", "action": "create_task", "config": {"title": "{{label}}", "assignee": "a@x.example"},
         "notify": [_notice("in_app", "", "ready"), _notice("sms", "+493055501003"), _notice("email", "c@x.example")]},
    ],
    "edges": [{"from": "trigger", "to": "t"}, {"from": "t", "to": "task"}],
}  # fmt: skip
WANTED = {
    ("t", "completed", "email"): 2, ("t", "completed", "in_app"): 1, ("task", "ready", "in_app"): 1,
    ("task", "completed", "sms"): 1, ("task", "completed", "email"): 1,
}  # fmt: skip
SHOWN = ["completed by in_app: Order k0", "ready by in_app: Order k0"]


def _check(name: str, told: list[Any], post: SmtpServer, web: HttpServer) -> bool:
    """Compare the log, what people see in FlowStudio and what has left; say whether a message is in doubt."""
    [rows] = [said["notices"] for said in told if "notices" in said]
    assert Counter((node, on, channel) for _, node, on, channel, _ in rows) == WANTED, f"{name}: {rows}"
    status = {(node, channel): state for _, node, _, channel, state in rows}
    doubt = status.pop(("task", "sms")) == "unknown"
    assert set(status.values()) == {"sent"}, f"{name}: {rows}"
    assert len(web.requests) == 1 or (doubt and not web.requests), (
        f"{name}: a text message left {len(web.requests)} times"
    )
    mails = {(str(mail["To"]), str(mail["Message-ID"])) for mail in post.mails}
    assert sorted(to for to, _ in mails) == ["a@x.example", "b@x.example", "c@x.example"], f"{name}: {mails}"
    [shown] = [said["shown"] for said in told if "shown" in said]
    assert sorted(line for line in shown if "Order" in line) == SHOWN, f"{name}: {shown}"
    return doubt


async def test_a_kill_at_every_named_point_loses_no_notice(tmp_path: Path) -> None:
    async with smtp_server() as post, http_server(reply(201, b'{"sid": "SM1"}')) as web:
        nursery = Nursery(
            tmp_path / "first", tmp_path / "log", FLOWSTUDIO_SMTP_URL=post.url, FLOWSTUDIO_TWILIO_URL=web.url("").rstrip("/"),
            TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t", TWILIO_FROM_NUMBER="+15005550006",
        )  # fmt: skip

        async def life(**order: Any) -> list[Any]:
            return await asyncio.to_thread(nursery.whole_with, "settle", order, keys=["k0"], workflow="told")

        with nursery:
            first = nursery.data
            await asyncio.to_thread(nursery.whole, "prepare", documents=[DOCUMENT])
            nursery.data = tmp_path / "through"
            shutil.copytree(first, nursery.data, ignore=shutil.ignore_patterns("*.lock"))
            told = await life(die_at="")
            _check("without a kill", told, post, web)
            points = [said["point"] for said in told if "point" in said]
            assert len(points) == len(set(points)), "a name stands for one point"
            for content in ("run+step+notice", "step+write+notice", "addressed", "delivery", "mail", "call", "shown"):
                assert any(content in name for name in points), f"no point is named {content}: {points}"
            doubts = 0
            for at, name in enumerate(points):
                nursery.data = tmp_path / f"at_{at}"
                shutil.copytree(first, nursery.data, ignore=shutil.ignore_patterns("*.lock"))
                post.mails.clear()
                web.requests.clear()
                died = await life(die_at=name)
                assert not any("shown" in said for said in died), f"the process did not end at {name}"
                doubts += _check(name, await life(), post, web)
                shutil.rmtree(nursery.data)
            assert doubts, "a text message whose answer was lost is for a person to decide"
