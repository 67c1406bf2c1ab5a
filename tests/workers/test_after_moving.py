"""An installation that moved to PostgreSQL goes on there: in one process, and with workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowstudio.domain.states import RunStatus
from flowstudio.services.ports import Page
from flowstudio.storage.engines import read_url
from flowstudio.storage.moving import move
from tests.support.databases import postgres_schema
from tests.support.moving import SECRET, Furnished, furnish
from tests.workers.conftest import Fleet, started

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


@pytest.fixture
async def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Furnished:
    """A data directory on SQLite, with runs that wait."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("FLOWSTUDIO_DATABASE_URL", raising=False)
    return await furnish(tmp_path)


@pytest.fixture
def target(runs: Furnished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """All of it moved, and named in the settings."""
    assert runs
    with postgres_schema() as url:
        move(tmp_path / "flowstudio.db", read_url(url), lambda *_: None)
        monkeypatch.setenv("FLOWSTUDIO_DATABASE_URL", url)
        yield url


async def sum_of(place: Fleet, run_id: str) -> object:
    """Return what the last step of a run made."""
    return (await place.steps(run_id))[-1].assigned["sum"]


async def goes_on(place: Fleet, runs: Furnished) -> None:
    """Bring the waiting runs to their end, and start new ones."""
    assert (await place.run(runs.over)).status is RunStatus.COMPLETED
    assert await sum_of(place, runs.over) == 42
    assert (await place.until(runs.asleep)).status is RunStatus.COMPLETED
    assert await sum_of(place, runs.asleep) == 42
    (waiting,) = await place.studio.approvals.list(place.actor)
    await place.studio.approvals.decide(place.actor, waiting.token, "approved")
    assert (await place.until(runs.asking)).status is RunStatus.COMPLETED
    assert await sum_of(place, runs.asking) == 42
    fresh = await place.start(id_="adds")
    assert (await place.until(fresh)).status is RunStatus.COMPLETED
    assert (await place.studio.runs.list(place.actor, Page(1, 10)))[1] == 4


async def test_waiting_runs_end_and_new_ones_start_in_one_process(runs: Furnished, target: str, tmp_path: Path) -> None:
    assert target
    async with started(tmp_path) as place:
        assert place.house.database.is_postgres
        assert place.house._secrets.get("their_api") == SECRET
        assert place.studio.settings.settings(place.actor.workspace)["company_name"] == "Ärger & Söhne"
        await goes_on(place, runs)


async def test_the_same_with_workers(
    runs: Furnished, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert target
    monkeypatch.setenv("FLOWSTUDIO_DISPATCHER", "workers")
    monkeypatch.setenv("FLOWSTUDIO_WORKER_LEASE", "20")
    async with started(tmp_path) as place:
        worker = await place.hire("one")
        assert worker._secrets.get("their_api") == SECRET
        await goes_on(place, runs)
