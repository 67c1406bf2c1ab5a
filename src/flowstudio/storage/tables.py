"""Every table, for both databases. Each row belongs to a workspace; moments are microseconds since 1970, UTC.

The tables of runs carry no foreign keys: they are the hot path, and the journal alone writes them.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from flowstudio.storage.columns import Json, Moment, RowJson

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _workspace() -> Column[str]:
    return Column("workspace", Text, nullable=False)


workspace = Table(
    "workspace", metadata,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("seeded_at", Moment),
    Column("created_at", Moment, nullable=False),
)  # fmt: skip

# People ---------------------------------------------------------------------------------------------------------------

person = Table(
    "person", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)  # fmt: skip

member = Table(
    "member", metadata,
    _workspace(),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    Column("joined_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "person_id"),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("secret_hash", Text, primary_key=True),
    _workspace(),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)  # fmt: skip

signin_link = Table(
    "signin_link", metadata,
    Column("secret_hash", Text, primary_key=True),
    _workspace(),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)  # fmt: skip

api_key = Table(
    "api_key", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("secret_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)  # fmt: skip

# Workspace ------------------------------------------------------------------------------------------------------------

setting = Table(
    "setting", metadata,
    _workspace(),
    Column("key", Text, nullable=False),
    Column("value", Json),
    PrimaryKeyConstraint("workspace", "key"),
)  # fmt: skip

credential = Table(
    "credential", metadata,
    _workspace(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "name"),
)  # fmt: skip

message_text = Table(
    "message_text", metadata,
    _workspace(),
    Column("name", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "name"),
)  # fmt: skip

notification = Table(
    "notification", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("person_id", Text),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("link", Text),
    Column("created_at", Moment, nullable=False),
    Column("read_at", Moment),
    Index("ix_notification_workspace_person_id", "workspace", "person_id"),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Json),
    Column("at", Moment, nullable=False),
    Index("ix_audit_workspace_id", "workspace", "id"),
)  # fmt: skip

# Workflows ------------------------------------------------------------------------------------------------------------

workflow = Table(
    "workflow", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("folder", Text, nullable=False, server_default=""), Column("tags", Json),
    Column("owner", Text, nullable=False, server_default=""),
    Column("trigger_type", Text, nullable=False, server_default=""),
    Column("trigger_config", Json),
    Column("draft", Json, nullable=False),
    Column("draft_revision", Integer, nullable=False),
    Column("history_pointer", Integer, nullable=False, server_default="0"),
    Column("published_version", Integer),
    Column("hook_token", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("last_run_id", Text), Column("last_run_at", Moment), Column("last_run_status", Text),
    Column("run_count", Integer, nullable=False, server_default="0"),
    Column("success_count", Integer, nullable=False, server_default="0"),
    Column("failure_count", Integer, nullable=False, server_default="0"),
    Column("skip_count", Integer, nullable=False, server_default="0"),
    Index("ix_workflow_workspace_status", "workspace", "status"),
)  # fmt: skip

workflow_version = Table(
    "workflow_version", metadata,
    _workspace(),
    Column("workflow_id", Text, ForeignKey("workflow.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", Text, nullable=False),
    PrimaryKeyConstraint("workflow_id", "version"),
)  # fmt: skip

edit_history = Table(
    "edit_history", metadata,
    _workspace(),
    Column("workflow_id", Text, ForeignKey("workflow.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("change", Json, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workflow_id", "seq"),
)  # fmt: skip

schedule = Table(
    "schedule", metadata,
    _workspace(),
    Column("workflow_id", Text, ForeignKey("workflow.id"), nullable=False),
    Column("trigger_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("rule", Json, nullable=False),
    Column("zone", Text, nullable=False),
    Column("next_fire", Moment),
    Column("last_fire", Moment),
    PrimaryKeyConstraint("workflow_id", "trigger_id"),
    Index("ix_schedule_next_fire", "next_fire"),
)  # fmt: skip

# Runs -----------------------------------------------------------------------------------------------------------------

_OPEN = text("status IN ('queued', 'running', 'waiting')")

run = Table(
    "run", metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("workflow_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("trigger_id", Text, nullable=False),
    Column("event", Json),
    Column("event_id", Text),
    Column("test", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("waiting_for", Text),
    Column("error", Json),
    Column("parent_run", Text),
    Column("queued_at", Moment),
    Column("started_at", Moment),
    Column("completed_at", Moment),
    Column("steps_total", Integer, nullable=False),
    Column("steps_completed", Integer, nullable=False),
    UniqueConstraint("workflow_id", "event_id"),
    Index("ix_run_workflow_id_id", "workflow_id", "id"),
    Index("ix_run_workspace_completed_at", "workspace", "completed_at"),
    Index("ix_run_list", "workspace", "id", sqlite_where=text("test = 0"), postgresql_where=text("NOT test")),
    Index("ix_run_open", "workspace", "status", "workflow_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)  # fmt: skip

step = Table(
    "step", metadata,
    Column("run_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    _workspace(),
    Column("node_id", Text, nullable=False),
    Column("iteration", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("ways", Text, nullable=False),
    Column("body", Json, nullable=False),
    Column("started_at", Moment),
    Column("completed_at", Moment),
    PrimaryKeyConstraint("run_id", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip

intent = Table(
    "intent", metadata,
    _workspace(),
    Column("run_id", Text, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("iteration", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("input", Json),
    PrimaryKeyConstraint("run_id", "node_id", "iteration", "attempt"),
    sqlite_with_rowid=False,
)  # fmt: skip

timer = Table(
    "timer", metadata,
    _workspace(),
    Column("run_id", Text, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("iteration", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("due", Moment, nullable=False),
    PrimaryKeyConstraint("run_id", "node_id", "iteration", "kind"),
    Index("ix_timer_due", "due"),
    sqlite_with_rowid=False,
)  # fmt: skip

wait = Table(
    "wait", metadata,
    Column("token", Text, primary_key=True),
    _workspace(),
    Column("run_id", Text, nullable=False, index=True),
    Column("node_id", Text, nullable=False),
    Column("iteration", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("expires", Moment),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Index("ix_wait_workspace_done_at_kind", "workspace", "done_at", "kind"),
)  # fmt: skip

event = Table(
    "event", metadata,
    _workspace(),
    Column("id", Text, nullable=False),
    Column("position", Moment, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("run_id", Text),
    Column("done_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    Index(
        "ix_event_open", "position", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")
    ),
)  # fmt: skip

watch = Table(
    "watch", metadata,
    _workspace(),
    Column("workflow_id", Text, nullable=False),
    Column("trigger_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "workflow_id", "trigger_id", "key"),
)  # fmt: skip
"""What a trigger remembers between two looks: which side a figure was on, which silence has been told of."""

blob = Table(
    "blob", metadata,
    _workspace(),
    Column("hash", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("name", Text),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "hash"),
)  # fmt: skip

# Templates ------------------------------------------------------------------------------------------------------------

own_template = Table(
    "own_template", metadata,
    _workspace(),
    Column("id", Text, nullable=False),
    Column("summary", Json, nullable=False),
    Column("document", Json, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "id"),
)  # fmt: skip

preset = Table(
    "preset", metadata,
    _workspace(),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("part", Json, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "id"),
)  # fmt: skip

# Records --------------------------------------------------------------------------------------------------------------

record_type = Table(
    "record_type", metadata,
    _workspace(),
    Column("name", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "name"),
)  # fmt: skip

record = Table(
    "record", metadata,
    _workspace(),
    Column("entity", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("data", RowJson, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("position", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "entity", "id"),
    Index("ix_record_workspace_entity_position", "workspace", "entity", "position"),
)  # fmt: skip
