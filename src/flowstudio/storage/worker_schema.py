"""What server and workers share in PostgreSQL beside the tables of every database; made when workers are first used.

Leases are told by the database's clock, so that the clocks of machines may differ.
"""

from __future__ import annotations

from sqlalchemy import Connection

CHANNEL = "'flowstudio_' || md5(coalesce(current_schema(), ''))"
"""SQL for the name under which the processes on one schema notify each other."""
_MEMORY = ("setting", "credential", "message_text", "record_type")
"""Tables whose content every process keeps in memory."""
_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS worker (id text PRIMARY KEY, server boolean NOT NULL, name text NOT NULL,"
        " version text NOT NULL, keys text NOT NULL, runs integer NOT NULL DEFAULT 0, most integer NOT NULL DEFAULT 0,"
        " lease double precision NOT NULL, started_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
        " seen_at timestamptz NOT NULL DEFAULT clock_timestamp())"
    ),
    "CREATE TABLE IF NOT EXISTS hold (run_id text PRIMARY KEY, worker text NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_hold_worker ON hold (worker)",
    (
        "CREATE TABLE IF NOT EXISTS run_message (id text PRIMARY KEY, number bigserial, run_id text NOT NULL,"
        " kind text NOT NULL, content jsonb NOT NULL, answer jsonb,"
        " created_at timestamptz NOT NULL DEFAULT clock_timestamp(), done_at timestamptz)"
    ),
    "CREATE INDEX IF NOT EXISTS ix_run_message_open ON run_message (run_id) WHERE done_at IS NULL",
    (
        "CREATE TABLE IF NOT EXISTS memory_state (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
        " number bigint NOT NULL)"
    ),
    "INSERT INTO memory_state (number) VALUES (1) ON CONFLICT DO NOTHING",
)
_CHANGED = f"""
CREATE OR REPLACE FUNCTION flowstudio_memory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE memory_state SET number = number + 1;
  PERFORM pg_notify({CHANNEL}, '{{"memory": true}}');
  RETURN NULL;
END $$
"""  # noqa: S608  our own words only


def prepare(connection: Connection) -> None:
    """Make what is not there yet."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(_CHANGED)
    for table in _MEMORY:
        _watch(connection, table, "INSERT OR UPDATE OR DELETE")
    _watch(connection, "workflow", "UPDATE OF status, published_version")


def _watch(connection: Connection, table: str, when: str) -> None:
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER flowstudio_memory_changed AFTER {when} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION flowstudio_memory_changed()"
    )


def is_prepared(connection: Connection) -> bool:
    """Say whether a server has worked with workers on this database."""
    return bool(connection.exec_driver_sql("SELECT to_regclass('memory_state') IS NOT NULL").scalar())
