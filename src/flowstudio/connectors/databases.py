"""Databases of others: SQLite files of one folder, and PostgreSQL; one statement at a time, values always bound."""

from __future__ import annotations

import asyncio
import base64
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpcore
import orjson

from flowstudio.connectors.guard import AllowedHosts, PrivateAddress, checked_addresses
from flowstudio.connectors.service import Send, needed_secret
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected, OutcomeUnknown, Refused, StepTimedOut, Unauthorized, Unreachable
from flowstudio.kit.ports import HttpRequest, HttpResponse, Secrets

LARGEST_ANSWER = 5_000_000
"""Bytes of all rows as JSON."""
_CONNECT = 5
"""Seconds."""
_PIECE = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(\w*)\$.*?\$\1\$
        | --[^\n]* | /\*.*?\*/ | :: | :(?P<name>[A-Za-z_]\w*) | %""",
    re.DOTALL | re.VERBOSE,
)
"""What a statement is looked at for: texts and comments (left alone), parameters, signs that the driver reads."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its limits."""

    sql: str
    params: JsonObject
    read_only: bool
    limit: int
    """Rows."""
    seconds: float


class Databases:
    """Answers statements; the connection holds `postgresql://user:password@host/name` or `sqlite:///file.db`."""

    name = "sql"
    title = "The database"

    def __init__(self, folder: Path | None = None, allowed_private_hosts: Iterable[str] = ()) -> None:
        """`folder` holds the SQLite files that steps may open."""
        self._folder = folder
        self._allowed = AllowedHosts(allowed_private_hosts)

    async def carry_out(self, request: HttpRequest, secrets: Secrets) -> HttpResponse:
        """Do what the request's body says; return `{"rows", "count", "more"}`."""
        asked = Statement(**orjson.loads(request.body or b"{}"))
        address = needed_secret(secrets, self.title, request.credential)
        _check_names(asked)
        scheme = address.split(":", 1)[0].lower().split("+")[0]
        if scheme == "sqlite":
            work = asyncio.to_thread(_ask_sqlite, self._file(address), asked)
        elif scheme in ("postgresql", "postgres"):
            work = asyncio.to_thread(_ask_postgres, await self._server(address), asked)
        else:
            raise Unauthorized(
                "The connection is no address of a database.",
                hint="It begins with postgresql:// or sqlite:///. Look at Connections.",
            )
        try:
            async with asyncio.timeout(asked.seconds + _CONNECT + 2):
                return HttpResponse(200, {}, await work)
        except TimeoutError:
            raise _late(asked) from None

    async def prepare(self, request: HttpRequest, secrets: Secrets, send: Send) -> HttpRequest:
        """Leave the request as it is: nothing is sent by HTTP."""
        return request

    def check(self, response: HttpResponse) -> HttpResponse:
        """Return the answer: faults were raised where they happened."""
        return response

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """Answer with no rows: test runs touch no database."""
        return HttpResponse(200, {}, {"rows": [], "count": 0, "more": False})

    def _file(self, address: str) -> Path:
        name = unquote(address.split("?", 1)[0].removeprefix("sqlite:").lstrip("/"))
        if self._folder is None or not name:
            raise Refused("There is no folder of databases here.")
        folder = self._folder.resolve()
        file = (folder / name).resolve()
        if "\x00" in name or not file.is_relative_to(folder):
            raise Refused(f"SQLite files lie in {folder}; steps may open no others.")
        if not file.is_file():
            raise Unreachable(f"There is no database {name}.", hint=f"Put the file into {folder}.")
        return file

    async def _server(self, address: str) -> dict[str, Any]:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or 5432
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        except ValueError:
            raise Unauthorized("The connection is no address of a database.", hint="Look at Connections.") from None
        if not host or host.startswith("/") or set(query) - {"sslmode"}:
            raise Unauthorized(
                "The connection names a host, and of the settings behind ? only sslmode.", hint="Look at Connections."
            )
        try:
            found = await checked_addresses(host, port, self._allowed)
        except PrivateAddress:
            raise Refused(
                f"{host} is a private address. Steps may not reach it.",
                hint="An administrator can allow it in FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS.",
            ) from None
        except httpcore.ConnectError:
            raise Unreachable(f"{host} cannot be reached: the name has no address.") from None
        return {
            "host": host, "hostaddr": found[0], "port": port, "dbname": unquote(parts.path.lstrip("/")) or None,
            "user": unquote(parts.username or "") or None, "password": unquote(parts.password or "") or None,
            "sslmode": query.get("sslmode", "prefer"),
        }  # fmt: skip


def names_in(sql: str) -> list[str]:
    """Return the parameters of a statement, in the order in which they first stand."""
    return list(dict.fromkeys(found["name"] for found in _PIECE.finditer(sql) if found["name"]))


def _check_names(asked: Statement) -> None:
    missing = [name for name in names_in(asked.sql) if name not in asked.params]
    if missing:
        raise ConfigRejected(f'The statement uses ":{missing[0]}", but no value has that name.', setting="params")


def _late(asked: Statement) -> StepTimedOut | OutcomeUnknown:
    if asked.read_only:
        return StepTimedOut(f"The database did not answer within {asked.seconds:g} seconds.")
    return OutcomeUnknown(f"The database did not answer within {asked.seconds:g} seconds. It may have made the change.")


