"""Databases for tests: a fresh SQLite file each, or a PostgreSQL schema of its own, and clocks that stand still."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from flowstudio.storage.database import Database

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
POSTGRES = (
    os.environ.get("FLOWSTUDIO_TEST_POSTGRES_URL")
    or os.environ.get("FLOWSTUDIO_TEST_POSTGRES")
    or "postgresql://postgres@127.0.0.1:5432/test"
)


class StillClock:
    """A clock that moves only when a test says so."""

    def __init__(self, now=NOW):
        self.moment = now

    def now(self):
        return self.moment

    def forward(self, **length):
        self.moment += timedelta(**length)

    async def sleep_until(self, when):
        self.moment = max(self.moment, when)


@asynccontextmanager
async def sqlite_database(folder, clock=None) -> AsyncIterator[Database]:
    """Open a new SQLite database in `folder`; closed at the end."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'flowstudio.db'}", clock or StillClock())
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def postgres_schema() -> Iterator[str]:
    """Make a PostgreSQL schema, and lend the address of a database that is in it alone; dropped at the end."""
    schema = f"test_{uuid.uuid4().hex[:12]}"
    plain = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    engine = create_engine(plain, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    url = plain.update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        engine.dispose()


@asynccontextmanager
async def postgres_database(clock=None) -> AsyncIterator[Database]:
    """Open a database in a PostgreSQL schema of its own; dropped at the end."""
    with postgres_schema() as url:
        database = Database(url, clock or StillClock())
        await database.open()
        try:
            yield database
        finally:
            await database.close()
