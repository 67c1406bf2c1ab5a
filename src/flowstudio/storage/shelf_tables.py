"""The tables of the shelf: folders, tags, and what each person chose to see; the others stand in `tables`."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from flowstudio.storage.columns import Json, Moment
from flowstudio.storage.tables import metadata

folder = Table(
    "folder", metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("parent", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("workspace", "id"),
)  # fmt: skip

tag = Table(
    "tag", metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "id"),
)  # fmt: skip

preference = Table(
    "preference", metadata,
    Column("workspace", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Json, nullable=False),
    PrimaryKeyConstraint("workspace", "person_id", "name"),
)  # fmt: skip
