"""Who is alive on a database is seen by all: in figures, by `flowstudio doctor`, by whoever would start beside them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from flowstudio.app import House
from flowstudio.cli import cli
from flowstudio.config import load_settings
from flowstudio.errors import BadSetting
from flowstudio.observe.metrics import REGISTRY
from tests.workers.conftest import PATIENCE, Fleet


def test_workers_need_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLOWSTUDIO_DATABASE_URL", raising=False)
    monkeypatch.setenv("FLOWSTUDIO_DISPATCHER", "workers")
    with pytest.raises(BadSetting, match="Workers need PostgreSQL"):
        House(load_settings(data_dir=tmp_path))


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_workers_stand_in_the_figures_and_in_the_doctor(fleet: Fleet, tmp_path: Path) -> None:
    def asked() -> str:
        return CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path)]).output

    assert "none is alive, so runs wait" in await asyncio.to_thread(asked)
    await fleet.hire("one")
    assert re.search(r"ok  Workers: one: 0 of 100 runs, heard \d+ s ago$", await asyncio.to_thread(asked), re.MULTILINE)
    async with asyncio.timeout(PATIENCE):
        while REGISTRY.get_sample_value("flowstudio_worker_runs", {"worker": "one"}) is None:
            await asyncio.sleep(0.05)
    assert REGISTRY.get_sample_value("flowstudio_workers") == 1
    await fleet.workers.pop("one").close()
    assert "none is alive, so runs wait" in await asyncio.to_thread(asked)


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_the_doctor_names_a_worker_that_fell_silent(fleet: Fleet, tmp_path: Path) -> None:
    def asked() -> str:
        return CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path)]).output

    await fleet.house.database.writer.run(
        lambda connection: (
            connection.exec_driver_sql(
                "INSERT INTO worker (id, server, name, version, keys, lease, seen_at)"
                " VALUES ('w', false, 'gone', '1', 'k', 3600, clock_timestamp() - interval '90 seconds')"
            ).rowcount
        )
    )
    said = await asyncio.to_thread(asked)
    assert re.search(r"NO  Workers: none is alive, so runs wait; gone: silent for 9\d s\. Start one", said)


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_an_order_is_kept_while_no_worker_is_there(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    from flowstudio.errors import StorageFailed
    from flowstudio.workers import far_engine

    monkeypatch.setattr(far_engine, "PATIENCE", 0.2)
    delay = {"id": "d", "type": "delay", "config": {"for": "1 hour"}}
    await fleet.switch_on({"nodes": [delay], "edges": [{"from": "trigger", "to": "d"}]})
    run_id = await fleet.start()
    with pytest.raises(StorageFailed, match="No worker has answered yet"):
        await fleet.studio.runs.cancel(fleet.actor, run_id)
    await fleet.hire("one")
    assert (await fleet.until(run_id)).status == "cancelled"
