"""Data as tables and as JSON: escaped, cut to size, and saying what is left out."""

import html
import json
import re
from typing import Any

import pytest

from flowstudio.ui.components.data_tables import MOST_COLUMNS, MOST_NAMES, MOST_TABLES, MOST_TEXT, json_view, tables


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_lists_are_tables_and_the_rest_names_with_values():
    markup = tables(
        {"buyer": {"name": "Mara", "new": True}, "lines": [{"sku": "A", "due": "2026-03-02"}, {"sku": None}]}
    )
    assert re.findall("<caption>(.*?)</caption>", markup) == ["Buyer", "Lines (2)"]
    assert text_of(markup) == (
        "Buyer Name text Mara New yes or no yes Lines (2) SKU text Due date A 2026-03-02 empty empty"
    )


def test_nothing_of_the_data_becomes_markup():
    bad = "<img src=x onerror=alert(1)>\"'"
    for markup in (tables({bad: [{bad: bad}], "one": bad}), json_view({bad: bad}, bad)):
        assert "<img" not in markup


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"rows": list(range(60))}, "Left out here: 10 more rows."),
        ({"rows": [{f"c{n}": n for n in range(MOST_COLUMNS + 2)}]}, "Left out here: 2 more columns."),
        ({f"n{n}": n for n in range(MOST_NAMES + 3)}, "Left out here: 3 more values."),
        ({f"t{n}": [n] for n in range(MOST_TABLES + 1)}, "Left out here: 1 more table."),
    ],
)
def test_tables_say_what_they_leave_out(data: Any, said: str):
    assert said in text_of(tables(data))


def test_what_lies_very_deep_still_ends():
    deep: Any = "end"
    for _ in range(200):
        deep = {"in": deep}
    assert re.findall("<caption>(.*?)</caption>", tables(deep)) == ["In, in, in, in"]


def test_json_is_cut_by_entries_first_and_then_by_characters():
    short = json_view({"rows": list(range(60))}, "Data")
    assert json.loads(text_of(short).split(" Left out")[0]) == {"rows": list(range(50))}
    assert "Left out here: 10 more entries of long lists." in short
    long = json_view({"text": "x" * (MOST_TEXT + 100)}, "Data")
    assert re.search(r"Left out here: 1\d\d more characters\.", long)


def test_without_data_there_is_a_word():
    assert text_of(tables({})) == "Nothing."
