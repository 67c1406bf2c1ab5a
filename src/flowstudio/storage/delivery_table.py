"""The table of notices on their way; the others stand in `tables`."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from flowstudio.storage.columns import Moment
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
