"""Tables as text: CSV in, as spreadsheets of all countries write it, and CSV out that they read and cannot run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from flowstudio.domain.json import JsonValue
from flowstudio.domain.record import FieldSpec
from flowstudio.errors import BadRequest
from flowstudio.expressions import print_value

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_LONGEST_CELL = 100_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN = frozenset({"number", "integer", "boolean", "date", "datetime"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its headings, and its rows with the line on which each begins."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_csv(raw: bytes) -> Sheet:
    """Read a table; raise BadRequest with the line where it cannot be read.

    Separated by comma, semicolon or tab; UTF-8, UTF-16 with its mark, else Windows-1252.
    """
    if len(raw) > LARGEST_FILE:
        raise BadRequest(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.", hint="Bring it in in parts.")
    text = _decoded(raw)
    if "\x00" in text:
        raise BadRequest("The file is no table: it holds signs that no text has.", hint="Save it as CSV.")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    try:
        columns = tuple(cell.strip() for cell in next(lines, ()))
        rows = list(_rows(lines, len(columns)))
    except csv.Error as error:
        raise BadRequest(f"Line {lines.line_num} of the file cannot be read: {error}.") from error
    if not any(columns):
        raise BadRequest("The file has no headings.", hint="The first line names the fields.")
    if len(columns) > MOST_COLUMNS:
        raise BadRequest(f"The file has more than {MOST_COLUMNS} columns.")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise BadRequest(f'Two columns are called "{twice[0]}".')
    return Sheet(columns, tuple(rows))


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Give a table as bytes, in pieces; the mark at its beginning tells spreadsheets that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    yield b"\xef\xbb\xbf" + _taken(buffer)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > 60_000:
            yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def cell_of(value: JsonValue, spec: FieldSpec | None) -> str:
    """Return a value as a cell: never a formula, whatever a spreadsheet would make of it."""
    if value is None:
        return ""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)):
        return orjson.dumps(value).decode()
    text = ", ".join(map(print_value, value)) if isinstance(value, list) else _exact(value)
    plain = spec is not None and spec.type in _PLAIN and not isinstance(value, str)
    return f"'{text}" if text.startswith(_FORMULA) and not plain else text


def value_of(cell: str, spec: FieldSpec) -> JsonValue:
    """Return what a cell says, as the rules of records take it; an empty one says nothing."""
    text = cell.strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r":
        text = text[1:]
    if not text:
        return None
    if spec.type in ("object", "list", "file") and text[0] in "[{":
        try:
            found: JsonValue = orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
        return found
    return text


def _exact(value: JsonValue) -> str:
    return repr(value) if isinstance(value, float) and value != int(value) else print_value(value)


def _taken(buffer: io.StringIO) -> bytes:
    found = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return found


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            raise BadRequest("The file is no text.", hint="Save it as CSV.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """Return what separates the headings: the sign that stands most often outside of quotes."""
    outside = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max(",;\t", key=outside.count)


def _rows(lines: Iterator[list[str]], width: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    number = 0
    for cells in lines:
        line = getattr(lines, "line_num", 0)
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if number > MOST_ROWS:
            raise BadRequest(f"The file has more than {MOST_ROWS:,} rows.", hint="Bring it in in parts.")
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise BadRequest(f"Line {line} has {len(cells)} cells, but there are {width} headings.")
        if any(len(cell) > _LONGEST_CELL for cell in cells):
            raise BadRequest(f"A cell of line {line} has more than {_LONGEST_CELL:,} characters.")
        yield line, tuple(cells[:width]) + ("",) * (width - len(cells))
