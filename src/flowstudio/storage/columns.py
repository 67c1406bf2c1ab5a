"""Column types that both databases share: moments as numbers, JSON as text, record rows as JSON to look into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from flowstudio.domain.json import JsonValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime | None) -> int | None:
    """Return an aware moment as microseconds since 1970 (UTC)."""
    if moment is None:
        return None
    since = moment - _EPOCH
    # By hand: dividing by a timedelta takes three times as long, and each step has two moments.
    return since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds


def from_micros(micros: int | None) -> datetime | None:
    """Return microseconds since 1970 as an aware moment in UTC."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def dump(value: JsonValue) -> str:
    """Write JSON as compact text; moments and records' keys of ours are written as they are."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def load(text: str | None) -> JsonValue:
    """Read JSON text; None stays None."""
    return None if text is None else orjson.loads(text)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since 1970: eight bytes, ordered, the same in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Write."""
        del dialect
        return to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read."""
        del dialect
        return from_micros(value)


class Json(TypeDecorator[Any]):
    """JSON that is never searched: kept as text, byte for byte the same in both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:
        """Write."""
        del dialect
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:
        """Read."""
        del dialect
        return load(value)


class RowJson(TypeDecorator[Any]):
    """A record's row: text on SQLite, `jsonb` on PostgreSQL, so that filters can look inside."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> JsonValue:
        """Write."""
        return value if dialect.name == "postgresql" or value is None else dump(value)

    def process_result_value(self, value: JsonValue, dialect: Dialect) -> JsonValue:
        """Read."""
        return value if dialect.name == "postgresql" else load(value)