def _ask_sqlite(file: Path, asked: Statement) -> JsonObject:
    address = f"file:{quote(str(file))}?mode={'ro' if asked.read_only else 'rw'}"
    deadline = time.monotonic() + asked.seconds
    connection = sqlite3.connect(address, uri=True, timeout=min(_CONNECT, asked.seconds))
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ANSWER)
        connection.set_authorizer(_allowed)
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 5_000)
        names = names_in(asked.sql)
        cursor = connection.execute(asked.sql, {name: _for_sqlite(asked.params[name]) for name in names})
        rows = cursor.fetchmany(asked.limit + 1) if cursor.description else []
        answer = _answer([column[0] for column in cursor.description or ()], rows, cursor.rowcount, asked)
        connection.commit()
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _sqlite_fault(error, asked) from None
    finally:
        connection.close()
    return answer


def _allowed(deed: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    """Keep a statement inside its file: nothing attached, no settings of the engine, no code loaded."""
    if deed in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA):
        return sqlite3.SQLITE_DENY
    if deed == sqlite3.SQLITE_FUNCTION and "load_extension" in (first, second):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _sqlite_fault(error: Exception, asked: Statement) -> Exception:
    text = _short(error)
    if "interrupted" in text:
        return StepTimedOut(f"The database did not answer within {asked.seconds:g} seconds.")  # rolled back
    if "locked" in text or "busy" in text:
        return Unreachable("The database is busy: another program is writing.", answer=text)
    if "readonly" in text:
        return Refused("The statement would change data, but the step may only read.", answer=text, hint=_HINT)
    return Refused(f"The database refused: {text}.", answer=text)


_HINT = 'Switch "Only read" off where a change is meant.'


def _for_sqlite(value: JsonValue) -> str | int | float | None:
    if isinstance(value, bool):
        return int(value)
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else value


def _ask_postgres(server: dict[str, Any], asked: Statement) -> JsonObject:
    try:
        import psycopg
    except ImportError:
        raise ConfigRejected(
            "This FlowStudio cannot speak to PostgreSQL.", hint="Install it with the extra `postgres`."
        ) from None
    options = f"-c statement_timeout={int(asked.seconds * 1000)} -c idle_in_transaction_session_timeout=60000"
    try:
        connection = psycopg.connect(
            **server, connect_timeout=_CONNECT, options=options, application_name="FlowStudio", autocommit=False
        )
    except psycopg.OperationalError as error:
        text = _short(error)
        if "authentication" in text or "password" in text or "role" in text:
            raise Unauthorized("The database does not accept our sign-in.", hint="Look at Connections.") from None
        raise Unreachable("The database cannot be reached.", answer=text) from None
    sent = False
    try:
        with connection:
            connection.read_only = asked.read_only
            with connection.cursor() as cursor:
                values = {name: _bound(asked.params[name]) for name in names_in(asked.sql)}
                rows = _postgres_rows(cursor, _for_postgres(asked.sql), values, asked)
                columns = [column.name for column in cursor.description or ()]
                answer = _answer(columns, rows, cursor.rowcount, asked)
            sent = not asked.read_only
        return answer
    except psycopg.Error as error:
        raise _postgres_fault(error, asked, committing=sent) from None


def _postgres_rows(cursor: Any, sql: str, values: dict[str, Any], asked: Statement) -> list[Sequence[Any]]:
    """Return the rows, one more than wanted where there are more; what only reads is taken row by row."""
    if not asked.read_only:
        cursor.execute(sql, values, prepare=True)  # the protocol in which a statement is one statement
        return list(cursor.fetchmany(asked.limit + 1)) if cursor.description else []
    rows: list[Sequence[Any]] = []
    with closing(cursor.stream(sql, values)) as stream:  # closing it tells the server that we want no more
        for row in stream:
            rows.append(row)
            if len(rows) > asked.limit:
                break
    return rows


def _postgres_fault(error: Any, asked: Statement, *, committing: bool) -> Exception:
    import psycopg

    text = _short(error)
    if isinstance(error, psycopg.errors.QueryCanceled):
        return StepTimedOut(f"The database did not answer within {asked.seconds:g} seconds.")  # rolled back
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return Refused("The statement would change data, but the step may only read.", answer=text, hint=_HINT)
    if isinstance(error, (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)):
        return Unreachable("The database asks to try again.", answer=text)
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        if committing:
            return OutcomeUnknown("The database broke off while it kept the change. It may have made it.", hint=text)
        return Unreachable("The database broke off.", answer=text)
    return Refused(f"The database refused: {text}.", answer=text)


def _for_postgres(sql: str) -> str:
    """Write `:name` as the driver reads it; texts, comments and casts (`::`) stay."""

    def one(found: re.Match[str]) -> str:
        if found["name"]:
            return f"%({found['name']})s"
        return found[0].replace("%", "%%")

    return _PIECE.sub(one, sql)


def _bound(value: JsonValue) -> Any:
    if isinstance(value, dict):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def _answer(columns: list[str], rows: Sequence[Sequence[Any]], changed: int, asked: Statement) -> JsonObject:
    """Return the rows as data, at most as many as asked for, and how many there are or were changed."""
    found = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows[: asked.limit]]
    answer: JsonObject = {
        "rows": found, "count": len(found) if columns else max(0, changed), "more": len(rows) > asked.limit,
    }  # fmt: skip
    if len(orjson.dumps(answer, default=str)) > LARGEST_ANSWER:
        raise Refused(
            f"The answer of the database is larger than {LARGEST_ANSWER // 1_000_000} MB.", hint="Ask for fewer rows."
        )
    return answer


def _plain(value: Any) -> JsonValue:
    if value is None or isinstance(value, (str, bool, int, float, list, dict)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (datetime, date, clock_time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return str(value)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")
