"""The same turns, queues and firings at once on PostgreSQL: each test on a schema of its own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from flowstudio.app import House
from flowstudio.config import load_settings
from tests.admission.conftest import START, Open, Place
from tests.admission.test_quotas import *  # noqa: F403
from tests.admission.test_turns import *  # noqa: F403  the tests, with the fixture below
from tests.admission.test_waiting_runs import *  # noqa: F403
from tests.support.databases import POSTGRES, StillClock

pytestmark = [pytest.mark.postgres]


@pytest.fixture
async def open_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Open a FlowStudio on one schema once or again; what was open is closed before."""
    schema = f"test_{uuid.uuid4().hex[:12]}"
    plain = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    engine = create_engine(plain, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    url = make_url(POSTGRES).set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={schema}"})
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("FLOWSTUDIO_DATABASE_URL", url.render_as_string(hide_password=False))
    opened: list[House] = []
    clock = StillClock(START)

    async def open_one() -> Place:
        while opened:
            await opened.pop().close()
        house = House(load_settings(data_dir=tmp_path), clock=clock)
        await house.open()
        opened.append(house)
        return Place(house, clock, await house.owner("test"))

    try:
        yield open_one
    finally:
        while opened:
            await opened.pop().close()
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        engine.dispose()
