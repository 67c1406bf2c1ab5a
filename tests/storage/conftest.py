"""A database per test: SQLite in a file, and PostgreSQL where the long matrix runs."""

import pytest

from tests.support.databases import StillClock, postgres_database, sqlite_database


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request, tmp_path, clock):
    opened = sqlite_database(tmp_path, clock) if request.param == "sqlite" else postgres_database(clock)
    async with opened as database:
        yield database


@pytest.fixture
async def sqlite(tmp_path, clock):
    async with sqlite_database(tmp_path, clock) as database:
        yield database
