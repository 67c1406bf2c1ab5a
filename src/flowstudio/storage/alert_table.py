"""The table of alerts; the other tables stand in `tables`."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from flowstudio.storage.columns import Json, Moment
from flowstudio.storage.tables import metadata

alert = Table(
    "alert", metadata,
    Column("workspace", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("rule", Json, nullable=False),
    Column("raised_at", Moment),
    PrimaryKeyConstraint("workspace", "metric"),
)  # fmt: skip
