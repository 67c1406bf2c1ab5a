"""Ask or change a database of others."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import duration_of
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.words import shortened

_LONGEST_SECONDS = 60.0


class QueryDatabaseConfig(Config):
    """Which database, which statement, with which values."""

    credential: str = setting(
        label="Connection",
        help="One that holds the address of a database: postgresql://… or sqlite:///file.db.",
        widget="credential",
        example="orders",
        min_length=1,
    )
    sql: str = setting(
        label="Statement",
        help="One statement of SQL. Values stand in it as :name and never as text, so that nothing can break in.",
        widget="code",
        reading="literal",
        example="select id, total from orders where customer = :customer",
        min_length=1,
        max_length=20_000,
    )
    params: dict[str, Any] = setting(
        default_factory=dict,
        label="Values",
        help="What stands for each :name.",
        widget="fields",
        example={"customer": "{{customer.id}}"},
    )
    read_only: bool = setting(True, label="Only read", help="On, a statement that would change data is refused.")
    limit: int = setting(1_000, label="Rows at most", ge=1, le=10_000, advanced=True)
    timeout: str = setting(
        "10 seconds", label="Wait at most", help="Up to 60 seconds.", widget="duration", advanced=True
    )


class QueryDatabaseOutput(Output):
    """What the database answered."""

    rows: list[dict[str, Any]] = Field(description="The rows.", examples=[[{"id": 7, "total": 480}]])
    count: int = Field(description="How many rows there are, or how many were changed.", examples=[1])
    more: bool = Field(description="Whether there are more rows than were taken.", examples=[False])


class QueryDatabase(Action):
    """Asks a database of another system, SQLite or PostgreSQL, or changes rows in it.

    Each step is one statement in one transaction: all of it happens, or nothing. A step that changes rows is not
    repeated by itself when its outcome is unknown.
    """

    key = "query_database"
    title = "Query database"
    icon = "database"
    aliases = ("queryDatabase", "sql", "executeQuery")
    synonyms = ("sql", "postgres", "sqlite", "select", "insert", "update", "table")
    effect = "sends"
    idempotent = False
    connector = "sql"
    asks = True
    Config: ClassVar[type[Config]] = QueryDatabaseConfig
    Output = QueryDatabaseOutput
    main = "rows"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return shortened(" ".join(str(config.get("sql") or "").split())) or "No statement yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `ask the database orders`."""
        deed = "change rows in" if config.get("read_only") is False else "ask"
        return f"{deed} the database {config.get('credential') or ''}".rstrip()

    async def run(self, config: QueryDatabaseConfig, ctx: RunContext) -> JsonObject:
        """Send the statement and return its rows."""
        response = await ctx.http.request(build_statement(config))
        answer = response.body if isinstance(response.body, dict) else {}
        rows = answer.get("rows") or []
        outcome = {"rows": rows, "count": int(answer.get("count") or len(rows)), "more": bool(answer.get("more"))}
        ctx.call("query_database", config.credential, sql=config.sql, params=config.params, count=outcome["count"])
        return outcome

    def preview(self, config: QueryDatabaseConfig) -> Preview:
        deed = "ask" if config.read_only else "change"
        return Preview(f"Would {deed} the database {config.credential}", {"calls": 1})

    def safe_to_repeat(self, config: QueryDatabaseConfig) -> bool:
        """Say whether the statement may be sent again: one that only reads may."""
        return config.read_only

    def looks_up(self, config: QueryDatabaseConfig) -> bool:
        """Say whether it only reads."""
        return config.read_only


def build_statement(config: QueryDatabaseConfig) -> HttpRequest:
    """Return the statement as the connection takes it."""
    seconds = min(_LONGEST_SECONDS, max(0.1, duration_of(config.timeout, "timeout").total_seconds()))
    asked = {
        "sql": config.sql, "params": config.params, "read_only": config.read_only, "limit": config.limit,
        "seconds": seconds,
    }  # fmt: skip
    return HttpRequest("POST", "", body=orjson.dumps(asked), service="sql", credential=config.credential)
