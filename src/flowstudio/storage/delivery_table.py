"""The table of notices on their way, and how a new one is written; the other tables stand in `tables`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Table, Text

from flowstudio.domain.delivery import Delivery
from flowstudio.storage.columns import Moment, to_micros
from flowstudio.storage.tables import metadata

delivery = Table(
    "delivery", metadata,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    Column("next_try_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Index("ix_delivery_run_id", "run_id"),
    Index("ix_delivery_next_try_at", "next_try_at"),
)  # fmt: skip

_COLUMNS = tuple(delivery.c.keys())
INSERT_DELIVERY = "INSERT INTO delivery ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING".format(  # noqa: S608  our own words
    ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
)
"""A notice whose id is there already stays as it is: its step was made again after a crash."""


def delivery_values(row: Delivery) -> tuple[Any, ...]:
    """Return the values of a new row for INSERT_DELIVERY."""
    values = (getattr(row, column) for column in _COLUMNS)
    return tuple(to_micros(value) if isinstance(value, datetime) else value for value in values)
