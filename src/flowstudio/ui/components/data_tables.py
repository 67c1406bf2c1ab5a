"""Data as tables and as JSON: HTML in which every value is escaped, cut to a size that a panel can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import orjson

from flowstudio.kit.words import human
from flowstudio.ui.components.words import printed

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue

MOST_ROWS = 50
"""Rows of one table, and entries of one list in JSON."""
MOST_COLUMNS = 30
MOST_TABLES = 20
MOST_NAMES = 100
"""Names and values of one table of them."""
MOST_TEXT = 20_000
"""Characters of JSON that are shown."""
DEPTH = 4
"""How deep what lies inside something else gets a table of its own."""
SHORTEST_DATE = 10
SHORT = 24
"""Characters of a cell that stay in one line."""


def tables(value: JsonValue) -> str:
    """Return data as tables: one per list, and one of names and values for what stands beside the lists."""
    found = list(_tables("", value, 0))
    left = len(found) - MOST_TABLES
    said = _left_out(f"{left:,} more tables" if left > 1 else "1 more table") if left > 0 else ""
    return "".join(found[:MOST_TABLES]) + said or '<p class="fs-caption">Nothing.</p>'


def json_text(value: JsonValue) -> str:
    """Return data as JSON that people read."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def json_view(value: JsonValue, label: str) -> str:
    """Return data as read-only JSON that the keyboard can scroll, and what of it is left out."""
    cut = _Cut()
    text = json_text(cut.of(value))
    notes = [f"{cut.left:,} more entries of long lists"] if cut.left else []
    if len(text) > MOST_TEXT:
        notes.append(f"{len(text) - MOST_TEXT:,} more characters")
    said = _left_out(" and ".join(notes)) if notes else ""
    return f"{_window(label, f'<pre>{escape(text[:MOST_TEXT])}</pre>')}{said}"


class _Cut:
    """Cuts lists short and counts what goes."""

    def __init__(self) -> None:
        self.left = 0

    def of(self, value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {key: self.of(one) for key, one in value.items()}
        if isinstance(value, list):
            self.left += max(0, len(value) - MOST_ROWS)
            return [self.of(one) for one in value[:MOST_ROWS]]
        return value


def _tables(title: str, value: JsonValue, depth: int) -> Iterator[str]:
    if isinstance(value, list):
        yield _list_table(title or "List", value)
        return
    if not isinstance(value, dict):
        yield _names_table(title, {"value": value})
        return
    inner = {key: one for key, one in value.items() if depth < DEPTH and _has_own_table(one)}
    plain = {key: one for key, one in value.items() if key not in inner}
    if plain:
        yield _names_table(title, plain)
    for key, one in inner.items():
        yield from _tables(f"{title}, {human(key).lower()}" if title else human(key), one, depth + 1)


def _has_own_table(value: JsonValue) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _names_table(title: str, values: Mapping[str, JsonValue]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(human(key))} <span class="fs-data__kind">{kind_of([value])}</span></th>'
        f"{_cell(value)}</tr>"
        for key, value in list(values.items())[:MOST_NAMES]
    )
    return _framed(title or "Values", f"<tbody>{rows}</tbody>", len(values) - MOST_NAMES, "values")


def _list_table(title: str, items: Sequence[JsonValue]) -> str:
    shown = [one if isinstance(one, dict) else {"value": one} for one in items[:MOST_ROWS]]
    names = list(dict.fromkeys(key for row in shown for key in row))
    heads = "".join(
        f'<th scope="col">{escape(human(name))} '
        f'<span class="fs-data__kind">{kind_of([row.get(name) for row in shown])}</span></th>'
        for name in names[:MOST_COLUMNS]
    )
    rows = "".join(f"<tr>{''.join(_cell(row.get(name)) for name in names[:MOST_COLUMNS])}</tr>" for row in shown)
    content = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    named = f"{title} ({len(items):,})"
    narrow = len(names) - MOST_COLUMNS
    return _framed(named, content, len(items) - MOST_ROWS, "rows") + (
        _left_out(f"{narrow:,} more columns") if narrow > 0 else ""
    )


def _framed(title: str, content: str, left: int, what: str) -> str:
    table = _window(title, f"<table><caption>{escape(title)}</caption>{content}</table>")
    return table + (_left_out(f"{left:,} more {what}") if left > 0 else "")


def _window(label: str, content: str) -> str:
    """Return content in a place of its own that scrolls, also by keyboard."""
    return f'<div class="fs-data__window" role="region" tabindex="0" aria-label="{escape(label)}">{content}</div>'


def _left_out(what: str) -> str:
    return f'<p class="fs-caption">Left out here: {escape(what)}.</p>'


def _cell(value: JsonValue) -> str:
    text = printed(value)
    short = ' class="fs-data__short"' if len(text) <= SHORT else ""
    return f"<td{short}>{escape(text) or '<span class=fs-data__kind>empty</span>'}</td>"


def kind_of(values: Sequence[JsonValue]) -> str:
    """Return in a word what the values of a column are: that of the first one which is there."""
    value = next((one for one in values if one is not None), None)
    match value:
        case None:
            return ""
        case bool():
            return "yes or no"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "record"
    return "date" if _is_date(str(value)) else "text"


def _is_date(text: str) -> bool:
    if len(text) >= SHORTEST_DATE and text[4:5] == "-":
        with suppress(ValueError):
            return bool(datetime.fromisoformat(text))
    return False
