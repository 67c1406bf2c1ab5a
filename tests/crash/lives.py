"""What a FlowStudio does between its start and its end, in the tests that end it; everything heavy is imported here."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  imported once, before any life begins
import nicegui  # noqa: F401

import flowstudio.api.routes
import flowstudio.ui
import flowstudio.web.headers  # noqa: F401
from flowstudio import serving
from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.engine import driving, straight
from flowstudio.kit.ports import Batch, HttpRequest
from flowstudio.services.ports import Page

WORKFLOW = "crash"
Tell = Callable[[Any], None]


def build(data: Path) -> House:
    """Make what can be made before the fork; nothing is opened."""
    return House(load_settings(data_dir=data))


def live(house: House | None, order: dict[str, Any], pipe: int) -> None:
    """Live until the end, whichever comes first."""
    if house is None:
        serving.serve(load_settings(data_dir=Path(order["data"]), port=0), browser=False)
        return

    def tell(said: Any) -> None:
        os.write(pipe, json.dumps(said).encode() + b"\n")

    if "die_at" in order:
        _die_at(house, order["die_at"], tell)
    asyncio.run(LIVES[order["life"]](house, tell, **order.get("with", {})))


# -- lives -------------------------------------------------------------------------------------------------------------


async def prepare(house: House, tell: Tell, documents: list[dict[str, Any]]) -> None:
    """Bring workflows into a fresh place."""
    await house.open()
    actor = await house.owner("test")
    for document in documents:
        await house.studio.exchange.import_document(actor, document, activate=True, on_conflict="replace")
    tell({"up": True})
    await house.close()


async def work(house: House, tell: Tell, keys: list[str], workflow: str = WORKFLOW, lanes: int = 3) -> None:
    """Start a run per key and go on with everything, for as long as it lasts."""
    await house.open()
    tell({"up": True})
    house.studio.watch.subscribe("main", lambda news: tell({"now": news.status.value}))
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    await _deliver(house, tell, keys, workflow, lanes)
    await end.wait()
    await house.close()


async def settle(
    house: House, tell: Tell, keys: list[str], workflow: str = WORKFLOW, decisions: list[list[Any]] | None = None,
    approve: list[str] | None = None,
) -> None:  # fmt: skip
    """Start what is left, take people's decisions, go on until everything rests, and tell how all runs stand."""
    await house.open()
    tell({"up": True})
    await _deliver(house, tell, keys, workflow, 3)
    actor = await house.owner("test")
    runs = house.studio.runs
    for run_id, node_id, iteration, choice in decisions or ():
        await runs.decide_in_doubt(actor, run_id, node_id, choice, tuple(iteration))
    for run_id in approve or ():
        await runs.decide(actor, run_id, "approved")
    while await _under_way(house, actor):
        await asyncio.sleep(0.02)  # whoever looks from outside can only look again
    number = 1
    while True:
        rows, total = await runs.list(actor, Page(number, 200), workflow_id=workflow)
        for row in rows:
            run, steps = await runs.get(actor, row.id)
            tell({
                "run": run.id, "event_id": run.event_id, "status": run.status.value, "waiting_for": run.waiting_for,
                "steps": [[one.node_id, list(one.iteration), one.status.value, one.attempt] for one in steps],
            })  # fmt: skip
        if number * 200 >= total:
            break
        number += 1
    titles: list[str] = []
    while True:
        tasks, total = await house.studio.records.page(actor, "tasks", Page(len(titles) // 100 + 1, 100))
        titles += [task["title"] for task in tasks]
        if len(titles) >= total or not tasks:
            break
    tell({"tasks": titles})
    while await _telling(house, actor):
        await asyncio.sleep(0.02)
    rows = await house.studio.telling.listed(actor)
    tell({"notices": [[row.run_id, row.node_id, row.reason, row.channel, row.status] for row in rows]})
    tell({"shown": [row.body for row in await house.studio.notices.unseen(actor)]})
    await house.close()


LIVES = {"prepare": prepare, "work": work, "settle": settle}


async def _deliver(house: House, tell: Tell, keys: list[str], workflow: str, lanes: int) -> None:
    actor = await house.owner("test")
    left = deque(keys)

    async def lane() -> None:
        while left:
            key = left.popleft()
            run_id = await house.studio.runs.execute(actor, workflow, {"order": key}, key=key)
            tell({"key": key, "run": run_id})

    await asyncio.gather(*(lane() for _ in range(lanes)))


async def _under_way(house: House, actor: Any) -> bool:
    """Say whether anything still goes on by itself."""
    rows, _ = await house.studio.runs.list(actor, Page(1, 500), status=("queued", "running", "waiting"))
    return any(row.status != "waiting" or row.waiting_for not in ("decision", "approval") for row in rows)


async def _telling(house: House, actor: Any) -> bool:
    """Say whether a notice is on its way."""
    rows = await house.studio.telling.listed(actor)
    return any(row.status in ("noted", "waiting", "sending") for row in rows)


# -- named points ------------------------------------------------------------------------------------------------------


def _die_at(house: House, wanted: str, tell: Tell) -> None:
    """End the process at the point of that name; with `""` tell the names that are passed.

    A point is `before` or `after` what was to become durable, or to leave: `before intent+steps 3` is the third append,
    which writes intents and steps.
    """
    for module in (driving, straight):
        module.SLICE = 60.0  # the points of a run are the same however slow the machine is
    journal, http, telling = house._news._journal, house._http, house._telling
    append, request = journal.append, http.request
    passed: Counter[str] = Counter()

    def point(name: str) -> None:
        if name == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        tell({"point": name})

    async def durable(batch: Batch) -> bool:
        passed["append"] += 1
        name = f"{_content(batch)} {passed['append']}"
        point(f"before {name}")
        written = await append(batch)
        point(f"after {name}")
        return written

    async def leaves(asked: HttpRequest, *more: Any, **others: Any) -> Any:
        passed["call"] += 1
        name = f"call {passed['call']}"
        point(f"before {name}")
        answer = await request(asked, *more, **others)
        point(f"after {name}")
        return answer

    def pointed(holder: Any, name: str, called: str) -> None:
        real = getattr(holder, name)

        async def passing(*given: Any, **named: Any) -> Any:
            passed[called] += 1
            at = f"{called} {passed[called]}"
            point(f"before {at}")
            answer = await real(*given, **named)
            point(f"after {at}")
            return answer

        setattr(holder, name, passing)

    journal.append = durable  # type: ignore[method-assign]
    http.request = leaves  # type: ignore[method-assign]
    pointed(telling._deliveries, "address", "addressed")
    pointed(telling._deliveries, "note", "delivery")
    pointed(telling._carrier._mail, "send", "mail")
    pointed(telling._notices, "add", "shown")


def _content(batch: Batch) -> str:
    parts = {
        "run": batch.new_run, "intent": batch.intents, "step": batch.steps, "write": batch.writes, "timer": batch.timers,
        "wait": batch.waits, "patch": batch.patch, "notice": batch.notices,
    }  # fmt: skip
    return "+".join(name for name, there in parts.items() if there) or "nothing"
